"""Given names that one person may go by, such as *Elisabeth* and *Lise*."""

from collections import defaultdict
from functools import cache
from pathlib import Path

from app.duplicates.spelling import tokens

_FILE = Path(__file__).parent / "data" / "nicknames.txt"


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """For each folded name the heads of the lines it stands in, the likeliest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            head, *others = tokens(line)
            for name in (head, *others):
                found[name].append(head)
    return {name: tuple(dict.fromkeys(heads)) for name, heads in found.items()}


def head(name: str) -> str:
    """The name that a folded given name is most often short for; itself if for none."""
    heads = _groups().get(name)
    return heads[0] if heads else name


def are_one(a: str, b: str) -> bool:
    """Whether one person may go by both folded names."""
    groups = _groups()
    return not set(groups.get(a, ())).isdisjoint(groups.get(b, ()))
