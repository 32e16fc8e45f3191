"""The question whether somebody who is being registered may be registered already.

Pages, the import and plans ask it here; ``app.duplicates``, which is built on them, answers it.
The application is given the answer when it is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    speak for it first.
    """

    person_id: str | None
    band: MatchBand
    score: float
    reasons: tuple[Any, ...] = ()


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


def likely(
    actor: Actor,
    facts: PersonFacts,
    *,
    national_id_text: str | None = None,
    but: str | None = None,
    limit: int = 5,
) -> Sequence[Likely]:
    """Who may be the person described: see ``Matcher.likely``."""
    matcher: Matcher = current_app.extensions[MATCHER]
    return matcher.likely(actor, facts, national_id_text=national_id_text, but=but, limit=limit)
