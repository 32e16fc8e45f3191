"""How common names are: shares of the population, shipped or counted in one's own persons.

Two persons named *Kari Hansen* say little; two named *Ragnvald Ødegaard* say much.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.duplicates.spelling import tokens

POPULATION = 5_500_000
_DATA = Path(__file__).parent / "data"


@cache
def given_shares() -> Mapping[str, float]:
    """The share of people in Norway with each of the common given names, folded."""
    return _read("given_names.txt")


@cache
def family_shares() -> Mapping[str, float]:
    """The share of people in Norway with each of the common family names, folded."""
    return _read("family_names.txt")


def _read(name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            count, *names = line.split()
            # The first word only: the lists hold single names, but for a few with a hyphen.
            for folded in {tokens(one)[0] for one in names}:
                found[folded] = found.get(folded, 0.0) + int(count) / POPULATION
    return found
