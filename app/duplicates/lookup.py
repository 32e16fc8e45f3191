"""Who may be the person that is being registered: found by keys, compared, the likeliest first.

Three questions to the database a check, however many persons there are. Another municipality's
persons are in none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log2
from typing import Any

from sqlalchemy import Select, bindparam, select, union_all

from app.db import db
from app.duplicates import index, words
from app.duplicates.learned import weights_of
from app.duplicates.record import Facts, Record, record_of
from app.duplicates.scoring import Comparison, Finding, compare
from app.models import MatchKey, Person
from app.people import national_id
from app.people.matching import Likely
from app.people.operations import PersonFacts
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action

MOST_HOLDERS = 250
"""A key that more persons hold says nothing: a school's switchboard, the first of January."""

MOST_COMPARED = 100
MOST_FOR, MOST_AGAINST = 4, 2


@dataclass(frozen=True)
class Candidate:
    """Somebody compared with the person described, and whether the actor may see them."""

    comparison: Comparison
    person_id: str
    is_shown: bool


class KeyMatcher:
    """Answers ``app.people.matching``."""

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
        if actor.municipality_id is None:
            return ()
        record = record_of(described(facts, national_id_text))
        found = compared(actor, record, nearest(actor.municipality_id, record, but))
        return tuple(told(one) for one in likeliest(found, limit))


def likeliest(found: Iterable[Candidate], limit: int) -> list[Candidate]:
    """The first of them, likeliest first."""
    return sorted(found, key=lambda one: (-one.comparison.score, one.person_id))[:limit]


def described(facts: PersonFacts, national_id_text: str | None) -> Facts:
    """What is compared of a person who is not registered yet."""
    return Facts(
        given_name=facts.given_name or "",
        family_name=facts.family_name or "",
        birth_date=facts.birth_date,
        national_id=national_id.normalise(national_id_text or "") or None,
        email=facts.email,
        phone=facts.phone,
        address=facts.address,
        postcode=facts.postcode,
        unit_id=facts.unit_id,
    )


def nearest(municipality_id: int, record: Record, but: str | None) -> list[str]:
    """Ids of those who share most with the record: rare keys count more than common ones."""
    keys = index.hashes(municipality_id).keys(record)
    if not keys:
        return []
    asked = {f"key_{place}": key for place, key in enumerate(keys)}
    holders: dict[int, list[str]] = {}
    statement = _holders(len(keys))
    for key, person_id in db.session.execute(statement, {"here": municipality_id, **asked}):
        holders.setdefault(key, []).append(person_id)
    shared: dict[str, float] = {}
    for persons in holders.values():
        if len(persons) <= MOST_HOLDERS:
            worth = log2(2 * MOST_HOLDERS / len(persons))
            for person_id in persons:
                shared[person_id] = shared.get(person_id, 0.0) + worth
    if but is not None:
        shared.pop(but, None)
    return sorted(shared, key=lambda one: (-shared[one], one))[:MOST_COMPARED]


@lru_cache(maxsize=32)
def _holders(count: int) -> Select[Any]:
    """A query for the holders of so many keys, one more than matter of each: made once, since
    making it takes longer than answering it."""
    asked = [
        select(MatchKey.key, MatchKey.person_id)
        .where(
            MatchKey.municipality_id == bindparam("here"),
            MatchKey.key == bindparam(f"key_{place}"),
        )
        .limit(MOST_HOLDERS + 1)
        .subquery()
        for place in range(count)
    ]
    whole = union_all(*(select(one.c.key, one.c.person_id) for one in asked)).subquery()
    return select(whole.c.key, whole.c.person_id)


def compared(actor: Actor, record: Record, person_ids: Sequence[str]) -> list[Candidate]:
    """Those of these persons in use who resemble the record."""
    if not person_ids or actor.municipality_id is None:
        return []
    found = select(
        *index.COLUMNS, scope.visible(actor, Person, Action.SHOW).label("is_shown")
    ).where(
        Person.municipality_id == actor.municipality_id,
        Person.id.in_(person_ids),
        Person.retired_at.is_(None),
    )
    weights = weights_of(actor.municipality_id)
    candidates = []
    for row in db.session.execute(found):
        comparison = compare(record, record_as_told(row), weights)
        if comparison.band is not None:
            candidates.append(Candidate(comparison, row.id, bool(row.is_shown)))
    return candidates


def record_as_told(row: index.Known) -> Record:
    """A person in normal form, as whoever registers others may learn of them.

    A shielded person is found neither by phone nor by e-mail, as in the search: by trying, one
    would learn that a number is theirs.
    """
    facts = index.facts_of(row)
    return record_of(replace(facts, phone=None, email=None) if row.is_shielded else facts)


def told(found: Candidate) -> Likely:
    """What the actor is told; of whom they may not see, no more than that there is somebody."""
    comparison, band = found.comparison, found.comparison.band
    assert band is not None  # noqa: S101 - those without a band are no candidates
    if not found.is_shown:
        return Likely(None, band, comparison.score)
    findings = weightiest(comparison.findings)
    kept = tuple((str(one.field), str(one.level), one.bits) for one in findings)
    return Likely(found.person_id, band, comparison.score, words.reasons(findings), kept)


def weightiest(findings: Iterable[Finding]) -> list[Finding]:
    """What speaks most for and most against, few enough to be read while one registers."""
    ordered = sorted(findings, key=lambda one: -abs(one.bits))
    speaks_for = [one for one in ordered if one.bits > 0][:MOST_FOR]
    return speaks_for + [one for one in ordered if one.bits < 0][:MOST_AGAINST]
