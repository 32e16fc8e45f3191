"""What reports count besides plans as they stand: months, coordinators, waiting, and the rest."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, func, select

from app.clock import day_of
from app.consent.terms import add_months
from app.db import db
from app.duplicate_tables import DuplicatePair
from app.enums import ConsentKind, MoveState, Outcome, PairState, Role
from app.models import AccountProfile, AuditEvent, Consent, Membership, Plan
from app.plans.liveliness import start_of
from app.reports.counted import Cross, Months, Parts, Waits
from app.reports.plan_counts import divided, open_plans
from app.screens.words import words
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import IncomingPlan, PlanMove

MOST_MONTHS = 240
"""What began before that is counted as there from the start."""
UNUSED_MONTHS = 12
LOADS = ((1, 2), (3, 5), (6, 10), (11, 20))


def months(actor: Actor, on: date) -> Months:
    """How many plans were started and closed in each whole month, from the first on."""
    found = scope.rows(actor, Plan, Action.EXPORT)
    first = db.session.scalar(found.with_only_columns(func.min(Plan.started_at)))
    starts = list(_months(None if first is None else day_of(first), on))
    bounds = [start_of(day) for day in starts]
    came = _by_month(found, Plan.started_at, bounds)
    went = _by_month(found, Plan.closed_at, bounds)
    return Months(starts[:-1], came[0] - went[0], came[1:-1], went[1:-1])


def _months(first: date | None, on: date) -> Iterator[date]:
    """The first day of each month, until the one that is not over."""
    last = on.replace(day=1)
    day = last if first is None else max(first.replace(day=1), add_months(last, -MOST_MONTHS))
    while day < last:
        yield day
        day = add_months(day, 1)
    yield last


def _by_month(found: Select[Any], at: Any, bounds: Sequence[datetime]) -> list[int]:
    """How many lie before the first bound, between two, and after the last."""
    after_last_first = list(enumerate(bounds, start=1))[::-1]
    bucket = case(*((at >= bound, number) for number, bound in after_last_first), else_=0)
    counted = found.where(at.is_not(None)).with_only_columns(bucket.label("month"), func.count())
    by_month = _by_key(counted.group_by("month"))
    return [by_month.get(number, 0) for number in range(len(bounds) + 1)]


def loads(actor: Actor, on: date) -> Parts:
    """Coordinators by how many plans that are not closed they have."""
    sizes = (
        open_plans(actor)
        .with_only_columns(func.count().label("size"))
        .group_by(Plan.coordinator_id)
        .subquery()
    )
    groups = [
        (_l("%(first)s–%(last)s plans", first=first, last=last), sizes.c.size <= last)
        for first, last in LOADS
    ]
    others = _l("%(first)s plans or more", first=LOADS[-1][1] + 1)
    found = divided(select(sizes.c.size), groups, others)
    return Parts([_l("No plan"), *found.labels], [_idle(actor, on), *found.counts])


def _idle(actor: Actor, on: date) -> int:
    """How many hold the role and coordinate nothing."""
    busy = open_plans(actor).with_only_columns(Plan.coordinator_id)
    idle = (
        scope.rows(actor, Membership, Action.EXPORT)
        .where(
            Membership.role == Role.COORDINATOR,
            Membership.active(on),
            Membership.person_id.not_in(busy),
        )
        .with_only_columns(func.count(Membership.person_id.distinct()))
    )
    return db.session.scalar(idle) or 0


def waits(actor: Actor, _on: date, year: int) -> Waits:
    """How long plans that were started in a year waited for consent, and to be taken into use."""
    consented = (
        select(Consent.plan_id, func.min(Consent.given_at).label("at"))
        .where(Consent.kind == ConsentKind.PLAN_IS_MADE)
        .group_by(Consent.plan_id)
        .subquery()
    )
    used = (
        select(AuditEvent.plan_id, func.min(AuditEvent.at).label("at"))
        .where(AuditEvent.action == "plan:activated", AuditEvent.outcome == Outcome.DONE)
        .group_by(AuditEvent.plan_id)
        .subquery()
    )
    found = db.session.execute(
        scope.rows(actor, Plan, Action.EXPORT)
        .where(*_in_year(Plan.started_at, year))
        .outerjoin(consented, consented.c.plan_id == Plan.id)
        .outerjoin(used, used.c.plan_id == Plan.id)
        .with_only_columns(Plan.started_at, consented.c.at, used.c.at)
    ).all()
    spans = ((0, 1), (1, 2), (0, 2))
    labels = (
        _l("From start to the first consent"),
        _l("From the first consent to in use"),
        _l("From start to in use"),
    )
    return Waits(labels, [_days([(row[a], row[b]) for row in found]) for a, b in spans])


def _in_year(at: Any, year: int) -> tuple[ColumnElement[bool], ...]:
    return at >= start_of(date(year, 1, 1)), at < start_of(date(year + 1, 1, 1))


def _days(spans: Sequence[tuple[datetime | None, datetime | None]]) -> list[int]:
    """The whole days of each span that has both ends; a consent on paper may be the older."""
    return [
        max(0, (day_of(end) - day_of(start)).days)
        for start, end in spans
        if start is not None and end is not None
    ]


def duplicates(actor: Actor, _on: date) -> Parts:
    """Pairs of persons who may be one, by what was answered."""
    found = scope.rows(actor, DuplicatePair).with_only_columns(DuplicatePair.state, func.count())
    counted = _by_key(found.group_by(DuplicatePair.state))
    states = list(PairState)
    return Parts([words(one) for one in states], [counted.get(one, 0) for one in states])


def logins(actor: Actor, on: date) -> Parts:
    """Logins with a role today, by when they were last used."""
    since = start_of(add_months(on, -UNUSED_MONTHS))
    last = (
        scope.rows(actor, Membership, Action.EXPORT)
        .outerjoin(AccountProfile, AccountProfile.account_id == Membership.account_id)
        .where(Membership.active(on))
        .with_only_columns(Membership.account_id, AccountProfile.last_login_at.label("at"))
        .distinct()
        .subquery()
    )
    groups = [
        (_l("In the last %(months)s months", months=UNUSED_MONTHS), last.c.at >= since),
        (_l("Not for %(months)s months", months=UNUSED_MONTHS), last.c.at.is_not(None)),
    ]
    return divided(select(last.c.account_id), groups, _l("Never"))


def moves(actor: Actor, _on: date) -> Cross:
    """Plans on their way to and from other municipalities, by how far they have come."""
    plans = scope.rows(actor, Plan, Action.EXPORT).with_only_columns(Plan.id)
    out = select(PlanMove.state, func.count()).where(PlanMove.plan_id.in_(plans))
    into = scope.rows(actor, IncomingPlan).with_only_columns(IncomingPlan.state, func.count())
    left = _by_key(out.group_by(PlanMove.state))
    came = _by_key(into.group_by(IncomingPlan.state))
    states = list(MoveState)
    return Cross(
        [words(one) for one in states],
        [_l("To other municipalities"), _l("From other municipalities")],
        [[left.get(one, 0), came.get(one, 0)] for one in states],
    )


def _by_key(statement: Any) -> dict[Any, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}
