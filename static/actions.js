/* Why: docs/browser.md */
export default async (app) => {
  const { $, all, store, home } = app;
  const make = (tag, more) => Object.assign(document.createElement(tag), more);
  const style = make("link", { rel: "stylesheet", href: app.files.act });
  document.head.append(style);
  await new Promise((go) => (style.onload = style.onerror = go));

  const item = (node) => node.closest("li[id]");
  const id = (li) => li.id.slice(8);
  const find = (name) => document.getElementById("comment-" + name);
  const fields = (action, more) => new URLSearchParams({ action, ...more });
  const say = (text) => ($("#status").textContent = text);

  /* One sentence at the place it is about */
  const note = (place, text) => {
    $(":scope > .error", place)?.remove();
    if (!text) return;
    const p = make("p", { className: "error", textContent: text });
    p.setAttribute("role", "alert");
    place.append(p);
  };

  /* Throws {status, message, fields}; status 0 is the network. */
  const call = async (url, body, headers = { "Palaver-Fragment": "1" }) => {
    Object.assign(headers, app.auth());
    const answer = await fetch(url, { method: body ? "POST" : "GET", body, headers }).catch(() => {
      throw { status: 0, message: "The connection failed. Please try again." };
    });
    const token = answer.headers.get("Palaver-Token");
    if (token) store("token", token);
    if (answer.ok) return answer;
    const { error } = await answer.json().catch(() => ({}));
    throw { message: "That did not work. Please try again.", ...error, status: answer.status };
  };
  const part = (html) => {
    const nodes = document.importNode(make("template", { innerHTML: html }).content, true);
    finish(nodes);
    return nodes;
  };
  const whole = async (url) => new DOMParser().parseFromString(await (await call(url, null, {})).text(), "text/html");
  app.calls = 0;
  const fragment = async (url, body) => {
    app.calls++;
    try {
      return part(await (await call(url, body)).text());
    } finally {
      app.calls--;
    }
  };
  const finish = (scope) => {
    app.dress(scope);
    hush(scope);
    overlay(scope);
  };

  const reveal = (node) => {
    const { top, bottom } = node.getBoundingClientRect();
    if (app.root.classList.contains("framed")) {
      app.measure();
      app.tell("scroll", { top, bottom });
    } else node.scrollIntoView({ block: "nearest" });
  };
  const show = (node) => {
    const shown = $("article", node) ?? node;
    shown.tabIndex = -1;
    shown.focus({ preventScroll: true });
    reveal(shown);
  };
  const back = (li, name) => {
    const link = $("article > .acts " + name, li);
    if (link) link.focus();
    else show(li);
  };

  /* Under the one that `data-parent` names, in its order */
  const place = (li, list = $("#list")) => {
    find(id(li))?.remove();
    const parent = li.dataset.parent && find(li.dataset.parent);
    if (parent) {
      if (!$(":scope > ol", parent)) parent.append(make("ol"));
      list = $(":scope > ol", parent);
    }
    const sort = list.id && home.dataset.sort;
    const behind = (other) => (other.id ? sort !== "best" && !$(":scope > article .pin", other) && (sort === "new") === other.id < li.id : !other.nextElementSibling);
    list.insertBefore(li, [...list.children].find(behind) ?? null);
    if (parent) app.dress(parent);
  };
  const count = (more) => {
    const n = (home.dataset.count = +home.dataset.count + more);
    $(".top h2").textContent = n ? `${n.toLocaleString(app.root.lang)} comment${n === 1 ? "" : "s"}` : "Comments";
  };

  /* What is the reader's own */
  const overlay = (scope) => {
    const { own = [] } = app.me;
    for (const button of all(".like", scope)) {
      const verb = button.value.replace("un", "");
      const mine = button.ariaPressed === "true" || !!app.me[verb + "d"]?.includes(item(button)?.id.slice(8));
      button.value = mine ? "un" + verb : verb;
      button.ariaPressed = mine;
    }
    for (const { id, edit_until: until } of own) {
      const acts = $(`[id="comment-${id}"] > article > .acts`, scope);
      const left = Date.parse(until) - Date.now();
      if (!acts || !(left > 0)) continue;
      for (const other of all(".hide, .report", acts)) other.remove();
      const links = ["edit", "delete"].map((verb) => {
        const link = $("." + verb, acts) ?? acts.appendChild(make("a", { className: verb, textContent: verb === "edit" ? "Edit" : "Delete" }));
        link.href = `${app.address}&own=1&${verb}=${id}`;
        return link;
      });
      const over = () => {
        const focused = links.includes(document.activeElement);
        for (const link of links) link.remove();
        if (focused) show(item(acts));
      };
      setTimeout(over, Math.min(left, 2 ** 31 - 1));
    }
    app.mark?.(scope);
  };
  const sign = () => {
    const { person } = app.me;
    const who = $(".write:not(.edit) .who");
    if (!who) return;
    const known = !!person && !person.guest;
    who.classList.toggle("known", known);
    $(".ways", who).open = !known;
    const guest = $(".guest", who);
    if (guest) guest.disabled = known;
    if (known) {
      $(".as bdi", who).textContent = person.name;
      $(".as span", who).textContent = person.provider;
      $(".mine", who).hidden = person.sso;
    } else if (person) for (const field of guest?.elements ?? []) field.value ||= person[field.name === "website" ? "url" : field.name] ?? "";
  };
  const lay = async () => {
    const { person, own = [], pending = [] } = app.me;
    const among = (list, node) => list.some((other) => other.id === id(item(node)));
    app.known = !!person;
    for (const link of all(".acts > :is(.edit, .delete)")) if (!among(own, link)) link.remove();
    for (const held of all("article > .held")) if (!among(pending, held)) item(held).remove();
    for (const button of all(".like[aria-pressed]")) button.ariaPressed = "false";
    overlay(document);
    sign();
    await wait();
    if (app.mark || app.me.can.includes("moderate")) await app.run("moderation", "lay");
  };
  const wait = async () => {
    if (!app.me.pending?.some((other) => !find(other.id))) return;
    const { children } = await fragment(app.address + "&own=1&pending=1");
    for (const li of [...children]) if (!find(id(li)) && (!li.dataset.parent || find(li.dataset.parent))) place(li);
  };

  /* People who are hidden */
  const author = (article) => [$("b", article)?.textContent ?? "", $("b a", article)?.href ?? ""].join(" ").trim();
  const hush = (scope) => {
    const hidden = store("hidden") ?? [];
    for (const article of all("article", scope)) {
      const name = $("b", article)?.textContent;
      const away = hidden.includes(author(article)) && !!name;
      article.classList.toggle("hushed", away);
      $(":scope > .hush", article)?.remove();
      if (!away) continue;
      const p = make("p", { className: "hush", innerHTML: 'You hid <bdi></bdi>. <button class="unhide link" type="button">Show again</button>' });
      $("bdi", p).textContent = name;
      article.append(p);
    }
  };
  const toggle = (button) => {
    const article = button.closest("article");
    const key = author(article);
    const hidden = (store("hidden") ?? []).filter((other) => other !== key);
    store("hidden", button.matches(".hide") ? [...hidden, key] : hidden);
    hush(document);
    ($(".unhide", article) ?? $(".hide", article))?.focus();
  };

  /* The form stays what it is. */
  const swap = async (url, needs = "#list") => {
    const page = await whole(url);
    if (!$(needs, page)) throw { message: "That did not work. Please try again." };
    const form = $("#list .write:not(.edit)");
    const under = form && item(form).id;
    if (form) $("#respond").append(form);
    for (const part of [".top", "#list"]) $(part).replaceWith($(part, page));
    Object.assign(home.dataset, $("#thread", page).dataset);
    app.address = home.dataset.address;
    if (under) document.getElementById(under)?.querySelector("article").after(form);
    if (app.alone) history.replaceState(null, "", app.address);
    finish(document);
    app.reopen?.();
    return $(needs);
  };
  const tried = (act) => async (target) => {
    const spot = item(target)?.querySelector("article") ?? target.closest(".top") ?? home;
    note(spot);
    try {
      await act(target);
    } catch (error) {
      note(spot, error.message);
    }
  };

  return {
    back, call, fields, find, fragment, id, item, lay, make, note, part, place, count, reveal, say, show, tried, whole, hush: () => hush(document),

    async like(button) {
      const li = item(button);
      const article = $("article", li);
      const action = button.value;
      const verb = action.replace("un", "");
      const buttons = all(".like", button.parentNode);
      const was = buttons.map((other) => other.ariaPressed);
      const { liked = [], disliked = [] } = app.me;
      const others = (list) => list.filter((other) => other !== id(li));
      note(article);
      for (const other of buttons) other.ariaPressed = other === button && action === verb;
      Object.assign(app.me, { liked: others(liked), disliked: others(disliked) });
      if (action === verb) app.me[verb + "d"].push(id(li));
      try {
        const part = await fragment(app.address, fields(action, { comment: id(li) }));
        const focused = button.parentNode.contains(document.activeElement);
        const fresh = all(".like", part)[buttons.indexOf(button)];
        $(".names", article)?.remove();
        button.parentNode.replaceWith(part);
        if (focused) fresh.focus();
      } catch (error) {
        Object.assign(app.me, { liked, disliked });
        buttons.forEach((other, i) => (other.ariaPressed = was[i] === "true"));
        note(article, error.message);
      }
    },

    likers: tried(async (link) => {
      const article = item(link).querySelector("article");
      const open = $(".names", article);
      link.ariaExpanded = !open;
      if (open) return open.remove();
      $(".acts", article).after(await fragment(link.href));
    }),

    further: tried(async (link) => {
      const slot = link.closest(".more");
      const part = await fragment(link.href);
      const nodes = [...($(".names", part) ?? part).children];
      for (const node of nodes) {
        const parent = node.dataset.parent && find(node.dataset.parent);
        if (parent && parent !== item(slot)) place(node);
        else {
          if (node.id) document.getElementById(node.id)?.remove();
          slot.before(node);
        }
      }
      slot.remove();
      const fresh = nodes.filter((node) => !node.matches(".more"));
      if (fresh[0]) show(fresh[0]);
      say(`${fresh.length} more`);
      await wait();
    }),

    order: tried(async (link) => {
      await swap(link.href);
      $(".sort [aria-current]")?.focus();
    }),

    fold(button) {
      const branch = $(":scope > ol", button.parentNode);
      branch.hidden = !branch.hidden;
      button.ariaExpanded = !branch.hidden;
      const n = all("li[id]", branch).length;
      button.ariaLabel = branch.hidden ? null : "Replies";
      button.textContent = branch.hidden ? `Show ${n} ${n === 1 ? "reply" : "replies"}` : "";
    },

    hide: toggle,
    unhide: toggle,

    delete(link) {
      const article = link.closest("article");
      if (!$(".confirm", article)) article.insertAdjacentHTML("beforeend", '<form class="confirm"><p>Delete this comment?</p><button class="erase">Delete</button> <a class="keep" href="#">Keep it</a></form>');
      $(".erase", article).focus();
    },

    keep(link) {
      const article = link.closest("article");
      $(".confirm", article).remove();
      back(item(article), ".delete");
    },

    erase: tried(async (button) => {
      const li = item(button);
      const article = $("article", li);
      const part = await fragment(app.address, fields("delete", { comment: id(li) }));
      const near = [li.previousElementSibling, li.parentNode.closest("li[id]"), li.nextElementSibling].find((other) => other?.id);
      const replying = $(":scope > .write .cancel", li);
      if (replying) await app.run("composer", "cancel", replying);
      const pending = li.dataset.status === "pending";
      if (part.firstElementChild) article.replaceWith(part);
      else {
        const list = li.parentNode;
        li.remove();
        if (!list.id && !list.children.length) {
          list.parentNode.querySelector(".fold")?.remove();
          list.remove();
        }
      }
      if (!pending) count(-1);
      say("Your comment was deleted.");
      show(li.isConnected ? li : (near ?? $(".top h2")));
    }),

    /* A permalink */
    async open(name) {
      if (!/^[\w-]+$/.test(name)) return;
      const li = document.getElementById(name) ?? (await swap(`${app.address}&comment=${name}`, ".focused").catch(() => {}));
      if (!li) return;
      while (li.closest("ol[hidden]")) this.fold(li.closest("ol[hidden]").previousElementSibling);
      $(".focused")?.classList.remove("focused");
      li.classList.add("focused");
      show(li);
    },
  };
};
