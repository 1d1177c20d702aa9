/* The loader: it never touches sign-in. Why: docs/browser.md */
(() => {
  "use strict";
  const tag = document.currentScript ?? [...document.querySelectorAll('script[data-site][src*="/embed.js"]')].pop();
  const options = tag?.dataset ?? {};
  if (!options.site) return console.error("Palaver: the script tag needs data-site.");
  window.Palaver?.destroy();

  const home = new URL(tag.src).origin;
  const site = encodeURIComponent(options.site);
  const box = document.createElement("div");
  const probe = document.createElement("a");
  const life = new AbortController();
  let page = { id: options.pageId, url: options.url, title: options.title };
  let { theme } = options;
  let frame, note, shown, seen, late, timer, own;

  const on = (target, type, act) => target.addEventListener(type, act, { signal: life.signal });
  const emit = (type, detail) => tag.dispatchEvent(new CustomEvent("palaver:" + type, { detail, bubbles: true }));
  const comment = () => {
    const name = location.hash.slice(1, 99);
    return !document.getElementById(name) && /^\w*-?(comm?ent|isso).*\d|^(\d+|[\da-f]{24,32})$/.test(name) && name;
  };

  /* Which page? */
  const address = () => {
    const link = document.querySelector("link[rel~=canonical][href]");
    const host = (url) => url.protocol.startsWith("http") && url.host.replace(/^www\./, "");
    if (page.url) return new URL(page.url, location).href;
    if (link && host(new URL(link.href)) === host(location)) return link.href;
    return location.href.replace(/#(?![/!]).*/, "");
  };

  /* How does it look here? */
  const colour = (css) => {
    probe.style.color = css;
    probe.style.color = `color-mix(in srgb,${css},${css})`;
    const value = getComputedStyle(probe).color;
    const [r, g, b, a = 1] = value.match(/-?[\d.]+(e-?\d+)?/g).map((n, i) => (i < 3 && value[0] === "c" ? n * 255 : +n));
    return [r, g, b, a];
  };
  const blend = (under, over) => under.map((v, i) => over[i] * over[3] + v * (1 - over[3]));
  const look = () => {
    const css = getComputedStyle(box);
    const own = (name) => css.getPropertyValue("--palaver-" + name).trim();
    probe.style.cssText = "";
    box.append(probe);
    const link = getComputedStyle(probe).color;
    probe.style.cssText = "display:none!important;transition:none!important;font-size:" + (own("size") || "1em");
    const layers = [];
    for (let node = box; node; node = node.parentElement) layers.push(colour(getComputedStyle(node).backgroundColor));
    let back = layers.reduceRight(blend, colour("Canvas"));
    let text = own("text") || css.color;
    let panel = own("background");
    if (panel) back = blend(back, colour(panel));
    const scheme = back[0] * 0.3 + back[1] * 0.6 + back[2] * 0.1 < 128 ? "dark" : "light";
    const wanted = /^(light|dark)$/.test(theme) ? theme : scheme;
    if (wanted !== scheme) [back, text, panel] = wanted === "dark" ? [[23, 25, 27, 1], "#e4e4e1", 1] : [[255, 255, 255, 1], "#22272b", 1];
    const triple = (css) => blend(back, colour(css)).slice(0, 3).map(Math.round).join();
    const result = {
      theme: wanted,
      panel: panel ? 1 : 0,
      back: triple("#0000"),
      text: triple(text),
      accent: triple(own("accent") || link),
      font: own("font") || css.fontFamily,
      size: parseFloat(getComputedStyle(probe).fontSize),
      leading: parseFloat(css.lineHeight) / parseFloat(css.fontSize),
      radius: parseFloat(own("radius")),
      dir: css.direction,
      title: page.title ?? document.title,
    };
    probe.remove();
    return result;
  };

  const send = (type, more) => frame?.contentWindow?.postMessage({ palaver: 1, type, ...more }, home);
  const mount = (focus = comment()) => {
    const query = new URLSearchParams({ url: (shown = address()) });
    const add = (name, value) => value && query.set(name, value);
    add("id", page.id);
    const alone = `${home}/thread/${site}?${query}`;
    add("sort", options.sort);
    add("lang", options.lang || document.documentElement.lang);
    add("theme", theme);
    add("comment", focus);
    const style = look();
    seen = JSON.stringify(style);
    frame = document.createElement("iframe");
    frame.title = "Comments";
    frame.style.cssText = "all:initial;display:block;width:100%;height:" + box.style.minHeight;
    frame.style.colorScheme = style.theme;
    frame.src = `${home}/embed/${site}?${query}#${new URLSearchParams({ o: location.origin, ...style })}`;
    frame.onload = () => {
      seen = "";
      sync();
    };
    box.replaceChildren(frame);
    clearTimeout(late);
    late = setTimeout(() => {
      const message = "The comments did not load.";
      const link = document.createElement("a");
      link.href = alone;
      link.textContent = "Open them on their own page.";
      note = document.createElement("p");
      note.append(message + " ", link);
      frame.style.display = "none";
      box.append(note);
      emit("error", { message });
    }, 12000);
  };
  const sync = () => {
    if (!frame) return;
    if (!page.id && address() !== shown) return mount();
    const style = look();
    if (seen === (seen = JSON.stringify(style))) return;
    frame.style.colorScheme = style.theme;
    send("look", { look: style });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (sync(), (timer = setTimeout(sync, 700))), 60);
  };

  const receive = {
    __proto__: null,
    sso: async () => own && send("sso", { token: await own() }),
    ready: () => receive.sso(receive.error()),
    error() {
      clearTimeout(late);
      note?.remove();
      frame.style.display = "block";
    },
    resize({ height }) {
      if (height >= 0 && height < 1e6) frame.style.height = box.style.minHeight = height + "px";
    },
    scroll({ top, bottom }) {
      const edge = frame.getBoundingClientRect().top;
      if (edge + top < 0 || edge + bottom > innerHeight)
        scrollBy({ top: edge + top - innerHeight / 5, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
    },
  };
  on(window, "message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== home || data?.palaver !== 1) return;
    const { palaver, type, ...detail } = data;
    receive[type]?.(detail);
    if (type !== "scroll") emit(type, detail);
  });

  on(window, "hashchange", () => comment() && send("comment", { id: comment() }));
  on(matchMedia("(prefers-color-scheme: dark)"), "change", soon);
  on(window, "load", soon);
  let { href } = location;
  const clock = setInterval(() => href !== (href = location.href) && soon(), 300);
  const watcher = new MutationObserver(soon);
  const start = () => {
    if (tag.closest("body")) tag.after(box);
    else document.body.append(box);
    watcher.observe(document.head, { childList: true, subtree: true, attributes: true, characterData: true });
    watcher.observe(document.documentElement, { attributes: true });
    watcher.observe(document.body, { attributes: true });
    if (options.lazy === undefined || comment()) return mount();
    const near = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && (near.disconnect(), mount()), { rootMargin: "600px" });
    near.observe(box);
  };

  window.Palaver = {
    load(other = {}) {
      page = other;
      mount("");
    },
    theme(name) {
      theme = name;
      sync();
    },
    sso(give) {
      own = give;
      receive.sso();
    },
    on: (name, act) => on(tag, "palaver:" + name, ({ detail }) => act(detail)),
    destroy() {
      life.abort();
      watcher.disconnect();
      clearInterval(clock);
      clearTimeout(timer);
      clearTimeout(late);
      box.remove();
      delete window.Palaver;
    },
  };
  box.className = "palaver";
  box.style.minHeight = "320px";
  if (document.body) start();
  else on(document, "DOMContentLoaded", start);
})();
