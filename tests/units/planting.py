"""Small trees of units for tests, under names that nobody else uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from app.clock import today, utc_now
from app.columns import TenantOwned
from app.db import db, transaction
from app.enums import Role, UnitKind
from app.models import (
    AuditEvent,
    Membership,
    Person,
    Unit,
)
from app.people import operations as people
from app.security.actor import Actor, acting_as, operator
from app.units import operations as units
from tests.world import Place

Row = TypeVar("Row", bound=TenantOwned)


@contextmanager
def working_in(place: Place) -> Iterator[Actor]:
    """One transaction of an actor who may do everything in the municipality."""
    with acting_as(db.session(), operator(place.id)) as actor, transaction():
        yield actor


class Garden:
    """The rows beside a test of pages: each use has an application context of its own, because
    one that stayed open would be shared by the requests."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    @contextmanager
    def working_in(self, place: Place) -> Iterator[Actor]:
        """As ``working_in``."""
        with self.app.app_context(), working_in(place) as actor:
            yield actor

    def read(self, place: Place, model: type[Row], pk: str) -> Row:
        """The row as it is now."""
        with self.app.app_context(), acting_as(db.session(), operator(place.id)):
            return db.session.get_one(model, pk)

    def events(self, place: Place, object_id: str) -> list[AuditEvent]:
        """What the municipality's log tells about a record, oldest first."""
        with self.app.app_context(), acting_as(db.session(), operator(place.id)):
            found = select(AuditEvent).where(AuditEvent.object_id == object_id)
            return list(db.session.scalars(found.order_by(AuditEvent.id)))


def plant(actor: Actor, parent: Unit | None = None, name: str | None = None) -> Unit:
    """A new unit under ``parent``."""
    unit = Unit(name=name or f"Enhet {uuid4().hex[:12]}", kind=UnitKind.OTHER, is_outside=False)
    units.add(actor, unit, parent, at=utc_now())
    db.session.flush()
    return unit


def staff(actor: Actor, unit: Unit | None, family_name: str = "Testperson") -> Person:
    """A new person in ``unit``."""
    facts = people.PersonFacts("Test", family_name, unit_id=unit.id if unit else None)
    person = people.register(actor, facts, at=utc_now(), today=today())
    db.session.flush()
    return person


def give_role(person: Person, account_id: int, role: Role, unit: Unit | None) -> Membership:
    """A role, limited to ``unit`` if there is one."""
    membership = Membership(
        account_id=account_id,
        person_id=person.id,
        role=role,
        unit_id=unit.id if unit else None,
        starts_on=today() - timedelta(days=1),
        created_at=utc_now(),
    )
    db.session.add(membership)
    db.session.flush()
    return membership
