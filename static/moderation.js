/* What a moderator does in the thread. Loaded for moderators alone. */
export default async (app) => {
  const { $, all } = app;
  const act = await app.load("actions");
  const moderates = () => !!app.me.can?.includes("moderate");
  const address = (name) => `${app.address}&own=1&moderate=${name}`;

  /* "Moderate" at each comment, and at the place of one that was removed */
  app.mark = (scope) => {
    if (!moderates()) return;
    for (const li of all("li[id]:not([data-status=deleted])", scope)) {
      const row = $(":scope > article > .acts, :scope > .gone > p", li);
      if (!row || $(".moderate", row)) continue;
      const link = Object.assign(document.createElement("a"), { className: "moderate", href: address(act.id(li)), textContent: "Moderate" });
      const hide = $(".hide", row);
      if (hide) hide.before(link);
      else row.append(" ", link);
    }
  };

  const desk = async () => {
    const part = moderates() ? await act.fragment(address("")) : "";
    $(".desk")?.remove();
    $("#list").before(part);
  };

  const close = (li) => {
    $(".tooled", li).remove();
    $(".moderate", li).ariaExpanded = null;
    act.back(li, ".moderate");
  };
  const open = async (link) => {
    const li = act.item(link);
    if ($(":scope > article > .tooled", li)) return close(li);
    const tools = $(".tooled", await act.fragment(link.href));
    if (!tools) return;
    link.ariaExpanded = true;
    link.closest("article").append(tools);
    tools.tabIndex = -1;
    tools.focus(); // and not a button, which the next Enter would press
  };

  /* The comment as it is now, with what was done */
  const change = (article, fresh) => {
    const li = act.item(article);
    const before = li.dataset.status ?? "approved";
    const after = $("[name=seen]", fresh)?.value ?? "deleted";
    if (after === "approved") delete li.dataset.status;
    else li.dataset.status = after;
    if ((before === "approved") !== (after === "approved")) act.count(after === "approved" ? 1 : -1);
    article.replaceWith(fresh);
    $(".moderate", fresh).ariaExpanded = true;
  };
  const tell = (place) => {
    const told = $(".told", place);
    if (!told) return;
    act.say($("p", told).textContent);
    $("p", told).removeAttribute("role");
    ($("button", told) ?? $("a, button", place)).focus();
  };
  const send = async (form, button) => {
    const article = form.closest("article");
    const body = new URLSearchParams(new FormData(form));
    body.append("action", button.value);
    const fresh = (await act.fragment(app.address, body)).firstElementChild;
    if (article && fresh.matches("article")) {
      change(article, fresh);
      await desk();
    } else $(".desk").replaceWith(fresh);
    tell(fresh);
  };

  /* What another decided meanwhile is shown, to be decided on again. */
  const tried = async (target, deed) => {
    const li = act.item(target);
    const where = () => (li ? $("article", li) : $(".desk"));
    act.note(where());
    try {
      await deed();
    } catch (error) {
      if (li && error.status === 409) {
        const fresh = await act.fragment(address(act.id(li))).catch(() => null);
        if (fresh?.firstElementChild) change($("article", li), fresh.firstElementChild);
      }
      act.note(where(), error.message);
    }
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".moderate, .tooled .done");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.matches(".done")) close(act.item(link));
    else tried(link, () => open(link));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest(".tooled, .desk")) return;
    event.preventDefault();
    tried(form, () => send(form, event.submitter));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest(".tooled")) close(act.item(event.target));
  });

  return {
    async lay() {
      if (moderates()) app.mark(document);
      else for (const node of all(".moderate, .tooled")) node.remove();
      await desk();
    },
  };
};
