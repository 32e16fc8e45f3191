"""Rows of an import that resemble somebody registered, or each other: found, chosen for, done."""

import re
from zlib import crc32

import pytest
from sqlalchemy import select

from app.db import db, transaction
from app.duplicate_tables import DuplicatePair
from app.enums import JobState
from app.models import Person
from app.people.import_rows import ImportProblem
from app.security.actor import acting_as, operator
from tests.jobs import steps
from tests.people import person_files as files
from tests.world import CANARY

SCHOOL = f"{CANARY['9901']} skole"
WHY = "Navnesøster, sjekket i folkeregisteret"


@pytest.fixture
def client(client_as):
    return client_as("lokal.strandvik")


@pytest.fixture
def place(world) -> int:
    return world.strandvik.id


@pytest.fixture
def prefix(request) -> str:
    return f"A{crc32(request.node.nodeid.encode()) % 10**6}"


@pytest.fixture
def known(app, client, place, prefix) -> files.Cells:
    """A row that was imported a while ago, without an id in another system."""
    table = files.rows(1, SCHOOL, f"{prefix}k")
    table[0] |= {"external_id": "", "national_id": ""}
    job_id = steps.check(app, client, place, files.csv(table))
    steps.decide(client, job_id, "all_or_nothing")
    steps.run(app, job_id, place)
    return table[0]


def alike(known: files.Cells, external_id: str) -> files.Cells:
    """The same human, as another system writes them."""
    return known | {"external_id": external_id, "given_name": known["given_name"].split()[-1]}


def checked(app, client, place, known, prefix) -> str:
    """The id of a checked import: one who is known, one who is there twice, and one alone."""
    table = files.rows(2, SCHOOL, prefix)
    twice = table[1] | {"external_id": f"{prefix}-9", "national_id": "", "email": ""}
    table[1]["national_id"] = ""
    return steps.check(
        app, client, place, files.csv([alike(known, f"{prefix}-known"), *table, twice])
    )


def persons(app, place, *, family=None, external_id=None) -> list[Person]:
    with app.app_context(), acting_as(db.session(), operator(place)):
        wanted = select(Person).order_by(Person.id)
        if family is not None:
            wanted = wanted.where(Person.family_name == family)
        if external_id is not None:
            wanted = wanted.where(Person.external_id == external_id)
        return list(db.session.scalars(wanted))


def choose(client, job_id, **sent):
    return client.send(f"/person-import-alike/show/{job_id}", sent)


def finish(app, client, job_id, place) -> None:
    steps.decide(client, job_id, "all_or_nothing")
    steps.run(app, job_id, place)
    assert steps.job(app, job_id, place).state is JobState.DONE


def test_rows_that_resemble_somebody_or_each_other_are_listed_with_reasons_to_the_one_who_asked(
    app, client, client_as, place, known, prefix
):
    job_id = checked(app, client, place, known, prefix)

    report = steps.report(app, job_id, place)
    path = f"/person-import-alike/show/{job_id}"
    page = client.get(path).text
    [person] = persons(app, place, family=known["family_name"])
    assert (report.good, report.alike) == (4, 2)
    assert f'value="use:{person.id}"' in page
    assert set(re.findall(r'name="(row-\d+)"', page)) == {"row-0", "row-3"}
    assert page.count('<ul class="reasons">') == 2
    assert not re.search(r'name="row-\d+" value="[^"]+" checked', page)
    for who in ("koordinator.strandvik", "lokal.fjellby"):
        assert client_as(who).get(path).status_code in (403, 404)
    with app.app_context():
        root = app.config["SAMVEV"].instance.resolve() / "imports" / job_id
    for file in root.iterdir():
        assert known["family_name"].encode() not in file.read_bytes()


def test_nothing_is_imported_before_it_is_said_what_becomes_of_them(
    app, client, place, known, prefix
):
    job_id = checked(app, client, place, known, prefix)

    answer = client.send(f"/person-import/decide/{job_id}", {"step": "all_or_nothing"})

    assert answer.status_code == 409
    assert "/person-import/decide/" not in client.get(f"/job/show/{job_id}").text
    assert choose(client, job_id, rest="1").status_code == 422
    assert choose(client, job_id, rest="1", what="register").status_code == 422
    assert choose(client, job_id, rest="1", what="elsewhere").status_code == 404


def test_somebody_who_is_used_is_not_changed_but_for_an_id_that_was_missing(
    app, client, place, known, prefix
):
    job_id = checked(app, client, place, known, prefix)

    assert choose(client, job_id, rest="1", what="use").status_code == 302
    finish(app, client, job_id, place)

    [person] = persons(app, place, family=known["family_name"])
    assert (person.given_name, person.external_id) == (known["given_name"], f"{prefix}-known")
    answer = client.get(f"/person-import/failed-rows/{job_id}").text
    assert f"{prefix}-9" in answer
    report = steps.report(app, job_id, place)
    assert (report.imported, report.used, report.bad) == (2, 1, 1)
    assert [one.code for one in report.problems] == [ImportProblem.RESEMBLES]


def test_those_who_are_registered_anyway_come_to_the_reviewer_with_the_reason(
    app, client, place, known, prefix
):
    job_id = checked(app, client, place, known, prefix)

    choose(client, job_id, rest="1", what="register", reason=WHY)
    finish(app, client, job_id, place)

    assert steps.report(app, job_id, place).imported == 4
    ids = {one.id for one in persons(app, place, family=known["family_name"])}
    assert len(ids) == 2
    with app.app_context(), acting_as(db.session(), operator(place)):
        pairs = db.session.scalars(select(DuplicatePair).where(DuplicatePair.first_id.in_(ids)))
        kept = {one.registered_reason for one in pairs if {one.first_id, one.second_id} == ids}
    assert kept == {WHY}


def test_what_is_chosen_for_a_row_holds_over_what_is_chosen_for_the_rest(
    app, client, place, known, prefix
):
    job_id = checked(app, client, place, known, prefix)
    [person] = persons(app, place, family=known["family_name"])

    without = choose(client, job_id, **{"row-3": "register"})
    kept = choose(client, job_id, **{"row-0": f"use:{person.id}", "row-3": "register"}, reason=WHY)
    foreign = choose(client, job_id, **{"row-0": f"use:{job_id}"})
    page = client.get(f"/person-import-alike/show/{job_id}").text
    choose(client, job_id, rest="1", what="leave_out")
    finish(app, client, job_id, place)

    assert (without.status_code, kept.status_code, foreign.status_code) == (422, 302, 404)
    assert f'value="use:{person.id}" checked' in page
    report = steps.report(app, job_id, place)
    assert (report.imported, report.used, report.bad) == (3, 1, 0)


def test_of_good_rows_the_choices_hold_as_well_also_for_somebody_who_is_gone(
    app, client, place, known, prefix
):
    job_id = checked(app, client, place, known, prefix)
    choose(client, job_id, rest="1", what="use")
    with app.app_context(), acting_as(db.session(), operator(place)), transaction() as session:
        found = select(Person).where(Person.family_name == known["family_name"])
        person = session.scalars(found).one()
        person.retired_at = person.created_at

    steps.decide(client, job_id, "good_rows")
    steps.run(app, job_id, place)

    report = steps.report(app, job_id, place)
    codes = {one.code for one in report.problems}
    assert codes == {ImportProblem.CHOSEN_GONE, ImportProblem.RESEMBLES}
    assert (report.imported, report.used) == (2, 0)
