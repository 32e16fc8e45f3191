// Those who are registered and resemble the person of the form, asked for while one writes.
// Without this file they are shown after the first press of Save.
"use strict";

for (const form of document.querySelectorAll("form[data-asks]")) {
  const section = form.querySelector(".resembling");
  const found = section.querySelector(".found");
  const status = form.querySelector(".said");
  let timer = null;
  let asking = null;
  let asked = "";

  // A link in what is said takes those there who see the words but not yet the list.
  const say = (text, hasList) => {
    if (status.dataset.text === text) return;
    status.dataset.text = text;
    status.replaceChildren(text);
    if (!hasList) return;
    const link = document.createElement("a");
    link.href = "#resembling";
    link.textContent = status.dataset.link;
    status.append(" ", link);
    // What is said lies at the foot of the window, and must not cover the field one writes in.
    const active = document.activeElement;
    if (form.contains(active)) active.scrollIntoView({ block: "nearest" });
  };

  const show = (html, text) => {
    if (found.innerHTML !== html) found.innerHTML = html;
    section.hidden = !found.querySelector("li");
    say(text, !section.hidden);
  };

  const ask = async () => {
    const body = new URLSearchParams(new FormData(form));
    for (const name of ["seen", "form_key", "registered_reason"]) body.delete(name);
    if (asked === body.toString()) return;
    asked = body.toString();
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(form.dataset.asks, { method: "POST", body, signal: mine.signal, redirect: "error" });
      if (!answer.ok && answer.status !== 429) throw new Error(String(answer.status));
      const told = await answer.json();
      if (mine === asking) show(told.found, told.said);
    } catch {
      if (mine === asking) say(form.dataset.failed, false);
    }
  };

  // What is saved is asked about anyway.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    const before = asking;
    asking = null;
    before?.abort();
  });
  form.addEventListener("input", (event) => {
    if (section.contains(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
}
