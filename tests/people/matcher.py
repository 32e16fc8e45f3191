"""A matcher small enough to be understood at a glance: family name and birth date alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.enums import MatchBand
from app.models import Person
from app.people.matching import Asked, Likely
from app.people.names import search_form
from app.people.operations import PersonFacts
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action


@dataclass
class NamesakeMatcher:
    """Takes those for one who have a family name and a birth date in common."""

    kept: dict[str, str] = field(default_factory=dict)

    def likely(
        self,
        actor: Actor,
        facts: PersonFacts,
        *,
        national_id_text: str | None = None,
        but: str | None = None,
        limit: int = 5,
    ) -> Sequence[Likely]:
        """See ``app.people.matching.Matcher``."""
        if facts.birth_date is None:
            return []
        found = select(Person.id).where(
            Person.municipality_id == actor.municipality_id,
            Person.search_family.startswith(search_form(facts.family_name)),
            Person.birth_date == facts.birth_date,
            Person.retired_at.is_(None),
            Person.id != (but or ""),
        )
        seen = set(db.session.scalars(scope.rows(actor, Person, Action.SHOW).with_only_columns(Person.id)))
        return [
            Likely(one if one in seen else None, MatchBand.PROBABLE, 12.0, ("Same birth date",))
            for one in db.session.scalars(found.order_by(Person.id).limit(limit))
        ]

    def likely_each(
        self, actor: Actor, asked: Sequence[Asked], *, limit: int = 3
    ) -> list[Sequence[Likely]]:
        """See ``app.people.matching.Matcher``."""
        return [self.likely(actor, one.facts, limit=limit) for one in asked]

    def keep_registered(
        self, actor: Actor, reasons: Mapping[str, str], *, at: datetime
    ) -> None:
        """See ``app.people.matching.Matcher``."""
        self.kept |= reasons
