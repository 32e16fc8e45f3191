"""``python -m tests.browser.pictures``: the README's pictures, of the demonstration world.

WebP by Chromium itself, which makes them small enough to keep in the repository.
"""

import base64
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

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
QUALITY = 80
LARGEST = 80 * 1024
WHO = "lokal.strandvik"


def home(page: Page) -> None:
    """The first page after signing in."""
    page.goto("/")


def persons(page: Page) -> None:
    """The list of persons."""
    page.goto("/person/list/")


def person(page: Page) -> None:
    """One person, the first of the list."""
    page.goto("/person/list/")
    page.click("main tbody th a >> nth=0")


def errors(page: Page) -> None:
    """A form for a new person with errors."""
    page.goto("/person/add")
    page.fill("#given_name", "Åse")
    page.fill("#birth_date", "31.02.2010")
    page.click(SEND)


def units(page: Page) -> None:
    """The units as a tree."""
    page.goto("/unit/tree/")


def key_roles(page: Page) -> None:
    """Who holds a key role."""
    page.goto("/key-roles/")


PICTURES: dict[str, Callable[[Page], None]] = {
    "home": home,
    "persons": persons,
    "person": person,
    "person-with-errors": errors,
    "units": units,
    "key-roles": key_roles,
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


def sign_in(page: Page) -> None:
    """Be the local administrator of Strandvik."""
    page.goto("/login/")
    page.fill("#username", WHO)
    page.fill("#password", PASSWORD)
    page.click(SEND)


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
        page = browser.new_context(
            base_url=address,
            locale="nb-NO",
            viewport={"width": WIDE, "height": HEIGHT},
            reduced_motion="reduce",
        ).new_page()
        sign_in(page)
        for name, reach in PICTURES.items():
            reach(page)
            picture = take(page)
            assert len(picture) <= LARGEST, f"{name} is too large"
            (FOLDER / f"{name}.webp").write_bytes(picture)
            sys.stdout.write(f"{name}.webp {len(picture) // 1024} KiB\n")


if __name__ == "__main__":
    main()
