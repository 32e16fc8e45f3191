// A text field with a list of hits below it, asked for while one types: the combobox of the ARIA
// Authoring Practices Guide, with the list as its popup. The palette and the choices of a form
// say what to ask and what to do with the hit that is chosen.
"use strict";

class Combobox {
  // ask(text, signal) promises {groups: [{name, hits: [{text, hint, url}]}], said}; choose(hit) is
  // told of the hit that is chosen, and submit(text) of Enter without one.
  constructor(input, list, status, { ask, choose, submit, failed, staysOpen = false }) {
    Object.assign(this, { input, list, status, ask, choose, submit, failed, staysOpen });
    this.options = [];
    this.active = -1;
    this.asking = null;
    this.timer = null;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    list.setAttribute("role", "listbox");
    this.show(false);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.pressed(event));
    if (!staysOpen) input.addEventListener("blur", () => this.leave());
    // The field keeps the focus, so that a press on the list does not close it.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.clicked(event));
  }

  typed() {
    if (!this.staysOpen && !this.input.value.trim()) return this.close();
    this.activate(-1);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), Combobox.WAIT);
  }

  // Only the answer to the newest question is shown: asking anew gives up the one before.
  async search() {
    clearTimeout(this.timer);
    this.timer = null;
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    try {
      const answer = await this.ask(this.input.value, mine.signal);
      if (mine === this.asking) this.fill(answer);
    } catch {
      if (mine === this.asking) this.fill({ groups: [], said: this.failed });
    }
  }

  fill({ groups, said }) {
    this.options = [];
    this.list.replaceChildren(...groups.map((group, number) => this.drawGroup(group, number)));
    this.activate(-1);
    this.show(this.options.length > 0);
    this.status.textContent = said;
  }

  drawGroup({ name, hits }, number) {
    const options = hits.map((hit) => this.drawOption(hit));
    if (!name) {
      const bare = document.createDocumentFragment();
      bare.append(...options);
      return bare;
    }
    const title = Combobox.element("div", { id: `${this.list.id}-group-${number}`, class: "group" }, name);
    return Combobox.element("div", { role: "group", "aria-labelledby": title.id }, title, ...options);
  }

  drawOption(hit) {
    const id = `${this.list.id}-${this.options.length}`;
    const kept = { id, role: "option", "aria-selected": "false", class: "option", tabindex: "-1" };
    const shown = [Combobox.element("span", {}, hit.text)];
    if (hit.hint) shown.push(" ", Combobox.element("span", { class: "muted" }, hit.hint));
    const option = hit.url
      ? Combobox.element("a", { ...kept, href: hit.url }, ...shown)
      : Combobox.element("div", kept, ...shown);
    this.options.push({ hit, option });
    return option;
  }

  show(isOpen) {
    this.isOpen = isOpen;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  // What was asked for and has not come yet must not open the list again.
  close() {
    clearTimeout(this.timer);
    this.timer = null;
    this.asking?.abort();
    this.asking = null;
    this.activate(-1);
    this.show(false);
    this.status.textContent = "";
  }

  // What was said of a choice stays, so that nothing moves under the next click.
  leave() {
    if (this.isOpen || this.asking || this.timer) this.close();
  }

  activate(place) {
    this.options[this.active]?.option.setAttribute("aria-selected", "false");
    this.active = place;
    const option = this.options[place]?.option;
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  // The field itself is one of the stops, so that one comes back to it from either end.
  move(by) {
    const stops = this.options.length + 1;
    this.activate(((this.active + 1 + by + stops) % stops) - 1);
  }

  pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowDown: () => (this.isOpen ? this.move(1) : this.search()),
      ArrowUp: () => (this.isOpen ? this.move(-1) : this.search()),
      Enter: () => this.enter(),
      Escape: this.isOpen && !this.staysOpen ? () => this.close() : null,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // In a form Enter never sends half a name; it asks for the hits.
  enter() {
    const chosen = this.options[this.active];
    const text = this.input.value.trim();
    if (chosen) this.choose(chosen.hit);
    else if (text && this.submit) this.submit(text);
    else if (text) this.search();
  }

  clicked(event) {
    const option = event.target.closest("[role=option]");
    const chosen = this.options.find((one) => one.option === option);
    if (!chosen || chosen.hit.url) return;
    this.choose(chosen.hit);
  }
}

Combobox.element = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

// Milliseconds without a key before the server is asked.
Combobox.WAIT = 150;

// Sends what is typed in the body of the request, so that no name stands in an address.
Combobox.post = async (url, token, text, signal) => {
  const body = new URLSearchParams({ q: text, csrf_token: token });
  const answer = await fetch(url, { method: "POST", body, signal, redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};
