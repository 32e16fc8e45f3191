"""Looking at one page in the browser: everything that is wrong with it, in words."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from config import ROOT
from tests.browser.looks import LOOKS, Look
from tests.browser.wording import foreign
from tests.drills import IS_FULL

# Runs beside the page, which may not load it itself.
AXE = ROOT / "theme" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = Path(__file__).parent / "seen"
PROBE = (Path(__file__).parent / "probe.js").read_text("utf-8")
HEIGHT = 800
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """(tags) => axe.run(document, {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], iframes: false,
}).then((result) => result.violations.map((found) => ({
  rule: found.id, nodes: found.nodes.map((node) => node.html.slice(0, 160)),
  why: found.nodes[0].failureSummary,
})))"""
COME_TO_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
  .map((one) => one.finished.catch(() => {})))"""
LISTEN = """document.addEventListener("securitypolicyviolation", (event) => {
  (window.samvevBlocked ||= []).push(`${event.violatedDirective} ${event.blockedURI}`);
});"""
OF_THE_PAGE = re.compile(r"^Failed to load resource: the server responded with a status of [45]")
STOCK = ("jquery", "bootstrap", "select2", "/static/appbuilder", "font-awesome")


@dataclass
class Figures:
    """How much was looked at."""

    pages: int = 0
    requests: int = 0
    loads: set[str] = field(default_factory=set)


class Watcher:
    """A page of a browser, and everything it complains about."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.heard: list[str] = []
        self.figures = Figures()
        self.status = 0
        self.look = LOOKS[0]
        context.add_init_script(LISTEN)
        context.add_init_script(AXE.read_text("utf-8"))
        self.page = context.new_page()
        self._listen(self.page)

    def _listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        of_page = OF_THE_PAGE.match(message.text) and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not of_page:
            self.heard.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        self.figures.requests += 1
        if not request.url.startswith((self.address, "data:")):
            self.heard.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400:
            self.heard.append(f"{response.status} for {response.url}")

    def become(self, cookie: dict[str, str], look: Look) -> None:
        """Be somebody, who looks at pages in this way."""
        self.look = look
        self.context.clear_cookies()
        self.context.add_cookies([cookie])  # type: ignore[list-item]
        self.context.set_extra_http_headers({"Accept-Language": look.language})
        self.page.set_viewport_size({"width": look.width, "height": HEIGHT})
        self.page.emulate_media(
            color_scheme=look.scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )

    def leave(self) -> None:
        """Go away from the page, which asks for nothing more; least of all as somebody else."""
        self.page.goto("about:blank")
        self.heard = []

    def open(self, path: str) -> None:
        """Go to an address of the panel."""
        self.page.goto(self.address + path)

    def problems(self, name: str) -> list[str]:
        """Everything that is wrong with the page as it stands; a drill keeps a picture of it."""
        look = self.look
        self.figures.pages += 1
        # A press is over when its answer has begun to come; what has not come yet is not missing.
        self.page.wait_for_load_state()
        self.page.evaluate(COME_TO_REST)
        broken: list[dict[str, Any]] = self.page.evaluate(RUN_AXE, TAGS)
        seen: dict[str, Any] = self.page.evaluate(PROBE)
        if IS_FULL:
            self._picture(look, name)
        heard, self.heard = self.heard, []
        return [
            *(f"axe {one['rule']}: {one['nodes'][:3]} {one['why']}" for one in broken),
            *heard,
            *(f"blocked by the content security policy: {one}" for one in seen["blocked"]),
            *(
                f"not in {look.language}: {text!r}"
                for text in foreign(seen["texts"], look.language)
            ),
            *_wrong_parts(seen, look),
            *_stock_files(seen["files"]),
        ]

    def _picture(self, look: Look, name: str) -> None:
        folder = PICTURES / str(look)
        folder.mkdir(parents=True, exist_ok=True)
        file = re.sub(r"[^\w.]+", "-", name).strip("-")
        self.page.screenshot(path=folder / f"{file}.jpg", full_page=True, type="jpeg", quality=60)


def _wrong_parts(seen: dict[str, Any], look: Look) -> list[str]:
    """Parts of the page that are missing, too many or too wide."""
    rules = {
        f"it is wider than {look.width} px: {seen['wide']}": not seen["isTooWide"],
        f"its language is {seen['lang']}": seen["lang"] == look.language,
        f"its title is {seen['title']!r}": seen["title"].endswith("Samvev"),
        f"it has {seen['headings']} h1": seen["headings"] == 1,
        f"it has {seen['mains']} main": seen["mains"] == 1,
        f"it has {seen['banners']} header": seen["banners"] == 1,
        "its first link does not lead to the content": seen["skips"] == 1,
        f"{seen['currents']} entries of the menu are current": seen["currents"] == seen["isPlaced"],
        f"{seen['untyped']} choices can't be made by typing": seen["untyped"] == 0,
        f"its trail ends {seen['trailEnds']} times": seen["trailEnds"] <= 1,
    }
    return [problem for problem, is_right in rules.items() if not is_right]


def _stock_files(files: list[str]) -> list[str]:
    """Files of the look that Flask-AppBuilder brings."""
    paths = [urlsplit(address).path.lower() for address in files]
    return [f"loads {path}" for path in paths if any(stock in path for stock in STOCK)]
