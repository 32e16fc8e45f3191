// Ticking every line of a list's page at once. Without this file the button sends the page, and it
// comes back with the lines ticked.
"use strict";

(() => {
  const button = document.querySelector("#bulk button[data-page]");
  if (!button) return;
  const boxes = [...document.querySelectorAll('input[form="bulk"][name="row"]')];

  const tell = () => {
    button.value = boxes.every((box) => box.checked) ? "none" : "page";
    button.textContent = button.dataset[button.value];
  };
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const isTicking = button.value === "page";
    for (const box of boxes) box.checked = isTicking;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  // A browser that goes back may have ticked some anew.
  window.addEventListener("pageshow", tell);
  tell();
})();
