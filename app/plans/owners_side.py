"""The owner's side of a plan, as SQL: the owner, and those who decide for the owner today.

They are those of ``plan_rights.OWNERS_SIDE``. The conditions are about ``Plan``.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from app.models import Membership, Plan
from app.plans.consent_states import KEPT, of_plan
from app.security.consent_scope import AUTHORITY, PLAN, active, is_reached_by, some
from app.side_tables import PlanVisit

_ROLE: Any = aliased(Membership)
_LOGIN: Any = aliased(User)
_VISIT: Any = aliased(PlanVisit)


@lru_cache(KEPT)
def has_login(on: date) -> ColumnElement[bool]:
    """Whether somebody on the owner's side has a login that works: a role here, and an account
    that is let in."""
    # Who can sign in is found once, not anew for each plan.
    let_in = (
        select(_ROLE.person_id)
        .join(_LOGIN, _LOGIN.id == _ROLE.account_id)
        .where(active(_ROLE, on), _LOGIN.active.is_(True))
        .correlate(None)
    )
    by_right = some((AUTHORITY,), *_decides(on), AUTHORITY.holder_id.in_(let_in))
    return or_(Plan.owner_id.in_(let_in), of_plan(by_right))


def was_in(since: datetime, on: date) -> ColumnElement[bool]:
    """Whether somebody on the owner's side has opened the plan since then."""
    decides = some((AUTHORITY,), *_decides(on), AUTHORITY.holder_id == _VISIT.person_id)
    return of_plan(
        some(
            (_VISIT,),
            _VISIT.municipality_id == PLAN.municipality_id,
            _VISIT.plan_id == PLAN.id,
            _VISIT.seen_at >= since,
            or_(_VISIT.person_id == PLAN.owner_id, decides),
        )
    )


def _decides(on: date) -> tuple[ColumnElement[bool], ...]:
    """Authorities that reach as far as deciding about the plan on the day."""
    return (
        AUTHORITY.municipality_id == PLAN.municipality_id,
        AUTHORITY.owner_id == PLAN.owner_id,
        AUTHORITY.may_consent.is_(True),
        is_reached_by(AUTHORITY, on),
    )
