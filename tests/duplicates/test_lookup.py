"""Who may be registered already: whom it finds, whom it tells of, and what it asks for that."""

from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event

from app.clock import utc_now
from app.db import db, transaction
from app.duplicates import lookup
from app.enums import MatchBand, Role
from app.models import Unit
from app.people import operations as people
from app.people.matching import likely
from app.people.national_id import synthetic
from app.people.operations import PersonFacts
from app.security.actor import Actor, Holding, acting_as, operator
from tests.duplicates.conftest import BORN, registered

NUMBER = synthetic(BORN, 21)


@contextmanager
def statements():
    """The questions that are put to the database meanwhile."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT") and "set_config" not in statement:
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("given", "family", "more"),
    [
        ("Ragnvald", "Ødegaard", {}),
        ("RAGNVALD", "Oedegård", {}),
        ("Ødegaard", "Ragnvald", {}),
        ("Ragnvald", "Odegard", {"birth_date": BORN.replace(month=4, day=3)}),
        ("Ragnvald", "Nygift", {"phone": "90 11 22 33"}),
        ("R", "Ø", {"national_id": NUMBER, "birth_date": None}),
        ("Ragnvald", "", {"birth_date": None, "email": "RAGNVALD@example.no"}),
    ],
)
def test_a_person_is_found_by_what_is_typed_of_them(here, known, given, family, more):
    number = more.get("national_id")
    typed = {name: value for name, value in more.items() if name != "national_id"}
    facts = PersonFacts(given, family, **({"birth_date": BORN} | typed))

    found = likely(here, facts, national_id_text=number)

    assert found[0].person_id == known.id
    assert found[0].reasons


@pytest.fixture(scope="module")
def known(app):
    world = app.extensions["test_world"]
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)) as actor:
        return registered(
            actor,
            "Ragnvald",
            "Ødegaard",
            national_id=NUMBER,
            phone="+4790112233",
            email="ragnvald@example.no",
            unit_id=world.strandvik.units["nav"],
        )


def test_the_likeliest_come_first_and_no_more_than_asked_for(here, known):
    registered(here, "Ragnvald", "Ødegård")
    registered(here, "Ragnhild", "Ødegaard")

    facts = PersonFacts("Ragnvald", "Ødegaard", BORN, phone="+4790112233")
    found = likely(here, facts)

    assert len(found) >= 2
    assert found[0].person_id == known.id
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len(likely(here, facts, limit=1)) == 1


def test_the_person_itself_and_persons_out_of_use_are_left_out(here):
    person = registered(here, "Sigbjørn", "Utvik")
    facts = people.facts_of(person)
    assert [one.person_id for one in likely(here, facts)] == [person.id]

    assert likely(here, facts, but=person.id) == ()
    with transaction():
        people.retire(here, person, reason="Død", at=utc_now())
    assert likely(here, facts) == ()


def test_of_whom_one_may_not_see_one_is_told_no_more_than_that_there_is_somebody(
    here, known, world
):
    school = db.session.get(Unit, world.strandvik.units["school"])
    limited = Actor(
        municipality_id=here.municipality_id,
        holdings=(Holding(Role.LOCAL_ADMINISTRATOR, school.path),),
    )

    facts = PersonFacts("Ragnvald", "Ødegaard", BORN, phone="+4790112233")
    with acting_as(db.session(), limited):
        found = likely(limited, facts)

    assert likely(here, facts)[0].person_id == known.id
    assert [(one.person_id, one.reasons) for one in found][0] == (None, ())
    assert found[0].band is MatchBand.CERTAIN


def test_d12_a_person_of_another_municipality_makes_no_difference(here, known, world):
    """D12: neither what is answered nor what is asked tells that somebody is known there."""
    there = operator(world.fjellby.id)
    as_known = PersonFacts("Ragnvald", "Ødegaard", BORN, phone="+4790112233")
    unknown = PersonFacts("Vidkunn", "Bjørnstad", date(1911, 1, 3), phone="+4790998877")

    with acting_as(db.session(), there):
        with statements() as of_known:
            first = likely(there, as_known, national_id_text=NUMBER)
        with statements() as of_unknown:
            second = likely(there, unknown, national_id_text=synthetic(date(1911, 1, 3), 9))

    assert (first, second) == ((), ())
    assert of_known == of_unknown
    assert len(of_known) >= 1
    assert likely(here, as_known)


def test_whoever_acts_nowhere_is_told_nothing(context, known):
    assert likely(Actor(), PersonFacts("Ragnvald", "Ødegaard", BORN)) == ()


def test_a_check_is_three_questions_however_many_are_alike(here, known):
    for number in range(12):
        registered(here, "Ragnvald", "Ødegaard", phone=f"+479011224{number % 10}")
    facts = PersonFacts("Ragnvald", "Ødegaard", BORN, phone="+4790112233")
    likely(here, facts)

    with statements() as sent:
        found = likely(here, facts)

    assert len(found) == 5
    assert len(sent) <= 3


def test_a_key_that_many_hold_finds_nobody_by_itself(here, monkeypatch):
    monkeypatch.setattr(lookup, "MOST_HOLDERS", 3)
    lookup._holders.cache_clear()
    for name in ("Arne", "Bodil", "Cato", "Dagny"):
        registered(here, name, "Sentralbord", birth_date=None, phone="+4755123456")

    by_phone = likely(here, PersonFacts("Ukjent", "", phone="+4755123456"))
    by_name = likely(here, PersonFacts("Bodil", "Sentralbord", phone="+4755123456"))
    lookup._holders.cache_clear()

    assert by_phone == ()
    assert len(by_name) == 1


def test_who_is_described_by_nothing_is_nobody(here):
    assert likely(here, PersonFacts("", "")) == ()
