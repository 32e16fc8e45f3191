"""What is recorded, when, and that it stays."""

from collections import Counter

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.audit import log
from app.clock import today, utc_now
from app.columns import new_id
from app.db import db, separate_session
from app.enums import Outcome
from app.errors import TenantViolation
from app.models import AuditEvent, Person, Unit
from app.people import operations as people
from app.security import tenancy
from app.security.actor import operator
from app.units import operations as units
from tests.units.planting import give_role, plant, staff, working_in


class Undone(Exception):
    """Ends a transaction without what was done in it."""


def events(*rows):
    """How often each action is told of these records."""
    ids = [row.id for row in rows]
    found = db.session.scalars(select(AuditEvent).where(AuditEvent.object_id.in_(ids)))
    return Counter(event.action for event in found)


def fields(row, action):
    found = select(AuditEvent).where(AuditEvent.object_id == row.id, AuditEvent.action == action)
    return db.session.scalars(found).one().fields


@pytest.mark.usefixtures("context")
class TestChanges:
    """Every change has one event, in the transaction that makes it."""

    def test_an_addition_is_told_once(self, world):
        with working_in(world.strandvik) as actor:
            unit = plant(actor)
            person = staff(actor, unit)

        with working_in(world.strandvik):
            assert events(unit) == {"unit:added": 1}
            assert events(person) == {"person:added": 1}

    def test_a_change_is_told_once_with_the_names_of_its_fields(self, world):
        with working_in(world.strandvik) as actor:
            person = staff(actor, None)
        with working_in(world.strandvik):
            row = db.session.get(Person, person.id)
            people.put_facts(
                row, people.PersonFacts("Ny", "Fornavnsen", email="a@example.no"), today=today()
            )

        with working_in(world.strandvik):
            assert events(person) == {"person:added": 1, "person:changed": 1}
            told = fields(person, "person:changed")
            assert told == ["email", "family_name", "given_name"]

    def test_saving_without_a_change_tells_nothing(self, world):
        with working_in(world.strandvik) as actor:
            unit = plant(actor)
        with working_in(world.strandvik):
            row = db.session.get(Unit, unit.id)
            row.name = str(row.name)

        with working_in(world.strandvik):
            assert events(unit) == {"unit:added": 1}

    def test_a_move_is_told_once_of_the_unit_and_not_of_those_below(self, world):
        with working_in(world.strandvik) as actor:
            unit, parent = plant(actor), plant(actor)
            below = plant(actor, unit)
            units.move(actor, unit, parent, at=utc_now())

        with working_in(world.strandvik):
            assert events(unit) == {"unit:added": 1, "unit:moved": 1}
            assert events(below, parent) == {"unit:added": 2}

    def test_a_merge_is_told_of_both_units_and_of_all_that_went_over(self, world):
        with working_in(world.strandvik) as actor:
            loser, winner = plant(actor), plant(actor)
            child, person = plant(actor, loser), staff(actor, loser)
            role = give_role(person, world.accounts["sperret"], "participant", loser)
            units.merge(actor, loser, winner, at=utc_now())

        with working_in(world.strandvik):
            assert events(loser) == {"unit:added": 1, "unit:merged": 1}
            assert events(winner) == {"unit:added": 1, "unit:took_over": 1}
            assert events(child) == {"unit:added": 1, "unit:moved": 1}
            assert events(person) == {"person:added": 1, "person:changed": 1}
            assert events(role) == {"membership:added": 1, "membership:changed": 1}
            assert fields(loser, "unit:merged") == ["merged_into_id", "retired_at"]

    def test_retiring_and_bringing_back_are_told_once_each(self, world):
        with working_in(world.strandvik) as actor:
            unit = plant(actor)
            units.retire(actor, unit, at=utc_now())
            db.session.flush()
            units.restore(actor, unit)

        with working_in(world.strandvik):
            assert events(unit) == {"unit:added": 1, "unit:retired": 1, "unit:restored": 1}

    def test_an_event_that_names_other_fields_hides_no_change(self, world):
        with working_in(world.strandvik) as actor:
            person = staff(actor, None)
            log.record(actor, "person:national_id_shown", person)
            person.email = "b@example.no"

        with working_in(world.strandvik):
            told = {"person:added": 1, "person:changed": 1, "person:national_id_shown": 1}
            assert events(person) == told

    def test_what_is_undone_is_not_told(self, world):
        made = []
        with pytest.raises(Undone):
            self.make_and_undo(world.strandvik, made)

        with working_in(world.strandvik):
            assert events(*made) == {}

    @staticmethod
    def make_and_undo(place, made):
        with working_in(place) as actor:
            made += [plant(actor), staff(actor, None)]
            log.record(actor, "person:national_id_shown", made[1])
            raise Undone

    def test_who_and_as_what_is_told(self, world):
        with working_in(world.strandvik) as actor:
            unit = plant(actor)

        with working_in(world.strandvik):
            event = db.session.scalars(
                select(AuditEvent).where(AuditEvent.object_id == unit.id)
            ).one()
            assert event.municipality_id == world.strandvik.id
            assert event.outcome is Outcome.DONE
            assert event.role == "local_administrator"


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/unit/show/{}", None, 404),
        ("/unit/edit/{}", None, 404),
        ("/unit/retire/{}", {}, 404),
        ("/person/show/{}", None, 404),
    ],
)
def test_a_refused_attempt_at_another_municipality_is_told_where_it_was_made(
    garden, client_as, world, path, data, status
):
    with garden.working_in(world.fjellby) as actor:
        foreign = plant(actor).id
    client = client_as("lokal.strandvik")

    address = path.format(foreign)
    answer = client.get(address) if data is None else client.send(address, data)

    assert answer.status_code == status
    (event,) = garden.events(world.strandvik, foreign)
    assert event.outcome is Outcome.REFUSED
    assert event.account_id == world.accounts["lokal.strandvik"]
    assert [one.outcome for one in garden.events(world.fjellby, foreign)] == [Outcome.DONE]


