"""Which persons are to be compared: those who share a key, each two of them once.

Keys are read in the order of their index, a slice at a time; what is held in memory of a pair is
eight bytes.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, String, cast, func, select

from app.db import db
from app.duplicates.lookup import MOST_HOLDERS
from app.models import MatchKey

AT_ONCE = 2_000
"""Persons whose pairs are compared and written together."""

KEYS_ASKED = 500
KEYS_IN_SLICE = 200_000
KEYS_TO_A_PERSON = 10
LOWEST, HIGHEST = -(1 << 63), 1 << 63
SECOND = (1 << 32) - 1


class Pairs:
    """Pairs of places, in buckets by the lower of the two.

    Only persons at places below ``wanted`` are to be compared, with one another and with the rest.
    """

    def __init__(self, places: dict[str, int], wanted: int) -> None:
        self._places, self._wanted = places, wanted
        self._buckets = [array("Q") for _ in range(0, wanted, AT_ONCE)]

    def add(self, holders: str) -> None:
        """Add each two of the persons of a key, whose ids are parted by commas."""
        known = self._places
        places = sorted(known[one] for one in holders.split(",") if one in known)
        for number, place in enumerate(places):
            if place >= self._wanted:
                return
            first = place << 32
            self._buckets[place // AT_ONCE].extend([first | one for one in places[number + 1 :]])

    def add_pair(self, one: int, other: int) -> None:
        """Add two persons by their places."""
        first, second = sorted((one, other))
        if first < min(second, self._wanted):
            self._buckets[first // AT_ONCE].append(first << 32 | second)

    def __len__(self) -> int:
        """How many buckets there are."""
        return len(self._buckets)

    def take(self, bucket: int) -> "array[int]":
        """The pairs of a bucket, each once, in order; they are not kept here any longer."""
        found, self._buckets[bucket] = self._buckets[bucket], array("Q")
        return array("Q", sorted(set(found)))

    def some(self, most: int) -> list[tuple[int, int]]:
        """About so many pairs from all over, to learn from."""
        every = max(1, sum(map(len, self._buckets)) // most)
        return [split(one) for bucket in self._buckets for one in bucket[::every]]


def split(pair: int) -> tuple[int, int]:
    """The two places of a pair."""
    return pair >> 32, pair & SECOND


def of_all(municipality_id: int, persons: int) -> Iterator[str]:
    """The holders of every key that several persons share, and not too many."""
    slices = 1 + persons * KEYS_TO_A_PERSON // KEYS_IN_SLICE
    width = (HIGHEST - LOWEST) // slices + 1
    for low in range(LOWEST, HIGHEST, width):
        high = min(low + width, HIGHEST) - 1
        yield from _holders(municipality_id, MatchKey.key.between(low, high))


def of_keys(municipality_id: int, keys: Iterable[int]) -> Iterator[str]:
    """The holders of those of the keys that several persons share, and not too many."""
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), KEYS_ASKED):
        asked = ordered[start : start + KEYS_ASKED]
        yield from _holders(municipality_id, MatchKey.key.in_(asked))


def _holders(municipality_id: int, condition: ColumnElement[bool]) -> Sequence[str]:
    plain_id = func.replace(cast(MatchKey.person_id, String), "-", "")
    found = (
        select(func.aggregate_strings(plain_id, ","))
        .where(MatchKey.municipality_id == municipality_id, condition)
        .group_by(MatchKey.key)
        .having(func.count().between(2, MOST_HOLDERS))
    )
    return db.session.scalars(found).all()
