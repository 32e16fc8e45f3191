"""Both databases, a small world of two municipalities, and clients that are signed in."""

import gc
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app import create_app, migrating
from app.accounts import login, passwords
from app.db import db, transaction
from app.models import AccountProfile
from config import Mode, Settings
from tests import world as worlds
from tests.databases import Databases

DATABASES = ("sqlite", "postgresql")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM_KEY = re.compile(r'name="form_key" value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=DATABASES, default=None, help="Run on one database only."
    )


def pytest_collection_finish() -> None:
    """Look for garbage seldom: most of what there is by now stays to the end, and looking through
    it again and again takes a seventh of a run's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_name" in metafunc.fixturenames:
        only = metafunc.config.getoption("--database")
        names = (only,) if only else DATABASES
        metafunc.parametrize("database_name", names, scope="session")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes empty databases of both kinds; the PostgreSQL server starts when first needed."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


def test_settings(instance: Path, url: str, **changes: Any) -> Settings:
    """Settings for a test installation, with a quick password hash."""
    known = {"password_hash_method": "scrypt:1024:8:1"}
    return Settings(mode=Mode.TEST, instance=instance, database_url=url, **(known | changes))


test_settings.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def make_app(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Flask]]:
    """Makes an installation of its own on an empty, migrated database."""
    made: list[Flask] = []

    def installed(url: str, **changes: Any) -> Flask:
        settings = test_settings(tmp_path_factory.mktemp("instance"), url, **changes)
        app = create_app(settings)
        made.append(app)
        return app

    def prepare(url: str, **changes: Any) -> Flask:
        app = installed(url, **changes)
        migrating.prepare(app, app.config["SAMVEV"])
        _let_go([app])
        return app

    def make(database_name: str, **changes: Any) -> Flask:
        _let_go(made)
        if "walls" in changes:
            return prepare(databases.make(database_name), **changes)
        return installed(databases.prepared(database_name, prepare), **changes)

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
    _let_go(made)


def _let_go(made: list[Flask]) -> None:
    """Close the connections that nobody uses: a server has a hundred for all installations."""
    for app in made:
        with app.app_context():
            db.engine.dispose()
        app.extensions["samvev_owner_engine"].dispose()


@pytest.fixture(scope="session")
def app(database_name: str, make_app: Callable[..., Flask]) -> Flask:
    """The application on each database, with the small world in it."""
    return with_world(make_app(database_name))


def with_world(app: Flask) -> Flask:
    """``app`` with the small world in it. A module whose tests send anything anywhere makes its
    own ``app`` by this, so that the logins of the shared one stay who they are."""
    with app.app_context():
        app.extensions["test_world"] = worlds.build()
    return app


@pytest.fixture
def world(app: Flask) -> worlds.World:
    """Ids of the small world."""
    found: worlds.World = app.extensions["test_world"]
    return found


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An application context, for tests below the web."""
    with app.app_context():
        yield app


class Client(FlaskClient):
    """A browser that sends forms with the token of the first page it saw in its session."""

    token = ("", "")

    def enter(self, username: str, password: str = worlds.PASSWORD) -> None:
        """Sign in as the page for it does, without drawing it: thousands of tests begin so."""
        app = self.application
        with app.test_request_context():
            app.preprocess_request()
            account = db.session.scalar(select(User).where(User.username == username))
            assert account is not None, f"nobody is called {username}"
            stored = account.password if account.active else None
            assert passwords.fits(stored, password), f"{username} could not sign in"
            login.enter(account.id, account.password)
            token = generate_csrf()
            sent = app.process_response(Response()).headers.get_all("Set-Cookie")
        for cookie in sent:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.set_cookie(name, value)
        self.token = self.session_key(), token

    def open(self, *request: Any, **options: Any) -> TestResponse:
        """Send a request and take in the whole answer, so that no file of a download stays open."""
        return super().open(*request, **({"buffered": True} | options))

    def csrf(self) -> str:
        """The form token of the session, which holds as long as the session does."""
        session, token = self.token
        if not token or session != self.session_key():
            page = self.get("/municipality-choice/", follow_redirects=True).text
            found = TOKEN.search(page)
            assert found, "no form token on the page"
            self.token = self.session_key(), (token := found.group(1))
        return token

    def session_key(self) -> str:
        """What the cookie of the session holds; nothing without one."""
        cookie = self.get_cookie(self.application.config["SESSION_COOKIE_NAME"])
        return cookie.value if cookie is not None else ""

    def send(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Post a form with its token."""
        return self.post(path, data={"csrf_token": self.csrf(), **(data or {})}, **options)

    def register(self, facts: dict[str, Any]) -> TestResponse:
        """Register a person by the form, whoever else resembles them."""
        answer = self.send("/person/add", facts)
        if answer.status_code != 409:
            return answer
        why = {"seen": SEEN.findall(answer.text), "registered_reason": "Of a test's own"}
        return self.send("/person/add", facts | why)

    def form_key(self, path: str) -> str:
        """The key of the form at ``path``, which makes sending it twice harmless."""
        found = FORM_KEY.search(self.get(path).text)
        assert found, "the form has no key"
        return found.group(1)


@pytest.fixture
def client_as(app: Flask, world: worlds.World) -> Iterator[Callable[..., Client]]:
    """A signed-in client by user name; ``None`` is a stranger. ``in_`` chooses a municipality.

    The logins are shared between tests: the language and the municipality that one chooses are
    forgotten afterwards.
    """

    def sign_in(username: str | None, in_: str | None = None) -> Client:
        app.test_client_class = Client
        client = app.test_client()
        if username is not None:
            client.enter(username)  # type: ignore[attr-defined]
        if in_ is not None:
            answer = client.send("/municipality-choice/", {"municipality": in_})
            assert answer.status_code == 302
        return client  # type: ignore[return-value]

    yield sign_in
    with app.app_context(), transaction() as session:
        session.execute(update(AccountProfile).values(language=None, last_municipality_id=None))
