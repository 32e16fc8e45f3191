"""How plans are filtered and sorted in the local administrator's overview. No content is read."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, func, null, or_, select
from sqlalchemy.orm import aliased

from app.clock import today
from app.db import db
from app.enums import ConsentKind, PlanKind, PlanState
from app.models import Consent, Person, Plan, Unit
from app.people.search import find_persons
from app.plans import (
    consent_states,
    coordinator_states,
    list_filters,
    liveliness,
    meter_points,
    owners_side,
)
from app.screens.figures import CountedList
from app.screens.listing import Filter, OneOfFilter, Order
from app.screens.searching import SearchFilter
from app.screens.words import options
from app.security.consent_scope import in_force
from app.security.roles import Action


def find_plans(text: str) -> ColumnElement[bool]:
    """Plans whose owner or coordinator has a name that begins as typed."""
    found = select(Person.id).where(find_persons(text)).correlate(None)
    return or_(Plan.owner_id.in_(found), Plan.coordinator_id.in_(found))


FILTERS: dict[str, Filter] = {
    "q": SearchFilter(
        _l("Search"), find_plans, _l("Beginnings of the owner's or the coordinator's name")
    ),
    "kind": OneOfFilter(_l("Kind of plan"), Plan.kind, options(PlanKind)),
    "state": list_filters.PlanStateFilter(_l("State")),
    "unit": list_filters.PlanUnitFilter(_l("Unit, with all below it")),
    "coordinator": list_filters.CoordinatorFilter(_l("Coordinator")),
    "activity": list_filters.ACTIVITY,
    "consent": list_filters.CONSENT,
    "evaluation": list_filters.EVALUATION,
    "liveliness": list_filters.LIVELINESS,
    "owner_access": list_filters.OWNER_ACCESS,
    "coordinator_state": list_filters.COORDINATOR_STATE,
    "meter": list_filters.METER,
}
READY_VIEWS: tuple[tuple[Any, dict[str, str]], ...] = (
    (_l("No activity for 12 months"), {"state": list_filters.OPEN, "activity": "12"}),
    (_l("Consent expired"), {"state": list_filters.OPEN, "consent": list_filters.EXPIRED}),
    (
        _l("Without coordinator"),
        {"state": list_filters.OPEN, "coordinator_state": list_filters.WITHOUT},
    ),
    (_l("Evaluation overdue"), {"state": PlanState.ACTIVE.value, "evaluation": "overdue"}),
)


class LivelinessOrder:
    """Plans by their liveliness today; those without a score come last."""

    label = _l("Liveliness")
    descending = False
    may_be_empty = True
    header = "liveliness"

    @property
    def column(self) -> ColumnElement[Any]:
        """The score, as of today."""
        return liveliness.score(today())


OWNER: Any = aliased(Person)


def _with_owner(base: Select[Any]) -> Select[Any]:
    return base.join(OWNER, Plan.owner_id == OWNER.id)


ORDERS: dict[str, Any] = {
    "activity": Order(
        _l("Last activity"), Plan.last_activity_at, descending=True, header="last_activity_at"
    ),
    "started": Order(_l("Started"), Plan.id, descending=True, header="started_at"),
    "evaluation": Order(
        _l("Next evaluation"),
        Plan.next_evaluation_on,
        may_be_empty=True,
        header="next_evaluation_on",
    ),
    "owner": Order(_l("Plan owner"), OWNER.search_family, join=_with_owner),
    "liveliness": LivelinessOrder(),
}
COUNTED = CountedList(Plan, "PlanListView.list", FILTERS, ORDERS, Action.EXPORT)
"""The overview, for figures that are lengths of it."""

SIGNS: dict[str, Callable[[date], ColumnElement[Any]]] = {
    "consent_state": consent_states.state,
    "coordinator_state": coordinator_states.state,
    "owner_access": owners_side.has_login,
    "liveliness": liveliness.score,
    "meter": meter_points.met,
}
"""Columns that are worked out for each plan, and so only when they are shown."""


def say_sign(column: str, value: Any) -> Any:
    """What a column of ``SIGNS`` shows."""
    if value is None:
        return ""
    if column == "consent_state":
        return consent_states.WORDS[value]
    if column == "coordinator_state":
        return coordinator_states.WORDS[value]
    if column == "owner_access":
        return _("Yes") if value else _("No")
    most = liveliness.MOST if column == "liveliness" else len(meter_points.COUNTED)
    return _("%(count)s of %(most)s", count=value, most=most)


def signs_of(plan_ids: Sequence[str], columns: Collection[str], on: date) -> dict[str, Any]:
    """What those of ``columns`` that are worked out hold for each plan, by its id."""
    wanted = [make(on).label(name) for name, make in SIGNS.items() if name in columns]
    if not wanted or not plan_ids:
        return {}
    found = db.session.execute(select(Plan.id, *wanted).where(Plan.id.in_(plan_ids)))
    return {row.id: row._mapping for row in found}


def sign(plan: Plan, column: str) -> Any:
    """What ``signs_of`` found for a plan of the page that is shown, in words."""
    found = g.plan_signs.get(plan.id)
    return "" if found is None else say_sign(column, found[column])


def consents_until(plan_ids: Sequence[str], on: date) -> dict[str, date]:
    """The last day that a consent to share holds, by plan; a plan without one is left out.

    It tells until when consents were given, not whether all who must have given theirs.
    """
    found = db.session.execute(
        select(Consent.plan_id, func.max(Consent.ends_on))
        .where(Consent.plan_id.in_(plan_ids), *_shares(on))
        .group_by(Consent.plan_id)
    )
    return {plan_id: ends_on - timedelta(days=1) for plan_id, ends_on in found}


def consent_until(plan: Plan) -> date | None:
    """What ``consents_until`` found for a plan of the page that is shown."""
    found: date | None = g.consent_until.get(plan.id)
    return found


def exported(base: Select[Any], on: date, columns: Collection[str]) -> Select[Any]:
    """The columns of the overview as a file; what is worked out is left empty unless asked for."""
    owner, coordinator = aliased(Person), aliased(Person)
    until = (
        select(func.max(func.coalesce(Consent.ends_on, Consent.ends_on)))
        .where(Consent.plan_id == Plan.id, *_shares(on))
        .correlate(Plan)
        .scalar_subquery()
    )
    return (
        base.join(owner, Plan.owner_id == owner.id)
        .join(coordinator, Plan.coordinator_id == coordinator.id)
        .outerjoin(Unit, Plan.unit_id == Unit.id)
        .with_only_columns(
            owner.family_name + ", " + owner.given_name,
            Plan.kind,
            Plan.state,
            coordinator.given_name + " " + coordinator.family_name,
            case((owner.is_shielded, None), else_=Unit.name),
            until,
            Plan.next_evaluation_on,
            Plan.last_activity_at,
            Plan.started_at,
            Plan.closed_at,
            *(make(on) if name in columns else null() for name, make in SIGNS.items()),
        )
    )


def _shares(on: date) -> tuple[ColumnElement[bool], ...]:
    return (Consent.kind == ConsentKind.INFORMATION_IS_SHARED, *in_force(Consent, on))
