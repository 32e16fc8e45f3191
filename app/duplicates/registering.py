"""What registering asks of possible duplicates: about one person or many, and what is kept when
somebody is registered though others resemble them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.duplicates import index, many, pairs
from app.duplicates.lookup import Candidate, KeyMatcher, described, told
from app.duplicates.pairs import Found
from app.duplicates.record import record_of
from app.models import DuplicatePair, MatchState, Person
from app.people.matching import Asked, Likely
from app.security.actor import Actor

MOST_KEPT = 5


class RegisteringMatcher(KeyMatcher):
    """Answers ``app.people.matching`` whole."""

    def likely_each(
        self, actor: Actor, asked: Sequence[Asked], *, limit: int = 3
    ) -> list[Sequence[Likely]]:
        """Who may be each of some hundred persons, read together."""
        records = [record_of(described(one.facts, one.national_id_text)) for one in asked]
        found = many.candidates(actor, records, limit=limit)
        return [tuple(told(one) for one in some) for some in found]

    def keep_registered(self, actor: Actor, reasons: Mapping[str, str], *, at: datetime) -> None:
        """Keep pairs of the persons in ``reasons`` with those who resemble them, and why they
        were registered all the same."""
        if actor.municipality_id is None or not reasons:
            return
        persons = db.session.scalars(select(Person).where(Person.id.in_(reasons))).all()
        records = [record_of(index.facts_of(person)) for person in persons]
        ids = [person.id for person in persons]
        near = many.candidates(actor, records, but=ids, limit=MOST_KEPT)
        found = {one.key: one for one in _pairs(actor.municipality_id, ids, near)}
        pairs.keep(actor.municipality_id, list(found.values()), compared=ids, at=at)
        for pair in _kept(found):
            # Of two who were registered together the later one was the one too many.
            reason = reasons.get(pair.second_id) or reasons.get(pair.first_id)
            pair.registered_reason, pair.registered_at = reason, at
        db.session.flush()


def _pairs(
    municipality_id: int, ids: Sequence[str], near: Sequence[Sequence[Candidate]]
) -> Iterator[Found]:
    others = [candidate.person_id for some in near for candidate in some]
    digests = _digests({*ids, *others})
    maker = index.hashes(municipality_id)
    for person_id, some in zip(ids, near, strict=True):
        for candidate in some:
            first, second = sorted((person_id, candidate.person_id))
            comparison = candidate.comparison
            if comparison.band is None:
                continue
            yield Found(
                first,
                second,
                comparison.score,
                comparison.band,
                pairs.findings_of(comparison),
                maker.of_both(digests.get(first, b""), digests.get(second, b"")),
            )


def _digests(person_ids: Collection[str]) -> dict[str, bytes]:
    """What stands for the facts of persons, as it was when their keys were made."""
    found: dict[str, bytes] = {}
    for start in range(0, len(person_ids), pairs.AT_ONCE):
        some = sorted(person_ids)[start : start + pairs.AT_ONCE]
        rows = select(MatchState.person_id, MatchState.digest).where(MatchState.person_id.in_(some))
        found |= {row.person_id: row.digest for row in db.session.execute(rows)}
    return found


def _kept(found: Mapping[tuple[str, str], Found]) -> Iterator[DuplicatePair]:
    """The rows of the pairs that were found."""
    firsts = sorted({first for first, _second in found})
    for start in range(0, len(firsts), pairs.AT_ONCE):
        some = firsts[start : start + pairs.AT_ONCE]
        rows = select(DuplicatePair).where(DuplicatePair.first_id.in_(some))
        yield from (
            pair for pair in db.session.scalars(rows) if (pair.first_id, pair.second_id) in found
        )
