"""Programs with bearer tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.clock import utc_now
from app.db import db, transaction
from app.people.national_id import synthetic
from app.security import tenancy, tokens
from app.security.actor import find_actor
from tests.world import World

MISSING = "0190f0f0-0000-7000-8000-000000000000"
numbers = count(1)


def bearer(app: Flask, world: World, username: str, number: str, *, may_write: bool = True) -> str:
    """The secret of a new token of the user in the municipality."""
    with app.app_context():
        place, account = world.place(number), world.accounts[username]
        actor = find_actor(db.session(), account, place.id, utc_now())
        made = tokens.make_token(
            actor,
            "test",
            may_write=may_write,
            at=utc_now(),
            expires_at=utc_now() + timedelta(days=1),
        )
        made.row.municipality_id, made.row.account_id = place.id, account
        with tenancy.applied(db.session(), actor.scope), transaction() as session:
            session.add(made.row)
        return made.secret


@dataclass
class Program:
    """A program with a token; ``ask`` sends JSON and gives the answer."""

    client: FlaskClient
    secret: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send ``body`` as JSON to ``/api/v1`` + ``path``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(
            f"/api/v1{path}",
            method=method,
            headers={"Authorization": f"Bearer {self.secret}", "Accept-Language": "en", **sent},
            **({} if body is None else {"json": body}),
        )

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET ``/api/v1`` + ``path``."""
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """POST ``body`` as JSON."""
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """PUT ``body`` as JSON."""
        return self.ask("PUT", path, body, **headers)

    def make_person(self, **facts: Any) -> dict[str, Any]:
        """A new person of its own, as the panel answers."""
        facts = {"given_name": "Anne", "family_name": f"Nes{next(numbers)}"} | facts
        answer = self.post("/person/", {"register_anyway": "Of a test's own"} | facts)
        assert answer.status_code == 201, answer.text
        return answer.get_json()["result"]

    def make_unit(self, **facts: Any) -> dict[str, Any]:
        """A new unit of its own, as the panel answers."""
        facts = {"name": f"Skole {next(numbers)}", "kind": "school"} | facts
        answer = self.post("/unit/", facts)
        assert answer.status_code == 201, answer.text
        return answer.get_json()["result"]


@pytest.fixture
def program_of(app: Flask, world: World) -> Callable[..., Program]:
    """A program with a token of the user; ``in_`` is the municipality it was made in."""

    def make(username: str, in_: str | None = None, *, may_write: bool = True) -> Program:
        number = in_ or ("9902" if username.endswith("fjellby") else "9901")
        secret = bearer(app, world, username, number, may_write=may_write)
        return Program(app.test_client(), secret)

    return make


@pytest.fixture
def program(program_of: Callable[..., Program]) -> Program:
    """A program of Strandvik's local administrator."""
    return program_of("lokal.strandvik")


@pytest.fixture
def new_number() -> Callable[[], str]:
    """Synthetic national ids that nobody in the world has."""
    return lambda: synthetic(date(1990, 1, 1), 100 + next(numbers))
