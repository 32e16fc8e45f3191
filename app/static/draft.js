// Keeps what is written in a form while one writes, so that a lost page loses nothing. Without this
// file one presses "Save draft". Files are not kept.
"use strict";

(() => {
  const PAUSE = 2000;
  for (const form of document.querySelectorAll("form[data-draft]")) watch(form);

  function watch(form) {
    const said = form.querySelector("[data-draft-said]");
    let timer = 0;
    let sending = null;

    const content = () => {
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
      fields.set("draft", "typed");
      return fields;
    };
    const send = async () => {
      timer = 0;
      sending = new AbortController();
      try {
        const answer = await fetch(form.action, { method: "POST", body: content(), signal: sending.signal, keepalive: true });
        if (!answer.ok || answer.redirected) throw new Error("refused");
        said.textContent = (await answer.json()).said;
      } catch (error) {
        if (error.name !== "AbortError") said.textContent = form.dataset.failed;
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(send, PAUSE);
    });
    // What is saved whole needs no draft, and one that is on its way must not come after it.
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      timer = 0;
      sending?.abort();
    });
    addEventListener("pagehide", () => {
      if (timer) {
        clearTimeout(timer);
        send();
      }
    });
  }
})();
