"""The measures of success that are about plans: decisions, introductions, evaluations, liveliness.

Plans are those that the reader administers. They are counted in SQL, for all days in one question
where the past is known; nothing of what is written in them is read.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from app.clock import OSLO
from app.db import db
from app.enums import AuthorityKind, PlanState
from app.models import Authority, Introduction, Participant, Person, Plan
from app.plans import liveliness
from app.reports.success_values import Share, looked_up, protected
from app.security import scope
from app.security.actor import Actor
from app.security.plan_rights import USUAL_OWN_CONSENT_AGE
from app.security.roles import Action
from app.side_tables import PlanDecision

LIVELY = 4
"""Of five signs (``liveliness``)."""
KEPT = 64
"""Of so many rows of days the questions are kept: they take longer to write than to answer."""


def mine(actor: Actor) -> ColumnElement[bool]:
    """The plans that the actor administers."""
    return scope.visible(actor, Plan, Action.EXPORT)


def end_of(day: date) -> datetime:
    """The first instant after a day in Norway."""
    return datetime.combine(day + timedelta(days=1), time(), OSLO)


def is_open(on: date) -> ColumnElement[bool]:
    """Whether ``Plan`` was begun and not closed at the end of a day."""
    after = end_of(on)
    return and_(Plan.started_at < after, or_(Plan.closed_at.is_(None), Plan.closed_at >= after))


def _sums(columns: Sequence[ColumnElement[bool]]) -> list[Any]:
    return [func.sum(case((one, 1), else_=0)) for one in columns]


def _shares(*found: Select[Any]) -> list[tuple[int, int]]:
    """(part, whole) for each day, added over several questions with columns in pairs."""
    rows = [db.session.execute(one).one() for one in found]
    sums = [sum(int(row[place] or 0) for row in rows) for place in range(len(rows[0]))]
    return [(sums[place], sums[place + 1]) for place in range(0, len(sums), 2)]


# --- decisions -----------------------------------------------------------------------------------


def decided(actor: Actor, days: Sequence[date]) -> list[Share]:
    """How many of the open plans had a decision, at the end of each day."""
    return [protected(*one) for one in _shares(_with_decision(tuple(days)).where(mine(actor)))]


@lru_cache(KEPT)
def _with_decision(days: tuple[date, ...]) -> Select[Any]:
    first = (
        select(PlanDecision.plan_id, func.min(PlanDecision.decided_on).label("on"))
        .group_by(PlanDecision.plan_id)
        .subquery()
    )
    columns: list[ColumnElement[bool]] = []
    for on in days:
        columns += [and_(is_open(on), first.c.on <= on), is_open(on)]
    return select(*_sums(columns)).select_from(Plan).outerjoin(first, first.c.plan_id == Plan.id)


# --- introductions -------------------------------------------------------------------------------


def introduced(actor: Actor, days: Sequence[date]) -> list[Share]:
    """How many of those who were in open plans had got the introduction, by each day."""
    plans = mine(actor)
    found = [one.where(plans) for one in _all_in_plans(tuple(days))]
    return [protected(*one) for one in _shares(*found)]


@lru_cache(KEPT)
def _all_in_plans(days: tuple[date, ...]) -> list[Select[Any]]:
    """Three questions, each with columns in pairs for the days: owners, those who act for them,
    and participants."""
    return [
        _owners(_introduced_columns(days, [is_open(on) for on in days])),
        _acting(_introduced_columns(days, [and_(is_open(on), _acts(on)) for on in days])),
        _participants(
            _introduced_columns(days, [and_(is_open(on), _takes_part(on)) for on in days])
        ),
    ]


def _introduced_columns(days: Sequence[date], there: Sequence[ColumnElement[bool]]) -> list[Any]:
    columns: list[ColumnElement[bool]] = []
    for on, is_there in zip(days, there, strict=True):
        columns += [and_(is_there, Introduction.given_on <= on), is_there]
    return _sums(columns)


def _given_to(person_id: Any) -> ColumnElement[bool]:
    return and_(
        Introduction.plan_id == Plan.id,
        Introduction.person_id == person_id,
        Introduction.ended_at.is_(None),
    )


def _owners(columns: list[Any]) -> Select[Any]:
    return select(*columns).select_from(Plan).outerjoin(Introduction, _given_to(Plan.owner_id))


def _acting(columns: list[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Plan)
        .join(Person, Plan.owner_id == Person.id)
        .join(Authority, Authority.owner_id == Plan.owner_id)
        .outerjoin(Introduction, _given_to(Authority.holder_id))
    )


def _participants(columns: list[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Plan)
        .join(Participant, Participant.plan_id == Plan.id)
        .outerjoin(Introduction, _given_to(Participant.person_id))
    )


def _takes_part(on: date) -> ColumnElement[bool]:
    return and_(*_lasted(Participant, on))


def _acts(on: date) -> ColumnElement[bool]:
    """Whether somebody acted for the owner; parents by the usual age of consent."""
    youngest = on.replace(year=on.year - USUAL_OWN_CONSENT_AGE, day=min(on.day, 28))
    is_parents = Authority.kind == AuthorityKind.PARENTAL_RESPONSIBILITY
    return and_(*_lasted(Authority, on), or_(~is_parents, Person.birth_date > youngest))


def _lasted(row: Any, on: date) -> list[ColumnElement[bool]]:
    """Whether something that lasts from a day to another lasted at the end of a day."""
    return [
        row.starts_on <= on,
        or_(row.ends_on.is_(None), row.ends_on > on),
        or_(row.ended_at.is_(None), row.ended_at >= end_of(on)),
    ]


# --- evaluations and liveliness, which are known as they are today -------------------------------


def evaluated_and_lively(actor: Actor, on: date) -> tuple[Share, Share]:
    """How many of the active plans are to be evaluated on a day that is set and not passed, and how
    many show at least four of the five signs of life."""
    conditions = (
        liveliness.has(liveliness.Sign.EVALUATION, on),
        liveliness.is_between(LIVELY, liveliness.MOST, on),
    )
    found = select(*_sums(conditions), func.count()).where(
        mine(actor), Plan.state == PlanState.ACTIVE
    )
    on_time, alive, whole = db.session.execute(found).one()
    return looked_up(int(on_time or 0), whole), looked_up(int(alive or 0), whole)


def evaluated_by_unit(actor: Actor, on: date) -> dict[str, Share]:
    """``evaluated`` of each unit, without the plans of shielded owners."""
    good = case((liveliness.has(liveliness.Sign.EVALUATION, on), 1), else_=0)
    found = (
        select(Plan.unit_id, func.sum(good).label("good"), func.count(Plan.id).label("all"))
        .join(Person, Plan.owner_id == Person.id)
        .where(mine(actor), Plan.state == PlanState.ACTIVE, Person.is_shielded.is_(False))
        .group_by(Plan.unit_id)
    )
    rows = db.session.execute(found)
    return {row.unit_id: looked_up(int(row.good or 0), row.all) for row in rows}
