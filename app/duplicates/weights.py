"""How much each level says for or against "the same person", in bits, and where the bands begin.

One bit more doubles the odds; a score of 0 is as likely as not. The weights are plain data that go
in and out of JSON. Those shipped were fitted to persons such as ``benchmarks.persons`` and
``benchmarks.registers`` make up, with what must speak for or against kept above or below zero;
``estimation`` fits them to one's own persons.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import log2
from pathlib import Path
from typing import Any

from app.duplicates.levels import Level
from app.duplicates.rarity import family_shares, given_shares

_FILE = Path(__file__).parent / "data" / "weights.json"
# The weights were made in a population of about this size; two namesakes are likelier in more.
USUAL_PERSONS = 50_000
LARGEST_SHIFT = 4.0
# Twins and spouses do not grow in number with the population, unrelated namesakes do: bits less a
# doubling, for any pair and once more where the name is all there is.
NAMESAKES_AMONG_OTHERS, NAMESAKES_BY_NAME = 0.3, 0.6
# What an average name says, in bits, and how far from it a rare or a common one is let.
AVERAGE_GIVEN, AVERAGE_FAMILY = 7.5, 10.0
RAREST, COMMONEST_GIVEN, COMMONEST_FAMILY = 8.0, -4.0, -5.0
# The shares of names that no list holds.
UNKNOWN_GIVEN, UNKNOWN_FAMILY = 1 / 30_000, 1 / 20_000
# Two names say less than both alone: *Anne Marie* is commoner than *Anne* and *Marie* by chance.
FURTHER_WORDS = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Bits per level. ``rarity`` is how much of a name's rarity a level counts, from 0 to 1.

    ``certain``, ``probable`` and ``possible`` are the lowest scores of the bands. The shares of
    names are one's own; names that are not among them have those of the country. ``edition`` counts
    the weights that were shipped: what was learned from earlier ones does not go with new levels.
    """

    bits: Mapping[Level, float]
    rarity: Mapping[Level, float]
    base: float
    certain: float
    probable: float
    possible: float
    edition: int = 1
    persons: int = USUAL_PERSONS
    given_shares: Mapping[str, float] = field(default_factory=dict)
    family_shares: Mapping[str, float] = field(default_factory=dict)

    def sized(self, persons: int) -> "Weights":
        """The same weights for a larger population; a smaller one is as those were made in.

        Pairs of unrelated people of one name grow with the square of it, those of one person
        with it alone. Where few live, it is households that look alike, and they do not get fewer.
        """
        doublings = log2(max(persons, self.persons) / self.persons)
        shift = min(LARGEST_SHIFT, NAMESAKES_AMONG_OTHERS * doublings)
        by_name = min(LARGEST_SHIFT, NAMESAKES_BY_NAME * doublings)
        bits = {**self.bits, Level.NAME_ALONE: round(self.bits[Level.NAME_ALONE] - by_name, 2)}
        base = round(self.base - shift, 2)
        return replace(self, base=base, bits=bits, persons=max(persons, self.persons))

    def given_rarity(self, words: tuple[str, ...]) -> float:
        """How much rarer than the average given names are, in bits."""
        bits = _bits(words, self.given_shares, given_shares(), UNKNOWN_GIVEN)
        return max(COMMONEST_GIVEN, min(RAREST, bits - AVERAGE_GIVEN))

    def family_rarity(self, words: tuple[str, ...]) -> float:
        """How much rarer than the average family names are, in bits."""
        bits = _bits(words, self.family_shares, family_shares(), UNKNOWN_FAMILY)
        return max(COMMONEST_FAMILY, min(RAREST, bits - AVERAGE_FAMILY))

    def as_json(self) -> dict[str, Any]:
        """What ``from_json`` makes the same weights of."""
        return {
            name: {str(key): bits for key, bits in value.items()}
            if isinstance(value, Mapping)
            else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Weights":
        """The weights that were written; a level that is new since then has those shipped."""
        shipped = _read()
        read = {name: _by_level(shipped[name] | content[name]) for name in ("bits", "rarity")}
        return cls(**{**content, **read})


def _bits(
    words: tuple[str, ...], own: Mapping[str, float], common: Mapping[str, float], unknown: float
) -> float:
    found = sorted(
        (-log2(own.get(word) or common.get(word, unknown)) for word in words), reverse=True
    )
    return found[0] + FURTHER_WORDS * sum(found[1:]) if found else 0.0


def _by_level(content: Mapping[str, float]) -> dict[Level, float]:
    return {level: float(content[level]) for level in Level if level in content}


def _read() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return content


SHIPPED = Weights.from_json(_read())
