"""Filters for a log: between two days, by what happened, and by who did it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ColumnElement, false

from app.clock import OSLO
from app.people.contact import BadDate, parse_date
from app.people.names import prefix_range, search_form
from app.screens.listing import BadFilterValue
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action


@dataclass(frozen=True)
class SinceDayFilter:
    """Rows from a Norwegian day on, that day included; ``column`` is an instant."""

    label: Any
    column: Any
    kind: str = "date"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """From local midnight on.

        Raises:
            BadFilterValue: it is no date.
        """
        return self.column >= _midnight(_day(value)) if value.strip() else None


@dataclass(frozen=True)
class UntilDayFilter:
    """Rows up to a Norwegian day, that day included; ``column`` is an instant."""

    label: Any
    column: Any
    kind: str = "date"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """Before the local midnight that ends the day.

        Raises:
            BadFilterValue: it is no date.
        """
        if not value.strip():
            return None
        return self.column < _midnight(_day(value) + timedelta(days=1))


@dataclass(frozen=True)
class CodeFilter:
    """Rows with a code, or with any code of a group; a group's value ends in a colon."""

    label: Any
    column: Any
    options: Sequence[tuple[str, Any]]
    kind: str = "choice"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """Equality with a code, or the range of a group's codes.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value not in {option for option, _words in self.options}:
            raise BadFilterValue("choice")
        if value.endswith(":"):
            return self.column.startswith(value, autoescape=True)
        return self.column == value


@dataclass(frozen=True)
class ByPersonFilter:
    """Rows that refer to a person the actor may list and whose search column begins as typed."""

    label: Any
    column: Any
    person: type[Model]
    search_column: Any
    kind: str = "text"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """Membership in the persons found."""
        if not value.strip():
            return None
        if not search_form(value):
            return false()
        low, high = prefix_range(value)
        found = scope.rows(current_actor(), self.person, Action.LIST).where(
            self.search_column >= low, self.search_column < high
        )
        return self.column.in_(found.with_only_columns(self.person.id))


def _day(value: str) -> date:
    try:
        return parse_date(value)
    except BadDate:
        raise BadFilterValue("date") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, OSLO).astimezone(UTC)
