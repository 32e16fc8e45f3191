"""Undoing what one has just stopped or ended oneself: once, and only by the same account."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from app.db import db
from app.errors import DomainError
from app.models import Participant, Plan
from app.plans import participation, shortening, stopping
from app.screens import bulk
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action

LIST_NAME = "plan_access"
SECTION, SHORTENED, ENDED = "stop_section", "shorten", "end"
SHORTENED_SECTION = "shorten_section"

Before = dict[str, Any]

UNDO: dict[str, Callable[..., None]] = {
    SECTION: stopping.bring_back_section,
    SHORTENED: stopping.lengthen_again,
    SHORTENED_SECTION: shortening.lengthen_section_again,
    ENDED: participation.take_up_again,
}


def keep(
    actor: Actor, what: str, done: Iterable[tuple[Participant, Before]], *, at: datetime
) -> str:
    """Keep, in the caller's transaction, what was done; the id by which it can be undone."""
    rows = [{"id": participant.id, "before": before} for participant, before in done]
    return str(bulk.note(db.session(), actor, LIST_NAME, what, rows, at=at).id)


def undo(actor: Actor, pk: str, *, at: datetime) -> tuple[Plan | None, int]:
    """Undo what the actor did; the plan, and how many could not be changed back.

    Raises:
        NotFound: it is somebody else's, or missing.
        UndoneAlready
    """
    change = bulk.find_change(db.session(), actor, LIST_NAME, pk)
    before = {row["id"]: row["before"] for row in change.rows}
    wanted = scope.rows(actor, Participant, Action.STOP_ACCESS)
    found = db.session.scalars(wanted.where(Participant.id.in_(list(before)))).all()
    done = sum(_undo_one(actor, change.action, one, before[one.id], at) for one in found)
    failed = len(before) - done
    change.undone_at, change.rows = at, []
    return (found[0].plan if found else None), failed


def _undo_one(
    actor: Actor, what: str, participant: Participant, before: Before, at: datetime
) -> bool:
    try:
        with db.session.begin_nested():
            UNDO[what](actor, participant, before, at=at)
            db.session.flush()
    except DomainError:
        return False
    return True
