"""Persons of a municipality that these tests have for themselves."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.clock import today, utc_now
from app.db import db, transaction
from app.models import Person
from app.people import operations as people
from app.security.actor import Actor, acting_as, operator
from tests.conftest import with_world
from tests.world import World

BORN = date(1987, 3, 4)


@pytest.fixture(scope="package")
def app(database_name: str, make_app: Callable[..., Flask]) -> Flask:
    """An installation for all of these tests."""
    return with_world(make_app(database_name))


@pytest.fixture
def here(context: Flask, world: World) -> Iterator[Actor]:
    """The operator of Strandvik, at work there."""
    with acting_as(db.session(), operator(world.strandvik.id)) as actor:
        yield actor


def registered(actor: Actor, given: str, family: str, **facts: Any) -> Person:
    """A person who is registered in a transaction of its own."""
    number = facts.pop("national_id", None)
    with transaction():
        return people.register(
            actor,
            people.PersonFacts(given, family, **({"birth_date": BORN} | facts)),
            national_id_text=number,
            is_confirmed=True,
            at=utc_now(),
            today=today(),
        )
