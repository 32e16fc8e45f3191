"""Handing a plan over: no moment without a holder, and a relay log only to one who says yes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db
from app.enums import NoticeKind, PlanKind, Role
from app.models import Membership, Plan
from app.security.actor import acting_as, operator
from app.side_tables import Handover, Notice
from tests.plans import garden as gardens

COORDINATOR, NEXT = "koordinator.strandvik", "utgatt"


@pytest.fixture(scope="module")
def app(app):
    """As elsewhere; the login that had ended is a coordinator here."""
    world = app.extensions["test_world"]
    with app.app_context(), gardens.planting(world.strandvik):
        db.session.add(
            Membership(
                account_id=world.accounts[NEXT],
                person_id=world.strandvik.persons[NEXT],
                role=Role.COORDINATOR,
                starts_on=today(),
                created_at=utc_now(),
            )
        )
    return app


@pytest.fixture
def plant(app, world):
    """Makes a plan of a kind, coordinated by koordinator.strandvik."""

    def make(kind):
        with app.app_context(), gardens.planting(world.strandvik):
            row = gardens.make_plan(
                world.strandvik.persons["young"], world.strandvik.persons[COORDINATOR], kind=kind
            )
            return row.id

    return make


def holder(app, world, plan_id):
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        return db.session.get_one(Plan, plan_id).coordinator_id


def offer_of(app, world, plan_id):
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        open_ = Handover.answered_at.is_(None)
        return db.session.scalar(select(Handover.id).where(Handover.plan_id == plan_id, open_))


def test_a_plan_other_than_a_relay_log_changes_hands_at_once(app, world, client_as, plant):
    plan, to = plant(PlanKind.EDUCATION_PLAN), world.strandvik.persons[NEXT]
    client = client_as(COORDINATOR)

    answer = client.send(f"/plan/hand-over/{plan}", {"person_id": to})

    assert answer.status_code == 302
    assert holder(app, world, plan) == to
    assert client.get(f"/plan/show/{plan}").status_code == 404
    assert client_as(NEXT).get(f"/plan/show/{plan}").status_code == 200


def test_a_relay_log_stays_with_its_holder_until_the_next_one_says_yes(
    app, world, client_as, plant
):
    plan, to = plant(PlanKind.RELAY_LOG), world.strandvik.persons[NEXT]
    before = holder(app, world, plan)
    client_as(COORDINATOR).send(f"/plan/hand-over/{plan}", {"person_id": to})
    asked = holder(app, world, plan)
    offer = offer_of(app, world, plan)
    early = client_as(NEXT).get(f"/plan/show/{plan}")

    answer = client_as(NEXT).send(f"/handover/answer/{offer}", {"answer": "yes"})

    assert asked == before
    assert early.status_code == 404
    assert answer.status_code == 302
    assert holder(app, world, plan) == to


def waiting(app, world, plan_id):
    """(login, kind, text) of what waits for one of the two coordinators."""
    logins = {world.strandvik.persons[one]: one for one in (COORDINATOR, NEXT)}
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        found = select(Notice).where(Notice.plan_id == plan_id, Notice.settled_at.is_(None))
        told = [one for one in db.session.scalars(found) if one.person_id in logins]
        return sorted((logins[one.person_id], one.kind, one.text) for one in told)


@pytest.mark.parametrize("kind", [PlanKind.EDUCATION_PLAN, PlanKind.RELAY_LOG])
def test_what_waits_for_the_coordinator_goes_along_with_the_plan(
    app, world, client_as, plant, kind
):
    plan, to = plant(kind), world.strandvik.persons[NEXT]
    with app.app_context(), gardens.planting(world.strandvik):
        row, before = db.session.get_one(Plan, plan), world.strandvik.persons[COORDINATOR]
        for text in ("Mer tid", "Et møte"):
            gardens.notice(row, before, NoticeKind.CHANGE_WANTED).text = text
        gardens.notice(row, to, NoticeKind.CHANGE_WANTED).text = "Et møte"
        gardens.notice(row, before, NoticeKind.PULSE_WANTED)

    client_as(COORDINATOR).send(f"/plan/hand-over/{plan}", {"person_id": to})
    if kind is PlanKind.RELAY_LOG:
        assert (COORDINATOR, NoticeKind.CHANGE_WANTED, "Mer tid") in waiting(app, world, plan)
        answer = {"answer": "yes"}
        client_as(NEXT).send(f"/handover/answer/{offer_of(app, world, plan)}", answer)

    kept = [one for one in waiting(app, world, plan) if one[1] != NoticeKind.HANDOVER_ANSWERED]
    assert kept == [
        (COORDINATOR, NoticeKind.PULSE_WANTED, ""),
        (NEXT, NoticeKind.CHANGE_WANTED, "Et møte"),
        (NEXT, NoticeKind.CHANGE_WANTED, "Mer tid"),
    ]


def test_a_no_leaves_the_relay_log_where_it_is_and_tells_the_holder(app, world, client_as, plant):
    plan = plant(PlanKind.RELAY_LOG)
    before = holder(app, world, plan)
    client_as(COORDINATOR).send(
        f"/plan/hand-over/{plan}", {"person_id": world.strandvik.persons[NEXT]}
    )

    client_as(NEXT).send(f"/handover/answer/{offer_of(app, world, plan)}", {"answer": "no"})

    assert holder(app, world, plan) == before
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        told = select(Notice.person_id).where(
            Notice.plan_id == plan, Notice.kind == NoticeKind.HANDOVER_ANSWERED
        )
        assert db.session.scalars(told).all() == [before]


@pytest.mark.parametrize(
    ("username", "status"),
    [(COORDINATOR, 403), ("planeier", 404), ("lokal.strandvik", 403), ("koordinator.fjellby", 404)],
)
def test_nobody_but_the_one_who_was_asked_answers(app, world, client_as, plant, username, status):
    plan = plant(PlanKind.RELAY_LOG)
    before = holder(app, world, plan)
    client_as(COORDINATOR).send(
        f"/plan/hand-over/{plan}", {"person_id": world.strandvik.persons[NEXT]}
    )

    answer = client_as(username).send(
        f"/handover/answer/{offer_of(app, world, plan)}", {"answer": "yes"}
    )

    assert answer.status_code == status
    assert holder(app, world, plan) == before


def test_an_answer_is_given_once(app, world, client_as, plant):
    plan = plant(PlanKind.RELAY_LOG)
    client_as(COORDINATOR).send(
        f"/plan/hand-over/{plan}", {"person_id": world.strandvik.persons[NEXT]}
    )
    offer, client = offer_of(app, world, plan), client_as(NEXT)
    client.send(f"/handover/answer/{offer}", {"answer": "no"})

    again = client.send(f"/handover/answer/{offer}", {"answer": "yes"})

    assert again.status_code == 403
    assert holder(app, world, plan) == world.strandvik.persons[COORDINATOR]


def test_a_question_that_is_taken_back_can_no_longer_be_answered(app, world, client_as, plant):
    plan, client = plant(PlanKind.RELAY_LOG), client_as(COORDINATOR)
    client.send(f"/plan/hand-over/{plan}", {"person_id": world.strandvik.persons[NEXT]})
    offer = offer_of(app, world, plan)

    client.send(f"/plan/take-back/{plan}")

    answer = client_as(NEXT).send(f"/handover/answer/{offer}", {"answer": "yes"})
    assert answer.status_code == 403


def test_two_are_not_asked_at_once(app, world, client_as, plant):
    plan, client = plant(PlanKind.RELAY_LOG), client_as(COORDINATOR)
    to = {"person_id": world.strandvik.persons[NEXT]}
    client.send(f"/plan/hand-over/{plan}", to)

    assert client.send(f"/plan/hand-over/{plan}", to).status_code == 409


def test_the_offer_shows_no_more_than_the_kind_and_the_owner(app, world, client_as, plant):
    plan = plant(PlanKind.RELAY_LOG)
    with app.app_context(), gardens.planting(world.strandvik):
        db.session.get_one(Plan, plan).needs = "Blåklokke"
    client_as(COORDINATOR).send(
        f"/plan/hand-over/{plan}", {"person_id": world.strandvik.persons[NEXT]}
    )

    page = client_as(NEXT).get(f"/handover/answer/{offer_of(app, world, plan)}")

    assert page.status_code == 200
    assert "Blåklokke" not in page.text


@pytest.mark.parametrize("key", ["larer", "young", COORDINATOR])
def test_who_can_not_coordinate_the_plan_is_refused(app, world, client_as, plant, key):
    plan = plant(PlanKind.EDUCATION_PLAN)

    answer = client_as(COORDINATOR).send(
        f"/plan/hand-over/{plan}", {"person_id": world.strandvik.persons[key]}
    )

    assert answer.status_code == 422
    assert holder(app, world, plan) == world.strandvik.persons[COORDINATOR]


def test_who_takes_over_is_found_by_typing_among_those_who_can(app, world, client_as, plant):
    plan, persons = plant(PlanKind.EDUCATION_PLAN), world.strandvik.persons
    client, path = client_as(COORDINATOR), f"/plan/hand-over/{plan}"

    def typed(text):
        found = client.send(f"{path}?hits=person_id", {"q": text})
        assert found.status_code == 200
        return {one["id"] for one in found.json["result"]}

    everyone = typed("")
    page = client.send(path, {"find": "person_id", "person_id_search": "", "note": "Kept"})

    assert persons[NEXT] in everyone
    assert not everyone & {persons[COORDINATOR], persons["young"], persons["own"]}
    assert typed("qqqq") == set()
    assert page.status_code == 200
    assert f'name="person_id" value="{persons[NEXT]}"' in page.text
    assert 'value="Kept"' in page.text
    assert client_as(NEXT).send(f"{path}?hits=person_id", {"q": ""}).status_code == 404
    assert holder(app, world, plan) == persons[COORDINATOR]


def test_the_local_administrator_hands_over_the_plan_of_a_coordinator_who_is_gone(
    app, world, client_as, plant
):
    plan, to = plant(PlanKind.EDUCATION_PLAN), world.strandvik.persons[NEXT]

    client_as("lokal.strandvik").send(f"/plan/hand-over/{plan}", {"person_id": to})

    assert holder(app, world, plan) == to


@pytest.mark.parametrize(
    ("begins", "lasts", "status"), [(0, 29, 302), (0, 30, 422), (-1, 5, 422), (0, -1, 422)]
)
def test_a_stand_in_is_there_for_at_most_30_days(
    app, world, client_as, plant, begins, lasts, status
):
    plan = plant(PlanKind.EDUCATION_PLAN)
    first = today() + timedelta(days=begins)
    data = {
        "person_id": world.strandvik.persons[NEXT],
        "starts_on": first.strftime("%d.%m.%Y"),
        "last_day": (first + timedelta(days=lasts)).strftime("%d.%m.%Y"),
    }

    answer = client_as(COORDINATOR).send(f"/plan/stand-in/{plan}", data)

    assert answer.status_code == status
    seen = client_as(NEXT).get(f"/plan/show/{plan}").status_code
    assert seen == (200 if status == 302 else 404)


def test_a_stand_in_neither_closes_nor_hands_over(app, world, client_as, plant):
    plan = plant(PlanKind.EDUCATION_PLAN)
    day = today().strftime("%d.%m.%Y")
    data = {"person_id": world.strandvik.persons[NEXT], "starts_on": day, "last_day": day}
    client_as(COORDINATOR).send(f"/plan/stand-in/{plan}", data)
    client = client_as(NEXT)

    assert client.get(f"/plan/frame/{plan}").status_code == 200
    assert client.get(f"/plan/close/{plan}").status_code == 403
    assert client.get(f"/plan/hand-over/{plan}").status_code == 403


def test_standing_in_ends_when_the_holder_is_back(app, world, client_as, plant):
    plan = plant(PlanKind.EDUCATION_PLAN)
    day = today().strftime("%d.%m.%Y")
    data = {"person_id": world.strandvik.persons[NEXT], "starts_on": day, "last_day": day}
    client = client_as(COORDINATOR)
    client.send(f"/plan/stand-in/{plan}", data)

    client.send(f"/plan/end-stand-in/{plan}")

    assert client_as(NEXT).get(f"/plan/show/{plan}").status_code == 404
