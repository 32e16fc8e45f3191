"""One field that searches several at once; each kind of record says how in its own room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement


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
