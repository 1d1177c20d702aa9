/* Why: docs/browser.md */
(() => {
  "use strict";
  const root = document.documentElement;
  const files = document.currentScript.dataset;
  const { site } = root.dataset;
  const hash = new URLSearchParams(location.hash.slice(1));
  const $ = (selector, node = document) => node.querySelector(selector);
  const all = (selector, node = document) => [...node.querySelectorAll(selector)];

  /* Looks */
  const light = (rgb) => rgb.reduce((sum, v, i) => sum + [0.2126, 0.7152, 0.0722][i] * ((v /= 255) > 0.04 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92), 0.05);
  const contrast = (a, b) => Math.max(light(a) / light(b), light(b) / light(a));
  const mix = (a, b, part) => a.map((v, i) => Math.round(v + (b[i] - v) * part));
  const paint = (look) => {
    const set = (name, value) => root.style.setProperty("--" + name, value);
    const [back, text, accent] = ["back", "text", "accent"].map((name) => /^\d{1,3},\d{1,3},\d{1,3}$/.test(look[name]) && look[name].split(",").map(Number));
    root.classList.add("framed");
    root.classList.toggle("panel", look.panel > 0);
    if (/^(light|dark)$/.test(look.theme)) root.dataset.theme = look.theme;
    if (/^(ltr|rtl)$/.test(look.dir)) root.dir = look.dir;
    for (const name of ["size", "leading", "radius"]) if (look[name] >= 0) set(name, +look[name]);
    set("font", `${look.font}`.slice(0, 500).split(",").filter((name) => /^\s*(["']?)[-\p{L}\p{N} ]+\1\s*$/u.test(name)).join());
    if (!back || !text || !accent) return;
    const end = light(back) > 0.23 ? [0, 0, 0] : [255, 255, 255];
    const reach = (name, from, ratio, to = end) => {
      let colour = from;
      for (let part = 0; part < 1 && Math.min(contrast(colour, back), contrast(colour, soft)) < ratio; ) colour = mix(from, to, (part += 0.05));
      set(name, `rgb(${colour})`);
      return colour;
    };
    const soft = mix(back, text, 0.05);
    const ink = reach("text", text, 4.5);
    reach("back", back, 0);
    reach("soft", soft, 0);
    reach("line", mix(back, ink, 0.15), 0);
    reach("edge", mix(back, ink, 0.4), 3, ink);
    reach("muted", mix(ink, back, 0.4), 4.5, ink);
    reach("bad", [190, 30, 30], 4.5);
    set("on", light(reach("accent", accent, 4.5)) > 0.23 ? "#000" : "#fff");
  };

  /* The host page */
  const origins = (root.dataset.origins ?? "").split(" ");
  let host = origins.find((origin) => origin === hash.get("o"));
  const tell = (type, more) => host && parent.postMessage({ palaver: 1, type, ...more }, host);
  const measure = () => tell("resize", { height: Math.ceil(document.body.getBoundingClientRect().height) });
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || !origins.includes(origin) || data?.palaver !== 1) return;
    const late = !host;
    host = origin;
    if (data.type === "look") {
      paint(data.look);
      app.title = data.look.title;
      measure();
      if (late) tell("ready");
    }
    if (data.type === "comment") run("actions", "open", data.id);
    if (data.type === "sso" && app.home) run("signin", "sso", data.token);
  });

  /* Kept here; in memory where that fails */
  const memory = {};
  const store = (name, value) => {
    const key = `palaver:${site}:${name}`;
    if (value !== undefined) memory[key] = JSON.stringify(value);
    try {
      if (value !== undefined) localStorage[key] = memory[key];
      return JSON.parse(localStorage[key]);
    } catch {
      return JSON.parse(memory[key] ?? null);
    }
  };

  /* Who reads? */
  const auth = () => (store("token") ? { Authorization: "Bearer " + store("token") } : {});
  const ask = async () => {
    if (app.alone) return;
    const query = new URLSearchParams(app.address.split("?")[1]);
    for (const name of ["sort", "lang", "theme"]) query.delete(name);
    const answer = await fetch(`/api/v1/${site}/me?${query}`, { headers: auth() });
    if (answer.ok) app.me = await answer.json();
    if (app.me.person || app.known) await run("actions", "lay");
  };

  const units = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30]];
  const ago = (time) => {
    let past = (new Date(time.dateTime) - Date.now()) / 1000;
    for (const [unit, many] of units) {
      if (past > -many) return new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" }).format(unit === "second" ? 0 : Math.ceil(past), unit);
      past /= many;
    }
    return new Date(time.dateTime).toLocaleDateString(root.lang, { dateStyle: "medium" });
  };
  const dress = (scope) => {
    for (const time of all("time", scope)) {
      time.title ||= time.textContent;
      time.textContent = ago(time);
    }
    for (const code of all("pre", scope)) code.tabIndex = 0;
    for (const branch of all("li[id] > ol", scope)) {
      if (!$(":scope > .fold", branch.parentNode)) branch.insertAdjacentHTML("beforebegin", '<button class="fold" aria-expanded="true" aria-label="Replies"></button>');
    }
    for (const acts of all(".acts", scope)) {
      if (!$(".hide, .edit", acts)) acts.insertAdjacentHTML("beforeend", ' <button class="hide" type="button">Hide</button>');
    }
  };

  const app = { root, files, site, store, auth, tell, measure, $, all, dress, ask, me: {}, title: hash.get("title") };

  /* Clicks */
  const verbs = { actions: "like likers further order fold hide unhide delete erase keep", composer: "reply cancel edit jump post preview", signin: "out stop" };
  const parts = {};
  const load = (file) => (parts[file] ??= import(files[file]).then((part) => part.default(app)));
  const run = async (file, verb, ...args) => (await load(file))[verb](...args);
  Object.assign(app, { load, run });
  addEventListener("click", (event) => {
    const target = event.target.closest("a, button");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    for (const file in verbs) {
      const verb = verbs[file].split(" ").find((name) => target.classList.contains(name));
      if (!verb || (app.alone && file === "signin")) continue;
      event.preventDefault();
      load(file).then((part) => part[verb](target), () => (target.href ? (location = target.href) : target.form?.requestSubmit(target)));
    }
  });
  addEventListener("focusin", ({ target }) => target.closest?.(".write:not(.open)") && run("composer", "open", target).catch(() => target.form.classList.add("open")));

  root.classList.add("js");
  if (hash.get("o")) paint(Object.fromEntries(hash));
  addEventListener("DOMContentLoaded", () => {
    app.home = $("#thread");
    app.address = app.home.dataset.address;
    app.alone = app.home.dataset.firstParty !== undefined;
    dress(document);
    setInterval(() => dress(document), 6e4);
    new ResizeObserver(measure).observe(document.body);
    measure();
    tell("ready");
    ask().catch(() => {});
    if (files.live) setTimeout(load, 2000, "live");
    if (store("hidden")?.length) run("actions", "hush");
    if ($("li .write") || store("drafts:" + app.home.dataset.page)) run("composer", "restore");
    if (store("attempt")) run("signin", "resume");
    if ($(".focused")) run("actions", "open", $(".focused").id);
  });
})();
