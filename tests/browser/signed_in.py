"""A page of somebody who is signed in, that fails when the browser complains."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

from config import ROOT

ANSWERED_ON_PURPOSE = "Failed to load resource: the server responded with a status of"

# Runs beside the page, which may not load it itself.
AXE = ROOT / "theme" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """(tags) => axe.run(document, {runOnly: {type: "tag", values: tags}})
  .then((found) => found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`))"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [
    {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    {"color_scheme": "dark", "viewport": {"width": 320, "height": 640}},
]


def broken(page: Page) -> list[str]:
    """What axe finds wrong with the page as it looks now, and whether it scrolls sideways."""
    page.wait_for_load_state()
    page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(RUN_AXE, TAGS)
    is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["it scrolls sideways"] if is_wide else [])]


@contextmanager
def signed_in(site: Any, browser: Browser, username: str, **options: Any) -> Iterator[Page]:
    """A page in English on the running panel; its console must stay empty."""
    client = site.client(username)
    assert client.send("/language/", {"language": "en"}).status_code == 302
    context = browser.new_context(base_url=site.address, service_workers="block", **options)
    context.add_cookies([site.cookie(client)])
    page = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and ANSWERED_ON_PURPOSE not in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []
