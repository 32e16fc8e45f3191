"""Registering a person, unless somebody who is registered resembles them and nobody said why
they are registered all the same.

``operations`` refuses what can't be two persons; here is what may be one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.audit import log
from app.db import db
from app.enums import MatchBand
from app.errors import DomainError
from app.models import Person
from app.people import matching
from app.people import operations as people
from app.people.keyring import keyring
from app.people.matching import Likely
from app.people.names import tidy
from app.people.national_id import NUMBER_LENGTH, normalise
from app.security import scope, throttle
from app.security.actor import Actor
from app.security.roles import Action

REASON = "registered_reason"
SOMEBODY = "somebody"
"""Stands for those whom the actor may not see, however many they are."""

MOST_QUESTIONS = 600
"""How often one login may ask within the window of ``throttle``: a question for each pause while
somebody types, and far too few to try out phones."""
MOST_NUMBERS = 60
"""About how many national ids one login may ask within the same time: who knows a birth date has
some 400 to try."""


@dataclass(frozen=True)
class Resembling:
    """Somebody registered who may be the person, as far as the actor may see; plain data.

    Without ``person_id`` it is somebody whom the actor may not see, and nothing more is told.
    """

    person_id: str | None = None
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    band: MatchBand = MatchBand.POSSIBLE
    score: float = 0.0
    reasons: tuple[Any, ...] = ()

    @property
    def key(self) -> str:
        """What a page says of it when it was shown."""
        return self.person_id or SOMEBODY

    @property
    def needs_reason(self) -> bool:
        """Whether one says why one registers another all the same. Most who are only possible
        are others, so those are shown and stop nobody."""
        return self.person_id is None or self.band is not MatchBand.POSSIBLE

    @property
    def full_name(self) -> str:
        """The name as one writes it."""
        return f"{self.given_name} {self.family_name}".strip()

    def as_told(self) -> dict[str, Any]:
        """What programs are told; of somebody whom the actor may not see, that there is one."""
        born = self.birth_date.isoformat() if self.birth_date else None
        is_seen = self.person_id is not None
        return {
            "id": self.person_id,
            "given_name": self.given_name if is_seen else None,
            "family_name": self.family_name if is_seen else None,
            "birth_date": born,
            "likeness": self.band.value if is_seen else None,
            "score": self.score if is_seen else None,
            "reasons": [str(one) for one in self.reasons],
        }


class MayBeRegistered(DomainError):
    """Somebody resembles the person, and nobody who saw them wrote why to register anyway."""

    message = _l(
        "Somebody who resembles this person is registered already. Use that person, or write why"
        " you register a new one."
    )

    def __init__(self, found: Sequence[Resembling]) -> None:
        super().__init__(field=REASON)
        self.found = tuple(found)

    @property
    def fields(self) -> dict[str, list[str]]:
        """Nothing by field: programs have another name for the reason than the form."""
        return {}

    @property
    def details(self) -> dict[str, Any]:
        """Those who resemble the person."""
        return {"candidates": [one.as_told() for one in self.found]}


@dataclass(frozen=True)
class Anyway:
    """Why a person is registered though others resemble them.

    ``seen`` are keys of those who were shown; None when all were, as whoever asks says.
    """

    reason: str
    seen: frozenset[str] | None = None

    def covers(self, found: Sequence[Resembling]) -> bool:
        """Whether the reason was written, and nobody has come since."""
        if not self.reason:
            return False
        return self.seen is None or all(one.key in self.seen for one in found if one.needs_reason)


NO_REASON = Anyway("")


def resembling(
    actor: Actor,
    facts: people.PersonFacts,
    *,
    national_id_text: str | None = None,
    but: str | None = None,
) -> list[Resembling]:
    """Who may be the person described, likeliest first.

    All those whom the actor may not see are told as one, and last, so that nothing can be
    counted or measured; and not for a trait or two, which would let one try out phones.
    """
    found = matching.likely(actor, facts, national_id_text=national_id_text, but=but)
    return as_seen(actor, found)


def as_seen(actor: Actor, found: Sequence[Likely]) -> list[Resembling]:
    """The same persons with their names, as far as the actor may see them."""
    open_to = {row.id: row for row in persons_of(actor, found)}
    shown = [
        Resembling(
            one.person_id,
            person.given_name,
            person.family_name,
            person.birth_date,
            one.band,
            one.score,
            one.reasons,
        )
        for one in found
        if (person := open_to.get(one.person_id or "")) is not None
    ]
    unseen = [one for one in found if one.person_id not in open_to]
    is_told = any(one.band is not MatchBand.POSSIBLE for one in unseen)
    return [*shown, Resembling()] if is_told else shown


def persons_of(actor: Actor, found: Sequence[Likely | Resembling]) -> Sequence[Person]:
    """The persons among them whom the actor may see."""
    ids = [one.person_id for one in found if one.person_id is not None]
    query = scope.rows(actor, Person, Action.SHOW).where(Person.id.in_(ids))
    return db.session.scalars(query).all() if ids else []


def register(
    actor: Actor,
    facts: people.PersonFacts,
    *,
    national_id_text: str | None = None,
    is_confirmed: bool = False,
    anyway: Anyway = NO_REASON,
    at: datetime,
    today: date,
) -> Person:
    """Register a person, as ``operations.register`` does, whom nobody resembles; or one who is
    registered anyway, and the reviewer will see why.

    Raises:
        MayBeRegistered: somebody resembles the person, and no reason was written.
        DomainError: as ``operations.register``.
    """
    person = people.register(
        actor,
        facts,
        national_id_text=national_id_text,
        is_confirmed=is_confirmed,
        at=at,
        today=today,
    )
    found = resembling(actor, facts, national_id_text=national_id_text, but=person.id)
    if not any(one.needs_reason for one in found):
        return person
    if not anyway.covers(found):
        raise MayBeRegistered(found)
    db.session.flush()
    matching.keep_registered(actor, {person.id: short(anyway.reason)}, at=at)
    log.record(actor, "person:registered_anyway", person)
    return person


def short(reason: str) -> str:
    """A reason as there is room for it."""
    return tidy(reason)[: people.LONGEST_REASON]


class TooManyQuestions(DomainError):
    """More questions than anybody who registers persons has."""

    status = 429
    message = _l("That was many questions in a short time. You are told when you save.")


def count_question(
    session: Session, actor: Actor, at: datetime, *, national_id_text: str | None = None
) -> timedelta | None:
    """Count that the actor asked who resembles somebody; how long to wait when it was too often.

    A number is counted once, however often it is sent while the rest is written.
    """
    wait = _count(session, actor, at, "who resembles", most=MOST_QUESTIONS)
    number = normalise(national_id_text or "")
    if wait is not None or len(number) != NUMBER_LENGTH:
        return wait
    asked = f"asked about {number}"
    if _count(session, actor, at, asked, most=1) is not None:
        return None
    wait = _count(session, actor, at, "whose numbers", most=MOST_NUMBERS)
    if wait is not None:
        throttle.forget(session, _key(actor, asked))
    return wait


def _count(
    session: Session, actor: Actor, at: datetime, what: str, *, most: int
) -> timedelta | None:
    return throttle.count_try(session, _key(actor, what), at, most=most)


def _key(actor: Actor, what: str) -> str:
    return keyring().keyed_hash(what, str(actor.account_id))
