"""What differs between two texts, by lines and within them by words. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORD = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 4000


class Change(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A piece of text that was kept, removed or added."""

    change: Change
    text: str


def pieces(old: str, new: str) -> list[Piece]:
    """The pieces that lead from one text to the other, in reading order."""
    lines = _pieces(old.splitlines(keepends=True), new.splitlines(keepends=True), _by_words)
    return list(_joined(lines))


def _by_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    """Lines that were replaced, compared by words unless they are too many to compare in time."""
    before, after = WORD.findall("".join(old)), WORD.findall("".join(new))
    if len(before) + len(after) > MOST_WORDS:
        yield from _replaced(before, after)
    else:
        yield from _pieces(before, after, _replaced)


Replaced = Callable[[Sequence[str], Sequence[str]], Iterator[Piece]]


def _pieces(old: Sequence[str], new: Sequence[str], replaced: Replaced) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, i, j, k, n in matcher.get_opcodes():
        if what == "equal":
            yield Piece(Change.KEPT, "".join(old[i:j]))
        else:
            yield from replaced(old[i:j], new[k:n])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    yield Piece(Change.REMOVED, "".join(old))
    yield Piece(Change.ADDED, "".join(new))


def _joined(found: Iterator[Piece]) -> Iterator[Piece]:
    """The pieces without empty ones, neighbours of one kind as one."""
    last: Piece | None = None
    for piece in found:
        if not piece.text:
            continue
        if last is not None and last.change is piece.change:
            last = Piece(last.change, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
