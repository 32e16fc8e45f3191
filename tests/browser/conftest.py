"""A running panel and a browser for the tests of scripts.

``site`` and ``browser`` are named and shaped as those of the walk over every page.
"""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests import world as worlds
from tests.conftest import Client

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Site:
    """A running installation."""

    app: Flask
    world: worlds.World
    address: str

    def client(self, username: str) -> Client:
        """A client beside the browser."""
        self.app.test_client_class = Client
        client = self.app.test_client()
        data = {"username": username, "password": worlds.PASSWORD}
        assert client.send("/login/", data).status_code == 302, username
        return client  # type: ignore[return-value]

    def cookie(self, client: Client) -> dict[str, str]:
        """The cookie with which a browser goes on where the client is."""
        found = client.get_cookie("samvev")
        assert found is not None
        return {"name": "samvev", "value": found.value, "url": self.address}


@pytest.fixture(scope="session")
def site(make_app: Callable[..., Flask]) -> Iterator[Site]:
    """The panel with the small world, on a port of its own."""
    app = make_app("sqlite")
    with app.app_context():
        app.extensions["test_world"] = worlds.build()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, app.extensions["test_world"], f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    found = os.environ.get("SAMVEV_CHROMIUM") or shutil.which("chromium")
    assert found, "no Chromium; `make browser` installs one"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()
