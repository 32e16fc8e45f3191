"""What may be wrong with a plan, as conditions on ``Plan``: for clean-ups, lists and the desk.

All are about what a local administrator may know of a plan: dates, states and who coordinates it.
Days are days in Norway; each condition holds on its limit too.
"""

from datetime import date, datetime, time, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.clock import OSLO
from app.enums import ConsentKind, PlanState, Role
from app.models import Consent, Membership, Person, Plan
from app.security.plan_rights import OPEN
from app.security.tenancy import here


def is_open() -> ColumnElement[bool]:
    """Whether the plan is neither closed nor archived."""
    return Plan.state.in_(sorted(OPEN))


def idle_since(last: date) -> ColumnElement[bool]:
    """Open plans in which nothing was done after the day ``last``."""
    return and_(is_open(), Plan.last_activity_at < _end_of(last))


def consent_ended_by(day: date) -> ColumnElement[bool]:
    """Open plans whose last consent to share ran out so that ``day``, or one before it, was the
    first without. Consents that were withdrawn are another matter, and count for nothing."""
    ended = (
        select(Consent.plan_id)
        .where(
            here(Consent),
            Consent.kind == ConsentKind.INFORMATION_IS_SHARED,
            Consent.withdrawn_at.is_(None),
        )
        .group_by(Consent.plan_id)
        .having(func.max(Consent.ends_on) <= day)
    )
    return and_(is_open(), Plan.id.in_(ended.correlate(None)))


def owner_is_gone() -> ColumnElement[bool]:
    """Open plans whose owner is out of the register: dead or moved. Who was merged is not gone."""
    gone = select(Person.id).where(
        here(Person), Person.retired_at.is_not(None), Person.merged_into_id.is_(None)
    )
    return and_(is_open(), Plan.owner_id.in_(gone.correlate(None)))


def coordinator_is_missing(on: date) -> ColumnElement[bool]:
    """Open plans whose coordinator can't do the work: without the role, or without a login."""
    return and_(is_open(), Plan.coordinator_id.not_in(working_coordinators(on)))


def coordinator_leaves_by(on: date, day: date) -> ColumnElement[bool]:
    """Open plans whose coordinator has the role on the day ``on`` and not on ``day`` any more."""
    return and_(
        is_open(),
        Plan.coordinator_id.in_(working_coordinators(on)),
        Plan.coordinator_id.not_in(working_coordinators(day)),
    )


def evaluation_due_by(day: date) -> ColumnElement[bool]:
    """Open plans that were to be evaluated on ``day`` or before."""
    return and_(is_open(), Plan.next_evaluation_on <= day)


def closed_by(last: date) -> ColumnElement[bool]:
    """Plans that were closed on the day ``last`` or before, and are not archived."""
    return and_(Plan.state == PlanState.CLOSED, Plan.closed_at < _end_of(last))


def working_coordinators(on: date) -> Select[str]:
    """Ids of those who hold the coordinator's role on a day, with a login that is open now."""
    found = (
        select(Membership.person_id)
        .join(User, User.id == Membership.account_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            here(Membership),
            Membership.role == Role.COORDINATOR,
            Membership.ended_at.is_(None),
            Membership.starts_on <= on,
            or_(Membership.ends_on.is_(None), Membership.ends_on > on),
            User.active.is_(True),
            Person.retired_at.is_(None),
        )
    )
    return found.correlate(None)


def _end_of(day: date) -> datetime:
    """The instant at which a day in Norway is over."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=OSLO)
