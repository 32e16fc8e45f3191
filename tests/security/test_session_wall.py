"""The wall in the session: what it adds to reads, refuses of writes, stops at the cursor."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from app.clock import utc_now
from app.columns import new_id
from app.db import db
from app.enums import JobKind, JobState, Outcome
from app.errors import TenantViolation
from app.models import (
    AccountLinkRequest,
    AuditEvent,
    Job,
    LoginSession,
    Membership,
    Municipality,
    Person,
    Unit,
)
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
    assert places(session, AuditEvent, Scope()) == set()
    assert places(session, AuditEvent, Scope(None, None, True)) == {None}
    assert places(session, AuditEvent, Scope(here, None, True)) == {here, None}
    assert places(session, Unit, Scope(None, None, True)) == set()


def test_the_log_of_a_municipality_that_was_joined_into_this_is_read_here_and_nothing_else_of_it(
    session, world
):
    here, there = world.strandvik.id, world.fjellby.id
    both = logged_in_both(session, here, there)
    joined = Scope(here, earlier=(there,))

    assert places(session, AuditEvent, joined) == both
    assert places(session, AuditEvent, Scope(here)) == {here}
    assert places(session, Unit, joined) == {here}


def test_roles_of_those_asked_about_are_read_wherever_they_are_and_nothing_else(session, world):
    here, there, teacher = world.strandvik.id, world.fjellby.id, world.accounts["larer"]
    asked = Scope(accounts=frozenset({teacher}))
    with tenancy.applied(session, asked):
        assert set(session.scalars(select(Membership.account_id))) == {teacher}
    assert places(session, Membership, asked) == {here, there}
    assert places(session, Unit, asked) == set()
    assert places(session, AuditEvent, Scope(here, accounts=frozenset({teacher}))) <= {here}


def test_what_a_statement_says_of_its_own_accord_holds_also_without_the_wall(session, world):
    here, there = world.strandvik.id, world.fjellby.id
    both = logged_in_both(session, here, there)
    units = select(Unit.municipality_id)
    events = select(AuditEvent.municipality_id)
    with walls("policy"), tenancy.applied(session, Scope(here, earlier=(there,))):
        assert set(session.scalars(units)) >= both
        assert set(session.scalars(units.where(tenancy.here(Unit)))) == {here}
        assert set(session.scalars(events.where(tenancy.logged_here()))) == both
        assert len(session.execute(text("SELECT id FROM person")).all()) > 1
    with walls("policy"), tenancy.applied(session, Scope(here)):
        assert set(session.scalars(events.where(tenancy.logged_here()))) == {here}


def logged_in_both(session, here, there):
    """Write in the log of both; which of the two are read when the session does not say.

    PostgreSQL has a wall of its own, to which the two are not joined.
    """
    for place in (here, there):
        with tenancy.applied(session, Scope(place)):
            session.add(event_in(place))
            session.flush()
    return {here, there} if session.get_bind().dialect.name == "sqlite" else {here}


@contextmanager
def walls(*standing):
    """Only these walls stand for a while; PostgreSQL's own wall always does."""
    before = {one for one in ("policy", "session", "database") if tenancy.stands(one)}
    tenancy.set_walls(frozenset(standing))
    try:
        yield
    finally:
        tenancy.set_walls(frozenset(before))


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


def test_a_new_row_of_elsewhere_or_nowhere_is_refused(session, world):
    with tenancy.applied(session, Scope(world.strandvik.id)):
        session.add(person(municipality_id=world.fjellby.id))
        refused(session, "a new Person belongs to another municipality")
    with tenancy.applied(session, Scope()):
        session.add(person())
        refused(session, "a new Person belongs to no municipality")


def test_an_event_of_no_municipality_is_added_anywhere_and_of_another_nowhere(session, world):
    here, there = world.strandvik.id, world.fjellby.id
    with tenancy.applied(session, Scope(here)):
        of_nowhere = event_in(None)
        session.add(of_nowhere)
        session.flush()
        assert of_nowhere.municipality_id is None
        session.add(event_in(there))
        refused(session, "a new AuditEvent belongs to another municipality")


