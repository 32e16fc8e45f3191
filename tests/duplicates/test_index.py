"""Keys of persons: made with a key of the installation, and in step with every change."""

from datetime import date

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.duplicates import index
from app.duplicates.record import record_of
from app.models import MatchKey, MatchState
from app.people import operations as people
from app.people.matching import likely
from app.security.actor import acting_as, operator
from tests.conftest import with_world

BORN = date(1987, 3, 4)


@pytest.fixture(scope="module")
def app(database_name, make_app):
    return with_world(make_app(database_name))


@pytest.fixture
def here(context, world):
    with acting_as(db.session(), operator(world.strandvik.id)) as actor:
        yield actor


def registered(actor, given="Ragnvald", family="Ødegaard", **facts):
    with transaction():
        return people.register(
            actor,
            people.PersonFacts(given, family, **({"birth_date": BORN} | facts)),
            at=utc_now(),
            today=today(),
        )


def keys_kept(person):
    found = select(MatchKey.key).where(MatchKey.person_id == person.id)
    return sorted(db.session.scalars(found))


def test_a_new_person_has_the_keys_of_its_facts(here):
    person = registered(here)

    maker = index.hashes(here.municipality_id)
    state = db.session.get(MatchState, (here.municipality_id, person.id))
    assert keys_kept(person) == maker.keys(record_of(index.facts_of(person)))
    assert index.unpacked(state.keys) == keys_kept(person)
    assert state.digest == maker.digest_of(person)
    assert state.scanned_digest is None


def test_lookup(here):
    person = registered(here, "Torbjørn", "Aakvåg", phone="+4790112233")
    found = likely(here, people.PersonFacts("Thorbjørn", "Åkvaag", BORN))
    assert [one.person_id for one in found] == [person.id]
