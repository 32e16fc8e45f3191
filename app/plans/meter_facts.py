"""The facts of one plan that the legal meter asks for, in few questions."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from app.clock import today
from app.db import db
from app.enums import ConsentKind, EntryKind, PlanKind, Section
from app.models import Plan, PlanEntry
from app.plans import template_moves
from app.plans.coordinators import can_coordinate
from app.plans.form_entries import filled_of
from app.plans.meter import Meter, MeterFacts, Unanswered, measure
from app.security import plan_access
from app.templating.contents import content_of
from app.templating.template_content import PARTS, legal_points


def meter_of(plan: Plan) -> Meter | None:
    """The meter of an individual plan, as it stands today; None for other kinds of plans.

    Who may see which part of it is decided where it is shown.
    """
    if plan.kind is not PlanKind.INDIVIDUAL_PLAN:
        return None
    return measure(facts_of(plan, today()))


def facts_of(plan: Plan, on: date) -> MeterFacts:
    """What the meter asks of the plan on a day in Norway."""
    counted = db.session.execute(_COUNTS.where(PlanEntry.plan_id == plan.id)).one()
    helping = [
        one
        for one in plan.participants
        if one.is_active(on) and one.person_id not in (plan.owner_id, plan.coordinator_id)
    ]
    return MeterFacts(
        goals=counted.goals,
        has_resources=bool(plan.resources.strip()),
        has_needs=bool(plan.needs.strip()),
        participants=len(helping),
        without_contribution=sum(not one.contribution.strip() for one in helping),
        has_active_coordinator=can_coordinate(plan.coordinator_id, on),
        activities=counted.activities,
        without_scope=counted.without_scope,
        without_responsible=counted.without_responsible,
        without_description=counted.without_description,
        has_period=plan.period_from is not None and plan.period_to is not None,
        has_next_evaluation=plan.next_evaluation_on is not None,
        may_be_made=plan_access.may_be_made(plan, on),
        may_be_shared=plan_access.is_agreed(plan, ConsentKind.INFORMATION_IS_SHARED, on),
        has_cooperation=bool(plan.cooperation.strip()),
        fields=_fields(plan),
    )


def _fields(plan: Plan) -> dict[int, tuple[Unanswered, ...]]:
    """By point of the law, the fields of the template that answer it and are empty.

    Each carries a part of the point, such as goals, resources or needs, so none stands in for
    another. Whether a field is required says only when its form can be saved.
    """
    asked = content_of(plan.template_version_id)
    if asked is None or not legal_points(asked):
        return {}
    values = _filled_in(plan)
    found: dict[int, tuple[Unanswered, ...]] = {}
    for point in legal_points(asked):
        fields = [(s, f) for s, f in asked.fields if point in f.legal_points]
        empty = [(s, f) for s, f in fields if f.key not in values.get((s.part, s.key), ())]
        found[point] = tuple(Unanswered(f.names.here, s.part) for s, f in empty)
    return found


def _filled_in(plan: Plan) -> dict[tuple[Section, str], Collection[str]]:
    """The keys of the fields that are filled in, by the part and the key of their section."""
    forms = template_moves.filled_forms(plan, PARTS)
    return {
        (one.section, one.details["section"]): filled_of(plan, one.section, one.details).values
        for one in forms
    }


def has_no_scope(entry: Any) -> ColumnElement[bool]:
    """Whether an activity does not say how much; ``entry`` is the table or an alias of it."""
    scope = entry.details["scope"].as_string()
    return or_(scope.is_(None), func.trim(scope) == "")


def has_nobody(entry: Any) -> ColumnElement[bool]:
    """Whether nobody is responsible for an activity, neither a participant nor by name."""
    named = entry.details["responsible"].as_string()
    return and_(entry.responsible_id.is_(None), named.is_(None))


_IS_ACTIVITY = PlanEntry.kind == EntryKind.ACTIVITY
_COUNTS = select(
    func.count(case((PlanEntry.kind == EntryKind.GOAL, 1))).label("goals"),
    func.count(case((_IS_ACTIVITY, 1))).label("activities"),
    func.count(case((and_(_IS_ACTIVITY, has_no_scope(PlanEntry)), 1))).label("without_scope"),
    func.count(case((and_(_IS_ACTIVITY, has_nobody(PlanEntry)), 1))).label("without_responsible"),
    func.count(case((and_(_IS_ACTIVITY, func.trim(PlanEntry.body) == ""), 1))).label(
        "without_description"
    ),
).where(PlanEntry.deleted_at.is_(None))
