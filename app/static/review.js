// Answering a pair of possible duplicates with one key each. Without this file the buttons and
// links are used as any other.
"use strict";

(() => {
  const keys = document.getElementById("keys");
  if (!keys) return;
  const isOn = document.getElementById("keys-on");
  const REVIEW = "samvev-review-keys";

  // A key of one sign can be in the way of other tools, so it can be switched off (WCAG 2.1.4).
  try {
    isOn.checked = localStorage.getItem(REVIEW) !== "off";
  } catch {
    // Nothing is kept in this browser; the choice holds on this page.
  }
  const tell = () => {
    for (const one of document.querySelectorAll("[data-key]")) {
      if (isOn.checked) one.setAttribute("aria-keyshortcuts", one.dataset.key);
      else one.removeAttribute("aria-keyshortcuts");
      one.querySelector("kbd")?.remove();
      if (!isOn.checked) continue;
      const sign = document.createElement("kbd");
      sign.setAttribute("aria-hidden", "true");
      sign.textContent = one.dataset.key;
      one.append(sign);
    }
  };
  isOn.addEventListener("change", () => {
    try {
      localStorage.setItem(REVIEW, isOn.checked ? "on" : "off");
    } catch {
      // As above.
    }
    tell();
  });
  keys.hidden = false;
  tell();

  const isTyping = (element) =>
    element.isContentEditable ||
    element.closest("input:not([type=checkbox]), textarea, select, dialog, [role=textbox]") !== null;

  document.addEventListener("keydown", (event) => {
    if (!isOn.checked || event.repeat || event.isComposing || isTyping(event.target)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const one = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!one || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    one.click();
  });
})();
