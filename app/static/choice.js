// A person or a unit of a form, found while one types. Without this file one presses Search and
// chooses among the hits; what is sent has the same names either way, and nothing is chosen
// beforehand.
"use strict";

(() => {
  const make = Combobox.element;
  for (const field of document.querySelectorAll("fieldset.choice[data-choices]")) enhance(field);

  function enhance(field) {
    const { choices, clear, chosen, failed, name, none, unchosen } = field.dataset;
    const token = field.form.elements.csrf_token.value;
    const options = field.querySelector(".options");
    const ticked = options.querySelector("input:checked");
    const input = field.querySelector(`input[name="${name}_search"]`);

    const sent = make("input", { type: "hidden", name, value: ticked?.value ?? "" });
    const shown = make("span", { id: `${field.id}-chosen` });
    const button = make("button", { type: "button", class: "ds-button", "data-variant": "tertiary", "data-size": "sm" });
    const status = make("p", { role: "status", class: "count" });
    const list = make("div", { id: `${field.id}-hits`, class: "hits", "aria-label": field.querySelector("legend").textContent.trim() });
    options.replaceWith(make("p", { class: "chosen" }, shown, button), sent);
    field.querySelector("button[name=find]").remove();
    input.closest(".beside").after(list, status);
    input.setAttribute("aria-describedby", [shown.id, field.getAttribute("aria-describedby")].filter(Boolean).join(" "));
    if (field.hasAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");

    const put = (value, text) => {
      sent.value = value;
      shown.textContent = text || none;
      const [before, after] = clear.split("{}");
      button.replaceChildren(before, make("span", { class: "ds-sr-only" }, text), after);
      button.hidden = !value;
    };
    put(sent.value, sent.value && ticked.closest(".ds-field").querySelector("label").textContent.trim());

    const combobox = new Combobox(input, list, status, {
      ask: async (text, signal) => {
        const { result, said } = await Combobox.post(choices, token, text, signal);
        return { groups: [{ name: "", hits: result }], said };
      },
      choose: (hit) => {
        const text = hit.hint ? `${hit.text} (${hit.hint})` : hit.text;
        put(hit.id, text);
        input.value = "";
        combobox.close();
        status.textContent = chosen.replace("{}", text);
      },
      failed,
    });
    // A name that was typed but not chosen is no choice, and must not be taken for one.
    input.addEventListener("blur", () => {
      if (input.value.trim()) status.textContent = unchosen;
    });
    button.addEventListener("click", () => {
      put("", "");
      input.focus();
      status.textContent = none;
    });
  }
})();
