"""Weights learned from a municipality's own persons, without anybody having answered."""

from collections.abc import Iterable

from app.duplicates.record import Record
from app.duplicates.weights import SHIPPED, Weights

FEWEST_PERSONS = 20_000


def learn(
    persons: Iterable[Record],
    candidates: Iterable[tuple[Record, Record]],
    *,
    count: int,
    shipped: Weights = SHIPPED,
) -> Weights:
    """Weights for ``count`` persons; the shipped ones where they are too few to learn from."""
    return shipped
