"""Courses, routines and gatherings, as those who keep and read them meet them."""

from datetime import timedelta

import pytest
from sqlalchemy import String, literal, select, union_all

from app.clock import today
from app.db import db
from app.models import (
    AuditEvent,
    Course,
    CourseAttendance,
    Gathering,
    GatheringAction,
    GatheringAttendance,
    Routine,
)
from app.people.folding import folded, titled
from app.people.names import search_form
from app.security import tenancy
from tests.world import World

NOW = today()


def day(days: int) -> str:
    """A day so many days from today, as people write it."""
    return (NOW + timedelta(days=days)).strftime("%d.%m.%Y")


def rows_of(app, world: World, model, **facts):
    """The rows in Strandvik with these values."""
    scope = tenancy.Scope(world.strandvik.id, None, False)
    with app.app_context(), tenancy.applied(db.session(), scope):
        found = list(db.session.scalars(select(model).filter_by(**facts)))
        db.session.expunge_all()
        return found


def add(client, register: str, facts: dict[str, str]) -> str:
    """Add a row by its form; where it is."""
    answer = client.send(f"/{register}/add", facts)
    assert answer.status_code == 302, answer.text
    return answer.location


@pytest.fixture
def keeper(client_as):
    """The local administrator."""
    return client_as("lokal.strandvik")


@pytest.fixture
def reader(client_as):
    """A coordinator."""
    return client_as("koordinator.strandvik")


def test_a_course_gives_those_who_took_it_a_certificate(app, world, keeper, reader):
    address = add(keeper, "course", {"title": "Rollen som koordinator", "held_on": day(-3)})
    pk = address.rpartition("/")[2]

    keeper.send(f"/course/sign-up-due/{pk}")
    keeper.send(f"/course/sign-up/{pk}", {"person_id": world.strandvik.persons["other"]})
    again = keeper.send(f"/course/sign-up/{pk}", {"person_id": world.strandvik.persons["other"]})
    early = keeper.send(f"/course/certify/{pk}", {"all": "1", "certified_on": day(-4)})
    late = keeper.send(f"/course/certify/{pk}", {"all": "1", "certified_on": day(1)})
    keeper.send(f"/course/certify/{pk}", {"all": "1", "certified_on": day(-3)})

    assert (again.status_code, early.status_code, late.status_code) == (409, 422, 422)
    signed_up = rows_of(app, world, CourseAttendance, course_id=pk)
    assert {one.person_id for one in signed_up} >= {
        world.strandvik.persons["koordinator.strandvik"],
        world.strandvik.persons["other"],
    }
    assert {one.certified_on for one in signed_up} == {NOW - timedelta(days=3)}
    assert day(-3) in reader.get(address).text
    assert "lokal.strandvik" not in reader.get("/course/list/").text


def test_who_took_a_course_is_taken_off_it_only_without_the_certificate(app, world, keeper):
    pk = add(keeper, "course", {"title": "Møteledelse", "held_on": day(0)}).rpartition("/")[2]
    keeper.send(f"/course/sign-up/{pk}", {"person_id": world.strandvik.persons["other"]})
    (one,) = rows_of(app, world, CourseAttendance, course_id=pk)
    ticked = {"attendance": one.id, "certified_on": day(0)}
    keeper.send(f"/course/certify/{pk}", ticked)

    refused = keeper.send(f"/course/take-off/{pk}", {"attendance": one.id})
    keeper.send(f"/course/take-back/{pk}", {"attendance": one.id})
    keeper.send(f"/course/take-off/{pk}", {"attendance": one.id})

    assert refused.status_code == 409
    (one,) = rows_of(app, world, CourseAttendance, course_id=pk)
    assert one.certified_on is None
    assert one.ended_at is not None


def test_a_routine_with_a_new_text_is_to_be_read_again(app, world, keeper, reader):
    facts = {"title": "Samtykke", "review_on": day(10), "kept_at": "https://eksempel.no/r"}
    address = add(keeper, "routine", facts)
    pk = address.rpartition("/")[2]

    reader.send(f"/routine/read/{pk}")
    after_reading = reader.get(address).text
    keeper.send(f"/routine/edit/{pk}", facts | {"version": "1", "about": "rettet"})
    after_correction = reader.get(address).text
    keeper.send(f"/routine/edit/{pk}", facts | {"version": "2", "is_new_text": "y"})
    after_new_text = reader.get(address).text

    has_form = [
        f"/routine/read/{pk}" in text for text in (after_reading, after_correction, after_new_text)
    ]
    assert has_form == [False, False, True]
    assert rows_of(app, world, Routine, id=pk)[0].number == 2
    told = {one.action for one in rows_of(app, world, AuditEvent, object_id=pk)}
    assert told >= {"routine:added", "routine:changed", "routine:read"}


