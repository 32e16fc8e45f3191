"""The demonstration's plans: of all kinds and states, with consents in every state, and the logins
find in them what the contract says (``design.md`` 7)."""

from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.demonstration import plan_recipes, world
from app.demonstration.accounts import LOGINS
from app.demonstration.places import PLACES
from app.demonstration.plan_recipes import RECIPES, Given, Mark
from app.enums import ConsentKind, ConsentMethod, PlanKind, PlanState, Section
from app.models import (
    Consent,
    EmergencyAccess,
    Membership,
    Municipality,
    Participant,
    Person,
    Plan,
    PlanEntry,
    StandIn,
)
from app.municipalities import operations as municipalities
from app.municipalities.register import load_register
from app.plans import my_plans
from app.plans.my_plan import MyPlace, Part, Turn
from app.security import plan_access, policy
from app.security.actor import Actor, acting_as, find_actor, operator
from app.security.roles import Action
from app.side_tables import Handover, PlanDecision, PlanEntryVersion


@pytest.fixture(scope="module")
def loaded(database_name: str, make_app: Callable[..., Flask]) -> Flask:
    """An installation with the demonstration world in it."""
    app = make_app(database_name, demo=True)
    with app.app_context():
        with transaction() as session:
            municipalities.load(session, load_register(), demonstration=True)
        with transaction() as session:
            world.load(session, at=utc_now(), today=today())
    return app


def in_place(number: str) -> Actor:
    """An operator in a municipality."""
    found = select(Municipality.id).where(Municipality.number == number)
    return operator(db.session.scalars(found).one())


def everywhere(model: type) -> list:
    """All rows of a table in both municipalities."""
    rows = []
    for place in PLACES:
        with acting_as(db.session(), in_place(place.number)):
            rows += db.session.scalars(select(model)).all()
    return rows


def plans_of(username: str, number: str = "9901") -> list[MyPlace]:
    """What *my plans* holds for a login."""
    account = db.session.scalars(select(User).where(User.username == username)).one()
    place = in_place(number).municipality_id
    actor = find_actor(db.session(), account.id, place, utc_now())
    with acting_as(db.session(), actor):
        return my_plans.places(db.session(), actor, at=utc_now())


def test_there_are_sixty_plans_of_all_kinds_and_states_and_one_too_many(loaded: Flask):
    with loaded.app_context():
        plans = everywhere(Plan)

        assert len(plans) == 60 + 1
        assert {one.kind for one in plans} == set(PlanKind)
        assert {one.state for one in plans} == set(PlanState)
        assert {one.level for one in plans if one.kind is PlanKind.RELAY_LOG} == {0, 1, 2, 3}


def test_the_recipes_have_every_state_of_consent_and_every_mark():
    recipes = [one for found in RECIPES.values() for one in found]

    assert {one.given for one in recipes} == set(Given)
    assert {mark for one in recipes for mark in one.marks} == set(Mark)
    assert len(plan_recipes.YEARS) == len(plan_recipes.Age)


def test_consents_are_in_every_state(loaded: Flask):
    on = today()
    with loaded.app_context():
        found = everywhere(Consent)
        shared = [one for one in found if one.kind is ConsentKind.INFORMATION_IS_SHARED]

        assert {one.method for one in found} == set(ConsentMethod)
        assert any(one.is_active(on) and (one.ends_on - on).days > 60 for one in shared)
        assert any(one.is_active(on) and (one.ends_on - on).days < 30 for one in shared)
        assert any(one.withdrawn_at is None and one.ends_on <= on for one in shared)
        reasons = Counter(one.withdrawn_reason for one in shared if one.withdrawn_at)
        assert len(reasons) >= 2


def test_what_a_plan_is_in_fits_its_consents(loaded: Flask):
    """A plan in use has a consent that holds, or one that ran out; one that waits has none."""
    on = today()
    for place in PLACES:
        with loaded.app_context(), acting_as(db.session(), in_place(place.number)):
            for plan in db.session.scalars(select(Plan)):
                may_be_made = plan_access.may_be_made(plan, on)
                if plan.state in (PlanState.DRAFT, PlanState.AWAITING_CONSENT):
                    shared = plan_access.valid_consents(plan, ConsentKind.INFORMATION_IS_SHARED, on)
                    assert not (may_be_made and shared)
                elif not may_be_made:
                    assert any(one.ends_on <= on for one in plan.consents), plan.kind


