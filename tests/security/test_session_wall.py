"""The wall in the session: what it adds to reads, refuses of writes, stops at the cursor."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session, aliased

from app.clock import utc_now
from app.columns import new_id
from app.db import db
from app.enums import Outcome
from app.errors import TenantViolation
from app.models import AccountLinkRequest, AuditEvent, Membership, Person, Unit
from app.security import tenancy
from app.security.tenancy import Scope


@pytest.fixture
def session(context):
    """A session whose rows are gone afterwards."""
    with Session(db.engine) as made:
        yield made
        made.rollback()


def person(**values):
    names = {"given_name": "A", "family_name": "B", "search_family": "b", "search_given": "a"}
    return Person(id=new_id(), created_at=utc_now(), **(names | values))


def places(session, model, scope):
    """The municipalities whose rows are read in a scope."""
    with tenancy.applied(session, scope):
        return set(session.scalars(select(model.municipality_id)))


# --- reads ---------------------------------------------------------------------------------------


def test_rows_of_one_municipality_are_read_and_of_none_without_a_scope(session, world):
    here, there = world.strandvik.id, world.fjellby.id

    assert places(session, Unit, Scope(here)) == {here}
    assert places(session, aliased(Unit), Scope(there)) == {there}
    assert places(session, Unit, Scope()) == set()
    assert places(session, Unit, Scope(account_id=world.accounts["larer"])) == set()


def test_joined_rows_are_held_to_the_scope_too(session, world):
    with tenancy.applied(session, Scope(world.strandvik.id)):
        other = aliased(Person)
        found = select(other.municipality_id).select_from(Membership).join(other, text("1 = 1"))
        assert set(session.scalars(found)) == {world.strandvik.id}


def test_own_roles_are_read_wherever_they_are_and_nobody_elses(session, world):
    here, there, teacher = world.strandvik.id, world.fjellby.id, world.accounts["larer"]
    with tenancy.applied(session, Scope(account_id=teacher)):
        assert set(session.scalars(select(Membership.account_id))) == {teacher}
        assert set(session.scalars(select(Membership.municipality_id))) == {here, there}
    with tenancy.applied(session, Scope(here, teacher)):
        beside = select(Membership.account_id).where(Membership.municipality_id == there)
        assert set(session.scalars(beside)) == {teacher}
        assert len(set(session.scalars(select(Membership.account_id)))) > 1
    assert places(session, Membership, Scope(here)) == {here}
    assert places(session, AccountLinkRequest, Scope()) == set()


def test_events_of_the_installation_are_read_by_central_administrators_alone(session, world):
    here = world.strandvik.id
    for place in (here, None):
        with tenancy.applied(session, Scope(place)):
            session.add(event_in(place))
            session.flush()

    assert places(session, AuditEvent, Scope(here)) == {here}
    assert places(session, AuditEvent, Scope(None, None, True)) == {None}
    assert places(session, AuditEvent, Scope(here, None, True)) == {here, None}
    assert places(session, Unit, Scope(None, None, True)) == set()


def event_in(place):
    return AuditEvent(
        municipality_id=place,
        at=utc_now(),
        action="session:started",
        outcome=Outcome.DONE,
        fields=[],
    )


# --- writes --------------------------------------------------------------------------------------


def test_a_new_row_belongs_where_it_is_made(session, world):
    with tenancy.applied(session, Scope(world.strandvik.id)):
        made = person()
        session.add(made)
        session.flush()
        assert made.municipality_id == world.strandvik.id


@pytest.mark.parametrize("scope", [Scope(), None])
def test_a_new_row_of_elsewhere_or_nowhere_is_refused(session, world, scope):
    place = world.fjellby.id if scope is None else None
    with tenancy.applied(session, scope or Scope(world.strandvik.id)):
        session.add(person(municipality_id=place))
        refused(session)


def test_an_event_of_no_municipality_is_added_anywhere_and_of_another_nowhere(session, world):
    here, there = world.strandvik.id, world.fjellby.id
    with tenancy.applied(session, Scope(here)):
        session.add(event_in(None))
        session.flush()
        session.add(event_in(there))
        with pytest.raises(TenantViolation):
            session.flush()
        session.rollback()


def test_a_row_is_neither_moved_away_nor_deleted_and_an_event_never_changed(session, world):
    here = world.strandvik.id

    def first(model):
        return session.scalars(select(model).limit(1)).one()

    with tenancy.applied(session, Scope(here)):
        session.add(event_in(here))
        session.flush()
        first(Person).given_name = "Ny"
        session.flush()
        session.rollback()
        first(Person).municipality_id = world.fjellby.id
        refused(session)
        session.delete(first(Membership))
        refused(session)
        session.add(event_in(here))
        session.flush()
        first(AuditEvent).action = "session:ended"
        refused(session)


def refused(session):
    with pytest.raises(TenantViolation):
        session.flush()
    session.rollback()


def test_a_row_that_was_read_in_another_scope_is_not_changed_here(session, world):
    with tenancy.asking(Scope(world.fjellby.id)):
        row = session.scalars(select(Person).limit(1)).one()
    with tenancy.asking(Scope(world.strandvik.id)):
        row.given_name = "Ny"
        refused(session)


def test_statements_that_change_many_rows_are_refused_for_tables_of_a_municipality(session, world):
    with tenancy.applied(session, Scope(world.strandvik.id)):
        for statement in (update(Person).values(given_name="Ny"), delete(Membership)):
            with pytest.raises(TenantViolation):
                session.execute(statement)
        session.rollback()


# --- the cursor ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "is_stopped"),
    [
        ("SELECT id FROM person", True),
        ('SELECT "id" FROM "PERSON"', True),
        ("SELECT id FROM municipality", False),
        ("SELECT id AS person_id FROM municipality", False),
    ],
)
def test_a_statement_that_goes_round_the_session_is_stopped(session, world, statement, is_stopped):
    with tenancy.applied(session, Scope(world.strandvik.id)):
        if not is_stopped:
            session.execute(text(statement))
            return
        with pytest.raises(TenantViolation):
            session.execute(text(statement))
        session.rollback()


def test_what_the_flush_may_name_is_stopped_again_after_it(session, world):
    with tenancy.applied(session, Scope(world.strandvik.id)):
        session.add(person())
        session.flush()
        with pytest.raises(TenantViolation):
            session.execute(text("SELECT id FROM person"))
        session.rollback()


# --- the scope -----------------------------------------------------------------------------------


def test_a_block_in_another_scope_forgets_what_was_read_and_one_in_the_same_does_not(
    session, world
):
    here, there = Scope(world.strandvik.id), Scope(world.fjellby.id)
    with tenancy.applied(session, here):
        row = session.scalars(select(Person).limit(1)).one()
        with tenancy.applied(session, here):
            assert row in session
        with tenancy.applied(session, there):
            assert row not in session
            assert tenancy.current_scope() == there
        assert tenancy.current_scope() == here
    assert tenancy.current_scope() == Scope()
    assert not Scope().is_central


def test_all_three_walls_stand():
    assert [tenancy.stands(one) for one in ("policy", "session", "database", "none")] == [
        True,
        True,
        True,
        False,
    ]
