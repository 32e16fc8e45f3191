"""Doing one thing to many rows: tried first, done in one transaction, and undone as a whole.

A trial is the thing itself, each row by the same operation as a single one, and then rolled back.
So what a preview says can be done is what would be done, for the same reasons.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.errors import DomainError, NotFound, StaleVersion
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import BulkChange

MOST_AT_ONCE = 1_000
KEPT_FOR = timedelta(days=90)
RETIRE, RESTORE, MOVE = "retire", "restore", "move"


class AlreadyRetired(DomainError):
    """It is out of use already."""

    message = _l("Is retired already.")


class InUse(DomainError):
    """It is in use, so it can't be brought back."""

    message = _l("Is in use already.")


class UndoneAlready(DomainError):
    """What was done has been undone before."""

    message = _l("This was undone already.")


@dataclass(frozen=True)
class BulkAction:
    """Something that can be done to many rows.

    ``run`` does it to one row, with the form of the page, or with None when it is tried before
    the form is filled in; it gives what ``undo`` needs. ``title`` and ``done`` are said of a
    number of rows. ``before`` sorts the rows so that what depends on another comes after it.
    """

    name: str
    action: Action
    label: Any
    title: Callable[[int], str]
    done: Callable[[int], str]
    explained: Any
    run: Callable[[Any, Any], Any]
    undo: Callable[[Any, Any], None]
    form: type[Any] | None = None
    before: Callable[[Any], Any] | None = None
    undone_before: Callable[[Any], Any] | None = None
    is_careful: bool = False

    def try_one(self, row: Any, form: Any) -> Any:
        """Do it to one row, unless it is so already; what undoing needs."""
        retired = getattr(row, "retired_at", None) is not None
        if self.action is Action.RESTORE and not retired:
            raise InUse
        if self.action is not Action.RESTORE and retired:
            raise AlreadyRetired
        return self.run(row, form)


@dataclass(frozen=True)
class Refused:
    """A row that it could not be done to, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Trial:
    """What came of doing it to each row: what undoing needs, names, refusals, and a digest.

    The digest stands for the rows, their versions and who of them was refused.
    """

    kept: list[dict[str, Any]]
    names: list[str]
    refused: list[Refused]
    digest: str

    @property
    def count(self) -> int:
        """How many rows it was done to."""
        return len(self.kept)


def carry_out(
    session: Session,
    rows: Iterable[Any],
    act: Callable[[Any], Any],
    describe: Callable[[Any], str],
) -> Trial:
    """Do ``act`` to each row in the caller's transaction; refusals undo their own row alone."""
    kept: list[dict[str, Any]] = []
    names: list[str] = []
    refused: list[Refused] = []
    marks: list[str] = []
    for row in rows:
        pk, name, version = str(row.id), describe(row), row.version
        try:
            with session.begin_nested():
                before = act(row)
                session.flush()
        except StaleDataError:
            refused.append(Refused(name, str(StaleVersion())))
            marks.append(f"{pk} changed")
        except DomainError as error:
            refused.append(Refused(name, str(error)))
            marks.append(f"{pk} {version} {type(error).__name__}")
        else:
            kept.append({"id": pk, "before": before})
            names.append(name)
            marks.append(f"{pk} {version}")
    return Trial(kept, names, refused, sha256("\n".join(sorted(marks)).encode()).hexdigest())


def note(
    session: Session,
    actor: Actor,
    list_name: str,
    action: str,
    kept: Sequence[dict[str, Any]],
    *,
    at: datetime,
) -> BulkChange:
    """Keep what was done, so that it can be undone; what is older than 90 days is emptied."""
    for old in session.scalars(
        scope.rows(actor, BulkChange, Action.SHOW).where(
            BulkChange.list_name == list_name,
            BulkChange.made_at < at - KEPT_FOR,
            BulkChange.undone_at.is_(None),
        )
    ):
        old.rows, old.undone_at = [], at
    change = BulkChange(
        account_id=actor.account_id,
        municipality_id=actor.municipality_id,
        list_name=list_name,
        action=action,
        rows=list(kept),
        count=len(kept),
        made_at=at,
    )
    session.add(change)
    session.flush()
    return change


def find_change(session: Session, actor: Actor, list_name: str, pk: str) -> BulkChange:
    """What the actor did to rows of a list.

    Raises:
        NotFound: it is somebody else's, of another list, or missing.
        UndoneAlready
    """
    if not is_id(pk):
        raise NotFound
    change = session.scalar(
        scope.rows(actor, BulkChange, Action.UNDO).where(
            BulkChange.id == pk, BulkChange.list_name == list_name
        )
    )
    if change is None:
        raise NotFound
    policy.require(actor, Action.UNDO, change)
    if change.undone_at is not None:
        raise UndoneAlready
    return change
