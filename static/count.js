/* Palaver's counts: docs/embedding.md */
(() => {
  const { src, dataset: texts } = document.currentScript;
  const name = ({ dataset, href }) => dataset.pageId ?? new URL(dataset.palaverCount || href || "", location).href;
  const part = (to) => `&${to.dataset.pageId ? "id" : "url"}=` + encodeURIComponent(name(to));
  const ask = async (all, query) => {
    const { counts } = await (await fetch(new URL(`/api/v1/${texts.site}/counts?${query}`, src))).json();
    const rules = new Intl.PluralRules(document.documentElement.lang.split(/[-_]/)[0] || []);
    for (const to of all) {
      const n = counts[name(to)];
      if (n >= 0) to.textContent = (texts[n ? rules.select(n) : "zero"] ?? texts.other ?? "#").replace("#", n);
    }
  };
  const count = () => {
    const all = [...document.querySelectorAll("[data-palaver-count]")];
    const queries = [...new Set(all.map(part))].join("").match(/.{1,4000}(?=&|$)/g) ?? [];
    for (const query of queries.flatMap((long) => long.match(/(&[^&]+){1,200}/g))) ask(all, query);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", count);
  else count();
  addEventListener("palaver:count", count);
})();
