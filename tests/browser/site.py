"""The panel on a port of its own, with the small world in it, and cookies of who is signed in."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from tests.conftest import Client
from tests.matrix.cells import Visitor, visitor
from tests.world import World

COOKIE = "samvev"


@dataclass
class Site:
    """A running installation."""

    app: Flask
    world: World
    address: str
    _cookies: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def client(self, username: str | None) -> Client:
        """A client beside the browser; None is a stranger."""
        self.app.test_client_class = Client
        client = self.app.test_client()
        if username is not None:
            client.enter(username)  # type: ignore[attr-defined]
        return client  # type: ignore[return-value]

    def visitor(self, actor: str, language: str) -> Visitor:
        """One of the matrix's actors, who reads in this language."""
        who = visitor(self.app, self.world, actor, self.client)
        assert who.client.send("/language/", {"language": language}).status_code == 302
        return who

    def cookie_of(self, actor: str, language: str) -> dict[str, str]:
        """The cookie of an actor who reads in a language; signed in when first needed."""
        if (actor, language) not in self._cookies:
            self._cookies[actor, language] = self.cookie(self.visitor(actor, language).client)
        return self._cookies[actor, language]

    def cookie(self, client: FlaskClient) -> dict[str, str]:
        """The cookie with which a browser goes on where the client is."""
        found = client.get_cookie(COOKIE)
        assert found is not None
        return {"name": COOKIE, "value": found.value, "url": self.address}


@contextmanager
def served(app: Flask) -> Iterator[Site]:
    """Serve ``app`` from threads of this process until the end; its world must be built."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(app, app.extensions["test_world"], f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
