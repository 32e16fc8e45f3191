"""Units of the municipality with near-equal names, found anew each time they are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.db import db
from app.duplicates.not_same import Key, kept_apart, ordered
from app.duplicates.unit_names import Likeness, Named, Near, near_pairs, near_to
from app.enums import DuplicateKind, UnitKind
from app.models import Person, Plan, Unit
from app.security import scope
from app.security.actor import Actor


@dataclass(frozen=True)
class UnitSide:
    """One of two units, and how much belongs to it; what is of shielded persons is not counted."""

    id: str
    name: str
    kind: UnitKind
    parent: str
    persons: int
    plans: int
    units: int

    @property
    def weight(self) -> int:
        """How much would go over to another unit."""
        return self.persons + self.plans + self.units


@dataclass(frozen=True)
class UnitPair:
    """Two units that may be one; ``larger`` is the one with more in it."""

    key: Key
    larger: UnitSide
    smaller: UnitSide
    likeness: Likeness


def found(actor: Actor) -> list[Near]:
    """Pairs of units in use, but for those that were answered not to be one."""
    apart = kept_apart(actor, DuplicateKind.UNIT)
    return [near for near in near_pairs(_units(actor).values()) if key_of(near) not in apart]


def key_of(near: Near) -> Key:
    """The ids of the two, as an answer about them is kept."""
    return ordered(near.first.id, near.second.id)


def shown(actor: Actor, pairs: Sequence[Near]) -> list[UnitPair]:
    """Pairs with what belongs to each unit."""
    ids = {unit.id for near in pairs for unit in (near.first, near.second)}
    names = {one.id: one.name for one in _units(actor).values()}
    counted = _counts(actor, ids)

    def side(unit: Named) -> UnitSide:
        counts = (counts_of.get(unit.id, 0) for counts_of in counted)
        parent = names.get(unit.parent_id or "", "")
        return UnitSide(unit.id, unit.name, unit.kind or UnitKind.OTHER, parent, *counts)

    result = []
    for near in pairs:
        first, second = side(near.first), side(near.second)
        larger, smaller = (first, second) if first.weight >= second.weight else (second, first)
        result.append(UnitPair(key_of(near), larger, smaller, near.likeness))
    return result


def like(actor: Actor, name: str, kind: UnitKind | None, parent_id: str | None) -> Sequence[Near]:
    """Units in use that the actor sees, with a name near to one that is to be registered."""
    return near_to(Named("", name, kind, parent_id), _units(actor).values())


def _units(actor: Actor) -> dict[str, Named]:
    rows = db.session.execute(
        scope.rows(actor, Unit)
        .where(Unit.retired_at.is_(None))
        .with_only_columns(Unit.id, Unit.name, Unit.kind, Unit.parent_id)
        .order_by(Unit.search_name, Unit.id)
    )
    return {row.id: Named(*row) for row in rows}


def _counts(actor: Actor, ids: set[str]) -> Sequence[Mapping[str, int]]:
    """Persons, plans and units directly below, by the unit's id."""
    is_open = Person.retired_at.is_(None) & Person.is_shielded.is_(False)
    persons = select(Person.unit_id, func.count(Person.id)).where(
        Person.unit_id.in_(ids), is_open, scope.visible(actor, Person)
    )
    plans = (
        select(Plan.unit_id, func.count(Plan.id))
        .join(Person, Plan.owner_id == Person.id)
        .where(Plan.unit_id.in_(ids), Person.is_shielded.is_(False), scope.visible(actor, Plan))
    )
    below = select(Unit.parent_id, func.count(Unit.id)).where(
        Unit.parent_id.in_(ids), Unit.retired_at.is_(None), scope.visible(actor, Unit)
    )
    columns = (Person.unit_id, Plan.unit_id, Unit.parent_id)
    return [
        {str(unit_id): count for unit_id, count in db.session.execute(query.group_by(column))}
        for query, column in zip((persons, plans, below), columns, strict=True)
    ]
