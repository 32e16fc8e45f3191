"""Who acts: the roles that count in a municipality on a day, and whose request it is."""

from collections import namedtuple
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.db import db
from app.enums import Role
from app.models import CentralAppointment, Membership, Unit
from app.security import tenancy
from app.security.actor import (
    NOBODY,
    Actor,
    Holding,
    _holdings,
    acting_as,
    current_actor,
    find_actor,
    open_municipalities,
    operator,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def session(context):
    """A session whose rows are gone afterwards."""
    with Session(db.engine) as made:
        yield made
        made.rollback()


@pytest.fixture
def account(world):
    """The account of a coordinator."""
    return world.accounts["koordinator.strandvik"]


def test_an_actor_has_the_roles_of_one_municipality_on_a_day(session, world):
    accounts, place = world.accounts, world.strandvik

    coordinator = find_actor(session, accounts["koordinator.strandvik"], place.id, NOON)
    assert (coordinator.person_id, coordinator.municipality_id, coordinator.at) == (
        place.persons["koordinator.strandvik"],
        place.id,
        NOON,
    )
    assert coordinator.holdings == (Holding(Role.COORDINATOR),)
    assert coordinator.may_write
    assert coordinator.is_signed_in
    elsewhere = find_actor(session, accounts["koordinator.strandvik"], world.fjellby.id, NOON)
    assert (elsewhere.municipality_id, elsewhere.person_id, elsewhere.roles) == (None, None, set())
    assert (
        find_actor(session, accounts["larer"], place.id, NOON).person_id
        != find_actor(session, accounts["larer"], world.fjellby.id, NOON).person_id
    )
    central = find_actor(session, accounts["sentral"], None, NOON)
    assert central.roles == {Role.CENTRAL_ADMINISTRATOR}
    assert central.scope == tenancy.Scope(None, accounts["sentral"], True)
    assert coordinator.scope == tenancy.Scope(place.id, accounts["koordinator.strandvik"], False)


def test_an_account_that_is_not_active_or_not_there_is_nobody(session, world):
    for account_id in (world.accounts["sperret"], -1):
        assert find_actor(session, account_id, world.strandvik.id, NOON) == NOBODY
    assert not NOBODY.is_signed_in
    assert NOBODY.may_write


def test_the_municipalities_that_are_open_are_those_of_roles_held_today(session, world):
    on = NOON.date()
    both = [world.strandvik.id, world.fjellby.id]

    assert open_municipalities(session, world.accounts["larer"], on) == sorted(both)
    assert open_municipalities(session, world.accounts["planeier"], on) == [world.strandvik.id]
    with tenancy.applied(session, tenancy.Scope(world.fjellby.id)):
        held = select(Membership).where(Membership.account_id == world.accounts["larer"])
        session.scalars(held).one().ended_at = NOON
        session.flush()
        assert open_municipalities(session, world.accounts["larer"], on) == [world.strandvik.id]


def test_a_role_counts_from_its_first_day_until_it_ends(session, world):
    account, place = world.accounts["koordinator.strandvik"], world.strandvik
    row = place.memberships["koordinator.strandvik"]
    changes = ({"starts_on": NOON.date() + timedelta(days=1)}, {"ended_at": NOON})
    for change in changes:
        with tenancy.applied(session, tenancy.Scope(place.id)):
            held = session.get_one(Membership, row)
            before = {name: getattr(held, name) for name in change}
            set_all(held, change)
            session.flush()
            assert find_actor(session, account, place.id, NOON).holdings == ()
            set_all(held, before)
            session.flush()
            assert find_actor(session, account, place.id, NOON).holdings


def set_all(row, values):
    for name, value in values.items():
        setattr(row, name, value)


def test_a_role_in_a_unit_reaches_from_that_unit_and_nowhere_without_it(session, world):
    account, place = world.accounts["koordinator.strandvik"], world.strandvik
    with tenancy.applied(session, tenancy.Scope(place.id)):
        held = session.get_one(Membership, place.memberships["koordinator.strandvik"])
        held.unit_id = place.units["school"]
        session.flush()
        path = session.get_one(Unit, place.units["school"]).path
        assert find_actor(session, account, place.id, NOON).holdings == (
            Holding(Role.COORDINATOR, path),
        )
    unread = Row("person", Role.COORDINATOR, "unit", None)
    whole = Row("person", Role.PARTICIPANT, None, None)
    asked = SimpleNamespace(execute=lambda *_: SimpleNamespace(all=lambda: [unread, whole]))
    assert _holdings(asked, account, place.id, NOON.date()) == (
        "person",
        (Holding(Role.PARTICIPANT),),
    )


Row = namedtuple("Row", "person_id role unit_id path")


@pytest.mark.parametrize(
    ("values", "is_central"),
    [
        ({"approved_at": NOON}, True),
        ({}, False),
        ({"approved_at": NOON, "ended_at": NOON}, False),
    ],
)
def test_a_central_administrator_is_approved_and_not_ended(session, account, values, is_central):
    session.add(CentralAppointment(account_id=account, proposed_at=NOON, **values))
    session.flush()

    found = find_actor(session, account, None, NOON)

    assert found.holds(Role.CENTRAL_ADMINISTRATOR) is is_central


def test_an_actor_is_the_same_at_another_instant(session, world, account):
    one, other = (find_actor(session, account, world.strandvik.id, at) for at in (NOON, utc_now()))

    assert one == other


def test_the_actor_is_the_requests_own_and_otherwise_the_one_at_work(context, session):
    worker, asker = operator(None), Actor(account_id=7)
    assert current_actor() is NOBODY
    with acting_as(session, worker):
        assert current_actor() is worker
        with context.test_request_context():
            assert current_actor() is NOBODY
            g.actor = asker
            assert current_actor() is asker
    assert current_actor() is NOBODY


def test_open_municipalities_are_ones_own_though_the_wall_in_the_session_is_down(session, world):
    tenancy.set_walls(frozenset({"policy", "database"}))
    try:
        found = open_municipalities(session, world.accounts["planeier"], NOON.date())
    finally:
        tenancy.set_walls(frozenset({"policy", "session", "database"}))
    assert found == [world.strandvik.id]