def test_a_row_is_neither_moved_away_nor_deleted_and_an_event_never_changed(session, world):
    here = world.strandvik.id

    def first(model):
        return session.scalars(select(model).limit(1)).one()

    with tenancy.applied(session, Scope(here)):
        first(Person).given_name = "Ny"
        session.flush()
        job_of(session, world).municipality_id = world.fjellby.id
        refused(session, "Job belongs to another municipality")
        session.delete(first(Membership))
        refused(session, "rows of Membership end, they are not deleted")
        session.add(event_in(here))
        session.flush()
        first(AuditEvent).action = "session:ended"
        refused(session, "audit events are never changed")


def job_of(session, world):
    """A new row of the scope's municipality that no log follows, and nobody has a share in."""
    made = Job(
        kind=JobKind.DUPLICATE_SCAN,
        state=JobState.WAITING,
        account_id=world.accounts["larer"],
        title="",
        parameters={},
        created_at=utc_now(),
    )
    session.add(made)
    session.flush()
    return made


def refused(session, why):
    """The wall itself says no, with these words: behind it others would."""
    with pytest.raises(TenantViolation, match=why):
        session.flush()
    session.rollback()


@pytest.fixture
def of_elsewhere(session, world):
    """A row that was read in the other municipality, and is in the session still."""
    with tenancy.asking(Scope(world.fjellby.id)):
        return job_of(session, world)


def test_a_row_that_was_read_in_another_scope_is_not_changed_here(session, world, of_elsewhere):
    with tenancy.asking(Scope(world.strandvik.id)):
        of_elsewhere.title = "Ny"
        refused(session, "Job belongs to another municipality")


def test_a_row_of_elsewhere_is_not_taken_over_by_writing_this_municipality_on_it(
    session, world, of_elsewhere
):
    with tenancy.asking(Scope(world.strandvik.id)):
        of_elsewhere.municipality_id = world.strandvik.id
        refused(session, "Job belongs to another municipality")


def test_a_row_of_elsewhere_that_nothing_was_done_to_stands_in_nobodys_way(
    session, world, of_elsewhere
):
    with tenancy.asking(Scope(world.strandvik.id)):
        of_elsewhere.title = str(of_elsewhere.title)
        session.add(person())
        session.flush()


def test_rows_of_the_installation_change_and_go_whatever_the_scope(session, world):
    found = select(Municipality).where(Municipality.id == world.fjellby.id)
    with tenancy.applied(session, Scope(world.strandvik.id)):
        session.scalars(found).one().name = "Ny"
        session.flush()
        session.execute(update(Municipality).values(name="Nyere"))
        account_id, now = world.accounts["larer"], utc_now()
        times = {"created_at": now, "seen_at": now, "expires_at": now}
        signed_in = LoginSession(id_hash="0", account_id=account_id, data="{}", **times)
        session.add(signed_in)
        session.flush()
        session.delete(signed_in)
        session.flush()
        session.rollback()


def test_statements_that_change_many_rows_are_refused_for_tables_of_a_municipality(session, world):
    renamed = update(Person).values(given_name="Ny")
    # What is read of it names a table of the installation, too.
    told = select(Municipality.id, Person.id).from_statement(
        renamed.returning(Person.municipality_id, Person.id)
    )
    with tenancy.applied(session, Scope(world.strandvik.id)):
        for statement in (renamed, delete(Membership), told):
            with pytest.raises(TenantViolation, match="through the unit of work only"):
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
        with pytest.raises(TenantViolation, match="went round the session"):
            session.execute(text(statement))
        session.rollback()


def test_what_the_flush_may_name_is_stopped_again_after_it(session, world):
    with tenancy.applied(session, Scope(world.strandvik.id)):
        session.add(person())
        session.flush()
        with pytest.raises(TenantViolation):
            session.execute(text("SELECT id FROM person"))
        session.rollback()


