"""Filters of the method's lists that depend on which day it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from app.clock import today
from app.models import Person
from app.people import training
from app.people.training import DUE, Training
from app.screens.listing import BadFilterValue

COMING, PAST = "coming", "past"


@dataclass(frozen=True)
class DayFilter:
    """Rows whose day is today or later, or before today."""

    label: Any
    column: Any
    options: Sequence[tuple[str, Any]]
    kind: str = "choice"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the day.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value not in (COMING, PAST):
            raise BadFilterValue("choice")
        found: ColumnElement[bool] = (
            self.column >= today() if value == COMING else self.column < today()
        )
        return found


STANDINGS: dict[str, Any] = {
    Training.TRAINED: _l("Trained"),
    Training.UNTRAINED: _l("Not trained"),
    Training.DUE_SOON: _l("Under 60 days left"),
    Training.NEW: _l("New, without a course"),
    DUE: _l("To be signed up"),
}


@dataclass(frozen=True)
class TrainingFilter:
    """Coordinators by how they stand with the coordinator school today."""

    label: Any
    kind: str = "choice"

    @property
    def options(self) -> Sequence[tuple[str, Any]]:
        """(value, words) pairs."""
        return [(str(value), text) for value, text in STANDINGS.items()]

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the person.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value not in STANDINGS:
            raise BadFilterValue("choice")
        return training.stands(Person.id, value, today())
