// Marks a changed level in words at once, and sets whole rows and columns where one stands. Without
// this file the server does both when the form is sent.
"use strict";

(() => {
  const form = document.querySelector("form[data-changed]");
  if (!form) return;
  const said = form.querySelector("[data-said]");
  const chooser = form.elements.namedItem("level") ?? form.elements.namedItem("all_level");
  const levels = [...chooser.options].map((one) => one.value).filter(Boolean);
  const cells = [...form.querySelectorAll("select[data-part]")];
  const nameOf = (cell, level) => [...cell.options].find((one) => one.value === level)?.text ?? "";

  const mark = (cell) => {
    let note = cell.parentElement.querySelector(".changed");
    const isChanged = cell.dataset.used && cell.dataset.used !== cell.value;
    if (!isChanged) {
      note?.remove();
      return "";
    }
    if (!note) {
      note = document.createElement("p");
      note.className = "changed";
      cell.after(note);
    }
    note.textContent = form.dataset.changed
      .replace("{old}", nameOf(cell, cell.dataset.used))
      .replace("{new}", nameOf(cell, cell.value));
    return note.textContent;
  };
  form.addEventListener("change", ({ target }) => {
    if (!cells.includes(target)) return;
    const note = mark(target);
    said.textContent = note && `${target.getAttribute("aria-label")}. ${note}`;
  });

  // The most that can be given where less than the level is.
  const put = (cell, level) => {
    const possible = [...cell.options].map((one) => one.value);
    const wanted = levels.slice(0, levels.indexOf(level) + 1).filter((one) => possible.includes(one));
    cell.value = wanted.at(-1);
    mark(cell);
  };
  const SET = {
    set_row: (button) => cells.filter((one) => one.closest("tr") === button.closest("tr")),
    set_column: (button) => cells.filter((one) => one.dataset.part === button.value),
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const found = SET[button?.name]?.(button);
    if (!found || !chooser.value) return;
    event.preventDefault();
    for (const cell of found) put(cell, chooser.value);
    said.textContent = `${button.textContent.trim()}. ${chooser.selectedOptions[0].text}`;
  });
})();
