"""Plans whose unit is on its way to another municipality: where they would go, and to which unit.

What the coordinator of such a plan is told, no more: neither the move of the unit, nor what the
other municipality has made of it, is read by them.
"""

from collections.abc import Iterator

from sqlalchemy import select

from app.db import db
from app.joining_tables import IncomingUnits, UnitMove, UnitMoveState
from app.models import Plan, Unit
from app.security.tenancy import here

STANDS = (UnitMoveState.ACCEPTED, UnitMoveState.DONE)


def destination(plan: Plan) -> int | None:
    """The municipality that the plan's unit is going to, which has said yes; None when to none."""
    if plan.unit_id is None:
        return None
    going = select(UnitMove).where(here(UnitMove), UnitMove.state == UnitMoveState.ACCEPTED)
    for move in db.session.scalars(going.order_by(UnitMove.id)):
        if plan.unit_id in move.unit_ids:
            return move.to_municipality_id
    return None


def stands_for(unit_id: str | None, from_id: int) -> str | None:
    """The unit of the scope's municipality that stands for a unit of another; None when none does,
    or not any more."""
    for made in _made(from_id) if unit_id is not None else ():
        if unit_id in made:
            return _now(made[unit_id])
    return None


def in_use(unit_id: str | None) -> str | None:
    """The same unit of the scope's municipality, while it is in use."""
    unit = None if unit_id is None else db.session.get(Unit, unit_id)
    return unit_id if unit is not None and unit.retired_at is None else None


def _made(from_id: int) -> Iterator[dict[str, str]]:
    """What was made for the units of another municipality, the newest first."""
    rows = select(IncomingUnits).where(
        here(IncomingUnits),
        IncomingUnits.from_municipality_id == from_id,
        IncomingUnits.state.in_(STANDS),
    )
    for row in db.session.scalars(rows.order_by(IncomingUnits.id.desc())):
        yield row.made


def _now(unit_id: str) -> str | None:
    """What has become of a unit: itself, or the one that took it over."""
    unit = db.session.get(Unit, unit_id)
    while unit is not None and unit.merged_into_id is not None:
        unit = db.session.get(Unit, unit.merged_into_id)
    return None if unit is None else in_use(unit.id)
