"""Whether a plan's coordinator can do the work, now and in a month: conditions on ``Plan``."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, func, not_, select
from sqlalchemy.orm import aliased

from app.enums import Role
from app.models import Membership, Plan
from app.plans.plan_troubles import working_coordinators

SOON = timedelta(days=30)


class CoordinatorState(StrEnum):
    """Whether the coordinator of a plan holds the role with a login that works."""

    IN_PLACE = "in_place"
    LEAVES = "leaves"
    WITHOUT = "without"


WORDS: dict[CoordinatorState, Any] = {
    CoordinatorState.IN_PLACE: _l("In place"),
    CoordinatorState.LEAVES: _l("Leaves within 30 days"),
    CoordinatorState.WITHOUT: _l("Without role or login"),
}

_ROLE: Any = aliased(Membership)


def state(on: date) -> ColumnElement[str]:
    """How it stands with the coordinator of ``Plan`` on a day in Norway."""
    return case(
        (not_(is_able(on)), CoordinatorState.WITHOUT.value),
        (not_(is_able(on + SOON)), CoordinatorState.LEAVES.value),
        else_=CoordinatorState.IN_PLACE.value,
    )


def is_in(wanted: CoordinatorState, on: date) -> ColumnElement[bool]:
    """Whether the coordinator of ``Plan`` is in this state on the day."""
    if wanted is CoordinatorState.WITHOUT:
        return not_(is_able(on))
    is_staying = is_able(on + SOON)
    if wanted is CoordinatorState.LEAVES:
        return and_(is_able(on), not_(is_staying))
    return and_(is_able(on), is_staying)


def is_able(on: date) -> ColumnElement[bool]:
    """Whether the coordinator of ``Plan`` holds the role on the day, with a login that works."""
    return Plan.coordinator_id.in_(working_coordinators(on))


def role_ends_on() -> ColumnElement[date]:
    """The first day that the coordinator of ``Plan`` is without the role, when an end is set."""
    found = select(func.max(_ROLE.ends_on)).where(
        _ROLE.municipality_id == Plan.municipality_id,
        _ROLE.person_id == Plan.coordinator_id,
        _ROLE.role == Role.COORDINATOR,
        _ROLE.ended_at.is_(None),
    )
    return found.correlate(Plan).scalar_subquery()
