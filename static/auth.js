"use strict";

// "Continue as NAME" works once this window has been in front for 600 ms (double-click tricks).
const form = document.querySelector("form[data-arm]");
if (form) {
  const button = form.querySelector("button");
  let armed = false;
  let timer = 0;
  const arm = (value) => {
    armed = value;
    button.setAttribute("aria-disabled", String(!value));
  };
  const look = () => {
    clearTimeout(timer);
    arm(false);
    if (document.visibilityState === "visible" && document.hasFocus()) timer = setTimeout(arm, 600, true);
  };
  form.addEventListener("submit", (event) => {
    if (!armed) event.preventDefault();
  });
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  addEventListener("blur", look);
  look();
}

// Browsers close only windows that scripts opened; where this one stays, its text says what to do.
if (document.body.hasAttribute("data-close")) window.close();
