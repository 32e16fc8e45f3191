"""Given names that one person may go by, such as *Elisabeth* and *Lise*."""

from collections import defaultdict
from functools import cache
from pathlib import Path

from app.duplicates.spelling import tokens

_FILE = Path(__file__).parent / "data" / "nicknames.txt"


@cache
def _groups() -> dict[str, frozenset[str]]:
    """For each folded name the heads of the lines it stands in."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            names = tokens(line)
            for name in names:
                found[name].add(names[0])
    return {name: frozenset(heads) for name, heads in found.items()}


def are_one(a: str, b: str) -> bool:
    """Whether one person may go by both folded names."""
    groups = _groups()
    ours = groups.get(a)
    return ours is not None and not ours.isdisjoint(groups.get(b, ()))