@pytest.mark.parametrize(
    ("days", "asked"),
    [(-1, "past"), (0, "coming")],
    ids=["from the day after its day", "not on its day"],
)
def test_a_routine_is_overdue(keeper, days, asked):
    title = f"Rutine {days}"
    # What was said on saving is shown once, on the next page.
    keeper.get(add(keeper, "routine", {"title": title, "review_on": day(days)}))

    shown = {name: keeper.get(f"/routine/list/?review={name}").text for name in ("past", "coming")}

    assert [name for name, text in shown.items() if title in text] == [asked]


def test_a_gathering_asks_all_coordinators_and_keeps_who_came(app, world, keeper, reader):
    address = add(keeper, "gathering", {"title": "Høstsamling", "held_on": day(-1)})
    pk = address.rpartition("/")[2]
    other = world.strandvik.persons["other"]
    keeper.send(f"/gathering/ask/{pk}", {"person_id": other})
    asked = {
        one.person_id: one.id for one in rows_of(app, world, GatheringAttendance, gathering_id=pk)
    }

    keeper.send(f"/gathering/attendance/{pk}", {"there": asked[other]})
    agreed = {"what": "Rydde i gamle planer", "responsible_id": other, "due_on": day(-1)}
    keeper.send(f"/gathering/agree/{pk}", agreed)
    (action,) = rows_of(app, world, GatheringAction, gathering_id=pk)
    page = reader.get(address).text
    keeper.send(f"/gathering/settle/{pk}", {"done": action.id})

    came = {
        one.person_id: one.was_there
        for one in rows_of(app, world, GatheringAttendance, gathering_id=pk)
    }
    assert came.pop(other) is True
    assert world.strandvik.persons["koordinator.strandvik"] in came
    assert set(came.values()) == {False}
    assert "Rydde i gamle planer" in page
    assert rows_of(app, world, GatheringAction, id=action.id)[0].done_on == NOW


def test_nobody_was_at_a_gathering_that_is_to_come(app, world, keeper):
    pk = add(keeper, "gathering", {"title": "Vårsamling", "held_on": day(1)}).rpartition("/")[2]

    answer = keeper.send(f"/gathering/attendance/{pk}")

    assert answer.status_code == 409


@pytest.mark.parametrize("register", ["course", "routine", "gathering"])
def test_what_is_retired_is_restored_and_undone(app, world, keeper, register):
    facts = {"title": "Skal ut", "held_on": day(0), "review_on": day(0)}
    pk = add(keeper, register, facts).rpartition("/")[2]
    model = {"course": Course, "routine": Routine, "gathering": Gathering}[register]

    page = keeper.send(f"/{register}/retire/{pk}", follow_redirects=True).text
    is_gone = "Skal ut" not in keeper.get(f"/{register}/list/").text
    undo = page.partition(f'action="/{register}/undo')[2].partition('"')[0]
    keeper.send(f"/{register}/undo{undo}")

    assert is_gone
    assert rows_of(app, world, model, id=pk)[0].retired_at is None
    assert "Skal ut" in keeper.get(f"/{register}/export?format=csv").text


@pytest.mark.parametrize("register", ["course", "routine", "gathering"])
@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("lokal.strandvik", (200, 200, 200)),
        ("koordinator.strandvik", (200, 403, 403)),
        ("planeier", (403, 403, 403)),
        ("sentral", (403, 403, 403)),
    ],
)
def test_registers_are_read_by_coordinators_and_kept_by_administrators(
    client_as, register, who, wanted
):
    client = client_as(who)

    got = [client.get(f"/{register}/{page}").status_code for page in ("list/", "add", "export")]

    assert tuple(got) == wanted


def test_who_is_to_take_a_course_is_for_administrators(keeper, reader):
    assert keeper.get("/training/").status_code == 200
    assert keeper.get("/training/?training=due").status_code == 200
    assert keeper.get("/training/export?format=csv").status_code == 200
    assert reader.get("/training/").status_code == 403


def test_titles_are_in_norwegian_order_and_found_whatever_the_case(app):
    ordered = ["Aktiv fritid", "Čielga", "da’gen – 2", "zen", "Ærlighet", "ørret", "Østover", "Åp"]
    rows = union_all(*(select(literal(one, String).label("title")) for one in ordered[::-1]))
    title = rows.subquery().c.title

    with app.app_context():
        found = db.session.execute(select(title, folded(title)).order_by(folded(title))).all()
        named = db.session.scalars(select(title).where(titled(title)("ØST"))).all()

    assert found == [(one, search_form(one)) for one in ordered]
    assert named == ["Østover"]
