"""A relay log that goes on as an individual plan: what comes along, and who sees it when."""

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.db import db, transaction
from app.enums import PlanKind, PlanState, Section
from app.models import Participant, Plan, PlanEntry
from app.plans import continuing
from app.security.actor import acting_as, find_actor, operator
from tests.plans import garden as gardens

COORDINATOR = "koordinator.strandvik"


@pytest.fixture
def relay_log(app, world, garden):
    """A fresh relay log about a fresh child, with an activity below its goal."""
    with app.app_context(), gardens.planting(world.strandvik):
        child = gardens.person(world.strandvik, "fresh child", "Nyfødt", gardens.born(8))
        parent = gardens.authority(child.id, world.strandvik.persons["foresatt"])
        plan = gardens.make_plan(
            child.id, world.strandvik.persons[COORDINATOR], kind=PlanKind.RELAY_LOG
        )
        gardens.fill(garden.strandvik, "log", plan)
        gardens.teach(garden.strandvik, "log", plan, [parent])
        goal = garden.strandvik.entries["log", Section.GOALS]
        db.session.get_one(
            PlanEntry, garden.strandvik.entries["log", Section.ACTIVITIES]
        ).parent_id = goal
        return plan.id


def choice(client, garden, relay_log, **changes):
    key = client.form_key(f"/plan/go-on/{relay_log}")
    usual = {
        "goal": [garden.strandvik.entries["log", Section.GOALS]],
        "participant": [garden.strandvik.participants["log", "larer"]],
        "form_key": key,
    }
    return usual | changes


def new_plans(app, world, relay_log):
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        found = select(Plan.id).where(Plan.continues_id == relay_log)
        return db.session.scalars(found).all()


def test_goals_come_with_what_is_below_them_and_participants_with_their_grants(
    app, world, garden, client_as, relay_log
):
    client = client_as(COORDINATOR)

    answer = client.send(f"/plan/go-on/{relay_log}", choice(client, garden, relay_log))

    assert answer.status_code == 302
    (plan_id,) = new_plans(app, world, relay_log)
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        plan = db.session.get_one(Plan, plan_id)
        entries = db.session.scalars(select(PlanEntry).where(PlanEntry.plan_id == plan_id)).all()
        kinds = {one.section: one.parent_id is None for one in entries}
        assert kinds == {Section.GOALS: True, Section.ACTIVITIES: False}
        taken = db.session.scalars(select(Participant).where(Participant.plan_id == plan_id)).one()
        assert {g.section: g.level for g in taken.grants} == gardens.TEACHERS
        assert (plan.kind, plan.state) == (PlanKind.INDIVIDUAL_PLAN, PlanState.DRAFT)


def test_a_participant_sees_nothing_of_it_before_a_fresh_consent(
    app, world, garden, client_as, relay_log
):
    client = client_as(COORDINATOR)
    client.send(f"/plan/go-on/{relay_log}", choice(client, garden, relay_log))
    (plan_id,) = new_plans(app, world, relay_log)
    teacher = client_as("larer", "9901")

    assert teacher.get(f"/plan/show/{plan_id}").status_code == 404
    assert teacher.get(f"/plan/show/{relay_log}").status_code == 200


def test_the_log_is_closed_when_the_new_plan_is_in_use_and_not_before(
    app, world, garden, client_as, relay_log
):
    client = client_as(COORDINATOR)
    client.send(f"/plan/go-on/{relay_log}", choice(client, garden, relay_log))
    (plan_id,) = new_plans(app, world, relay_log)
    states = []
    with app.app_context():
        account = world.accounts[COORDINATOR]
        actor = find_actor(db.session(), account, world.strandvik.id, utc_now())
        with acting_as(db.session(), actor), transaction():
            plan = db.session.get_one(Plan, plan_id)
            continuing.close_continued(actor, plan, at=utc_now())
            states.append(db.session.get_one(Plan, relay_log).state)
            plan.state = PlanState.ACTIVE
            continuing.close_continued(actor, plan, at=utc_now())
            states.append(db.session.get_one(Plan, relay_log).state)

    assert states == [PlanState.ACTIVE, PlanState.CLOSED]


def test_sending_it_twice_makes_one_plan(app, world, garden, client_as, relay_log):
    client = client_as(COORDINATOR)
    data = choice(client, garden, relay_log)
    client.send(f"/plan/go-on/{relay_log}", data)

    client.send(f"/plan/go-on/{relay_log}", data)

    assert len(new_plans(app, world, relay_log)) == 1


@pytest.mark.parametrize("field", ["goal", "participant"])
def test_nothing_of_another_plan_comes_along(app, world, garden, client_as, relay_log, field):
    """D2: own ones and foreign together are refused whole."""
    client = client_as(COORDINATOR)
    foreign = {
        "goal": garden.strandvik.entries["ip", Section.GOALS],
        "participant": garden.strandvik.participants["ip", "larer"],
    }

    data = choice(client, garden, relay_log)
    data[field] = [*data[field], foreign[field]]
    answer = client.send(f"/plan/go-on/{relay_log}", data)

    assert answer.status_code == 422
    assert new_plans(app, world, relay_log) == []


def test_only_a_relay_log_goes_on(garden, client_as):
    plan = garden.strandvik.plans["ip"]

    answer = client_as(COORDINATOR).send(f"/plan/go-on/{plan}")

    assert answer.status_code == 409


@pytest.mark.parametrize(("username", "status"), [("foresatt", 403), ("larer", 403)])
def test_only_its_holder_lets_a_log_go_on(client_as, relay_log, username, status):
    in_ = "9901" if username == "larer" else None

    assert client_as(username, in_).send(f"/plan/go-on/{relay_log}").status_code == status
