"""Figures about the clean-up: each is the length of a list that the reader can open.

A figure and its list are one question: the same filters read the same parameters, so the two can
not say different things.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates import kinds, queue
from app.enums import MatchBand, PairState
from app.models import Person
from app.people import lists as person_lists
from app.screens.figures import CountedList, Figure, figure, found
from app.screens.words import words
from app.security import scope
from app.security.actor import Actor

FEW_REASONS = 10
PAIRS = CountedList(DuplicatePair, "DuplicateView.list", queue.FILTERS, queue.ORDERS)
PERSONS = CountedList(
    Person, "PersonView.list", person_lists.SCREEN_FILTERS, person_lists.SCREEN_ORDERS
)
THIS_MONTH = {"answered": "this_month"}
ANYWAY = {"state": queue.ALL_STATES, "registered_anyway": "yes"}


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
                figure(actor, PERSONS, _l("Registered without national id"), {"national_id": "no"}),
                _pairs(actor, _l("Pairs registered although the other was shown"), ANYWAY),
            ],
        ),
    ]


def of_kinds(actor: Actor, *, at: datetime) -> Group:
    """How many wait of each of the kinds that have no queue."""
    waiting = kinds.counts(actor, at=at)
    return Group(
        _l("Waiting of the other kinds"),
        [Figure(one.label, waiting[one.what], one.endpoint, {}) for one in kinds.KINDS],
    )


def _pairs(actor: Actor, label: Any, asked: Mapping[str, str]) -> Figure:
    return figure(actor, PAIRS, label, asked)


def oldest(actor: Actor) -> Oldest | None:
    """The pair that has waited longest."""
    waiting = scope.rows(actor, DuplicatePair).where(DuplicatePair.state == PairState.OPEN)
    first = waiting.with_only_columns(DuplicatePair.id, DuplicatePair.found_at)
    row = db.session.execute(
        first.order_by(DuplicatePair.found_at, DuplicatePair.id).limit(1)
    ).one_or_none()
    return None if row is None else Oldest(row.id, row.found_at)


def reasons_given(actor: Actor) -> Sequence[DuplicatePair]:
    """The last pairs that somebody was registered into although the other was shown."""
    newest = found(actor, PAIRS, ANYWAY).order_by(
        DuplicatePair.registered_at.desc(), DuplicatePair.id.desc()
    )
    return db.session.scalars(newest.limit(FEW_REASONS)).all()
