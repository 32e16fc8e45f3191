"""After a scan: what third persons say of the pairs that were found, kept with each of them.

All pairs of the municipality are looked at, and only those written of which something else is said
than before: cut off, it is done whole the next time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, or_, select

from app.db import db
from app.duplicates import index, pairs, reading, thirds
from app.duplicates.levels import Field, Level
from app.duplicates.pairs import Found, Kept
from app.duplicates.record import Record
from app.duplicates.scoring import Comparison, Finding, band_of, explained
from app.duplicates.thirds import THIRDS, Pair
from app.duplicates.weights import Weights
from app.enums import PairState
from app.models import DuplicatePair, MatchState

AT_ONCE = 500
_KEPT = (PairState.OPEN, PairState.LATER, PairState.NOT_SAME)

Known = Callable[[str], Record | None]
"""The record of a person, where it is in memory already."""

Change = tuple[Pair, Found | None]
"""A pair as it is now; None where nothing speaks for it any longer."""


@dataclass(slots=True)
class _Register:
    """The pairs that are kept.

    ``scores`` are of the two alone, ``said`` is what thirds said before. The ``lean`` ones rest on
    a third alone, and ``parted`` are two persons, as somebody answered.
    """

    scores: dict[Pair, float] = field(default_factory=dict)
    said: dict[Pair, Finding] = field(default_factory=dict)
    lean: dict[Pair, float] = field(default_factory=dict)
    parted: set[Pair] = field(default_factory=set)


def changes(municipality_id: int, weights: Weights, known: Known) -> list[Change]:
    """The pairs of which thirds say something else than what is kept, in order."""
    with reading.reading(municipality_id):
        register = _register(municipality_id, weights)
        compared = _compared(municipality_id, register, weights, known)
        heard = thirds.heard(register.scores, _scores(compared), weights)
        altered = [
            pair
            for pair in sorted(heard.keys() | register.said.keys())
            if heard.get(pair) != register.said.get(pair)
            or (pair in register.lean and compared[pair].score != register.lean[pair])
        ]
        found: list[Change] = []
        for some in index.batches(altered, AT_ONCE):
            found += _as_now(municipality_id, some, heard, compared, weights)
        return found


def write(municipality_id: int, changed: Iterable[Change], *, at: datetime) -> Kept:
    """Keep them, in the caller's transaction."""
    now = dict(changed)
    return pairs.put(municipality_id, now, at=at)


# --- what is kept --------------------------------------------------------------------------------


def _register(municipality_id: int, weights: Weights) -> _Register:
    register = _Register(said=_said(municipality_id))
    kept = select(
        DuplicatePair.first_id, DuplicatePair.second_id, DuplicatePair.score, DuplicatePair.state
    ).where(*_of(municipality_id))
    for first, second, score, state in db.session.execute(kept):
        pair = (first, second)
        before = register.said.get(pair)
        alone = round(score - (before.bits if before else 0.0), 2)
        if state is PairState.NOT_SAME:
            register.parted.add(pair)
            register.said.pop(pair, None)
        elif alone >= weights.possible:
            register.scores[pair] = alone
        elif before:
            register.lean[pair] = alone
    return register


def _of(municipality_id: int) -> tuple[Any, ...]:
    return DuplicatePair.municipality_id == municipality_id, DuplicatePair.state.in_(_KEPT)


def _said(municipality_id: int) -> dict[Pair, Finding]:
    text = cast(DuplicatePair.findings, String)
    told = or_(*(text.contains(f'"{level}"', autoescape=True) for level in sorted(THIRDS)))
    kept = select(DuplicatePair.first_id, DuplicatePair.second_id, DuplicatePair.findings).where(
        *_of(municipality_id), told
    )
    found = {}
    for first, second, findings in db.session.execute(kept):
        for name, level, bits in findings:
            if level in THIRDS:
                found[first, second] = Finding(Field(name), Level(level), float(bits))
    return found


# --- what is found out ---------------------------------------------------------------------------


def _compared(
    municipality_id: int, register: _Register, weights: Weights, known: Known
) -> dict[Pair, Comparison]:
    """How the pairs compare that are not kept for themselves, but that thirds speak of."""
    wanted = thirds.asked(register.scores) | register.lean.keys()
    wanted -= register.parted
    records = _records(municipality_id, {one for pair in wanted for one in pair}, known)
    return {
        (first, second): explained(records[first], records[second], weights)
        for first, second in wanted
        if first in records and second in records
    }


def _records(municipality_id: int, persons: set[str], known: Known) -> dict[str, Record]:
    found, rest = {}, []
    for person in sorted(persons):
        record = known(person)
        if record is None:
            rest.append(person)
        else:
            found[person] = record
    return found | reading.records_of(municipality_id, rest)


def _scores(compared: Mapping[Pair, Comparison]) -> dict[Pair, float]:
    return {pair: comparison.score for pair, comparison in compared.items()}


def _as_now(
    municipality_id: int,
    altered: Sequence[Pair],
    heard: Mapping[Pair, Finding],
    compared: Mapping[Pair, Comparison],
    weights: Weights,
) -> Iterator[Change]:
    """The pairs with what thirds say of them now."""
    rows = pairs.of(municipality_id, altered)
    facts = _facts(municipality_id, [pair for pair in altered if pair not in rows])
    for pair in altered:
        score, findings = _alone(rows, compared, pair)
        if (finding := heard.get(pair)) is not None:
            findings = [*findings, pairs.kept_finding(finding)]
            score = round(score + finding.bits, 2)
        band = band_of(score, weights)
        digest = rows[pair].facts if pair in rows else facts.get(pair)
        yield pair, Found(*pair, score, band, findings, digest) if band and digest else None


def _alone(
    rows: Mapping[Pair, DuplicatePair], compared: Mapping[Pair, Comparison], pair: Pair
) -> tuple[float, list[list[object]]]:
    """The score and the findings of the two without what thirds say."""
    if pair in compared:
        return compared[pair].score, pairs.findings_of(compared[pair])
    row = rows[pair]
    said = sum(float(one[2]) for one in row.findings if one[1] in THIRDS)
    return round(row.score - said, 2), [one for one in row.findings if one[1] not in THIRDS]


def _facts(municipality_id: int, wanted: Sequence[Pair]) -> dict[Pair, bytes]:
    """What stands for what both persons are."""
    maker = index.hashes(municipality_id)
    persons = sorted({person for pair in wanted for person in pair})
    found = select(MatchState.person_id, MatchState.digest).where(
        MatchState.municipality_id == municipality_id, MatchState.person_id.in_(persons)
    )
    digests = {row.person_id: row.digest for row in db.session.execute(found)}
    return {
        (first, second): maker.of_both(digests[first], digests[second])
        for first, second in wanted
        if first in digests and second in digests
    }
