"""Municipalities that are to go into the one that the desk is for, and wait for an answer."""

from collections.abc import Sequence

from sqlalchemy import select

from app.db import db
from app.joining_tables import MunicipalityJoining
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
