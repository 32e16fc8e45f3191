"""Finding and starting the machine's Chromium."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

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


def where() -> str:
    """The path of Chromium: ``SAMVEV_CHROMIUM``, or the one of the system."""
    found = os.environ.get("SAMVEV_CHROMIUM") or shutil.which("chromium")
    assert found, "no Chromium; `make browser` installs one"
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser without a window, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=where(),
            args=ARGUMENTS,
            # As people have it: a page one left may be shown again without asking the server.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()
