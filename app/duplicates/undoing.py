"""Undoing a merge: both persons as they were, and what was done since in its place.

What the merge moved goes back with its person, also when somebody has changed it since. What was
made since stays with the one kept, unless it hangs on what goes back. What somebody has ended since
stays ended, and a login is only opened again as it was: never past its last day, nor when the other
has been withdrawn since. All that was not put back as it was is listed for a look.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.audit import log
from app.clock import day_of
from app.db import db
from app.duplicates import facts_back, pair_answers
from app.duplicates.ended_since import Since
from app.duplicates.followed import follow
from app.duplicates.merge_facts import Two, plain, sealed, typed
from app.duplicates.merge_plan import ADDED, Change, from_list
from app.duplicates.merge_rules import OwnPerson
from app.duplicates.merging import (
    KEPT_FOR,
    VERSION,
    RowsByKey,
    hold_both,
    persons_of,
    rows_of,
)
from app.duplicates.pair_ends import is_end_of_pair, put_back
from app.enums import MergeState
from app.errors import DomainError
from app.models import (
    Authority,
    Consent,
    DuplicatePair,
    Membership,
    Participant,
    Person,
    PersonMerge,
    Plan,
    PlanEntry,
    StandIn,
    WithheldSection,
)
from app.people.operations import KnownExternalId, KnownNationalId
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action

CHANGED, SINCE, LEFT, ALONG = "changed", "since", "left", "along"
"""Why something needs a look: changed since, and gone back; made since, and left with the one
kept; not put back; made since, and gone along with what went back."""

ENDS = ("ended_at", "answered_at", "lifted_at", "accepted")
NOT_TOLD = frozenset({"plan", "duplicate_pair", "person"})
"""A plan changes all the time, and what was done in it goes back with it."""

MADE_SINCE: tuple[tuple[type[Any], tuple[str, ...], str], ...] = (
    (Plan, ("owner_id", "coordinator_id"), "started_at"),
    (Participant, ("person_id",), "added_at"),
    (Authority, ("owner_id", "holder_id"), "stated_at"),
    (Consent, ("giver_id",), "given_at"),
    (Membership, ("person_id",), "created_at"),
    (StandIn, ("person_id",), "made_at"),
    (PlanEntry, ("author_id",), "created_at"),
)

LookAt = list[Any]


class NotDone(DomainError):
    """There is no merge to undo, or not any more."""

    message = _l("This merge has been undone already, or was never done.")


class TooLate(DomainError):
    """A merge can be undone for 90 days."""

    message = _l("More than 90 days have passed since the merge, so it can't be undone any more.")


class LaterFirst(DomainError):
    """Merges of the same person are undone in the opposite order."""

    message = _l("The person has been merged with another since. Undo that merge first.")


def undo(actor: Actor, row: PersonMerge, *, at: datetime) -> list[LookAt]:
    """Undo a merge; what needs a look, as ``[table, id, why]``.

    Raises:
        NotDone, TooLate, LaterFirst, OwnPerson
        KnownNationalId, KnownExternalId: somebody else has a number of the one who comes back.
        NotFound, NotAllowed
    """
    policy.require(actor, Action.UNDO, row)
    two = Two(*persons_of(row))
    hold_both(two, day_of(at))
    db.session.refresh(row, with_for_update=True)
    _require_possible(actor, row, two, at)
    rows, held = rows_of(_changes(row)), pair_answers.held_by(two)
    look_at = [*_changed_since(row, rows), *_made_since(row)]
    look_at += _move_back(row, two, rows, at)
    look_at += [["person", *one] for one in _facts_back(row, two)]
    _into_use(two)
    look_at = _with_followed(look_at, follow(row, two, at))
    look_at += _answers_back(row, two, held, look_at)
    row.state, row.undone_at, row.undone_by = MergeState.UNDONE, at, actor.account_id
    row.look_at, row.before = look_at, None
    log.record(actor, "person:separated", two.gone, fields=("merged_into_id", "retired_at"))
    log.record(actor, "person_merge:undone", row)
    db.session.flush()
    db.session.expire_all()
    return look_at


def forget_old(session: Session, at: datetime) -> int:
    """Empty what undoing needed of merges of the scope that are too old to undo; how many."""
    old = select(PersonMerge).where(
        PersonMerge.state == MergeState.DONE,
        PersonMerge.merged_at <= at - KEPT_FOR,
        PersonMerge.before.is_not(None),
    )
    rows = session.scalars(old).all()
    for row in rows:
        row.before = None
    return len(rows)


def may_undo(row: PersonMerge, at: datetime) -> bool:
    """Whether it is done, and not too long ago."""
    return (
        row.state is MergeState.DONE
        and row.merged_at is not None
        and at < row.merged_at + KEPT_FOR
        and row.before is not None
    )


def _require_possible(actor: Actor, row: PersonMerge, two: Two, at: datetime) -> None:
    if row.state is not MergeState.DONE or two.gone.merged_into_id != two.kept.id:
        raise NotDone
    if not may_undo(row, at):
        raise TooLate
    if actor.person_id in two.ids:
        raise OwnPerson
    later = select(PersonMerge.id).where(
        PersonMerge.kept_id == two.kept.id,
        PersonMerge.state == MergeState.DONE,
        PersonMerge.id != row.id,
        PersonMerge.merged_at >= row.merged_at,
    )
    if two.kept.merged_into_id is not None or db.session.scalar(later.limit(1)) is not None:
        raise LaterFirst


# --- what was done since -------------------------------------------------------------------------


def _changes(row: PersonMerge) -> list[Change]:
    return [from_list(one) for one in row.moved]


def _changed_since(row: PersonMerge, rows: RowsByKey) -> Iterator[LookAt]:
    """Moved rows that somebody has changed; they go back all the same."""
    for one in _changes(row):
        is_told = one.column == VERSION and one.table not in NOT_TOLD
        if is_told and rows[one.table, one.row_id].version != one.after:
            yield [one.table, one.row_id, CHANGED]


def _made_since(row: PersonMerge) -> Iterator[LookAt]:
    """What was made since with the one kept, and stays there."""
    own = {one.row_id for one in _changes(row)}
    for model, columns, made in MADE_SINCE:
        found = select(model.id).where(
            or_(*(getattr(model, name) == row.kept_id for name in columns)),
            getattr(model, made) > row.merged_at,
        )
        for row_id in db.session.scalars(found.order_by(model.id)):
            if row_id not in own:
                yield [model.__tablename__, row_id, SINCE]


def _with_followed(look_at: list[LookAt], followed: Iterable[LookAt]) -> list[LookAt]:
    """The list, where what has gone along is not told to have stayed."""
    along = [[*one, ALONG] for one in followed]
    rows = [one[:2] for one in along]
    return [one for one in look_at if one[2] != SINCE or one[:2] not in rows] + along


# --- back ----------------------------------------------------------------------------------------


def _move_back(row: PersonMerge, two: Two, rows: RowsByKey, at: datetime) -> list[LookAt]:
    """Put the rows back: what the merge made ends, what it moved goes back, what it ended begins
    again."""
    changes = [one for one in reversed(_changes(row)) if one.column != VERSION]
    if sealed(row.before or b"")["answers"]:  # Where none are kept, they are among the changes.
        changes = [one for one in changes if not _is_answer(one)]
    ended = [one for one in changes if one.column in ENDS and one.before is None]
    ends = {(one.table, one.row_id, one.column) for one in ended}
    since = Since(row, two, changes, day_of(at))
    closed = _stay_closed(since, rows, ended)
    for one in changes:
        if one.column == ADDED:
            _end_added(rows[one.table, one.row_id], at)
    db.session.flush()
    moved = [
        one
        for one in changes
        if one.column != ADDED and (one.table, one.row_id, one.column) not in ends
    ]
    look_at = [
        left
        for one in moved
        if not is_end_of_pair(one)
        for left in _restore(rows, one, is_left=one.table == "ab_user" and one.row_id in closed)
    ]
    look_at += _restore_pairs(rows, [one for one in moved if is_end_of_pair(one)])
    db.session.flush()
    look_at += _begin_again(rows, ended, since)
    return [list(one) for one in dict.fromkeys(tuple(one) for one in look_at)]


def _is_answer(change: Change) -> bool:
    """Whether it is of a pair that was found, and not of who is in it: that comes last."""
    return change.table == DuplicatePair.__tablename__ and not is_end_of_pair(change)


def _stay_closed(since: Since, rows: RowsByKey, ended: Sequence[Change]) -> set[str]:
    """The logins that stay closed, since none of their roles begins again."""
    roles = [rows[one.table, one.row_id] for one in ended if one.table == "membership"]
    accounts = {str(one.account_id) for one in roles}
    return {one for one in accounts if since.is_login_withdrawn(one, roles)}


def _begin_again(rows: RowsByKey, ended: Sequence[Change], since: Since) -> list[LookAt]:
    """Let what the merge ended begin again, unless somebody has ended it since."""
    look_at: list[LookAt] = []
    # An answer and its instant are two columns, which are never without each other.
    for key in dict.fromkeys((one.table, one.row_id) for one in ended):
        if since.stays_ended(rows[key]):
            look_at.append([*key, LEFT])
            continue
        for one in ended:
            if (one.table, one.row_id) == key:
                look_at += _restore(rows, one)
        db.session.flush()
    return look_at


def _restore(rows: RowsByKey, change: Change, *, is_left: bool = False) -> list[LookAt]:
    """Set a column back, unless somebody has given it another value since."""
    row = rows[change.table, change.row_id]
    if is_left or plain(getattr(row, change.column)) != change.after:
        return [[change.table, change.row_id, LEFT]]
    setattr(row, change.column, typed(type(row), change.column, change.before))
    return []


def _restore_pairs(rows: RowsByKey, changes: Sequence[Change]) -> list[LookAt]:
    """Put who was merged back into the pairs that were found of them."""
    by_row: dict[tuple[str, str], list[Change]] = {}
    for one in changes:
        by_row.setdefault((one.table, one.row_id), []).append(one)
    return [[*key, LEFT] for key, some in by_row.items() if not put_back(rows[key], some)]


def _answers_back(
    row: PersonMerge, two: Two, held: set[str], look_at: Sequence[LookAt]
) -> list[LookAt]:
    """Give the pairs that were found of both their answers back."""
    was, table = sealed(row.before or b""), DuplicatePair.__tablename__
    moved = {row_id for name, row_id, _why in look_at if name == table}
    answered = (was["answers"], was["answers_after"])
    return [
        [table, one, LEFT] for one in pair_answers.put_back(two, *answered, held=held, but=moved)
    ]


def _end_added(row: Any, at: datetime) -> None:
    column = "lifted_at" if isinstance(row, WithheldSection) else "ended_at"
    if getattr(row, column) is None:
        setattr(row, column, at)


# --- the persons ---------------------------------------------------------------------------------


def _facts_back(row: PersonMerge, two: Two) -> list[tuple[str, str]]:
    """Give both their own facts back, while the one is still out of use; what needs a look."""
    db.session.flush()
    look_at = facts_back.take_off(two, row.before or b"")
    # Asked before the database is: it takes no number twice among those in use.
    with db.session.no_autoflush:
        _require_free(two, Person.national_id_hash, KnownNationalId)
        _require_free(two, Person.external_id, KnownExternalId)
    db.session.flush()
    return look_at


def _require_free(two: Two, column: Any, error: type[DomainError]) -> None:
    """Refuse to give either of the two a number that somebody else has by now."""
    values = [getattr(one, column.key) for one in (two.kept, two.gone)]
    wanted = [one for one in values if one is not None]
    taken = select(Person.id).where(
        column.in_(wanted), Person.retired_at.is_(None), Person.id.not_in(two.ids)
    )
    is_twice = len(set(wanted)) < len(wanted)
    if is_twice or (wanted and db.session.scalar(taken.limit(1)) is not None):
        raise error


def _into_use(two: Two) -> None:
    two.gone.merged_into_id = two.gone.retired_at = None
    db.session.flush()