def test_one_plan_waits_for_one_of_two_guardians(loaded: Flask):
    with loaded.app_context():
        [here] = plans_of("foresatt")

        waiting = {one.state: [w.turn for w in one.waiting] for one in here.plans}
        assert Turn.CONSENT in waiting[PlanState.AWAITING_CONSENT]
        with acting_as(db.session(), in_place("9901")):
            plan = db.session.get_one(
                Plan, next(p.id for p in here.plans if p.state is PlanState.AWAITING_CONSENT)
            )
            given = plan_access.valid_consents(plan, ConsentKind.PLAN_IS_MADE, today())
            assert len(plan_access.who_must_consent(plan, today())) == 2
            assert len(given) == 1


def test_the_plan_owner_owns_a_plan_and_is_the_one_who_consents(loaded: Flask):
    with loaded.app_context():
        [here] = plans_of("planeier")
        [plan] = here.plans

        assert plan.is_mine
        assert plan.state is PlanState.ACTIVE
        assert plan.kind is PlanKind.INDIVIDUAL_PLAN


def test_the_parent_acts_for_a_child_who_owns_plans(loaded: Flask):
    with loaded.app_context():
        [here] = plans_of("foresatt")

        assert {one.owner_name for one in here.plans} == {"Selma Havnes"}
        assert all(one.parts[0].part is Part.AUTHORITY for one in here.plans)


def test_the_teacher_takes_part_in_two_plans_in_strandvik_and_one_in_fjellby(loaded: Flask):
    with loaded.app_context():
        counts = {place.number: len(place.plans) for place in plans_of("larer")}
        assert counts == {"9901": 2, "9902": 1}

        account = db.session.scalars(select(User).where(User.username == "larer")).one()
        for number, plans in (("9901", 2), ("9902", 1)):
            place = in_place(number).municipality_id
            teacher = find_actor(db.session(), account.id, place, utc_now())
            with acting_as(db.session(), teacher):
                found = [
                    plan
                    for plan in db.session.scalars(select(Plan))
                    if policy.decide(teacher, Action.SHOW, plan)
                ]
                levels = [
                    {
                        section
                        for section in Section
                        if policy.decide(teacher, Action.READ, plan, section=section)
                    }
                    for plan in found
                ]
            assert len(found) == plans
            limited = {Section.GOALS, Section.ACTIVITIES, Section.COMMENTS}
            assert all(one == limited for one in levels)


def test_whose_participation_is_over_sees_nothing(loaded: Flask):
    with loaded.app_context():
        ended = [one for one in everywhere(Participant) if one.ends_on is not None]

        assert len(ended) == 2
        assert not any(one.is_active(today()) for one in ended)
        for username in ("utgatt", "sperret"):
            assert plans_of(username) == []


def test_a_coordinator_is_offered_a_plan_and_stands_in_for_a_colleague(loaded: Flask):
    with loaded.app_context():
        for number, username in (
            ("9901", "koordinator.strandvik"),
            ("9902", "koordinator.fjellby"),
        ):
            [here] = plans_of(username, number)
            parts = Counter(one.parts[0].part for one in here.plans)

            assert len(here.offers) == 1
            assert parts[Part.STAND_IN] == 1
            assert parts[Part.COORDINATOR] >= 8
            assert any(one.waits for one in here.plans)
        assert any(one.accepted for one in everywhere(Handover))
        assert any(not one.is_active(today()) for one in everywhere(StandIn))


def test_every_plan_has_a_holder_who_holds_the_role(loaded: Flask):
    with loaded.app_context():
        held = {one.person_id for one in everywhere(Membership) if one.role == "coordinator"}

        assert {one.coordinator_id for one in everywhere(Plan)} <= held


def test_an_emergency_access_is_over(loaded: Flask):
    with loaded.app_context():
        [one] = everywhere(EmergencyAccess)

        assert one.ended_at is not None
        assert one.ends_at < utc_now()


def test_decisions_and_content_with_its_first_version_are_there(loaded: Flask):
    with loaded.app_context():
        entries, versions = everywhere(PlanEntry), everywhere(PlanEntryVersion)

        assert len(everywhere(PlanDecision)) >= 4
        assert {one.entry_id for one in versions} == {one.id for one in entries}
        assert all(one.created_at < utc_now() for one in entries)


def test_owners_are_of_the_right_age_and_nobody_is_shielded(loaded: Flask):
    with loaded.app_context():
        persons = {one.id: one for one in everywhere(Person)}
        for plan in everywhere(Plan):
            owner = persons[plan.owner_id]
            assert not owner.is_shielded
            years = (today() - owner.birth_date).days / 365.25
            if plan.kind in (PlanKind.EDUCATION_PLAN, PlanKind.RELAY_LOG):
                assert 5 < years < 18


def test_nobody_else_has_a_password(loaded: Flask):
    with loaded.app_context():
        accounts = db.session.scalars(select(User)).all()

        with_password = {one.username for one in accounts if one.password is not None}
        assert with_password == {one.username for one in LOGINS if not one.is_withdrawn}
