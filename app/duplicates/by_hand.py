"""A pair that no search found, put together by somebody who knows that the two are one."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates import pairs
from app.duplicates.index import facts_of
from app.duplicates.learned import weights_of
from app.duplicates.record import record_of
from app.duplicates.scoring import explained
from app.enums import MatchBand, PairState
from app.errors import DomainError
from app.models import Person
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action

ASKED_ANEW = (PairState.NOT_SAME, PairState.FADED, PairState.LATER)


class OnlyOne(DomainError):
    """A record is no duplicate of itself."""

    status = 422
    message = _l("This is the same record as the first. Choose the other one.")


def require(actor: Actor) -> None:
    """Ask whether the actor may.

    Raises:
        NotAllowed
    """
    policy.require(actor, Action.ADD, DuplicatePair(municipality_id=actor.municipality_id))


def put_together(actor: Actor, one: Person, other: Person, *, at: datetime) -> DuplicatePair:
    """The open pair of two persons, or the one that they were merged by.

    Raises:
        NotAllowed
        OnlyOne: it is one record.
    """
    require(actor)
    if one.id == other.id:
        raise OnlyOne(field="second_id")
    first, second = sorted((one, other), key=lambda person: person.id)
    pair: DuplicatePair | None = db.session.scalar(
        select(DuplicatePair).where(
            DuplicatePair.first_id == first.id, DuplicatePair.second_id == second.id
        )
    )
    if pair is None:
        pair = _new(first, second, at)
        db.session.add(pair)
    elif pair.state in ASKED_ANEW:
        pair.state, pair.found_at = PairState.OPEN, at
    db.session.flush()
    log.record(actor, "duplicate_pair:put_together", pair)
    return pair


def _new(first: Person, second: Person, at: datetime) -> DuplicatePair:
    """A pair with what speaks for and against it; unlikely ones are possible at the least."""
    place = first.municipality_id
    one, other = record_of(facts_of(first)), record_of(facts_of(second))
    comparison = explained(one, other, weights_of(place))
    return DuplicatePair(
        municipality_id=place,
        first_id=first.id,
        second_id=second.id,
        score=comparison.score,
        band=comparison.band or MatchBand.POSSIBLE,
        findings=pairs.findings_of(comparison),
        state=PairState.OPEN,
        facts=pairs.facts_of_both(first, second),
        found_at=at,
    )
