"""What is typed to find something by its name: several words, in any order, each one begun.

Large tables are walked along the index of a name, from the rows that begin with one of the words;
in small ones the words may stand anywhere in the name. Nothing is found for signs alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_
from sqlalchemy.orm import Session

from app.people.names import prefix_range, search_form, tidy

LONGEST_TYPED = 200
ANCHORS = 4
_BETWEEN_WORDS = re.compile(r"[\s,;]+")
_WRITTEN_BETWEEN_DIGITS = re.compile(r"[.\-/]+")
_LIKE_NATIONAL_ID = re.compile(r"\d{11}")


@dataclass(frozen=True)
class Term:
    """One word as it was typed, and as the search columns hold it."""

    text: str
    form: str

    def begins(self, column: Any) -> ColumnElement[bool]:
        """Whether the column begins with the word; one index range."""
        low, high = prefix_range(self.text)
        return and_(column >= low, column < high)

    def is_in(self, column: Any) -> ColumnElement[bool]:
        """Whether a word of the column begins with this one; a search form has no wild cards."""
        return or_(self.begins(column), column.like(f"% {self.form}%"))

    def fits(self, form: str) -> bool:
        """Whether a word of a search form begins with this one."""
        return f" {form}".find(f" {self.form}") >= 0


def terms(text: str) -> list[Term]:
    """The words of what was typed that hold a letter or a digit, each once."""
    found = {search_form(word): word for word in reversed(_BETWEEN_WORDS.split(tidy(text)))}
    return [Term(word, form) for form, word in reversed(found.items()) if form]


def is_like_national_id(text: str) -> bool:
    """Whether there are eleven digits in a row, however they are written.

    Spaces may stand between digits alone: a date after a name that ends in digits is none.
    """
    words = _WRITTEN_BETWEEN_DIGITS.sub("", text).split()
    joined = "".join(word if word.isdigit() else f" {word} " for word in words)
    return bool(_LIKE_NATIONAL_ID.search(joined))


def anywhere(column: Any, words: Sequence[Term]) -> ColumnElement[bool]:
    """The condition that all words begin one in the column, for a table that is small."""
    return and_(*(word.is_in(column) for word in words)) if words else false()


def anchors(words: Sequence[Term]) -> list[Term]:
    """The words worth beginning at: a single letter only where nothing longer was typed."""
    longer = [word for word in words if len(word.form) > 1] or list(words)
    return sorted(longer, key=lambda word: -len(word.form))[:ANCHORS]


def first_rows(
    session: Session,
    base: Select[Any],
    columns: Sequence[Any],
    words: Sequence[Term],
    limit: int,
) -> list[Any]:
    """The first rows of ``base`` where one of ``columns`` begins with a word and holds the rest.

    ``base`` holds the access condition. Each column and word is an index range of its own, from
    which no more than ``limit`` rows are taken; rows come column by column, in its order.
    """
    found: dict[Any, None] = {}
    for column in columns:
        for anchor in anchors(words):
            others = [word.is_in(column) for word in words if word is not anchor]
            wanted = base.where(anchor.begins(column), *others)
            ordered = wanted.order_by(column, column.class_.id).limit(limit)
            found.update(dict.fromkeys(session.scalars(ordered).unique()))
            if len(found) >= limit:
                return list(found)[:limit]
    return list(found)
