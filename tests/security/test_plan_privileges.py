"""Nobody gets more than they hold, nor across a border: cases P1, P3, P7-P9, D21 and D22 of
the catalogue (``security.md``)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db
from app.enums import (
    Level,
    PlanState,
    Role,
    Section,
)
from app.models import Consent, Participant, Plan, PlanEntry, StandardRole
from app.security import plan_access, policy, scope, tenancy
from app.security.actor import find_actor
from app.security.roles import Action
from app.side_tables import Handover
from tests.plans import garden as gardens
from tests.security import plan_rules as rules
from tests.security.plan_town import GOALS, in_town, planted


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: the tests change what is true in it."""
    return planted(make_app(database_name))


@pytest.fixture
def town(context):
    """Strandvik's rows in an open session; nothing that the test does is kept."""
    with in_town(context) as found:
        yield found


# --- privileges: P1, P7-P9, and other municipalities: D21, D22 -----------------------------------


def test_p1_a_grant_is_never_wider_than_what_was_agreed_to(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    (goals,) = (one for one in larer.grants if one.section is GOALS)
    assert town.reads("larer", plan)

    goals.level = Level.MANAGE

    assert town.reads("larer", plan)
    assert not town.may("larer", Action.COMMENT, plan, GOALS)


def test_p1_only_who_coordinates_the_plan_steers_access_to_it(town):
    plan = town.plan("ip")
    assert town.may("koordinator.strandvik", Action.STEER_ACCESS, plan)
    for username in ("larer", "planeier", "foresatt", "lokal.strandvik"):
        assert not town.may(username, Action.STEER_ACCESS, plan)

    plan.coordinator_id = town.place.persons["other"]

    assert not town.may("koordinator.strandvik", Action.STEER_ACCESS, plan)
    assert not town.sees("koordinator.strandvik", plan)


def levels_in(letters):
    """The levels by section that letters stand for."""
    of = {letter: Level(name) for name, letter in rules.LETTER.items()}
    return {Section(s): of[one] for s, one in zip(rules.SECTIONS, letters, strict=True)}


def test_p1_the_coordinator_holds_no_more_than_the_table_of_the_field_says(town):
    plan, actor = town.plan("ip"), town.actor("koordinator.strandvik")
    held = {section: plan_access.level(actor, plan, section) for section in Section}

    assert held == levels_in(rules.OPENS["coordinator"])


def test_p1_nobody_gives_more_than_they_hold_nor_logs_nor_the_steering(town):
    plan, names = town.plan("ip"), ("koordinator.strandvik", "larer", "planeier")
    most = {
        name: {s: plan_access.most_given(town.actor(name), plan, s) for s in Section}
        for name in names
    }
    nothing = dict.fromkeys(Section, Level.NONE)

    assert most["koordinator.strandvik"] == levels_in(rules.OPENS["coordinator"]) | {
        Section.PARTICIPANTS: Level.READ,
        Section.CONSENTS: Level.READ,
        Section.EVENT_LOG: Level.NONE,
        Section.ACCESS_LOG: Level.NONE,
    }
    assert most["larer"] == most["planeier"] == nothing
    plan.state = PlanState.PAUSED
    actor = town.actor("koordinator.strandvik")
    assert {s: plan_access.most_given(actor, plan, s) for s in Section} == nothing


def test_p3_another_content_of_a_standard_role_gives_nobody_more(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    role = town.session.scalars(select(StandardRole).limit(1)).one()
    larer.standard_role_id = role.id
    before = dict(plan_access.shared_levels(plan, larer, today()))

    role.matrix = {str(section): "manage" for section in Section}

    town.session.flush()
    town.session.expire_all()
    assert plan_access.shared_levels(plan, larer, today()) == before
    assert town.reads("larer", plan)
    assert not town.reads("larer", plan, Section.MEETINGS)


def test_p7_who_was_taken_out_of_a_plan_stays_out_until_taken_in_anew(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    assert town.reads("larer", plan)

    larer.ended_at = utc_now()
    assert not town.sees("larer", plan)
    assert not town.sees("larer", larer)

    again = gardens.add_participant(plan, larer.person_id)
    gardens.grant(again, GOALS, Level.READ)
    assert not town.sees("larer", plan)

    gardens.consent(plan, None, [(again, GOALS, Level.READ)])
    assert town.reads("larer", plan)


def test_p8_what_follows_from_a_right_falls_with_it(town):
    plan = town.plan("relay_log")
    assert town.reads("larer", plan)

    plan.authorities[0].may_consent = False

    assert not town.reads("larer", plan)


def test_p8_who_takes_part_passes_nothing_on(town):
    plan = town.plan("ip")
    passing_on = (Action.STEER_ACCESS, Action.STOP_ACCESS, Action.CONSENT, Action.RECORD_CONSENT)

    assert not any(town.may("larer", action, plan) for action in passing_on)
    assert not any(
        town.may("larer", action, town.larer("ip"))
        for action in (Action.STEER_ACCESS, Action.SEE_AS)
    )
    assert town.sees("larer", town.larer("ip"))


def test_p9_a_role_lost_meanwhile_is_lost_for_who_is_asked_again(town):
    plan = town.plan("ip")
    assert town.may("koordinator.strandvik", Action.EDIT, plan)

    town.membership("koordinator.strandvik").ended_at = utc_now()

    assert not town.may("koordinator.strandvik", Action.EDIT, plan)
    assert not town.sees("koordinator.strandvik", plan)


@pytest.mark.parametrize("number", ["9901", "9902"])
def test_d21_a_plan_is_seen_in_its_own_municipality_alone(context, world, number):
    session, at, garden = db.session(), utc_now(), context.extensions["test_garden"]
    session.rollback()
    bed = garden.bed(number)
    with tenancy.applied(session, tenancy.Scope(bed.place.id)):
        plan = session.get_one(Plan, bed.plans["ip"])
        for other in (world.strandvik, world.fjellby):
            actor = find_actor(session, world.accounts["larer"], other.id, at)
            is_own = other.id == bed.place.id
            assert bool(policy.decide(actor, Action.READ, plan, section=GOALS)) is is_own
            condition = scope.visible(actor, Plan, Action.READ, section=GOALS)
            assert (
                session.scalar(select(Plan.id).where(Plan.id == plan.id, condition)) is not None
            ) is is_own


def test_d21_what_is_asked_in_another_municipality_shows_nothing_of_it(context, world):
    session, at, garden = db.session(), utc_now(), context.extensions["test_garden"]
    session.rollback()
    actors = [
        find_actor(session, world.accounts[username], world.strandvik.id, at)
        for username in ("lokal.strandvik", "koordinator.strandvik", "larer", "planeier")
    ]
    with tenancy.applied(session, tenancy.Scope(world.fjellby.id)):
        for model in (Plan, PlanEntry, Participant, Consent, Handover):
            rows = session.scalars(select(model)).all()
            assert rows
            for actor in actors:
                assert not any(policy.decide(actor, Action.SHOW, row) for row in rows)
                shown = select(model.id).where(scope.visible(actor, model, Action.SHOW))
                assert session.scalars(shown).all() == []
    assert garden.fjellby.plans


def test_d21_who_moves_away_loses_the_plan_with_the_role(town):
    plan = town.plan("ip")
    assert town.reads("larer", plan)

    town.membership("larer").ended_at = utc_now()

    assert not town.sees("larer", plan)


def test_d22_a_central_administrator_sees_no_plan(town, world):
    plan = town.plan("ip")
    for place in (None, town.place.id):
        actor = find_actor(town.session, world.accounts["sentral"], place, utc_now())
        assert not policy.decide(actor, Action.SHOW, plan)
        assert town.session.scalar(select(Plan.id).where(scope.visible(actor, Plan))) is None
    assert town.sees("lokal.strandvik", plan)


def test_d22_a_local_administrator_sees_that_a_plan_is_there_and_nothing_in_it(town):
    plan = town.plan("ip")

    assert town.sees("lokal.strandvik", plan)
    assert not any(town.reads("lokal.strandvik", plan, section) for section in Section)
    assert not any(
        town.sees("lokal.strandvik", row)
        for row in (town.entry("ip", GOALS), town.larer("ip"), town.consent("ip"))
    )


def test_d22_emergency_access_opens_reading_for_its_hours_and_nothing_more(town):
    plan, begins = town.plan("ip"), utc_now()
    ends = begins + timedelta(hours=2)
    person_id = town.place.persons["lokal.strandvik"]
    row = gardens.emergency(plan, person_id, starts_at=begins, ends_at=ends)
    just = timedelta(milliseconds=1)

    assert not town.reads("lokal.strandvik", plan, at=begins - just)
    assert town.reads("lokal.strandvik", plan, at=begins)
    assert town.reads("lokal.strandvik", plan, at=ends - just)
    assert not town.reads("lokal.strandvik", plan, at=ends)
    assert not town.may("lokal.strandvik", Action.COMMENT, plan, GOALS, at=begins)
    row.ended_at = begins
    assert not town.reads("lokal.strandvik", plan, at=begins)


def test_d22_emergency_access_ends_with_the_administrators_role(town):
    plan = town.plan("ip")
    gardens.emergency(plan, town.place.persons["lokal.strandvik"])
    assert town.reads("lokal.strandvik", plan)

    town.membership("lokal.strandvik").role = Role.COORDINATOR

    assert not town.sees("lokal.strandvik", plan)


def test_d22_an_administrator_of_a_unit_sees_the_plans_of_that_unit_and_below(town):
    plan, units = town.plan("ip"), town.place.units
    membership = town.membership("lokal.strandvik")
    for unit, is_seen in (("top", True), ("school", True), ("nav", False)):
        membership.unit_id = units[unit]
        assert town.sees("lokal.strandvik", plan) is is_seen
    membership.unit_id = units["school"]
    plan.unit_id = None
    assert not town.sees("lokal.strandvik", plan)
