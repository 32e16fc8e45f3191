"""What a third person says of two: that both are the same as them, or that one of them is.

Who is the same as somebody who is the same as a third is the same as that third, though the two
records share little. And who is more surely somebody else, who differs from the other, is less
likely the other. Pure arithmetic on the scores of pairs.
"""

from collections import ChainMap, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import log2

from app.duplicates.levels import FIELD_OF, Level
from app.duplicates.scoring import FAR_APART, SHORT_OF_CERTAIN, Finding
from app.duplicates.weights import Weights

MOST_NEAR = 30
"""Who resembles more persons than these is a fill-in such as *Test Test*, and tells of nobody."""

TOO_FAR = -8.0
"""Below this score two records are of two people, whatever a third resembles."""

SURE = 0.0
"""From this score on two are more likely one person than not."""

Pair = tuple[str, str]
"""Two persons by their ids, the lesser first."""

THIRDS = frozenset({Level.THIRD_SAME, Level.THIRD_DIFFERS})


@dataclass(frozen=True, slots=True)
class _Wedge:
    """Two persons who both resemble one in the ``middle``, and how much each."""

    middle: str
    one: str
    other: str
    near_one: float
    near_other: float

    @property
    def ends(self) -> Pair:
        """The two, of whom the one in the middle may tell something."""
        return self.one, self.other


def asked(scores: Mapping[Pair, float]) -> set[Pair]:
    """The pairs whose score is not among these, and has to be known to hear what thirds say."""
    return {wedge.ends for wedge in _wedges(scores) if wedge.ends not in scores}


def heard(
    scores: Mapping[Pair, float], others: Mapping[Pair, float], weights: Weights
) -> dict[Pair, Finding]:
    """What thirds say of each pair of whom they say something.

    ``scores`` are those of all pairs that are alike, ``others`` those of the pairs asked for; who
    is in neither is far apart.
    """
    known = ChainMap(dict(scores), dict(others))
    same: dict[Pair, float] = {}
    elsewhere: dict[Pair, float] = {}
    for wedge in _wedges(scores):
        apart = known.get(wedge.ends, FAR_APART)
        weaker = min(wedge.near_one, wedge.near_other)
        if apart < TOO_FAR:
            _raise(elsewhere, _ordered(wedge.middle, wedge.one), wedge.near_other)
            _raise(elsewhere, _ordered(wedge.middle, wedge.other), wedge.near_one)
        elif weaker >= SURE and weaker > apart:
            _raise(same, wedge.ends, weaker)
    found = {
        pair: _finding(Level.THIRD_DIFFERS, -_doubt(rival, scores[pair], weights))
        for pair, rival in elsewhere.items()
        if rival >= SURE
    }
    for pair, link in same.items():
        found[pair] = _finding(Level.THIRD_SAME, _lift(link, known[pair], weights))
    return {pair: finding for pair, finding in found.items() if finding.bits}


def _finding(level: Level, bits: float) -> Finding:
    return Finding(FIELD_OF[level], level, round(bits, 2))


def _lift(link: float, score: float, weights: Weights) -> float:
    """How much likelier it is that two are one who both are the same as a third: never surer than
    the weaker of the two is, and never certain by that alone."""
    highest = min(link, weights.certain - SHORT_OF_CERTAIN)
    return max(0.0, min(weights.bits[Level.THIRD_SAME], highest - score))


def _doubt(rival: float, score: float, weights: Weights) -> float:
    """How much less likely it is that two are one when one of them is somebody else so surely;
    never so much that nobody would look at the two."""
    doubt = min(log2(1 + 2**rival), -weights.bits[Level.THIRD_DIFFERS])
    return max(0.0, min(doubt, score - weights.possible))


def _wedges(scores: Mapping[Pair, float]) -> Iterator[_Wedge]:
    """Each two persons with one who resembles both, and surely at least one of them."""
    for middle, near in _neighbours(scores).items():
        if 1 < len(near) <= MOST_NEAR:
            for one, other in combinations(sorted(near), 2):
                wedge = _Wedge(middle, one, other, near[one], near[other])
                if max(wedge.near_one, wedge.near_other) >= SURE:
                    yield wedge


def _neighbours(scores: Mapping[Pair, float]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (first, second), score in scores.items():
        found[first][second] = score
        found[second][first] = score
    return found


def _ordered(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _raise(most: dict[Pair, float], pair: Pair, score: float) -> None:
    most[pair] = max(score, most.get(pair, score))
