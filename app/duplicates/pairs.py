"""Pairs of persons who may be one: what a comparison makes of the rows that are kept of them.

An answer holds until the facts of either person change. What was put off stays put off, and a
pair that is no longer found fades, unless it was answered.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import or_, select

from app.db import db
from app.duplicates import index
from app.duplicates.levels import Level
from app.duplicates.scoring import Comparison, Finding
from app.duplicates.thirds import Pair
from app.enums import MatchBand, PairState
from app.models import DuplicatePair, Person

UNANSWERED = (PairState.OPEN, PairState.LATER)
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """Two persons who were found to be likely one. ``first_id`` is the lesser.

    ``facts`` stands for what both were when they were compared: ``facts_of_both``.
    """

    first_id: str
    second_id: str
    score: float
    band: MatchBand
    findings: list[list[object]]
    facts: bytes

    @property
    def key(self) -> tuple[str, str]:
        """The ids of both."""
        return self.first_id, self.second_id


@dataclass
class Kept:
    """How many pairs are new, were opened again, and have faded."""

    new: int = 0
    reopened: int = 0
    faded: int = 0


def findings_of(comparison: Comparison) -> list[list[object]]:
    """Why, as it is kept with a pair."""
    return [kept_finding(one) for one in comparison.findings]


def kept_finding(finding: Finding) -> list[object]:
    """A finding as it is kept with a pair."""
    return [str(finding.field), str(finding.level), finding.bits]


def facts_of_both(first: Person, second: Person) -> bytes:
    """What stands for what both persons are now; goes into ``facts`` when a pair is answered."""
    maker = index.hashes(first.municipality_id)
    lesser, greater = sorted((first, second), key=lambda person: person.id)
    return maker.of_both(maker.digest_of(lesser), maker.digest_of(greater))


def keep(
    municipality_id: int,
    found: Sequence[Found],
    *,
    compared: Collection[str],
    is_settled: Callable[[str], bool] = lambda _person: False,
    at: datetime,
) -> Kept:
    """Keep what was found when the persons ``compared`` were compared with all others.

    Pairs of theirs that were not found again fade, but for those with somebody who ``is_settled``:
    those were kept before, and but for those that rest on a third, which ``settling`` looks
    through. Runs in the caller's transaction.
    """
    known = {(pair.first_id, pair.second_id): pair for pair in _of(municipality_id, compared)}
    kept = Kept()
    for one in found:
        pair = known.pop(one.key, None)
        if pair is None:
            db.session.add(_new(municipality_id, one, at))
            kept.new += 1
        else:
            kept.reopened += _renew(pair, one, at)
    for pair in known.values():
        is_kept = is_settled(pair.first_id) or is_settled(pair.second_id)
        if pair.state in UNANSWERED and not is_kept and not _rests_on_third(pair):
            pair.state = PairState.FADED
            kept.faded += 1
    db.session.flush()
    return kept


def _rests_on_third(pair: DuplicatePair) -> bool:
    return any(level == Level.THIRD_SAME for _field, level, _bits in pair.findings)


def put(municipality_id: int, now: Mapping[Pair, Found | None], *, at: datetime) -> Kept:
    """Keep single pairs as they are now; None where nothing speaks for one any longer. Runs in the
    caller's transaction."""
    known, kept = of(municipality_id, now), Kept()
    for key, found in now.items():
        pair = known.get(key)
        if found is None:
            kept.faded += pair is not None and _fade(pair)
        elif pair is None:
            db.session.add(_new(municipality_id, found, at))
            kept.new += 1
        else:
            kept.reopened += _renew(pair, found, at)
    db.session.flush()
    return kept


def _fade(pair: DuplicatePair) -> bool:
    """Let a pair that nobody has answered be one no longer; whether it was one."""
    if pair.state not in UNANSWERED:
        return False
    pair.state = PairState.FADED
    return True


def of(municipality_id: int, wanted: Iterable[Pair]) -> dict[Pair, DuplicatePair]:
    """The rows of these pairs, of those that have one."""
    keys = set(wanted)
    found: dict[Pair, DuplicatePair] = {}
    rest = iter(sorted({first for first, _second in keys}))
    while some := list(islice(rest, AT_ONCE)):
        rows = select(DuplicatePair).where(
            DuplicatePair.municipality_id == municipality_id, DuplicatePair.first_id.in_(some)
        )
        for pair in db.session.scalars(rows):
            if (pair.first_id, pair.second_id) in keys:
                found[pair.first_id, pair.second_id] = pair
    return found


def _of(municipality_id: int, persons: Collection[str]) -> Iterator[DuplicatePair]:
    """Every pair that one of the persons is in."""
    rest = iter(persons)
    while some := list(islice(rest, AT_ONCE)):
        yield from db.session.scalars(
            select(DuplicatePair).where(
                DuplicatePair.municipality_id == municipality_id,
                or_(DuplicatePair.first_id.in_(some), DuplicatePair.second_id.in_(some)),
            )
        )


def _new(municipality_id: int, found: Found, at: datetime) -> DuplicatePair:
    return DuplicatePair(
        municipality_id=municipality_id,
        first_id=found.first_id,
        second_id=found.second_id,
        score=found.score,
        band=found.band,
        findings=found.findings,
        state=PairState.OPEN,
        facts=found.facts,
        found_at=at,
    )


def _renew(pair: DuplicatePair, found: Found, at: datetime) -> bool:
    """Bring a pair up to what was found now; whether it is open again."""
    if pair.state is PairState.MERGED:
        return False
    is_again = pair.state is PairState.FADED or (
        pair.state is PairState.NOT_SAME and pair.facts != found.facts
    )
    if pair.state is PairState.NOT_SAME and not is_again:
        return False
    pair.score, pair.band, pair.findings = found.score, found.band, found.findings
    pair.facts = found.facts
    if is_again:
        pair.state, pair.found_at = PairState.OPEN, at
    return is_again
