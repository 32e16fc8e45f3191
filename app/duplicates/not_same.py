"""The answer that two things which look alike are not one: kept, heeded, and taken back.

For logins, plans and units, which are found anew each time. Persons have their pairs, and of
participants a plan's coordinator answers (``app.plans.twice``).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.audit import log
from app.db import db
from app.duplicate_tables import NotTheSame
from app.enums import DuplicateKind
from app.people.names import tidy
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action

LONGEST_NOTE = 500
MOST_SHOWN = 200

Key = tuple[str, str]


def has_overview(actor: Actor, action: Action) -> bool:
    """Whether the actor may do ``action`` with the duplicates of the municipality as a whole."""
    whole = NotTheSame(municipality_id=actor.municipality_id)
    return bool(policy.decide(actor, action, whole))


def require_overview(actor: Actor, action: Action) -> None:
    """Refuse whoever may not do ``action`` with the duplicates of the municipality as a whole.

    Raises:
        NotFound, NotAllowed
    """
    policy.require(actor, action, NotTheSame(municipality_id=actor.municipality_id))


def ordered(one: str, other: str) -> Key:
    """Two ids in the order in which they are kept."""
    return (one, other) if one < other else (other, one)


def kept_apart(actor: Actor, what: DuplicateKind) -> frozenset[Key]:
    """The pairs of a kind of which it was answered that they are not one."""
    found = scope.rows(actor, NotTheSame).where(
        NotTheSame.what == what, NotTheSame.ended_at.is_(None)
    )
    rows = db.session.execute(found.with_only_columns(NotTheSame.first_id, NotTheSame.second_id))
    return frozenset((row.first_id, row.second_id) for row in rows)


def answers(actor: Actor, what: DuplicateKind) -> Sequence[NotTheSame]:
    """The answers that hold, newest first."""
    found = scope.rows(actor, NotTheSame).where(
        NotTheSame.what == what, NotTheSame.ended_at.is_(None)
    )
    newest = found.order_by(NotTheSame.answered_at.desc(), NotTheSame.id.desc())
    rows: Sequence[NotTheSame] = db.session.scalars(newest.limit(MOST_SHOWN)).all()
    return rows


def keep_apart(
    actor: Actor, what: DuplicateKind, key: Key, *, note: str | None, at: datetime
) -> NotTheSame:
    """Keep that two things are not one; answering again changes the note.

    Whoever calls has found the two, so that nothing is kept about what the actor does not see.
    """
    require_overview(actor, Action.ANSWER)
    first_id, second_id = ordered(*key)
    row = db.session.scalar(
        select(NotTheSame).where(
            NotTheSame.what == what,
            NotTheSame.first_id == first_id,
            NotTheSame.second_id == second_id,
        )
    )
    if row is None:
        row = NotTheSame(what=what, first_id=first_id, second_id=second_id)
        db.session.add(row)
    row.note = tidy(note or "")[:LONGEST_NOTE] or None
    row.answered_at, row.ended_at = at, None
    row.answered_by = actor.account_id or 0
    db.session.flush()
    log.record(actor, "not_the_same:kept_apart", row)
    return row


def take_back(actor: Actor, row: NotTheSame, *, at: datetime) -> None:
    """Let the two be found again; once is enough."""
    policy.require(actor, Action.UNDO, row)
    if row.ended_at is None:
        row.ended_at = at
        log.record(actor, "not_the_same:taken_back", row)
