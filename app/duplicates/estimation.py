"""Weights learned from a municipality's own persons, without anybody having answered.

Three things are learned: how common names are there; how often chance alone makes two persons
reach a level (*u*, from random pairs: where there are ten units, one unit in common says little);
and how often two records of one person do (*m*, from pairs that share a key, each counted as far as
it is likely one person, a few rounds over: expectation and maximisation). The shipped weights are
moved by how much more or less a level says there, and never far: a small or odd register
stays near what was shipped.

Source: Winkler (1988), "Using the EM algorithm for weight computation in the Fellegi-Sunter model
of record linkage".
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from math import log2
from pathlib import Path
from random import Random

from app.duplicates.comparing import names
from app.duplicates.levels import FIELD_OF, Field, Level
from app.duplicates.rarity import family_shares, given_shares
from app.duplicates.record import Record
from app.duplicates.scoring import compare, levels_of
from app.duplicates.weights import SHIPPED, UNKNOWN_FAMILY, UNKNOWN_GIVEN, Weights

FEWEST_PERSONS = 20_000
RANDOM_PAIRS = 60_000
SAMPLE = 20_000
MOST_CANDIDATES = 200_000
ROUNDS = 3
# How many pairs what was shipped counts for; own observations must be many to outweigh it.
SHIPPED_RANDOM_PAIRS, SHIPPED_TRUE_PAIRS = 50_000, 1_000
FURTHEST = 2.0
# How many persons the shipped shares of names count for, and how many names are kept.
SHIPPED_PERSONS, MOST_NAMES = 2_000, 4_000
_FILE = Path(__file__).parent / "data" / "chances.json"


@dataclass(frozen=True, slots=True)
class Chances:
    """How often two records of one person reach a level (``m``), and two of different (``u``)."""

    m: Mapping[Level, float]
    u: Mapping[Level, float]


@cache
def shipped_chances() -> Chances:
    """The chances where the shipped weights were made."""
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    return Chances(*({Level(name): share for name, share in content[k].items()} for k in "mu"))


def learn(
    persons: Iterable[Record],
    candidates: Iterable[tuple[Record, Record]],
    *,
    count: int,
    shipped: Weights = SHIPPED,
) -> Weights:
    """Weights for these ``count`` persons, of whom ``candidates`` share a key.

    Where they are too few to learn from, the shipped ones for a population of their size. The same
    persons in the same order always give the same weights. Persons are read once and few are kept.
    """
    weights = shipped.sized(count)
    if count < FEWEST_PERSONS:
        return weights
    sample: list[Record] = []
    weights = _with_names(weights, _sampled(persons, sample, every=count // SAMPLE + 1))
    by_chance = _by_chance(sample)
    pairs = list(islice(candidates, MOST_CANDIDATES))
    learned = weights
    for _ in range(ROUNDS):
        learned = _moved(weights, _of_one(pairs, learned), by_chance)
    return learned


def _sampled(persons: Iterable[Record], sample: list[Record], *, every: int) -> Iterator[Record]:
    """The persons, each so-manieth put into the sample as it passes."""
    for number, person in enumerate(persons):
        if number % every == 0:
            sample.append(person)
        yield person


def _with_names(weights: Weights, persons: Iterable[Record]) -> Weights:
    given, family = Counter[str](), Counter[str]()
    count = 0
    for person in persons:
        count += 1
        given.update(set(person.given.split()))
        family.update(set(person.family.split()))
    return replace(
        weights,
        given_shares=_shares(given, count, given_shares(), UNKNOWN_GIVEN),
        family_shares=_shares(family, count, family_shares(), UNKNOWN_FAMILY),
    )


def _shares(
    counts: Counter[str], persons: int, shipped: Mapping[str, float], unknown: float
) -> dict[str, float]:
    whole = persons + SHIPPED_PERSONS
    return {
        word: (count + SHIPPED_PERSONS * shipped.get(word, unknown)) / whole
        for word, count in counts.most_common(MOST_NAMES)
        if count > 1
    }


def _by_chance(persons: Sequence[Record]) -> dict[Level, float]:
    """``u``: how often two persons drawn at random reach each level."""
    random, counts = Random(1), Counter[Level]()  # noqa: S311 - a sample, and always the same
    for _ in range(RANDOM_PAIRS):
        counts.update(_levels(random.choice(persons), random.choice(persons)))
    return _shrunk(counts, RANDOM_PAIRS, shipped_chances().u, SHIPPED_RANDOM_PAIRS)


def _of_one(pairs: Iterable[tuple[Record, Record]], weights: Weights) -> dict[Level, float]:
    """``m``: how often records of one person reach each level, as far as the weights can tell."""
    counts: dict[Level, float] = {}
    whole = 0.0
    for a, b in pairs:
        score = compare(a, b, weights).score
        if score < -6:  # One in a hundred: not worth the time.
            continue
        share = 1 / (1 + 2**-score)
        whole += share
        for level in _levels(a, b):
            counts[level] = counts.get(level, 0.0) + share
    return _shrunk(counts, whole, shipped_chances().m, SHIPPED_TRUE_PAIRS)


def _levels(a: Record, b: Record) -> list[Level]:
    found = levels_of(a, b, names(a.given, a.family, b.given, b.family))
    return [level for level in found if FIELD_OF[level] is not Field.TOGETHER]


def _shrunk(
    counts: Mapping[Level, float], whole: float, shipped: Mapping[Level, float], weight: float
) -> dict[Level, float]:
    return {
        level: (counts.get(level, 0.0) + weight * share) / (whole + weight)
        for level, share in shipped.items()
    }


def _moved(weights: Weights, m: Mapping[Level, float], u: Mapping[Level, float]) -> Weights:
    """The weights, each level moved by how much more it says here than where it was made."""
    was, bits = shipped_chances(), dict(weights.bits)
    for level in was.m.keys() & was.u.keys() & bits.keys():
        says = log2(m[level] / u[level]) - log2(was.m[level] / was.u[level])
        says -= _missing(level, m, was.m) - _missing(level, u, was.u)
        bits[level] = round(bits[level] + max(-FURTHEST, min(FURTHEST, says)), 2)
    return replace(weights, bits=bits)


def _missing(level: Level, here: Mapping[Level, float], there: Mapping[Level, float]) -> float:
    """How much oftener, in bits, both have the field here: that alone says nothing of a level."""
    field = FIELD_OF[level]
    fields = [one for one in here if FIELD_OF[one] is field]
    return log2(sum(here[one] for one in fields) / sum(there[one] for one in fields))
