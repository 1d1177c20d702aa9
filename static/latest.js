/* Palaver's latest comments: docs/embedding.md */
(async () => {
  const tag = document.currentScript;
  const { site, limit = 5 } = tag.dataset;
  const list = document.createElement("ul");
  const add = (to, name, textContent, more) => {
    const made = Object.assign(document.createElement(name), { textContent, dir: "auto", ...more });
    to.append(made, " ");
    return made;
  };
  const { comments } = await (await fetch(new URL(`/api/v1/${site}/latest?limit=${limit}`, tag.src))).json();
  for (const { author, title, url, created_at, excerpt } of comments) {
    const item = add(list, "li");
    const day = new Date(created_at).toLocaleDateString(document.documentElement.lang.split("_")[0] || [], { dateStyle: "medium" });
    add(item, "b", author?.name);
    add(item, "cite", title);
    add(add(item, "a", "", { href: url }), "time", day, { dateTime: created_at });
    add(item, "p", excerpt);
  }
  list.className = "palaver-latest";
  tag.after(list);
})();
