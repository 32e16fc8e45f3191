"""What stands around a unit, as far as the actor may see it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.db import db
from app.joining_tables import UnitMove
from app.models import Membership, Person, Plan, Unit
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action


@dataclass(frozen=True)
class Content:
    """How much a unit holds: what goes over when it is merged.

    ``persons`` and ``units`` are those in use, ``retired_persons`` and ``retired_units`` the
    others; ``roles`` are the present and former roles limited to the unit, ``plans`` all that
    it has the responsibility for.
    """

    persons: int
    retired_persons: int
    units: int
    retired_units: int
    roles: int
    plans: int


def open_leader(actor: Actor, unit: Unit) -> Person | None:
    """The leader, when the actor may see who it is; a shielded person's unit is shown to nobody."""
    leader = unit.leader
    if leader is None or leader.is_shielded:
        return None
    return leader if policy.decide(actor, Action.SHOW, leader) else None


def above(actor: Actor, unit: Unit) -> list[Unit]:
    """The units that ``unit`` is part of, the topmost first."""
    ids = unit.path.strip("/").split("/")[:-1]
    found = scope.rows(actor, Unit).where(Unit.id.in_(ids)).order_by(func.length(Unit.path))
    return list(db.session.scalars(found))


def directly_below(actor: Actor, unit: Unit) -> list[Unit]:
    """The units in use whose parent is ``unit``, by name."""
    found = scope.rows(actor, Unit).where(Unit.parent_id == unit.id, Unit.retired_at.is_(None))
    return list(db.session.scalars(found.order_by(Unit.search_name, Unit.id)))


def in_use(actor: Actor) -> list[Unit]:
    """All units in use, by name."""
    found = scope.rows(actor, Unit).where(Unit.retired_at.is_(None))
    return list(db.session.scalars(found.order_by(Unit.search_name, Unit.id)))


def count_persons(actor: Actor, unit: Unit, *, with_below: bool = False) -> int:
    """How many persons in use belong to ``unit``, or to it and all below it.

    Shielded persons are left out: counted beside a list they would be told apart by what lacks.
    """
    here: ColumnElement[bool] = Person.unit_id == unit.id
    if with_below:
        here = Person.unit_id.in_(select(Unit.id).where(scope.below(unit.path)))
    is_open = Person.retired_at.is_(None) & Person.is_shielded.is_(False)
    return _count(scope.rows(actor, Person).where(here, is_open), Person.id)


def on_its_way(actor: Actor, unit: Unit) -> UnitMove | None:
    """The move to another municipality that the unit is on, when the actor may see it."""
    found = scope.rows(actor, UnitMove).where(UnitMove.ended_at.is_(None))
    moves = db.session.scalars(found.order_by(UnitMove.id)).all()
    return next((one for one in moves if unit.id in one.unit_ids), None)


def content(unit: Unit) -> Content:
    """What refers to ``unit`` itself, whoever asks: a merge moves all of it."""
    persons = select(Person).where(Person.unit_id == unit.id)
    units = select(Unit).where(Unit.parent_id == unit.id)
    return Content(
        persons=_count(persons.where(Person.retired_at.is_(None)), Person.id),
        retired_persons=_count(persons.where(Person.retired_at.is_not(None)), Person.id),
        units=_count(units.where(Unit.retired_at.is_(None)), Unit.id),
        retired_units=_count(units.where(Unit.retired_at.is_not(None)), Unit.id),
        roles=_count(select(Membership).where(Membership.unit_id == unit.id), Membership.id),
        plans=_count(select(Plan).where(Plan.unit_id == unit.id), Plan.id),
    )


def _count(statement: Any, key: Any) -> int:
    return db.session.scalar(statement.with_only_columns(func.count(key))) or 0
