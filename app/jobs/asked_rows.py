"""The row of an address, on pages about what goes between municipalities as a whole."""

from typing import Any, TypeVar

from sqlalchemy import select

from app.db import db
from app.errors import NotFound
from app.joining_tables import IncomingUnits, MunicipalityJoining, UnitMove
from app.screens.listing import is_id
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action

Row = TypeVar("Row", MunicipalityJoining, UnitMove, IncomingUnits)


def asked_row(model: type[Row], pk: str, action: Action) -> Row:
    """The row of an address; foreign, missing and hidden told alike.

    Raises:
        NotFound: the actor can't see it.
        NotAllowed: the actor may not do ``action`` with it.
    """
    columns: Any = model
    row = db.session.scalar(select(model).where(columns.id == pk)) if is_id(pk) else None
    if row is None:
        raise NotFound
    policy.require(current_actor(), action, row)
    return row
