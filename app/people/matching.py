"""The question whether somebody who is being registered may be registered already.

Pages, the import and plans ask it here; ``app.duplicates``, which is built on them, answers it.
The application is given the answer when it is made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import current_app

from app.enums import MatchBand
from app.people.operations import PersonFacts
from app.security.actor import Actor

MATCHER = "samvev_matcher"


@dataclass(frozen=True)
class Likely:
    """A person in the actor's municipality who may be the one described.

    ``person_id`` is None where the actor may not see that person: that there is one is all that
    is told. ``score`` is in bits. ``reasons`` are sentences in the user's language, those that
    speak for it first; ``findings`` are what they say, as a field, its level and its bits.
    """

    person_id: str | None
    band: MatchBand
    score: float
    reasons: tuple[Any, ...] = ()
    findings: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, repr=False)
class Asked:
    """One person to ask for among many; ``national_id_text`` is the number as it was written."""

    facts: PersonFacts
    national_id_text: str | None = None


class Matcher(Protocol):
    """What answers."""

    def likely(
        self,
        actor: Actor,
        facts: PersonFacts,
        *,
        national_id_text: str | None = None,
        but: str | None = None,
        limit: int = 5,
    ) -> Sequence[Likely]:
        """Persons in use in the actor's municipality who may be the one described, likeliest
        first; ``but`` is left out."""

    def likely_each(
        self, actor: Actor, asked: Sequence[Asked], *, limit: int = 3
    ) -> list[Sequence[Likely]]:
        """The same for each of some hundred persons, read together."""

    def keep_registered(self, actor: Actor, reasons: Mapping[str, str], *, at: datetime) -> None:
        """Let the reviewer see why persons were registered though others resemble them.

        ``reasons`` are by the ids of the persons, who are in the session; pairs are kept with
        everyone who resembles them, seen by ``actor`` or not.
        """


def likely(
    actor: Actor,
    facts: PersonFacts,
    *,
    national_id_text: str | None = None,
    but: str | None = None,
    limit: int = 5,
) -> Sequence[Likely]:
    """Who may be the person described: see ``Matcher.likely``."""
    return _matcher().likely(actor, facts, national_id_text=national_id_text, but=but, limit=limit)


def likely_each(actor: Actor, asked: Sequence[Asked], *, limit: int = 3) -> list[Sequence[Likely]]:
    """Who may be each of those described: see ``Matcher.likely_each``."""
    return _matcher().likely_each(actor, asked, limit=limit)


def keep_registered(actor: Actor, reasons: Mapping[str, str], *, at: datetime) -> None:
    """Keep why persons were registered anyway: see ``Matcher.keep_registered``."""
    _matcher().keep_registered(actor, reasons, at=at)


def _matcher() -> Matcher:
    matcher: Matcher = current_app.extensions[MATCHER]
    return matcher
