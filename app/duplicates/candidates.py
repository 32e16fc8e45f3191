"""Comparing many pairs of records that are in memory."""

from array import array
from dataclasses import dataclass

from app.duplicates.blocks import split
from app.duplicates.pairs import findings_of
from app.duplicates.scoring import compare
from app.duplicates.store import RecordStore
from app.duplicates.weights import Weights
from app.enums import MatchBand


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two places whose records are likely of one person, and why."""

    first: int
    second: int
    score: float
    band: MatchBand
    findings: list[list[object]]


def likely(store: RecordStore, weights: Weights, pairs: "array[int]") -> list[Likeness]:
    """Those of the pairs that are candidates."""
    found = []
    for pair in pairs:
        first, second = split(pair)
        result = compare(store.get(first), store.get(second), weights)
        if result.band is not None:
            found.append(Likeness(first, second, result.score, result.band, findings_of(result)))
    return found
