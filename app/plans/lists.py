"""How plans are filtered and sorted in the local administrator's overview. No content is read."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.enums import ConsentKind, PlanKind, PlanState
from app.models import Consent, Person, Plan, Unit
from app.people.lists import UnitFilter
from app.people.search import find_persons
from app.screens.listing import Filter, OneOfFilter, Order
from app.screens.searching import SearchFilter
from app.screens.words import options


def find_plans(text: str) -> ColumnElement[bool]:
    """Plans whose owner or coordinator has a name that begins as typed."""
    found = select(Person.id).where(find_persons(text)).correlate(None)
    return or_(Plan.owner_id.in_(found), Plan.coordinator_id.in_(found))


class PlanUnitFilter(UnitFilter):
    """Plans of a unit that the actor sees and of those below it, the shielded owners' left out."""

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the plans' unit.

        Raises:
            BadFilterValue: it is none of the options.
        """
        chosen = self.units(value)
        if chosen is None:
            return None
        shielded = select(Person.id).where(Person.is_shielded.is_(True)).correlate(None)
        return Plan.unit_id.in_(chosen) & Plan.owner_id.not_in(shielded)


FILTERS: dict[str, Filter] = {
    "q": SearchFilter(
        _l("Search"), find_plans, _l("Beginnings of the owner's or the coordinator's name")
    ),
    "kind": OneOfFilter(_l("Kind of plan"), Plan.kind, options(PlanKind)),
    "state": OneOfFilter(_l("State"), Plan.state, options(PlanState)),
    "unit": PlanUnitFilter(_l("Unit, with all below it")),
}
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
}


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


def exported(base: Select[Any], on: date) -> Select[Any]:
    """The columns of the overview as a file."""
    owner, coordinator = aliased(Person), aliased(Person)
    until = (
        select(func.max(Consent.ends_on))
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
        )
    )


def _shares(on: date) -> tuple[ColumnElement[bool], ...]:
    return Consent.kind == ConsentKind.INFORMATION_IS_SHARED, Consent.active(on)
