// The palette: search everything, and go anywhere, from the keyboard. Without this file the field
// in the header is a form like any other.
"use strict";

(() => {
  const dialog = document.getElementById("palette");
  const form = document.getElementById("top-search");
  if (!dialog || !form) return;
  const find = (selector) => dialog.querySelector(selector);
  const input = find("#palette-q");
  const token = form.elements.csrf_token.value;
  const slash = find("#palette-slash");
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const SLASH = "samvev-slash";

  const combobox = new Combobox(input, find(".hits"), find("[role=status]"), {
    ask: async (text, signal) => {
      const { groups, said } = await Combobox.post(dialog.dataset.hits, token, text, signal);
      return { groups: groups.map(({ name, hits, lists }) => ({ name, hits: [...hits, ...lists] })), said };
    },
    choose: (hit) => location.assign(hit.url),
    submit: (text) => {
      form.elements.q?.remove();
      form.append(Combobox.element("input", { type: "hidden", name: "q", value: text }));
      form.submit();
    },
    failed: dialog.dataset.failed,
    staysOpen: true,
  });

  const open = () => {
    if (dialog.open) return;
    input.value = form.elements.q?.value ?? "";
    dialog.showModal();
    input.focus();
    input.select();
    combobox.search();
  };

  dialog.addEventListener("close", () => combobox.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  // The form in the header becomes the button that opens the palette.
  if (!form.hasAttribute("data-page")) {
    form.querySelector("label").remove();
    form.elements.q.remove();
    const button = form.querySelector("button");
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-keyshortcuts", isMac ? "Meta+K" : "Control+K");
    button.append(Combobox.element("kbd", { "aria-hidden": "true" }, isMac ? "⌘K" : "Ctrl K"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      open();
    });
  }

  // A key of one letter can be in the way of other tools, so it can be switched off (WCAG 2.1.4).
  const remembered = () => {
    try {
      return localStorage.getItem(SLASH) !== "off";
    } catch {
      return true;
    }
  };
  slash.checked = remembered();
  slash.addEventListener("change", () => {
    try {
      localStorage.setItem(SLASH, slash.checked ? "on" : "off");
    } catch {
      // Nothing is kept in this browser; the choice holds on this page.
    }
  });

  const isTyping = (element) =>
    element.isContentEditable || element.closest("input, textarea, select, [role=textbox]") !== null;

  document.addEventListener("keydown", (event) => {
    const isLetter = event.key.toLowerCase() === "k" && (isMac ? event.metaKey : event.ctrlKey);
    const isShortcut = isLetter && !event.altKey && !event.shiftKey;
    const isSlash =
      event.key === "/" && slash.checked && !event.ctrlKey && !event.metaKey && !event.altKey &&
      !isTyping(event.target);
    if (event.isComposing || !(isShortcut || isSlash)) return;
    event.preventDefault();
    open();
  });
})();
