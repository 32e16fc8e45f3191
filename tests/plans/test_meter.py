"""The legal meter: each of the nine points met and not met, and who sees how much of it."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from app.clock import today, utc_now
from app.db import db
from app.enums import ConsentKind, EntryKind, PlanKind, Section
from app.models import Membership, Plan, PlanEntry
from app.plans.meter import MeterFacts, measure
from app.plans.meter_facts import facts_of, meter_of
from app.security.actor import acting_as, operator
from tests.plans import garden as gardens

ENGLISH = {"Accept-Language": "en"}
WHOLE = MeterFacts(
    goals=1,
    has_resources=True,
    has_needs=True,
    participants=2,
    has_active_coordinator=True,
    activities=3,
    has_period=True,
    has_next_evaluation=True,
    may_be_made=True,
    may_be_shared=True,
    has_cooperation=True,
)


@pytest.fixture
def speaking(app):
    with app.test_request_context(headers=ENGLISH):
        yield


def lacking(facts: MeterFacts) -> list[int]:
    return [point.number for point in measure(facts).points if not point.is_met]


def test_a_plan_that_has_everything_meets_nine_points(speaking):
    meter = measure(WHOLE)

    assert (meter.met, meter.total) == (9, 9)
    assert all(not point.missing for point in meter.points)


def test_an_empty_plan_meets_none(speaking):
    assert lacking(MeterFacts()) == [1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({"goals": 0}, [1]),
        ({"has_resources": False}, [1]),
        ({"has_needs": False}, [1]),
        ({"participants": 0}, [2, 4]),
        ({"has_active_coordinator": False}, [3]),
        ({"without_contribution": 1}, [4]),
        ({"activities": 0}, [5, 6]),
        ({"without_scope": 1}, [5]),
        ({"without_responsible": 2}, [5]),
        ({"without_description": 1}, [6]),
        ({"has_period": False}, [7]),
        ({"has_next_evaluation": False}, [7]),
        ({"may_be_made": False}, [8]),
        ({"may_be_shared": False}, [8]),
        ({"has_cooperation": False}, [9]),
    ],
)
def test_each_fact_is_asked_for_by_its_point(speaking, change, points):
    found = measure(replace(WHOLE, **change))

    assert [point.number for point in found.points if not point.is_met] == points
    for point in found.points:
        assert all(lack.text for lack in point.missing)


def test_every_fact_is_asked_for(speaking):
    told = {"goals", "participants", "activities"}
    for one in fields(MeterFacts):
        if one.name == "fields":
            continue
        value = getattr(WHOLE, one.name)
        other = 0 if one.name in told else (not value if isinstance(value, bool) else 1)
        assert lacking(replace(WHOLE, **{one.name: other})), one.name


# --- the facts of a plan ------------------------------------------------------------------------


@pytest.fixture
def counting(app, garden, world):
    """The facts of a plan of Strandvik after a change that is kept."""

    def ask(name: str, change=None) -> MeterFacts:
        with app.app_context(), gardens.planting(world.strandvik):
            plan = db.session.get_one(Plan, garden.strandvik.plans[name])
            if change is not None:
                change(plan)
                db.session.flush()
                db.session.expire_all()
            return facts_of(plan, today())

    return ask


def test_the_facts_of_a_plan_are_counted(counting, garden, world):
    found = counting("ip")

    assert (found.goals, found.activities, found.participants) == (1, 1, 1)
    assert (found.without_scope, found.without_responsible, found.without_description) == (1, 1, 0)
    assert found.without_contribution == 1
    assert found.may_be_made
    assert found.may_be_shared
    assert found.has_active_coordinator
    assert not found.has_needs
    assert not found.has_period

    def complete(plan):
        activity = db.session.get_one(PlanEntry, garden.strandvik.entries["ip", Section.ACTIVITIES])
        activity.details = {"scope": "to timer i uka", "responsible": "owner"}
        plan.participants[0].contribution = "Følger opp på skolen"
        plan.needs, plan.resources, plan.cooperation = "Ro", "Musikk", "Korpset"
        plan.period_to = today() + timedelta(days=300)
        plan.next_evaluation_on = today() + timedelta(days=30)

    found = counting("ip", complete)
    assert found == replace(WHOLE, participants=1, activities=1)


def test_what_lies_in_the_bin_is_not_counted(counting):
    def add(plan):
        gardens.entry(plan, Section.GOALS, "", kind=EntryKind.GOAL, deleted_at=utc_now())
        gardens.entry(plan, Section.ACTIVITIES, "", kind=EntryKind.ACTIVITY, deleted_at=utc_now())

    before = counting("closed")
    assert counting("closed", add) == before


def test_who_has_left_takes_no_part(counting):
    def leave(plan):
        plan.participants[0].ended_at = utc_now()

    assert counting("closed").participants == 1
    assert counting("closed", leave).participants == 0


def test_a_coordinator_who_lost_the_role_is_missing(counting, world):
    def lose(_plan):
        membership = world.strandvik.memberships["koordinator.strandvik"]
        db.session.get_one(Membership, membership).ended_at = utc_now()

    def get_back(_plan):
        membership = world.strandvik.memberships["koordinator.strandvik"]
        db.session.get_one(Membership, membership).ended_at = None

    assert not counting("ip", lose).has_active_coordinator
    assert counting("ip", get_back).has_active_coordinator


def test_consent_to_sharing_needs_all_parents(counting, world):
    def another_parent(plan):
        gardens.authority(plan.owner_id, world.strandvik.persons["other"])

    def who_agrees(plan):
        other = next(
            one for one in plan.authorities if one.holder_id == world.strandvik.persons["other"]
        )
        covers = [(plan.participants[0], Section.GOALS, "read")]
        gardens.consent(plan, other)
        gardens.consent(plan, other, covers)

    assert counting("relay_log").may_be_shared
    found = counting("relay_log", another_parent)
    assert not found.may_be_shared
    assert not found.may_be_made
    assert counting("relay_log", who_agrees).may_be_shared


def test_only_an_individual_plan_is_measured(app, garden, world, speaking):
    with acting_as(db.session(), operator(world.strandvik.id)):
        plans = [db.session.get_one(Plan, one) for one in garden.strandvik.plans.values()]
        found = {plan.kind: meter_of(plan) is not None for plan in plans}

    assert found[PlanKind.INDIVIDUAL_PLAN]
    assert [kind for kind, is_measured in found.items() if is_measured] == [
        PlanKind.INDIVIDUAL_PLAN
    ]


# --- who sees it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "sees_number", "sees_points"),
    [
        ("koordinator.strandvik", True, True),
        ("planeier", True, True),
        ("lokal.strandvik", True, False),
        ("larer", False, False),
    ],
)
def test_the_points_are_for_coordinator_and_owner(
    client_as, garden, username, sees_number, sees_points
):
    place = "9901" if username == "larer" else None
    answer = client_as(username, in_=place).get(
        f"/plan/show/{garden.strandvik.plans['ip']}", headers=ENGLISH
    )

    assert answer.status_code == 200
    assert ("of 9 points are in place" in answer.text) is sees_number
    assert ("Cooperation with others that is needed or wanted" in answer.text) is sees_points


def test_a_plan_without_meter_shows_none(client_as, garden):
    page = client_as("koordinator.strandvik").get(
        f"/plan/show/{garden.strandvik.plans['relay_log']}", headers=ENGLISH
    )

    assert page.status_code == 200
    assert "points are in place" not in page.text


def test_what_the_owner_cannot_mend_has_no_address(client_as, app, world, planted_ip):
    path = f"/plan/show/{planted_ip}"
    coordinator = client_as("koordinator.strandvik").get(path, headers=ENGLISH).text
    owner = client_as("planeier").get(path, headers=ENGLISH).text
    text = "What the owner needs is not written."

    assert f'<a href="/plan/frame/{planted_ip}">{text}</a>' in coordinator
    assert text in owner
    assert f"/plan/frame/{planted_ip}" not in owner


@pytest.fixture
def planted_ip(app, garden, world) -> str:
    """The active individual plan, with nothing written of what the owner needs."""
    with app.app_context(), gardens.planting(world.strandvik):
        plan = db.session.get_one(Plan, garden.strandvik.plans["ip"])
        plan.needs = ""
        assert any(one.kind is ConsentKind.PLAN_IS_MADE for one in plan.consents)
    return garden.strandvik.plans["ip"]
