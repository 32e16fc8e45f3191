"""The count that KOSTRA's *Brukere med individuell plan* is compared with, and whom it counts.

Samvev reports nothing itself: the number is drawn from the municipality's journal (IPLOS in KPR).
It is exact, for those alone who keep the overview of the plans, and is not among the reports that
are made to be passed on.

Source: SSB, KOSTRA 12209 *Brukere med individuell plan* (``domain.md`` 7.1).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.enums import ConsentKind, PlanKind
from app.models import Consent, Person, Plan, Unit
from app.plans.liveliness import start_of
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action

OWNER: Any = aliased(Person)
COORDINATOR: Any = aliased(Person)


@dataclass(frozen=True)
class KostraCount:
    """How many users had an individual plan at the end of a day, and what to look at.

    ``users`` is the number. Among them are those ``without_consent`` that day; those whose owner
    was ``gone`` from the register are not.
    """

    on: date
    users: int
    without_consent: int
    gone: int


def day_of_count(year: int, on: date) -> date:
    """31 December of the year; for the year that is not over, today."""
    return min(date(year, 12, 31), on)


def count(actor: Actor, on: date) -> KostraCount:
    """What is counted at the end of a day in Norway."""
    is_here, held = _is_registered(on), _held(on)
    found = _in_use(actor, on).with_only_columns(
        func.count(case((is_here, Plan.owner_id)).distinct()),
        func.count(case((and_(is_here, ~held), Plan.owner_id)).distinct()),
        func.count(case((~is_here, Plan.owner_id)).distinct()),
    )
    users, without_consent, gone = db.session.execute(found).one()
    return KostraCount(on, users, without_consent, gone)


def counted(actor: Actor, on: date) -> Select[Any]:
    """Those who are counted: the plan's id, owner, coordinator, unit, when the plan was started,
    and whether there was consent on the day. No unit of a shielded owner."""
    return (
        _in_use(actor, on)
        .where(_is_registered(on))
        .join(COORDINATOR, COORDINATOR.id == Plan.coordinator_id)
        .outerjoin(Unit, Unit.id == Plan.unit_id)
        .with_only_columns(
            Plan.id,
            OWNER.family_name + ", " + OWNER.given_name,
            COORDINATOR.given_name + " " + COORDINATOR.family_name,
            case((OWNER.is_shielded, None), else_=Unit.name),
            Plan.started_at,
            _held(on),
        )
        .order_by(OWNER.search_family, OWNER.search_given, Plan.id)
    )


def _in_use(actor: Actor, on: date) -> Select[Any]:
    """Individual plans that somebody had agreed to, and that were not closed, at the end of the
    day."""
    after = _after(on)
    agreed = _consented(Consent.starts_on <= on, Consent.given_at < after)
    return (
        scope.rows(actor, Plan, Action.EXPORT)
        .join(OWNER, OWNER.id == Plan.owner_id)
        .where(
            Plan.kind == PlanKind.INDIVIDUAL_PLAN,
            Plan.started_at < after,
            or_(Plan.closed_at.is_(None), Plan.closed_at >= after),
            agreed,
        )
    )


def _is_registered(on: date) -> ColumnElement[bool]:
    return or_(OWNER.retired_at.is_(None), OWNER.retired_at >= _after(on))


def _held(on: date) -> ColumnElement[bool]:
    """Whether a consent that the plan is made held at the end of the day."""
    stands = or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at >= _after(on))
    return _consented(Consent.starts_on <= on, Consent.ends_on > on, stands)


def _consented(*such: ColumnElement[bool]) -> ColumnElement[bool]:
    of_it = (Consent.municipality_id == Plan.municipality_id, Consent.plan_id == Plan.id)
    made = Consent.kind == ConsentKind.PLAN_IS_MADE
    return select(Consent.id).where(*of_it, made, *such).correlate(Plan).exists()


def _after(on: date) -> datetime:
    return start_of(on + timedelta(days=1))
