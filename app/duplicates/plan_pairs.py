"""Open plans that should perhaps be one: of one owner, or of two persons who are likely one.

The local administrator sees that the plans are there and who coordinates them, not what is in them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates.not_same import Key, kept_apart, ordered
from app.enums import DuplicateKind, NoticeKind, PlanKind, PlanState
from app.models import Plan
from app.plans.twice import LIKELY, UNANSWERED
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Notice

MOST_FOUND = 1000
NOT_YET_IN_USE = (PlanState.DRAFT, PlanState.AWAITING_CONSENT)


class Reason(IntEnum):
    """Why two plans stand beside each other, what most needs a look first."""

    TWO_PERSONS = 1
    LOG_BESIDE_PLAN = 2
    TWO_LOGS = 3
    SAME_KIND = 4


@dataclass(frozen=True)
class Found:
    """Two plans by their ids; ``person_pair_id`` where their owners may be one person."""

    key: Key
    reason: Reason
    person_pair_id: str | None = None


@dataclass(frozen=True)
class PlanPair:
    """Two open plans, and why they are shown."""

    found: Found
    plans: tuple[Plan, Plan]


_ONE, _OTHER = aliased(Plan, name="one"), aliased(Plan, name="other")


def found(actor: Actor) -> list[Found]:
    """Pairs of open plans that were not answered to be rightly two, at most ``MOST_FOUND``."""
    apart = kept_apart(actor, DuplicateKind.PLAN)
    pairs = [
        one for one in (*_of_one_owner(actor), *_of_two_persons(actor)) if one.key not in apart
    ]
    return sorted(pairs, key=lambda one: (one.reason, one.key))[:MOST_FOUND]


def shown(actor: Actor, pairs: Sequence[Found]) -> list[PlanPair]:
    """Pairs with their plans."""
    ids = {plan_id for pair in pairs for plan_id in pair.key}
    loaded = (
        scope.rows(actor, Plan, Action.EXPORT)
        .where(Plan.id.in_(ids))
        .options(joinedload(Plan.owner), joinedload(Plan.coordinator), joinedload(Plan.unit))
    )
    plans = {plan.id: plan for plan in db.session.scalars(loaded)}
    return [
        PlanPair(pair, (plans[pair.key[0]], plans[pair.key[1]]))
        for pair in pairs
        if plans.keys() >= set(pair.key)
    ]


def asked_about(plan_ids: Iterable[str], kind: NoticeKind) -> dict[str, datetime]:
    """When somebody was last told of a kind of duplicate in each plan."""
    rows = db.session.execute(
        select(Notice.plan_id, Notice.at)
        .where(Notice.plan_id.in_(set(plan_ids)), Notice.kind == kind)
        .order_by(Notice.at)
    )
    return {row.plan_id: row.at for row in rows}


def _of_one_owner(actor: Actor) -> list[Found]:
    query = _pairs(actor).where(_ONE.owner_id == _OTHER.owner_id, _ONE.id < _OTHER.id)
    return [
        Found(ordered(row.first, row.second), _reason(row))
        for row in db.session.execute(query.limit(MOST_FOUND))
        if not _goes_on(row)
    ]


def _of_two_persons(actor: Actor) -> list[Found]:
    are_owners = and_(
        DuplicatePair.first_id == _ONE.owner_id, DuplicatePair.second_id == _OTHER.owner_id
    )
    query = (
        _pairs(actor)
        .join(DuplicatePair, are_owners)
        .add_columns(DuplicatePair.id.label("pair_id"))
        .where(
            scope.visible(actor, DuplicatePair),
            DuplicatePair.state.in_(UNANSWERED),
            DuplicatePair.band.in_(LIKELY),
        )
    )
    return [
        Found(ordered(row.first, row.second), Reason.TWO_PERSONS, row.pair_id)
        for row in db.session.execute(query.limit(MOST_FOUND))
    ]


def _pairs(actor: Actor) -> Select[Any]:
    """Two open plans of kinds that do not stand beside each other."""
    overseen = scope.rows(actor, Plan, Action.EXPORT).with_only_columns(Plan.id).correlate(None)
    columns: list[Any] = [
        _ONE.id.label("first"),
        _OTHER.id.label("second"),
        _ONE.kind.label("first_kind"),
        _OTHER.kind.label("second_kind"),
        _ONE.state.label("first_state"),
        _OTHER.state.label("second_state"),
        _ONE.continues_id.label("first_continues"),
        _OTHER.continues_id.label("second_continues"),
    ]
    return (
        select(*columns)
        .select_from(_ONE)
        .join(_OTHER, _ONE.municipality_id == _OTHER.municipality_id)
        .where(
            _ONE.closed_at.is_(None),
            _OTHER.closed_at.is_(None),
            _ONE.id.in_(overseen),
            _OTHER.id.in_(overseen),
            or_(_ONE.kind == _OTHER.kind, _is_log_beside_plan(_ONE, _OTHER)),
        )
    )


def _is_log_beside_plan(one: Any, other: Any) -> ColumnElement[bool]:
    either = (PlanKind.INDIVIDUAL_PLAN, PlanKind.RELAY_LOG)
    return and_(one.kind.in_(either), other.kind.in_(either))


def _reason(row: Any) -> Reason:
    if row.first_kind is not row.second_kind:
        return Reason.LOG_BESIDE_PLAN
    return Reason.TWO_LOGS if row.first_kind is PlanKind.RELAY_LOG else Reason.SAME_KIND


def _goes_on(row: Any) -> bool:
    """Whether a log is on its way to become the plan: it is closed when the plan is in use."""
    return (row.first_continues == row.second and row.first_state in NOT_YET_IN_USE) or (
        row.second_continues == row.first and row.second_state in NOT_YET_IN_USE
    )
