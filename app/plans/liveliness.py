"""How lively a plan is: one score from 0 to 5, a point for each sign that the plan is in use.

Several have written in it, the owner's side has been in, it is evaluated in time, a meeting was
held, and the consent is valid (``domain.md`` 9.5). It is for active plans alone: a plan that is a
draft, waits, is paused or closed has none. What is written is not read: only that it was, when and
by how many.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    null,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.clock import OSLO
from app.consent.terms import add_months
from app.db import db
from app.enums import EntryKind, PlanState
from app.models import Plan, PlanEntry
from app.plans import consent_states, owners_side
from app.plans.consent_states import ConsentState
from app.security import policy
from app.security.actor import Actor
from app.security.consent_scope import some
from app.security.roles import Action
from app.side_tables import PlanEntryVersion

SEVERAL = 2
WRITERS_WITHIN_MONTHS = 12
MEETING_WITHIN_MONTHS = 6
OWNER_WITHIN = timedelta(days=90)
KEPT = 64

_ENTRY: Any = aliased(PlanEntry)
_VERSION: Any = aliased(PlanEntryVersion)


class Sign(StrEnum):
    """What gives a point."""

    WRITERS = "writers"
    OWNER = "owner"
    EVALUATION = "evaluation"
    MEETING = "meeting"
    CONSENT = "consent"


MOST = len(Sign)
DEAR = frozenset({Sign.WRITERS, Sign.CONSENT})
SEEN: dict[Sign, Any] = {
    Sign.WRITERS: _l("Several have written in the plan in the last 12 months"),
    Sign.OWNER: _l("The owner's side has opened the plan in the last 90 days"),
    Sign.EVALUATION: _l("The next evaluation is set, and not overdue"),
    Sign.MEETING: _l("A meeting was held in the last 6 months"),
    Sign.CONSENT: _l("The consent is valid"),
}
MISSING: dict[Sign, Any] = {
    Sign.WRITERS: _l("At most one has written in the plan in the last 12 months"),
    Sign.OWNER: _l("Nobody on the owner's side has opened the plan in the last 90 days"),
    Sign.EVALUATION: _l("The next evaluation is overdue, or no day is set"),
    Sign.MEETING: _l("No meeting was held in the last 6 months"),
    Sign.CONSENT: _l("The consent is not valid"),
}


# --- for many plans ------------------------------------------------------------------------------


@lru_cache(KEPT)
def score(on: date) -> ColumnElement[Any]:
    """The points of ``Plan`` on a day in Norway; NULL for a plan that is not active."""
    points = sum((_point(sign, on) for sign in Sign), literal(0))
    return case((Plan.state == PlanState.ACTIVE, points), else_=null()).cast(Integer)


def is_between(low: int, high: int, on: date) -> ColumnElement[bool]:
    """Whether ``Plan`` has a score, and it lies between these two.

    Only what is not sure is asked: PostgreSQL works a score out anew for each end. Where many
    points are wanted, the dear signs are looked for only in plans that show enough of the others.
    """
    ends = []
    if low > len(DEAR):
        cheap = sum((_point(sign, on) for sign in Sign if sign not in DEAR), literal(0))
        ends.append(cheap >= low - len(DEAR))
    if low > 0:
        ends.append(score(on) >= low)
    if high < MOST:
        ends.append(score(on) <= high)
    return and_(Plan.state == PlanState.ACTIVE, *ends)


@lru_cache(KEPT)
def has(sign: Sign, on: date) -> ColumnElement[bool]:
    """Whether ``Plan`` shows the sign on a day in Norway."""
    if sign is Sign.WRITERS:
        return _has_several_writers(on)
    if sign is Sign.OWNER:
        return owners_side.was_in(start_of(on - OWNER_WITHIN), on)
    if sign is Sign.EVALUATION:
        return and_(Plan.next_evaluation_on.is_not(None), Plan.next_evaluation_on >= on)
    if sign is Sign.MEETING:
        return _has_met(on)
    return consent_states.is_valid(on)


def _point(sign: Sign, on: date) -> ColumnElement[int]:
    return case((has(sign, on), 1), else_=0)


def _has_several_writers(on: date) -> ColumnElement[bool]:
    """Told at once where the coordinator and somebody else have written; else all are counted."""
    since = start_of(add_months(on, -WRITERS_WITHIN_MONTHS))
    wrote = _versions_since(since)
    writers = select(func.count(_VERSION.author_id.distinct())).where(*wrote)
    by_others = some((_VERSION,), *wrote, _VERSION.author_id != Plan.coordinator_id)
    by_coordinator = some((_VERSION,), *wrote, _VERSION.author_id == Plan.coordinator_id)
    return case(
        (not_(by_others), false()),
        (by_coordinator, true()),
        else_=writers.correlate(Plan).scalar_subquery() >= SEVERAL,
    )


def _versions_since(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions for what was saved in ``Plan`` since then."""
    return (
        _VERSION.municipality_id == Plan.municipality_id,
        _VERSION.plan_id == Plan.id,
        _VERSION.at >= since,
    )


def _has_met(on: date) -> ColumnElement[bool]:
    held_on = _ENTRY.details["date"].as_string()
    since = add_months(on, -MEETING_WITHIN_MONTHS)
    return some(
        (_ENTRY,),
        _ENTRY.municipality_id == Plan.municipality_id,
        _ENTRY.plan_id == Plan.id,
        _ENTRY.kind == EntryKind.MEETING,
        _ENTRY.deleted_at.is_(None),
        held_on >= since.isoformat(),
        held_on <= on.isoformat(),
    )


def start_of(day: date) -> datetime:
    """The first instant of a day in Norway."""
    return datetime.combine(day, time(), OSLO)


# --- for one plan --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A sign, and whether the plan shows it."""

    sign: Sign
    is_met: bool

    @property
    def words(self) -> Any:
        """What is so, or what is missing."""
        return (SEEN if self.is_met else MISSING)[self.sign]


@dataclass(frozen=True)
class Liveliness:
    """The score of one plan, and what it is made of."""

    points: tuple[Point, ...]

    @property
    def score(self) -> int:
        """How many points the plan has, of ``MOST``."""
        return sum(one.is_met for one in self.points)


def of(plan: Plan, on: date) -> Liveliness | None:
    """What ``score`` counts, of one plan; None where it has no score."""
    if plan.state is not PlanState.ACTIVE:
        return None
    signs = (Sign.WRITERS, Sign.OWNER, Sign.MEETING)
    found = db.session.execute(
        select(*(has(one, on).label(one.value) for one in signs)).where(Plan.id == plan.id)
    ).one()
    return told({one: bool(getattr(found, one.value)) for one in signs} | _of_row(plan, on))


def told_to(actor: Actor, plan: Plan, on: date) -> Liveliness | None:
    """What ``of`` finds, for those who keep the overview of the plan and those who lead the work.

    Whether the owner has been in is for nobody else to know.
    """
    if not any(policy.decide(actor, action, plan) for action in (Action.EXPORT, Action.EDIT)):
        return None
    return of(plan, on)


def _of_row(plan: Plan, on: date) -> dict[Sign, bool]:
    """The signs that follow from the plan and its consents in memory."""
    evaluated_on = plan.next_evaluation_on
    return {
        Sign.EVALUATION: evaluated_on is not None and evaluated_on >= on,
        Sign.CONSENT: consent_states.state_of(plan, on) is ConsentState.VALID,
    }


def told(signs: Mapping[Sign, bool]) -> Liveliness:
    """The points in their order."""
    return Liveliness(tuple(Point(sign, signs[sign]) for sign in Sign))
