"""One running panel and one browser for each worker."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests import world as worlds
from tests.browser.chromium import chromium
from tests.browser.crowd import add_crowd
from tests.browser.inspection import Watcher
from tests.browser.site import Site, served


@pytest.fixture(scope="session")
def site(make_app: Callable[..., Flask]) -> Iterator[Site]:
    """The panel with the small world, on a port of its own."""
    app = make_app("sqlite")
    with app.app_context():
        world = app.extensions["test_world"] = worlds.build()
        add_crowd(world.strandvik)
    with served(app) as running:
        yield running


@pytest.fixture(scope="session")
def empty_site(make_app: Callable[..., Flask]) -> Iterator[Site]:
    """An installation that nobody has used."""
    app = make_app("sqlite")
    app.extensions["test_world"] = None
    with served(app) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def watcher(browser: Browser, site: Site) -> Iterator[Watcher]:
    """A page that is looked at closely; shared, as a new one for each visit takes long."""
    context = browser.new_context(service_workers="block")
    yield Watcher(context, site.address)
    context.close()