def test_a_refusal_inside_the_own_municipality_is_told_and_undone(garden, client_as, world):
    with garden.working_in(world.strandvik) as actor:
        unit = plant(actor).id

    answer = client_as("koordinator.strandvik").send(f"/unit/retire/{unit}")

    assert answer.status_code == 403
    assert [event.action for event in garden.events(world.strandvik, unit)] == [
        "unit:added",
        "refused:UnitView.retire",
    ]


@pytest.mark.parametrize("typed", ["17051012345", "Kari Nordmann", "x" * 60, "0301 x"])
def test_what_was_typed_where_an_id_belongs_is_not_copied_into_the_log(
    app, client_as, world, typed
):
    client = client_as("lokal.strandvik")
    before = refusals(app, world.strandvik)

    assert client.get(f"/person/show/{typed}").status_code == 404
    assert client.get(f"/password/{typed}").status_code == 404

    new = [one for one in refusals(app, world.strandvik) if one not in before]
    assert [(action, pk) for _id, action, pk in new] == [
        ("refused:PersonView.show", None),
        ("refused:PasswordLinkView.set_password", None),
    ]


def refusals(app, place):
    """Id, code and record of each refused attempt in a municipality, oldest first."""
    with app.app_context(), working_in(place):
        columns = (AuditEvent.id, AuditEvent.action, AuditEvent.object_id)
        found = select(AuditEvent).where(AuditEvent.outcome == Outcome.REFUSED)
        rows = db.session.execute(found.with_only_columns(*columns).order_by(AuditEvent.id))
        return [tuple(row) for row in rows]


# --- append only ---------------------------------------------------------------------------------


@pytest.fixture
def event_id(garden, world):
    """The id of an event in Strandvik's log."""
    with garden.working_in(world.strandvik) as actor:
        unit = plant(actor).id
    return garden.events(world.strandvik, unit)[0].id


CHANGES = {
    "update": lambda key: update(AuditEvent.__table__).values(action="x:y"),
    "update one": lambda key: (
        update(AuditEvent.__table__).where(AuditEvent.__table__.c.id == key).values(action="x:y")
    ),
    "delete": lambda key: delete(AuditEvent.__table__),
    "delete one": lambda key: delete(AuditEvent.__table__).where(AuditEvent.__table__.c.id == key),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(
    "walls",
    [("policy", "session", "database"), ("database",)],
    ids=["every wall", "the database alone"],
)
def test_the_runtime_role_changes_and_removes_no_event(app, world, event_id, name, walls):
    with app.app_context():
        tenancy.set_walls(frozenset(walls))
        try:
            with separate_session() as session:
                scope = operator(world.strandvik.id).scope
                with tenancy.applied(session, scope), pytest.raises((TenantViolation, DBAPIError)):
                    session.connection().execute(CHANGES[name](event_id))
                session.rollback()
        finally:
            tenancy.set_walls(frozenset({"policy", "session", "database"}))


def test_the_runtime_role_empties_no_log(app, world, event_id):
    with app.app_context(), separate_session() as session:
        verb = "TRUNCATE" if session.bind.dialect.name == "postgresql" else "DELETE FROM"
        with pytest.raises((TenantViolation, DBAPIError)):
            session.connection().execute(text(f"{verb} audit_event"))
        session.rollback()


def test_the_unit_of_work_changes_and_removes_no_event(garden, world, event_id):
    for change in (lambda row: setattr(row, "action", "x:y"), db.session.delete):
        with pytest.raises(TenantViolation), garden.working_in(world.strandvik):
            change(db.session.get(AuditEvent, event_id))

    assert garden.read(world.strandvik, AuditEvent, event_id).action == "unit:added"


def test_the_runtime_role_adds_events_where_it_works_and_nowhere_else(app, world):
    table = AuditEvent.__table__
    with app.app_context():
        tenancy.set_walls(frozenset({"database"}))
        try:
            for place, is_allowed in ((world.strandvik, True), (world.fjellby, False)):
                values = {
                    "id": new_id(),
                    "municipality_id": place.id,
                    "at": utc_now(),
                    "action": "unit:added",
                    "outcome": Outcome.DONE,
                    "fields": [],
                }
                here = operator(world.strandvik.id).scope
                with separate_session() as session, tenancy.applied(session, here):
                    added = is_added(session, insert(table).values(**values))
                    session.rollback()
                assert added is is_allowed
        finally:
            tenancy.set_walls(frozenset({"policy", "session", "database"}))


def is_added(session, statement):
    try:
        session.execute(statement)
    except DBAPIError:
        return False
    return True
