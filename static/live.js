/* Why: docs/browser.md */
export default (app) => {
  const { $, all, site, home } = app;
  const arrived = new Map(); // new comments that nobody asked to see yet, by id
  const changed = new Map(); // what became of comments that are shown
  let source, timer, act;
  let wait = 1; // in half minutes; 0: not again
  let turn = Promise.resolve();

  /* The stream goes on from the version that the document has. */
  const close = () => {
    source?.close();
    source = null;
    clearTimeout(timer);
  };
  const later = () => {
    close();
    timer = setTimeout(open, 3e4 * wait * (1 + Math.random()));
    wait = Math.min(2 * wait, 64);
  };
  const open = () => {
    close();
    if (document.hidden || !wait) return;
    source = new EventSource(`/live/${site}?${app.address.split("?")[1]}&since=${home.dataset.version}`);
    source.onmessage = (event) => (turn = turn.then(() => take(event)).catch(later));
    source.addEventListener("reset", source.onmessage);
    source.onopen = () => (wait = 1);
    source.onerror = async ({ target }) => {
      if (target.readyState < 2) return;
      const { status } = await fetch(target.url, { method: "HEAD" }).catch(() => ({}));
      if (target !== source) return;
      if (status === 204 || status === 404) wait = 0;
      else later();
    };
  };

  const take = async ({ target, type, data, lastEventId }) => {
    act = await app.load("actions");
    while (app.calls) await new Promise((go) => setTimeout(go, 300)); // what the reader does is in its place first
    if (target !== source) return;
    const { count, closed, comments = [] } = JSON.parse(data);
    act.count(count - home.dataset.count);
    const lacking = shut(closed);
    for (const { id, appeared, gone, html } of comments) {
      const li = act.part(html).firstElementChild;
      const old = act.find(id);
      if (old) {
        changed.set(id, li);
        seen.observe($("article", old));
      } else if (gone) arrived.delete(id);
      else if (appeared > home.dataset.version || arrived.has(id)) arrived.set(id, li);
    }
    home.dataset.version = lastEventId;
    if ((lacking || type === "reset") && !$(".news > a")) {
      const link = hang($("#list"), "before", "a", "Show what has changed").firstChild;
      link.href = app.address;
      if (!lacking) link.className = "order";
    }
    offer();
  };

  /* What is being written stays. True: the form is lacking. */
  const shut = (closed) => {
    const form = $(".write:not(.edit)");
    const text = "Comments are closed.";
    const p = $(".closed");
    if (closed === !!p) return;
    if (p) p.remove();
    else hang($("#respond"), "prepend", "span", text).className = "closed";
    for (const link of all(".reply, .jump")) link.hidden = closed;
    if (!form) return !closed;
    form.hidden = closed && !form.elements.text.value;
    act.note(form, closed && text);
  };

  /* A comment changes when it is seen. */
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) change(target);
  });
  const change = (article) => {
    const li = act.item(article);
    const fresh = li && changed.get(act.id(li));
    if (!fresh || !li.isConnected) return;
    if ($(":scope > .write, :scope > article :is(.write, .confirm, .tooled)", li)) return setTimeout(change, 2000, article);
    const next = $("article", fresh);
    const parts = ["header", ".body", ".likes"].map((part) => [$(part, article), $(part, next)]);
    changed.delete(act.id(li));
    seen.unobserve(article);
    if (li.dataset.status === fresh.dataset.status && parts.every(([one, other]) => one && other)) for (const [one, other] of parts) put(one, other);
    else put(article, next);
    if (fresh.dataset.status) li.dataset.status = fresh.dataset.status;
    else delete li.dataset.status;
  };
  const put = (old, next) => {
    if (old.innerHTML === next.innerHTML) return;
    const focused = document.activeElement;
    const held = old.contains(focused);
    const at = all("a, button", old).indexOf(focused);
    old.replaceWith(next);
    if (held) (all("a, button", next)[at] ?? Object.assign(next, { tabIndex: -1 })).focus({ preventScroll: true });
  };

  /* New comments wait behind a button that takes no room. */
  const offers = new Map(); // by whom the comments behind them answer
  const words = (n) => `${n} new comment${n === 1 ? "" : "s"}`;
  let told = 0;
  const hang = (place, where, what, text) => {
    const p = act.make("p", { className: "news" });
    p.append(act.make(what, { textContent: text }));
    place[where](p);
    return p;
  };
  const offer = () => {
    const groups = {};
    let total = 0;
    for (const [id, li] of arrived) {
      let top = li;
      while (arrived.has(top.dataset.parent)) top = arrived.get(top.dataset.parent);
      const parent = top.dataset.parent ?? "";
      if (act.find(id)) arrived.delete(id);
      else if (!parent || act.find(parent)) (groups[parent] ??= []).push(li);
    }
    for (const [parent, p] of offers) {
      if (groups[parent] && p.isConnected) continue;
      p.remove();
      offers.delete(parent);
    }
    for (const parent in groups) {
      const n = groups[parent].filter((li) => !$(".gone", li)).length;
      const first = home.dataset.sort === "new" ? "#list" : "#respond";
      if (!offers.has(parent)) offers.set(parent, parent ? hang($("article", act.find(parent)), "after", "button") : hang($(first), "before", "button"));
      const button = offers.get(parent).firstChild;
      button.textContent = words(n);
      button.onclick = () => show(groups[parent]);
      total += n;
    }
    if (total > told) act.say(words(total));
    told = total;
  };
  const show = (list) => {
    for (const li of list) act.place(li);
    act.hush();
    offer();
    act.show(list[0]);
  };

  app.reopen = () => {
    arrived.clear();
    changed.clear();
    for (const p of all(".news")) p.remove();
    open();
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
  return {};
};
