// Draws the preview of a template anew while one types, and goes to the field in it, shows answers and columns only for the kind
// of field that has them, and asks before what is typed is left unsaved. Without this file the
// preview is what the server drew last.
"use strict";

(() => {
  const PAUSE = 400;
  const form = document.querySelector("form[data-preview]");
  const shown = document.querySelector("[data-previewed]");
  if (!form || !shown) return;
  let timer = 0;
  let asking = null;
  let isDirty = Boolean(form.closest("main").querySelector(".ds-error-summary"));

  // What the style sheet unfolds beside the form is told as open, too.
  for (const one of document.querySelectorAll("details.folded")) {
    if (getComputedStyle(one.querySelector("summary")).display === "none") one.open = true;
  }

  // Where the preview has a place of its own to scroll in, and nowhere else: the page stands still.
  const box = shown.closest(".preview");
  const follow = () => {
    const name = shown.querySelector("[data-in-work]")?.dataset.inWork;
    const field = name && shown.querySelector(`[id="${CSS.escape(name)}"]`);
    if (!field) return;
    const part = field.closest(".ds-field, fieldset") ?? field;
    part.classList.add("in-work");
    if (box.scrollHeight > box.clientHeight) {
      box.scrollTop += part.getBoundingClientRect().top - box.getBoundingClientRect().top - 48;
    }
  };
  follow();

  const draw = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
      const answer = await fetch(form.dataset.preview, { method: "POST", body, signal: asking.signal });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceChildren(...page.body.childNodes);
      follow();
    } catch (error) {
      if (error.name !== "AbortError") return;
    }
  };
  form.addEventListener("input", () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  });
  form.addEventListener("submit", () => (isDirty = false));
  addEventListener("beforeunload", (event) => {
    if (isDirty) event.preventDefault();
  });

  const kind = form.elements.namedItem("kind");
  const HAS = { choices: "choice", columns: "table" };
  const fit = () => {
    for (const [name, value] of Object.entries(HAS)) {
      const rows = form.querySelector(`[data-for="${name}"]`);
      if (rows) rows.hidden = kind.value !== value;
    }
  };
  if (kind) {
    kind.addEventListener("change", fit);
    fit();
  }
})();
