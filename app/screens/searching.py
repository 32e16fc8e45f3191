"""One field that searches several at once; each kind of record says how in its own room."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal

from app.people.names import prefix_range, search_form

MOST_WORDS = 4
_BETWEEN_WORDS = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class SearchFilter:
    """Rows that any of several fields finds; ``hint`` tells users which.

    ``ways_to`` gives what ``find`` puts together as conditions that are quick one by one, for
    tables so large that the whole is not.
    """

    label: Any
    find: Callable[[str], ColumnElement[bool]]
    hint: Any
    ways_to: Callable[[str], Sequence[ColumnElement[bool]]] | None = None
    kind: str = "search"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """What ``find`` makes of the text.

        Raises:
            BadFilterValue: it is not to be searched for here.
        """
        return self.find(value.strip()) if value.strip() else None

    def ways(self, value: str) -> Sequence[ColumnElement[bool]]:
        """The ways to read a text that could be read, when they are to be tried one by one."""
        if self.ways_to is None or not value.strip():
            return ()
        return self.ways_to(value.strip())


def words_of(text: str) -> list[str]:
    """The words of a search as typed, those left out that no name can hold."""
    return [word for word in _BETWEEN_WORDS.split(text) if search_form(word)]


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """The condition for a search column that begins as ``text`` does: one range of its index."""
    low, high = prefix_range(text)
    return and_(column >= low, column < high)


def has_word(column: Any, beginning: str) -> ColumnElement[bool]:
    """The condition for a search column with a word that begins so; it fits no index, on purpose:
    it is asked of the few rows that another condition has found."""
    found: ColumnElement[bool] = (literal(" ") + column).contains(
        f" {search_form(beginning)}", autoescape=True
    )
    return found


def heads_of(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each word with all the others; of very many words the first ones alone."""
    for at, word in enumerate(words[:MOST_WORDS]):
        yield word, words[:at] + words[at + 1 :]
