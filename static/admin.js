/* Keys for moderators; everything they do is a button of the page, so that without scripts nothing is missing. */
const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const dialog = $("#keys");
const queue = $("#queue");
const VERBS = { a: "approve", s: "spam", d: "reject" };
const PLACE = "palaver-place";

const articles = () => all(".item article");
const current = () => document.activeElement?.closest?.(".item article");
const ticked = () => all("[name=c]:checked", queue ?? document);

const go = (step) => {
  const list = articles();
  const at = list.indexOf(current());
  list[at < 0 ? 0 : Math.min(Math.max(at + step, 0), list.length - 1)]?.focus();
};

/* What stands where the comment stood is the next one to decide on. */
const decide = (verb) => {
  const article = current();
  if (ticked().length) $(`[data-bulk=${verb}]`)?.click();
  else if (article) $(`[data-verb=${verb}]`, article)?.click();
};

const tell = () => {
  const count = ticked().length;
  $("#ticked").textContent = count ? `${count} ticked` : "those that are ticked";
  $("#all").textContent = count ? "Tick none" : "Tick all";
};

const tick = (box, checked) => {
  box.checked = checked;
  tell();
};

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: () => {
    const box = current() && $("[name=c]", current().parentElement);
    if (box) tick(box, !box.checked);
  },
  u: () => $("[data-key=u]")?.click(),
  "?": () => dialog.showModal(),
};
for (const [key, verb] of Object.entries(VERBS)) KEYS[key] = () => decide(verb);

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("textarea, select, input:not([type=checkbox], [type=radio])");
  if (typing || dialog.open || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

/* The server knows no moderator's clock; days of the numbers stay as they are counted. */
for (const time of all("time")) {
  if (!time.textContent.endsWith("UTC")) continue;
  time.title = time.textContent;
  time.textContent = new Date(time.dateTime).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
}

$("#keys-button").hidden = false;
$("#keys-button").addEventListener("click", () => dialog.showModal());

if (queue) {
  $("#all").hidden = false;
  $("#all").addEventListener("click", () => {
    const on = !ticked().length;
    for (const box of all("[name=c]", queue)) box.checked = on;
    tell();
  });
  queue.addEventListener("change", tell);
  queue.addEventListener("submit", () => {
    const at = articles().indexOf(current());
    if (at >= 0) sessionStorage.setItem(PLACE, at);
  });
  tell(); // a browser that goes back keeps the ticks
}

const place = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (place !== null && $("[role=status]")) (articles()[place] ?? articles().at(-1))?.focus({ preventScroll: false });
