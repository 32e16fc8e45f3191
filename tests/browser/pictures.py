"""``python -m tests.browser.pictures``: the README's pictures, of the demonstration world.

WebP by Chromium itself, which makes them small enough to keep in the repository.
"""

import base64
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from app import create_app, migrating
from app.clock import today, utc_now
from app.db import transaction
from app.demonstration import world
from app.demonstration.accounts import PASSWORD
from app.municipalities import operations as municipalities
from app.municipalities.register import load_register
from config import ROOT
from tests.browser.chromium import chromium
from tests.browser.looks import WIDE
from tests.browser.site import served
from tests.browser.states import SEND
from tests.conftest import test_settings

FOLDER = ROOT / "docs" / "pictures"
HEIGHT = 1000
QUALITY = 70
LARGEST = 80 * 1024


def desk(page: Page) -> None:
    """Where a local administrator begins."""
    page.goto("/desk/")


def my_plans(page: Page) -> None:
    """The plans that somebody has a part in."""
    page.goto("/my-plans/")


def plan(page: Page) -> None:
    """One plan, the first of them that is open."""
    my_plans(page)
    page.click("main .plan-card a[href^='/plan/show/'] >> nth=0")


def goals(page: Page) -> None:
    """What the plan is to reach."""
    plan(page)
    page.click("nav.parts a[href*='section=goals']")


def who_sees_what(page: Page) -> None:
    """Who sees what in the plan."""
    plan(page)
    page.click("nav.parts a[href^='/plan-access/who/']")


def persons(page: Page) -> None:
    """The list of persons."""
    page.goto("/person/list/")


ADMINISTRATOR, COORDINATOR, OWNER = "lokal.strandvik", "koordinator.strandvik", "planeier"
PICTURES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "desk": (ADMINISTRATOR, desk),
    "my-plans": (COORDINATOR, my_plans),
    "plan": (COORDINATOR, plan),
    "goals": (COORDINATOR, goals),
    "who-sees-what": (OWNER, who_sees_what),
    "persons": (ADMINISTRATOR, persons),
}


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a new installation with the demonstration world."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        settings = test_settings(path, f"sqlite:///{path / 'pictures.db'}", demo=True)
        app = create_app(settings)
        migrating.prepare(app, settings)
        with app.app_context(), transaction() as session:
            municipalities.load(session, load_register(), demonstration=True)
            world.load(session, at=utc_now(), today=today())
        app.extensions["test_world"] = None
        with served(app) as site:
            yield site.address


def signed_in(browser: Browser, address: str, who: str) -> Page:
    """A page of somebody who has signed in and reads Norwegian."""
    page = browser.new_context(
        base_url=address,
        locale="nb-NO",
        viewport={"width": WIDE, "height": HEIGHT},
        reduced_motion="reduce",
    ).new_page()
    page.goto("/login/")
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.click(SEND)
    return page


def take(page: Page) -> bytes:
    """The page as it stands, as WebP."""
    page.evaluate("document.fonts.ready")
    session = page.context.new_cdp_session(page)
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    return base64.b64decode(answer["data"])


def main() -> None:
    """Take all pictures anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration() as address, chromium() as browser:
        pages = {who: signed_in(browser, address, who) for who, _reach in PICTURES.values()}
        for name, (who, reach) in PICTURES.items():
            reach(pages[who])
            picture = take(pages[who])
            assert len(picture) <= LARGEST, f"{name} is too large"
            (FOLDER / f"{name}.webp").write_bytes(picture)
            sys.stdout.write(f"{name}.webp {len(picture) // 1024} KiB\n")


if __name__ == "__main__":
    main()
