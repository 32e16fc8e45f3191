"""What a page weighs in a browser that has seen nothing before: bytes, files, time to first paint.

Chromium counts the bytes as they come over the wire, compressed and with the headers of answers.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Response

from benchmarks.browser import ProbeFailed
from tests.browser.chromium import chromium

KIBIBYTES = "KiB"
FILES = "files"
MILLISECONDS = "ms"
LOADS = 5
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
PAINTED_AT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass
class Weight:
    """One load of one page with everything it needs; ``paint`` in milliseconds from asking."""

    transferred: int = 0
    packed: int = 0
    files: int = 0
    paint: float = 0.0
    addresses: list[str] = field(default_factory=list)

    @property
    def kibibytes(self) -> float:
        """What came over the wire."""
        return self.transferred / 1024

    @property
    def packed_kibibytes(self) -> float:
        """The bodies alone, as if a server before the panel compressed each of them."""
        return self.packed / 1024


def weigh(page: Page, address: str) -> Weight:
    """Load a page with a cold cache.

    Raises:
        ProbeFailed: another page came.
    """
    found, session = Weight(), page.context.new_cdp_session(page)
    session.on("Network.responseReceived", lambda event: found.addresses.append(_address(event)))
    session.on("Network.loadingFinished", lambda event: _add(found, event))
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    answer = page.goto(address, wait_until="networkidle")
    if answer is None or answer.status != 200 or page.url != address:
        raise ProbeFailed(f"{address} led to {page.url}")
    page.wait_for_function(PAINTED)
    found.packed = sum(_packed(response) for response in responses)
    found.paint = page.evaluate(PAINTED_AT)
    session.detach()
    return found


def _packed(response: Response) -> int:
    """Bytes of a body when it is compressed; none where there is no body of its own."""
    if response.status != 200 or response.url.startswith("data:"):
        return 0
    body = response.body()
    return min(len(body), len(gzip.compress(body)))


def _address(event: dict[str, Any]) -> str:
    return str(event["response"]["url"])


def _add(found: Weight, event: dict[str, Any]) -> None:
    found.transferred += int(event["encodedDataLength"])
    found.files += 1


@contextmanager
def scales() -> Iterator["Scales"]:
    """A browser to weigh pages in."""
    with chromium() as running:
        yield Scales(running)


@dataclass(frozen=True)
class Scales:
    """Weighs pages, each in a new profile."""

    browser: Chromium

    def loads(self, origin: str, path: str, cookies: dict[str, str]) -> list[Weight]:
        """Some loads of one page by whom the cookies sign in."""
        found = []
        for _load in range(LOADS):
            context = self.browser.new_context()
            context.add_cookies(
                [{"name": name, "value": value, "url": origin} for name, value in cookies.items()]
            )
            found.append(weigh(context.new_page(), origin + path))
            context.close()
        return found


ROWS: tuple[tuple[str, str, Callable[[Weight], float]], ...] = (
    ("transferred", KIBIBYTES, lambda one: one.kibibytes),
    ("all of it compressed", KIBIBYTES, lambda one: one.packed_kibibytes),
    ("files", FILES, lambda one: float(one.files)),
    ("time to first paint", MILLISECONDS, lambda one: one.paint),
)
