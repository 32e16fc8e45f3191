"""What somebody has chosen so far in a guided form, kept between its steps and between visits.

Only its own account reads it. It is emptied, not deleted, when the form is done.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.security.actor import Actor
from app.security.tenancy import here
from app.side_tables import EntryDraft


def kept(actor: Actor, place: str) -> dict[str, Any]:
    """What was chosen at ``place``; empty when nothing was."""
    found = _row(actor, place)
    return {} if found is None else dict(found.values)


def keep(actor: Actor, place: str, values: dict[str, Any], *, at: datetime) -> None:
    """Keep what is chosen, in the caller's transaction."""
    row = _row(actor, place)
    if row is None:
        row = EntryDraft(account_id=actor.account_id, place=place)
        db.session.add(row)
    row.values, row.saved_at = values, at


def forget(actor: Actor, place: str, *, at: datetime) -> None:
    """Empty what was kept: the form is done, or was thrown away."""
    if _row(actor, place) is not None:
        keep(actor, place, {}, at=at)


def _row(actor: Actor, place: str) -> EntryDraft | None:
    return db.session.scalar(
        select(EntryDraft).where(
            here(EntryDraft),
            EntryDraft.account_id == actor.account_id,
            EntryDraft.place == place,
        )
    )