def test_a_flush_that_was_refused_leaves_no_gap_for_what_goes_round_the_session(context, world):
    with tenancy.asking(Scope(world.strandvik.id)):
        with Session(db.engine) as refusing:
            refusing.add(person(municipality_id=world.fjellby.id))
            for statement in (select(Person.id), text("SELECT id FROM person")):
                with pytest.raises(TenantViolation):
                    refusing.execute(statement)
        with Session(db.engine) as again, pytest.raises(TenantViolation):
            again.execute(text("SELECT id FROM person"))


def test_a_flush_that_failed_leaves_no_gap_for_what_goes_round_the_session(session, world):
    with tenancy.applied(session, Scope(world.strandvik.id)):
        undone = session.begin_nested()
        session.add(person(given_name=None))
        with pytest.raises(IntegrityError):
            session.flush()
        undone.rollback()
        with pytest.raises(TenantViolation, match="went round the session"):
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


def test_a_visit_elsewhere_keeps_what_was_read_here_and_forgets_what_was_read_there(session, world):
    here, there = Scope(world.strandvik.id), Scope(world.fjellby.id)
    with tenancy.applied(session, here):
        row = session.scalars(select(Person).limit(1)).one()
        with tenancy.visiting(session, there):
            other = session.scalars(select(Person).limit(1)).one()
            assert other.municipality_id == world.fjellby.id
        assert tenancy.current_scope() == here
        assert row in session
        assert other not in session


def test_a_savepoint_that_is_undone_leaves_the_database_in_the_scope_that_holds(session, world):
    here, there = Scope(world.strandvik.id), Scope(world.fjellby.id)
    with tenancy.asking(here):
        session.execute(select(Person.id).limit(1))
        with tenancy.asking(there):
            undone = session.begin_nested()
            assert set(session.scalars(select(Unit.municipality_id))) == {world.fjellby.id}
            undone.rollback()
            assert set(session.scalars(select(Unit.municipality_id))) == {world.fjellby.id}


def test_what_belongs_to_a_role_elsewhere_is_read_in_the_scope_that_holds_by_then(session, world):
    here, there = world.strandvik.id, Scope(world.fjellby.id)
    own = Scope(here, world.accounts["larer"])
    with tenancy.applied(session, own):
        found = select(Membership).where(Membership.municipality_id == world.fjellby.id)
        role = session.scalars(found).first()
        assert role.person is None
        session.expire(role, ["person"])
        with tenancy.asking(there):
            assert role.person.municipality_id == world.fjellby.id


def test_conditions_are_made_once_but_not_kept_of_each_question_about_accounts():
    usual, asked = Scope(1, 2), Scope(accounts=frozenset({3}))

    assert tenancy._criteria(usual) is tenancy._criteria(Scope(1, 2))
    assert tenancy._criteria(asked) is not tenancy._criteria(asked)


# --- what PostgreSQL is told ---------------------------------------------------------------------


class Connection:
    """Keeps what PostgreSQL is told."""

    dialect = SimpleNamespace(name="postgresql")

    def __init__(self, *, in_savepoint=False):
        self.told, self.info, self.in_nested_transaction = [], {}, lambda: in_savepoint

    def exec_driver_sql(self, _statement, values):
        self.told.append(values)


def test_postgresql_is_told_each_scope_once():
    session, connection = Session(), Connection()
    for scope in (Scope(1, 2, True), Scope(accounts=frozenset({4, 3})), Scope()):
        with tenancy.asking(scope):
            tenancy.tell_database(session, connection)
            tenancy.tell_database(session, connection)

    assert connection.told == [("1", "2", "on", ""), ("", "", "", "{3,4}"), ("", "", "", "")]


def test_a_transaction_begins_nowhere_and_a_savepoint_in_the_scope_around_it():
    session = Session()
    anew, inside = Connection(), Connection(in_savepoint=True)

    with tenancy.asking(Scope(1)):
        for connection in (anew, inside, anew):
            tenancy._begin(session, None, connection)
    tenancy._begin(session, None, nowhere := Connection())

    assert (len(anew.told), inside.told, nowhere.told) == (2, [], [])


def test_all_three_walls_stand():
    assert [tenancy.stands(one) for one in ("policy", "session", "database", "none")] == [
        True,
        True,
        True,
        False,
    ]
