// What a page shows, for the checks: texts, parts, and where it is too wide.
() => {
  const squeeze = (text) => text.replace(/\s+/g, " ").trim();
  const skipped = "script, style, template, code, body [lang], textarea, .ds-sr-only[hidden]";
  const texts = new Set(document.title.split(" – "));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = squeeze(walker.currentNode.data);
    if (text && !walker.currentNode.parentElement.closest(skipped)) texts.add(text);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-label"])
    for (const element of document.querySelectorAll(`body [${name}]`))
      if (!element.closest(skipped)) texts.add(squeeze(element.getAttribute(name)));
  const room = document.documentElement.clientWidth;
  const wide = [];
  if (document.documentElement.scrollWidth > room)
    for (const element of document.body.querySelectorAll("*"))
      if (element.getBoundingClientRect().right > room + 0.5)
        wide.push(`${element.tagName.toLowerCase()}.${element.className}`);
  // Every page belongs to an entry of the menu, which is marked as the present place. These belong
  // to none, unless the menu has one of that name for who looks.
  const beside = [
    "", "first-administrator", "hjelp", "kept-form", "login", "me", "municipality",
    "municipality-choice", "nothing", "om", "password", "search", "tilgjengelighet",
  ];
  // What can't be opened is drawn at the address of what was asked for.
  const isRefused = document.querySelector("main[data-problem]") !== null;
  const root = (path) => path.split("/")[1];
  const entries = [...document.querySelectorAll("nav.menu a")].map((link) => root(link.pathname));
  const here = root(location.pathname);
  const count = (selector) => document.querySelectorAll(selector).length;
  const currents = count("nav.menu [aria-current=page]");
  return {
    texts: [...texts],
    wide: wide.slice(-3),
    isTooWide: document.documentElement.scrollWidth > room,
    lang: document.documentElement.lang,
    title: document.title,
    headings: count("h1"),
    mains: count("main"),
    banners: count("body > header"),
    navigations: count("nav"),
    isPlaced: isRefused ? currents === 1 : entries.includes(here) || (entries.length > 0 && !beside.includes(here)),
    currents,
    trailEnds: count(".ds-breadcrumbs [aria-current=page]"),
    skips: count('body > a[href="#main"]:first-child'),
    files: performance.getEntriesByType("resource").map((entry) => entry.name),
    // Whatever a script makes into a choice by typing has lost the button of the way without it.
    untyped: count("fieldset.choice[data-choices] button[name=find]"),
    blocked: window.samvevBlocked || [],
  };
}
