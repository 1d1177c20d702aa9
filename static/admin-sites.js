/* The pages of a site: copying, and a preview that follows the form. Without scripts there are selecting and a button. */
const $ = (selector) => document.querySelector(selector);

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  });
}

const form = $("#settings");
const button = $("#show-preview");

if (button) {
  let later;
  button.hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(() => {
      const query = new URLSearchParams(new FormData(form));
      $("#preview").contentWindow.location.replace(`${button.formAction}?${query}`);
    }, 150);
  });
}
