"""The units that go to another municipality: which they are, and whether they still are those.

Asked in the scope of the municipality that they leave.
"""

from collections.abc import Sequence

from sqlalchemy import select

from app.db import db
from app.joining_tables import UnitMove
from app.models import Plan, Unit
from app.security import scope
from app.security.plan_rights import IN_STATES
from app.security.roles import Action

GOING = sorted(IN_STATES[Action.MOVE])
"""The states in which a plan can go; a draft stays until somebody has consented to it."""

Offered = list[dict[str, str | None]]


def family(unit: Unit) -> list[Unit]:
    """The unit and all below it, the retired too; each after what it is part of."""
    found = select(Unit).where(Unit.municipality_id == unit.municipality_id, scope.below(unit.path))
    rows = db.session.scalars(found).all()
    return sorted(rows, key=lambda one: (one.depth, one.search_name, one.id))


def offered(units: Sequence[Unit]) -> Offered:
    """What the other municipality is shown of those in use."""
    in_use = [one for one in units if one.retired_at is None]
    known = {one.id for one in in_use}
    return [
        {
            "id": one.id,
            "name": one.name,
            "kind": one.kind.value,
            "parent": one.parent_id if one.parent_id in known else None,
        }
        for one in in_use
    ]


def is_as_offered(move: UnitMove) -> bool:
    """Whether the units are, name and place, what the other municipality was shown."""
    top = db.session.get_one(Unit, move.unit_id)
    return offered(family(top)) == move.offered


def strays(move: UnitMove) -> list[Unit]:
    """Units in use that have come under the one that goes since, or have left it: they would be
    forgotten, or be taken out of use where nobody expects it."""
    below = {one.id: one for one in family(db.session.get_one(Unit, move.unit_id))}
    wanted = {str(one["id"]) for one in move.offered}
    found = select(Unit).where(
        Unit.id.in_((below.keys() - set(move.unit_ids)) | (wanted - below.keys())),
        Unit.retired_at.is_(None),
    )
    return list(db.session.scalars(found.order_by(Unit.search_name, Unit.id)))


def open_plans(unit_ids: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Ids of the plans that would go, and of their owners, in the order in which they are taken."""
    found = select(Plan.id, Plan.owner_id).where(Plan.unit_id.in_(unit_ids), Plan.state.in_(GOING))
    return [(pk, owner) for pk, owner in db.session.execute(found.order_by(Plan.id))]
