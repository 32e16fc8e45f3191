"""Records of one file that resemble an earlier one: compared in memory, as they are nowhere kept.

Pure. Records are compared that share a key which few of the file hold.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.duplicates.keys import keys_of
from app.duplicates.record import Record
from app.duplicates.scoring import Comparison, compare
from app.duplicates.weights import SHIPPED, Weights

MOST_HOLDERS = 50
MOST_COMPARED = 10
TOLD_EACH = 500


@dataclass(frozen=True)
class Earlier:
    """The record at ``place`` resembles the one at ``earlier`` more than any other before it."""

    place: int
    earlier: int
    comparison: Comparison


def resembling(
    records: Iterable[Record],
    weights: Weights = SHIPPED,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Iterator[Earlier]:
    """The records that resemble an earlier one, each with the likeliest, in order.

    ``on_progress`` is told how many are done, every now and then.
    """
    seen: list[Record] = []
    holders: dict[bytes, list[int]] = {}
    for place, record in enumerate(records):
        keys = keys_of(record)
        found = [
            Earlier(place, earlier, comparison)
            for earlier in _nearest(holders, keys)
            if (comparison := compare(seen[earlier], record, weights)).band is not None
        ]
        if found:
            yield max(found, key=lambda one: one.comparison.score)
        seen.append(record)
        for key in keys:
            held = holders.setdefault(key, [])
            if len(held) <= MOST_HOLDERS:
                held.append(place)
        if place % TOLD_EACH == TOLD_EACH - 1:
            on_progress(place + 1)


def _nearest(holders: dict[bytes, list[int]], keys: Iterable[bytes]) -> list[int]:
    """Those before it who share most of the keys."""
    shared: dict[int, float] = {}
    for key in keys:
        held = holders.get(key, ())
        if len(held) <= MOST_HOLDERS:
            for place in held:
                shared[place] = shared.get(place, 0.0) + 1 / len(held)
    return sorted(shared, key=lambda one: (-shared[one], one))[:MOST_COMPARED]
