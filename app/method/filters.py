"""Filters of the method's lists that depend on which day it is."""

from datetime import date
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from app.models import Person
from app.people import training
from app.people.training import DUE, Training
from app.screens.day_filter import Choice, DayFilter

COMING, PAST = "coming", "past"


def _is_coming(column: Any, on: date) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column >= on
    return found


def _is_past(column: Any, on: date) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column < on
    return found


def by_day(label: Any, column: Any, *, coming: Any, past: Any) -> DayFilter:
    """Rows whose day is today or later, or before today, each in its own words."""
    return DayFilter(
        label,
        {
            COMING: Choice(coming, partial(_is_coming, column)),
            PAST: Choice(past, partial(_is_past, column)),
        },
    )


def _stands(how: str, on: date) -> ColumnElement[bool]:
    return training.stands(Person.id, how, on)


STANDINGS: dict[str, Any] = {
    Training.TRAINED: _l("Trained"),
    Training.UNTRAINED: _l("Not trained"),
    Training.DUE_SOON: _l("Under 60 days left"),
    Training.NEW: _l("New, without a course"),
    DUE: _l("To be signed up"),
}
TRAINING = DayFilter(
    _l("Coordinator school"),
    {str(how): Choice(text, partial(_stands, how)) for how, text in STANDINGS.items()},
)
"""Coordinators by how they stand with the coordinator school today."""
