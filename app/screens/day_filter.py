"""A filter by what is so today: each option is a condition that is made anew for the day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from app.clock import today
from app.screens.listing import BadFilterValue


@dataclass(frozen=True)
class Choice:
    """One option: what users call it, and the condition for it on a day in Norway."""

    words: Any
    on: Callable[[date], ColumnElement[bool]]


@dataclass(frozen=True)
class DayFilter:
    """Rows for which one of several things is so today."""

    label: Any
    choices: Mapping[str, Choice]
    kind: str = "choice"

    @property
    def options(self) -> Sequence[tuple[str, Any]]:
        """(value, words) pairs."""
        return [(value, one.words) for value, one in self.choices.items()]

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition of the chosen option, as of today.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value not in self.choices:
            raise BadFilterValue("choice")
        return self.choices[value].on(today())
