"""What comes to the one that the desk is for as a whole, and waits for an answer."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.db import db
from app.joining_tables import IncomingUnits, MunicipalityJoining, UnitMove, UnitMoveState
from app.models import Municipality
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action


def waiting(actor: Actor) -> Sequence[tuple[str, str]]:
    """The proposal's id and the municipality's name, of those that the actor may answer."""
    found = (
        select(MunicipalityJoining.id, Municipality.name)
        .join(Municipality, Municipality.id == MunicipalityJoining.from_id)
        .where(
            scope.visible(actor, MunicipalityJoining, Action.APPROVE),
            MunicipalityJoining.ended_at.is_(None),
        )
        .order_by(MunicipalityJoining.id)
    )
    return [(pk, name) for pk, name in db.session.execute(found)]


def units_waiting(actor: Actor) -> Sequence[tuple[str, Any, str]]:
    """The offer's id, the unit's name and the municipality's, of those the actor may answer."""
    found = (
        select(IncomingUnits.id, IncomingUnits.offered, Municipality.name)
        .join(Municipality, Municipality.id == IncomingUnits.from_municipality_id)
        .where(
            scope.visible(actor, IncomingUnits, Action.APPROVE),
            IncomingUnits.state == UnitMoveState.PROPOSED,
        )
        .order_by(IncomingUnits.id)
    )
    return [(pk, units[0]["name"], name) for pk, units, name in db.session.execute(found)]


def units_accepted(actor: Actor) -> Sequence[tuple[str, Any, str]]:
    """The move's id, the unit's name and the municipality's, of those that were said yes to and
    whose coordinators nobody has let be told."""
    found = (
        select(UnitMove.id, UnitMove.offered, Municipality.name)
        .join(Municipality, Municipality.id == UnitMove.to_municipality_id)
        .where(
            scope.visible(actor, UnitMove, Action.HAND_OVER),
            UnitMove.state == UnitMoveState.ACCEPTED,
            UnitMove.job_id.is_(None),
        )
        .order_by(UnitMove.id)
    )
    return [(pk, units[0]["name"], name) for pk, units, name in db.session.execute(found)]
