/* Files from other systems: how far the sending is, and then the import. Without scripts a form and a page that comes again. */
const $ = (selector, within = document) => within.querySelector(selector);

const form = $("#upload");
if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    const bar = $("progress", form);
    bar.hidden = false;
    $("button", form).disabled = true;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
    });
    const failed = (sentence) => {
      bar.hidden = true;
      $("button", form).disabled = false;
      $("#upload-error").textContent = sentence;
    };
    request.addEventListener("load", () => {
      if (request.status === 200 && request.responseURL !== form.action) return location.assign(request.responseURL);
      const told = $("[role=alert]", new DOMParser().parseFromString(request.responseText, "text/html"));
      failed(told?.textContent ?? "Please sign in again: open this page anew.");
    });
    request.addEventListener("error", () => failed("The file did not arrive. Please try again."));
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

const follow = async () => {
  const shown = $("#import");
  const answer = await fetch(location.pathname).catch(() => null);
  const now = answer?.ok && $("#import", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (now && "working" in now.dataset) {
    $("p", shown).replaceWith($("p", now)); // buttons stay: one of them may have the focus
    $("progress", shown).replaceWith($("progress", now));
  } else if (now) {
    shown.replaceWith(now);
    $("h2", now).focus({ preventScroll: true });
    return;
  }
  setTimeout(follow, 1000);
};
if ($("#import")?.matches("[data-working]")) setTimeout(follow, 500);
