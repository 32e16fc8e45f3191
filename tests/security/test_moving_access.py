"""Who may do what with a plan from another municipality: both twins, and the rules written out."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.db import db
from app.enums import MoveState, PlanKind, Role
from app.models import Membership
from app.security import policy, scope, tenancy
from app.security.actor import NOBODY, Actor, Holding
from app.security.roles import Action
from app.side_tables import IncomingPlan

NOW = utc_now()
ACTIONS = [
    Action.LIST,
    Action.SHOW,
    Action.HAND_OVER,
    Action.ANSWER,
    Action.DECLINE,
    Action.EDIT,
    Action.END,
]
INSTANTS = [NOW, NOW + timedelta(days=30) - timedelta(seconds=1), NOW + timedelta(days=30)]
UNIT = "/a/"


def slow_answer(actor, action, row, here):
    """The rules one by one."""
    if actor.at is None or row.municipality_id != here or actor.municipality_id != here:
        return False
    administers = any(
        one.role is Role.LOCAL_ADMINISTRATOR and not one.unit_path for one in actor.holdings
    )
    is_named = actor.person_id is not None and row.coordinator_id == actor.person_id
    answers = is_named and actor.holds(Role.COORDINATOR)
    if action in (Action.LIST, Action.SHOW):
        return administers or answers
    if not actor.may_write or row.ended_at is not None or actor.at >= row.expires_at:
        return False
    wanted = {Action.HAND_OVER: administers, Action.ANSWER: answers}
    return administers or answers if action is Action.DECLINE else wanted.get(action, False)


@pytest.fixture
def planted(context, world):
    """A session with packages of both municipalities, which are never kept."""
    with Session(db.engine) as session:
        for place, other in ((world.fjellby, world.strandvik), (world.strandvik, world.fjellby)):
            with tenancy.applied(session, tenancy.Scope(place.id)):
                found = select(Membership.person_id).where(Membership.role == Role.COORDINATOR)
                named = session.scalars(found).first()
                for one, is_over in product((named, None), (False, True)):
                    session.add(_package(place.id, other.id, one, is_over))
        yield session
        session.rollback()


def _package(here, there, coordinator_id, is_over):
    return IncomingPlan(
        municipality_id=here,
        from_municipality_id=there,
        state=MoveState.EXPIRED if is_over else MoveState.SENT,
        kind=PlanKind.EDUCATION_PLAN,
        sections=[],
        contact="",
        sealed_owner=None if is_over else b"x",
        sealed_content=None if is_over else b"x",
        coordinator_id=coordinator_id,
        sent_at=NOW,
        expires_at=NOW + timedelta(days=30),
        ended_at=NOW if is_over else None,
    )


def actors(place):
    """Everyone who might come, in one municipality, at each instant."""
    named = place.persons[next(key for key in place.persons if key.startswith("koordinator"))]
    roles = [
        (),
        (Holding(Role.LOCAL_ADMINISTRATOR),),
        (Holding(Role.LOCAL_ADMINISTRATOR, UNIT),),
        (Holding(Role.COORDINATOR),),
        (Holding(Role.COORDINATOR), Holding(Role.LOCAL_ADMINISTRATOR)),
        (Holding(Role.COORDINATOR), Holding(Role.LOCAL_ADMINISTRATOR, UNIT)),
        (Holding(Role.PARTICIPANT),),
    ]
    persons = (named, place.persons["other"], None)
    for held, person_id, at, writes in product(roles, persons, [*INSTANTS, None], (True, False)):
        yield Actor(1, place.id, person_id, held, may_write=writes, at=at)
    yield NOBODY


def test_both_twins_and_the_rules_agree(planted, world):
    told = {True: 0, False: 0}
    for place in (world.strandvik, world.fjellby):
        rows = []
        for there in (world.strandvik, world.fjellby):
            with tenancy.applied(planted, tenancy.Scope(there.id)):
                rows += planted.scalars(select(IncomingPlan)).all()
        for actor, action in product(actors(place), ACTIONS):
            expected = {one.id for one in rows if slow_answer(actor, action, one, place.id)}
            decided = {one.id for one in rows if policy.decide(actor, action, one)}
            condition = scope.visible(actor, IncomingPlan, action)
            with tenancy.asking(tenancy.Scope(place.id)):
                listed = set(planted.scalars(select(IncomingPlan.id).where(condition)))
            assert decided == expected, (actor, action)
            assert listed == expected, (actor, action)
            told[bool(expected)] += 1

    assert min(told.values()) > 50


def test_rows_that_were_visited_are_forgotten_and_ours_are_kept(context, world):
    here, there = (tenancy.Scope(one.id) for one in (world.strandvik, world.fjellby))
    with Session(db.engine) as session, tenancy.applied(session, here):
        ours = session.scalars(select(Membership)).all()
        with tenancy.visiting(session, there):
            theirs = session.scalars(select(Membership)).all()
            assert {one.municipality_id for one in theirs} == {world.fjellby.id}

        assert set(session) == set(ours)
        assert session.get(Membership, theirs[0].id) is None
