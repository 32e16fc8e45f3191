"""A page of somebody who is signed in, that fails when the browser complains."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

ANSWERED_ON_PURPOSE = "Failed to load resource: the server responded with a status of"


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
