"""Figures about the clean-up: each is the length of a list that the reader can open.

A figure and its list are one question: the same filters read the same parameters, so the two can
not say different things.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _l
from sqlalchemy import func
from werkzeug.datastructures import MultiDict

from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates import queue
from app.enums import MatchBand, PairState
from app.models import Person
from app.people import lists as person_lists
from app.screens.listing import Filter, Order, read_request
from app.screens.words import words
from app.security import scope
from app.security.actor import Actor

FEW_REASONS = 10
PAIRS, PERSONS = "DuplicateView.list", "PersonView.list"
THIS_MONTH = {"answered": "this_month"}
ANYWAY = {"state": queue.ALL_STATES, "registered_anyway": "yes"}


@dataclass(frozen=True)
class Figure:
    """A number, and the list that it is the length of."""

    label: Any
    count: int
    endpoint: str
    asked: Mapping[str, str]


@dataclass(frozen=True)
class Group:
    """Figures under one heading."""

    heading: Any
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Oldest:
    """The pair that has waited longest for an answer."""

    id: str
    found_at: datetime


def groups(actor: Actor) -> list[Group]:
    """All figures, in the order in which they are shown."""
    return [
        Group(
            _l("Waiting for an answer"),
            [
                *(_pairs(actor, words(band), {"band": str(band)}) for band in MatchBand),
                _pairs(actor, _l("Put off"), {"state": str(PairState.LATER)}),
            ],
        ),
        Group(
            _l("Answered this month"),
            [
                _pairs(actor, words(state), {"state": str(state), **THIS_MONTH})
                for state in (PairState.MERGED, PairState.NOT_SAME)
            ],
        ),
        Group(
            _l("Where duplicates come from"),
            [
                _figure(
                    actor, Person, PERSONS, _l("Registered without national id"),
                    {"national_id": "no"}, person_lists.SCREEN_FILTERS, person_lists.SCREEN_ORDERS,
                ),
                _pairs(actor, _l("Registered although the other was shown"), ANYWAY),
            ],
        ),
    ]  # fmt: skip


def _pairs(actor: Actor, label: Any, asked: Mapping[str, str]) -> Figure:
    return _figure(actor, DuplicatePair, PAIRS, label, asked, queue.FILTERS, queue.ORDERS)


def _figure(
    actor: Actor,
    model: type[Model],
    endpoint: str,
    label: Any,
    asked: Mapping[str, str],
    filters: Mapping[str, Filter],
    orders: Mapping[str, Order],
) -> Figure:
    read = read_request(MultiDict(asked), filters, orders)
    found = scope.rows(actor, model).where(*read.conditions)
    columns: Any = model
    ids = found.with_only_columns(columns.id).subquery()
    count = db.session.scalar(func.count().select().select_from(ids)) or 0
    return Figure(label, count, endpoint, asked)


def oldest(actor: Actor) -> Oldest | None:
    """The pair that has waited longest."""
    found = scope.rows(actor, DuplicatePair).where(DuplicatePair.state == PairState.OPEN)
    first = found.with_only_columns(DuplicatePair.id, DuplicatePair.found_at)
    row = db.session.execute(
        first.order_by(DuplicatePair.found_at, DuplicatePair.id).limit(1)
    ).one_or_none()
    return None if row is None else Oldest(row.id, row.found_at)


def reasons_given(actor: Actor) -> Sequence[DuplicatePair]:
    """The last pairs that somebody was registered into although the other was shown."""
    read = read_request(MultiDict(ANYWAY), queue.FILTERS, queue.ORDERS)
    found = scope.rows(actor, DuplicatePair).where(*read.conditions)
    newest = found.order_by(DuplicatePair.registered_at.desc(), DuplicatePair.id.desc())
    return db.session.scalars(newest.limit(FEW_REASONS)).all()
