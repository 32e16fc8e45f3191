"""Weights learned from a municipality's own persons, without anybody having answered.

Three things are learned: how common names are there; how often chance alone makes two persons
reach a level in contact details (*u*, from random pairs: where there are ten units, one unit in
common says little);
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
# How common a name is, is counted in names; and dates of birth are everywhere alike.
LEARNED = frozenset({Field.NATIONAL_ID, Field.PHONE, Field.EMAIL, Field.ADDRESS, Field.UNIT})
# How many pairs at a level what was shipped counts for: a few seen by chance must move nothing.
DOUBT = 20
# How far *m* is believed: pairs that are likely one person are those that agree already, so it
# flatters the levels that the weights favour.
TRUST = 0.25
FURTHEST = 2.0
UNLIKELY = -6.0
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
    """How much oftener than where the weights were made two random persons reach each level."""
    random, counts = Random(1), Counter[Level]()  # noqa: S311 - a sample, and always the same
    for _ in range(RANDOM_PAIRS):
        counts.update(_levels(random.choice(persons), random.choice(persons)))
    return _oftener(counts, shipped_chances().u)


def _of_one(pairs: Iterable[tuple[Record, Record]], weights: Weights) -> dict[Level, float]:
    """The same of two records of one person, as far as the weights can tell who is one."""
    counts: dict[Level, float] = {}
    for a, b in pairs:
        score = compare(a, b, weights).score
        if score < UNLIKELY:
            continue
        share = 1 / (1 + 2**-score)
        for level in _levels(a, b):
            counts[level] = counts.get(level, 0.0) + share
    return _oftener(counts, shipped_chances().m)


def _levels(a: Record, b: Record) -> list[Level]:
    found = levels_of(a, b, names(a.given, a.family, b.given, b.family))
    return [level for level in found if FIELD_OF[level] in LEARNED]


def _oftener(counts: Mapping[Level, float], shipped: Mapping[Level, float]) -> dict[Level, float]:
    """For each level the bits by which it is reached oftener than was shipped, among those pairs
    where both have the field: that more of them have it says nothing of a level."""
    here, there = _by_field(counts), _by_field(shipped)
    found = {}
    for level, share in shipped.items():
        field = FIELD_OF[level]
        if field not in LEARNED:
            continue
        expected = here.get(field, 0.0) * share / there[field]
        found[level] = log2((counts.get(level, 0.0) + DOUBT) / (expected + DOUBT))
    return found


def _by_field(shares: Mapping[Level, float]) -> dict[Field, float]:
    found: dict[Field, float] = {}
    for level, share in shares.items():
        found[FIELD_OF[level]] = found.get(FIELD_OF[level], 0.0) + share
    return found


def _moved(weights: Weights, m: Mapping[Level, float], u: Mapping[Level, float]) -> Weights:
    """The weights, each level moved by how much more it says here than where it was made."""
    bits = dict(weights.bits)
    for level in u:
        says = max(-FURTHEST, min(FURTHEST, TRUST * m[level] - u[level]))
        bits[level] = round(bits[level] + says, 2)
    return replace(weights, bits=bits)
