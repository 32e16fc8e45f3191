"""How it stands with the consent to a plan: one answer for the whole, as SQL and for one plan.

A plan has valid consent when everyone who has to agrees that it is made, and, once something was
to be shared, that it is shared. Whether it goes on is asked by asking of a later day: what runs out
is seen then, and so is a birthday after which parents no longer consent.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from app.enums import ConsentKind
from app.models import Consent, Plan
from app.security import plan_access
from app.security.consent_scope import OWNER, PLAN, in_force, is_given, some

KEPT = 64


class ConsentState(StrEnum):
    """What became of the consent to a plan."""

    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    PARTLY = "partly"
    NONE = "none"


WORDS: dict[ConsentState, Any] = {
    ConsentState.VALID: _l("Valid"),
    ConsentState.EXPIRED: _l("Expired"),
    ConsentState.WITHDRAWN: _l("Withdrawn"),
    ConsentState.PARTLY: _l("Not from everyone who must"),
    ConsentState.NONE: _l("None"),
}

_ONE: Any = aliased(Consent)
_LATER: Any = aliased(Consent)
_MADE, _SHARED = ConsentKind.PLAN_IS_MADE, ConsentKind.INFORMATION_IS_SHARED


# --- for many plans ------------------------------------------------------------------------------


@lru_cache(KEPT)
def state(on: date) -> ColumnElement[str]:
    """The consent's state on a day in Norway, of ``Plan``."""
    return case(
        (is_expired(on), ConsentState.EXPIRED.value),
        (was_withdrawn(on), ConsentState.WITHDRAWN.value),
        (is_valid(on), ConsentState.VALID.value),
        (has_some(on), ConsentState.PARTLY.value),
        else_=ConsentState.NONE.value,
    )


def is_in(wanted: ConsentState, on: date) -> ColumnElement[bool]:
    """Whether the consent to ``Plan`` is in this state on the day; the twin of ``state_of``."""
    if wanted is ConsentState.VALID:
        return is_valid(on)
    if wanted is ConsentState.EXPIRED:
        return is_expired(on)
    return state(on) == wanted.value


@lru_cache(KEPT)
def is_valid(on: date) -> ColumnElement[bool]:
    """Whether the consent to ``Plan`` is valid on the day."""
    is_shared = or_(not_(_has(Consent.kind == _SHARED)), is_given(_SHARED, on))
    return of_plan(and_(is_given(_MADE, on), is_shared))


@lru_cache(KEPT)
def is_expired(on: date) -> ColumnElement[bool]:
    """Whether a consent to ``Plan`` that is needed ran out before the day, and was not renewed."""
    return _has_lapsed(on, is_withdrawn=False)


@lru_cache(KEPT)
def was_withdrawn(on: date) -> ColumnElement[bool]:
    """Whether a consent to ``Plan`` that is needed was withdrawn, and not given anew."""
    return _has_lapsed(on, is_withdrawn=True)


@lru_cache(KEPT)
def has_some(on: date) -> ColumnElement[bool]:
    """Whether somebody's consent to ``Plan`` holds on the day."""
    return _has(and_(*in_force(Consent, on)))


def ends_within(days: int, on: date) -> ColumnElement[bool]:
    """Whether the consent to ``Plan`` is valid on the day, and no longer so many days later."""
    return and_(is_valid(on), not_(is_valid(on + timedelta(days=days))))


def ran_out_on(on: date) -> ColumnElement[date]:
    """The first day without the consent to ``Plan`` that ran out last."""
    ends_on = func.coalesce(_ONE.ends_on, _ONE.ends_on)
    of_it = (_ONE.municipality_id == Plan.municipality_id, _ONE.plan_id == Plan.id)
    found = select(func.max(ends_on)).where(*of_it, _ONE.withdrawn_at.is_(None), ends_on <= on)
    return found.correlate(Plan).scalar_subquery()


def of_plan(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition about ``PLAN`` and ``OWNER``, as one about ``Plan``."""
    found = select(PLAN.id).join(OWNER, OWNER.id == PLAN.owner_id)
    return found.where(PLAN.id == Plan.id, condition).correlate(Plan).exists()


def _is_given(kind: ConsentKind, on: date) -> ColumnElement[bool]:
    return of_plan(is_given(kind, on))


def _has(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    of_it = (Consent.municipality_id == Plan.municipality_id, Consent.plan_id == Plan.id)
    return exists().where(*of_it, condition).correlate_except(Consent)


def _has_lapsed(on: date, *, is_withdrawn: bool) -> ColumnElement[bool]:
    """Whether the newest consent of somebody came to its end, and is needed still."""
    return or_(
        *(and_(_is_over(kind, on, is_withdrawn), not_(_is_given(kind, on))) for kind in ConsentKind)
    )


def _is_over(kind: ConsentKind, on: date, is_withdrawn: bool) -> ColumnElement[bool]:
    of_it = (_ONE.municipality_id == Plan.municipality_id, _ONE.plan_id == Plan.id)
    ended = _ONE.withdrawn_at.is_not(None)
    if not is_withdrawn:
        # Written so that it fits no index: SQLite would look through all that ended before.
        ended = and_(_ONE.withdrawn_at.is_(None), func.coalesce(_ONE.ends_on, _ONE.ends_on) <= on)
    is_renewed = some(
        (_LATER,),
        _LATER.municipality_id == _ONE.municipality_id,
        _LATER.plan_id == _ONE.plan_id,
        _LATER.kind == kind,
        _LATER.giver_id == _ONE.giver_id,
        _LATER.given_at > _ONE.given_at,
    )
    return some((_ONE,), *of_it, _ONE.kind == kind, ended, not_(is_renewed))


# --- for one plan --------------------------------------------------------------------------------


def state_of(plan: Plan, on: date) -> ConsentState:
    """The consent's state on a day in Norway."""
    lapsed = list(_lapsed(plan, on))
    if any(one.withdrawn_at is None and one.ends_on <= on for one in lapsed):
        return ConsentState.EXPIRED
    if any(one.withdrawn_at is not None for one in lapsed):
        return ConsentState.WITHDRAWN
    needed = {_MADE, *(one.kind for one in plan.consents)}
    if all(plan_access.is_agreed(plan, kind, on) for kind in needed):
        return ConsentState.VALID
    is_partly = any(one.is_active(on) for one in plan.consents)
    return ConsentState.PARTLY if is_partly else ConsentState.NONE


def _lapsed(plan: Plan, on: date) -> Iterator[Consent]:
    """The newest consent of each giver, of the kinds that are not agreed to by all who must."""
    for kind in ConsentKind:
        if plan_access.is_agreed(plan, kind, on):
            continue
        given = [one for one in plan.consents if one.kind is kind]
        for one in given:
            if not any(
                other.giver_id == one.giver_id and other.given_at > one.given_at for other in given
            ):
                yield one
