"""The points of the legal meter that lists can count: conditions on individual plans.

Of the nine, these four are facts in tables alone: who takes part (2), that the coordinator holds
the role (3), activities with how much and by whom (5), and the consents (8). The other five may be
answered in forms of the template, which only the page of the plan reads; ``meter`` says all nine.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, literal, not_, null
from sqlalchemy.orm import aliased

from app.enums import ConsentKind, EntryKind, PlanKind, Role
from app.models import Membership, Participant, Plan, PlanEntry
from app.plans.consent_states import KEPT, of_plan
from app.plans.meter_facts import has_no_scope, has_nobody
from app.security.consent_scope import active, is_given, some

PARTICIPANTS, COORDINATOR, ACTIVITIES, CONSENTS = 2, 3, 5, 8
COUNTED = (PARTICIPANTS, COORDINATOR, ACTIVITIES, CONSENTS)

_ROLE: Any = aliased(Membership)
_ENTRY: Any = aliased(PlanEntry)
_HELPER: Any = aliased(Participant)
_IS_MEASURED = Plan.kind == PlanKind.INDIVIDUAL_PLAN


@lru_cache(KEPT)
def met(on: date) -> ColumnElement[Any]:
    """How many of the counted points ``Plan`` has; NULL for other kinds of plans."""
    points = sum((case((_is_met(one, on), 1), else_=0) for one in COUNTED), literal(0))
    return case((_IS_MEASURED, points), else_=null()).cast(Integer)


def is_between(low: int, high: int, on: date) -> ColumnElement[bool]:
    """Whether ``Plan`` is an individual plan, and so many of the counted points are met.

    Which they are is told to those who read what they are about, on the page of the plan.
    """
    return and_(_IS_MEASURED, met(on).between(low, high))


@lru_cache(KEPT)
def _is_met(point: int, on: date) -> ColumnElement[bool]:
    if point == PARTICIPANTS:
        return some(
            (_HELPER,),
            _HELPER.municipality_id == Plan.municipality_id,
            _HELPER.plan_id == Plan.id,
            active(_HELPER, on),
            _HELPER.person_id != Plan.owner_id,
            _HELPER.person_id != Plan.coordinator_id,
        )
    if point == COORDINATOR:
        return some(
            (_ROLE,),
            _ROLE.municipality_id == Plan.municipality_id,
            _ROLE.person_id == Plan.coordinator_id,
            _ROLE.role == Role.COORDINATOR,
            active(_ROLE, on),
        )
    if point == ACTIVITIES:
        is_lacking = has_no_scope(_ENTRY) | has_nobody(_ENTRY)
        return and_(_has_activity(), not_(_has_activity(is_lacking)))
    return and_(*(of_plan(is_given(kind, on)) for kind in ConsentKind))


def _has_activity(*such: ColumnElement[bool]) -> ColumnElement[bool]:
    return some(
        (_ENTRY,),
        _ENTRY.municipality_id == Plan.municipality_id,
        _ENTRY.plan_id == Plan.id,
        _ENTRY.kind == EntryKind.ACTIVITY,
        _ENTRY.deleted_at.is_(None),
        *such,
    )
