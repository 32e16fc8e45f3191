"""Programs that register somebody who may be registered already, and those that only ask."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.db import db, transaction
from app.duplicate_tables import DuplicatePair
from app.models import AuditEvent, LoginThrottle
from app.people import registering
from app.people.national_id import synthetic
from app.security.actor import acting_as, operator

BORN = "1968-04-13"


@pytest.fixture
def known(program, new_number):
    """Somebody registered, of a rare name."""
    facts = {"given_name": "Torbjørn", "birth_date": BORN, "phone": "+4740112233"}
    return program.make_person(national_id=new_number(), **facts)


def alike(known, **changes):
    names = {"given_name": "Torbjørn", "family_name": known["family_name"]}
    return names | {"birth_date": BORN} | changes


def test_a_program_is_refused_with_those_who_resemble_the_person(program, known):
    answer = program.post("/person/", alike(known))

    found = {one["id"]: one for one in answer.json["candidates"]}
    assert answer.status_code == 409
    assert found[known["id"]]["family_name"] == known["family_name"]
    assert found[known["id"]]["likeness"] in ("certain", "probable", "possible")
    assert found[known["id"]]["reasons"]
    assert "fields" not in answer.json


def test_with_a_reason_the_person_is_registered_and_the_reviewer_sees_it(
    app, program, world, known
):
    answer = program.post("/person/", alike(known, register_anyway="Navnebror, sett pass"))

    assert answer.status_code == 201
    ids = {answer.json["id"], known["id"]}
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        pairs = db.session.scalars(select(DuplicatePair)).all()
        reasons = [one.registered_reason for one in pairs if {one.first_id, one.second_id} == ids]
    assert reasons == ["Navnebror, sett pass"]


def test_a_reason_lets_nobody_have_the_number_of_another(program, new_number):
    number = new_number()
    program.make_person(national_id=number)

    sent = {"given_name": "A", "family_name": "B", "register_anyway": "Det er en annen"}
    answer = program.post("/person/", sent | {"national_id": number})

    assert (answer.status_code, list(answer.json["fields"])) == (409, ["national_id"])


def matched(app, world) -> int:
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        told = select(func.count(AuditEvent.id)).where(AuditEvent.action == "person:matched")
        return db.session.scalar(told) or 0


def test_possible_duplicates_are_answered_with_score_and_reasons_and_it_is_logged(
    app, world, program_of, known
):
    program = program_of("koordinator.strandvik", may_write=False)
    before = matched(app, world)

    answer = program.post("/person/match", alike(known, phone="40112233"))

    found = answer.json["result"]
    assert answer.status_code == 200
    assert known["id"] in [one["id"] for one in found]
    assert all(isinstance(one["score"], float) and one["reasons"] for one in found)
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert matched(app, world) == before + 1 + len(found)


def test_to_ask_about_somebody_whom_nobody_resembles_is_logged_too(app, world, program):
    before = matched(app, world)

    answer = program.post("/person/match", {"given_name": "Zacharias", "family_name": "Quisling"})

    assert (answer.status_code, answer.json) == (200, {"result": []})
    assert matched(app, world) == before + 1


def test_nobody_tries_out_numbers_by_a_program(app, program, monkeypatch):
    monkeypatch.setattr(registering, "MOST_NUMBERS", 1)
    with app.app_context(), transaction() as session:
        session.execute(LoginThrottle.__table__.delete())
    body = {"given_name": "Zacharias", "family_name": "Quisling"}
    numbers = [synthetic(date(1950, 1, day), day) for day in (1, 2)]

    answers = [program.post("/person/match", {**body, "national_id": one}) for one in numbers]
    with app.app_context(), transaction() as session:
        session.execute(LoginThrottle.__table__.delete())

    assert [one.status_code for one in answers] == [200, 429]


@pytest.mark.parametrize("who", ["koordinator.fjellby", "planeier", "sentral"])
def test_a_token_is_told_of_nobody_it_may_not_see(program_of, known, who):
    program = program_of(who, "9902" if who.endswith("fjellby") else "9901")

    answer = program.post("/person/match", alike(known))

    assert known["id"] not in answer.text
    assert (answer.status_code == 200) == who.endswith("fjellby")


@pytest.mark.parametrize("body", [{}, {"given_name": "A"}, {"given_name": "A", "family_name": 1}])
def test_what_is_not_as_described_is_refused(program, body):
    assert program.post("/person/match", body).status_code == 422
