"""What may be wrong with a plan, as conditions on ``Plan``: what clean-ups go by.

They are those that the overview of plans filters by, with limits that can be chosen. All are about
what a local administrator may know of a plan: dates, states and who coordinates it. Days are days
in Norway.
"""

from datetime import date

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Select, and_, not_, select

from app.enums import PlanState, Role
from app.models import Membership, Person, Plan
from app.plans import consent_states, coordinator_states
from app.plans.liveliness import start_of
from app.security.plan_rights import OPEN
from app.security.tenancy import here


def is_open() -> ColumnElement[bool]:
    """Whether the plan is neither closed nor archived."""
    return Plan.state.in_(sorted(OPEN))


def idle_since(day: date) -> ColumnElement[bool]:
    """Open plans in which nothing was done on ``day`` or after it."""
    return and_(is_open(), Plan.last_activity_at < start_of(day))


def consent_ended_by(on: date, day: date) -> ColumnElement[bool]:
    """Open plans whose consent has run out, so that ``day``, or one before it, was the first
    without. Consents that were withdrawn are another matter."""
    return and_(is_open(), consent_states.is_expired(on), consent_states.ran_out_on(on) <= day)


def owner_is_gone() -> ColumnElement[bool]:
    """Open plans whose owner is out of the register: dead or moved. Who was merged is not gone."""
    gone = select(Person.id).where(
        here(Person), Person.retired_at.is_not(None), Person.merged_into_id.is_(None)
    )
    return and_(is_open(), Plan.owner_id.in_(gone.correlate(None)))


def coordinator_is_missing(on: date) -> ColumnElement[bool]:
    """Open plans whose coordinator can't do the work: without the role, or without a login."""
    return and_(is_open(), not_(coordinator_states.is_able(on)))


def coordinator_leaves_by(on: date, day: date) -> ColumnElement[bool]:
    """Open plans whose coordinator has the role on the day ``on`` and not on ``day`` any more."""
    is_able = coordinator_states.is_able
    return and_(is_open(), is_able(on), not_(is_able(day)))


def evaluation_due_before(day: date) -> ColumnElement[bool]:
    """Open plans that were to be evaluated before ``day``."""
    return and_(is_open(), Plan.next_evaluation_on < day)


def closed_before(day: date) -> ColumnElement[bool]:
    """Plans that were closed before ``day``, and are not archived."""
    return and_(Plan.state == PlanState.CLOSED, Plan.closed_at < start_of(day))


def working_coordinators(on: date) -> Select[str]:
    """Ids of those who hold the coordinator's role on a day, with a login that is open now."""
    found = (
        select(Membership.person_id)
        .join(User, User.id == Membership.account_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            here(Membership),
            Membership.role == Role.COORDINATOR,
            Membership.active(on),
            User.active.is_(True),
            Person.retired_at.is_(None),
        )
    )
    return found.correlate(None)
