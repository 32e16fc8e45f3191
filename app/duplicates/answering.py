"""What a reviewer answers about a pair: not the same, or later; and taking an answer back.

Merging is in ``merging``.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.audit import log
from app.duplicate_tables import DuplicatePair
from app.duplicates import pairs
from app.enums import PairState
from app.errors import DomainError, StaleVersion
from app.people.names import tidy
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action

LONGEST_NOTE = 500
ANSWERS = {
    PairState.NOT_SAME: "duplicate_pair:kept_apart",
    PairState.LATER: "duplicate_pair:put_off",
}


class NoteTooLong(DomainError):
    """The note has no room."""

    status = 422
    message = _l("The note can have at most 500 characters.")


class AnsweredAlready(DomainError):
    """The two are one by now, or nothing makes them look alike any more."""

    message = _l("This pair is settled already, so there is nothing to answer.")


class NotAnswered(DomainError):
    """There is no answer to take back."""

    message = _l("There is no answer to take back: the pair waits for one.")


def answer(
    actor: Actor,
    pair: DuplicatePair,
    state: PairState,
    *,
    note: str,
    version: int,
    at: datetime,
) -> None:
    """Keep that the two are not the same, or that it is to be decided later.

    The answer holds until what is registered about either changes. An empty note leaves none.
    Sending the same answer again changes nothing.

    Raises:
        NotFound, NotAllowed: the actor may not answer.
        AnsweredAlready: the pair is merged or has faded.
        StaleVersion: somebody else answered, or a scan changed the pair, since it was opened.
        NoteTooLong
    """
    policy.require(actor, Action.ANSWER, pair)
    if pair.state in (PairState.MERGED, PairState.FADED):
        raise AnsweredAlready
    note = written(note)
    if pair.state is state and (pair.note or "") == note and version != pair.version:
        return
    _require_current(pair, version)
    pair.state = state
    pair.note = note or None
    pair.answered_at = at
    pair.answered_by = actor.account_id
    pair.facts = pairs.facts_of_both(pair.first, pair.second)
    log.record(actor, ANSWERS[state], pair, fields=("note",) if note else ())


def keep_note(actor: Actor, pair: DuplicatePair, note: str) -> None:
    """Keep what was noted on the way to merging the two.

    Raises:
        NotFound, NotAllowed: the actor may not answer.
        NoteTooLong
    """
    policy.require(actor, Action.ANSWER, pair)
    wanted = written(note) or None
    if pair.note != wanted:
        pair.note = wanted
        log.record(actor, "duplicate_pair:noted", pair, fields=("note",))


def take_back(actor: Actor, pair: DuplicatePair, *, version: int, to: PairState) -> None:
    """Undo an answer: the pair waits again, or is put off as it was before.

    Raises:
        NotFound, NotAllowed: the actor may not undo.
        NotAnswered: nobody has answered, or the two are merged.
        StaleVersion: something else was answered in the meantime.
    """
    policy.require(actor, Action.UNDO, pair)
    if pair.state not in ANSWERS:
        raise NotAnswered
    _require_current(pair, version)
    pair.state = PairState.LATER if to is PairState.LATER else PairState.OPEN
    if pair.state is PairState.OPEN:
        pair.answered_at = pair.answered_by = None
    log.record(actor, "duplicate_pair:answer_taken_back", pair)


def written(note: str) -> str:
    """The note as it is kept.

    Raises:
        NoteTooLong
    """
    note = tidy(note)
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(field="note")
    return note


def _require_current(pair: DuplicatePair, version: int) -> None:
    if pair.version != version:
        raise StaleVersion
