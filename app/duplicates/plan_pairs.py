"""Open plans that should perhaps be one: of one owner, or of two persons who are likely one.

The local administrator sees that the plans are there and who coordinates them, not what is in them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import combinations, product
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates.not_same import Key, kept_apart, ordered
from app.enums import DuplicateKind, NoticeKind, PlanKind, PlanState
from app.models import Plan
from app.plans.twice import is_in_likely_pair, likely_pairs
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Notice

MOST_FOUND = 1000
LOG_AND_PLAN = {PlanKind.RELAY_LOG, PlanKind.INDIVIDUAL_PLAN}
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


def found(actor: Actor) -> list[Found]:
    """Pairs of open plans that were not answered to be rightly two, at most ``MOST_FOUND``."""
    by_owner: defaultdict[str, list[Any]] = defaultdict(list)
    for plan in _open_plans(actor):
        by_owner[plan.owner_id].append(plan)
    pairs = [*_of_one_owner(by_owner), *_of_two_persons(actor, by_owner)]
    apart = kept_apart(actor, DuplicateKind.PLAN)
    left = (one for one in pairs if one.key not in apart)
    return sorted(left, key=lambda one: (one.reason, one.key))[:MOST_FOUND]


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


def _open_plans(actor: Actor) -> Iterable[Any]:
    """Open plans of owners who have several, or who wait beside another person, with what tells
    whether two stand beside each other."""
    columns = (Plan.id, Plan.owner_id, Plan.kind, Plan.state, Plan.continues_id)
    overseen = scope.rows(actor, Plan, Action.EXPORT).where(Plan.closed_at.is_(None))
    several = overseen.with_only_columns(Plan.owner_id).group_by(Plan.owner_id)
    in_pair = is_in_likely_pair(Plan.owner_id, scope.visible(actor, DuplicatePair))
    looked_at = or_(Plan.owner_id.in_(several.having(func.count() > 1)), in_pair)
    return db.session.execute(
        overseen.where(looked_at).with_only_columns(*columns).order_by(Plan.id)
    )


def _of_one_owner(by_owner: Mapping[str, Sequence[Any]]) -> Iterator[Found]:
    for plans in by_owner.values():
        for one, other in combinations(plans, 2):
            if _are_beside(one, other) and not (_goes_on(one, other) or _goes_on(other, one)):
                yield Found(ordered(one.id, other.id), _reason(one, other))


def _of_two_persons(actor: Actor, by_owner: Mapping[str, Sequence[Any]]) -> Iterator[Found]:
    for pair in likely_pairs(scope.visible(actor, DuplicatePair)):
        owned = by_owner.get(pair.first_id, ()), by_owner.get(pair.second_id, ())
        for one, other in product(*owned):
            if _are_beside(one, other):
                yield Found(ordered(one.id, other.id), Reason.TWO_PERSONS, pair.id)


def _are_beside(one: Any, other: Any) -> bool:
    """Whether two plans are of a kind, or a relay log and the plan that it should have become."""
    return one.kind is other.kind or {one.kind, other.kind} == LOG_AND_PLAN


def _reason(one: Any, other: Any) -> Reason:
    if one.kind is not other.kind:
        return Reason.LOG_BESIDE_PLAN
    return Reason.TWO_LOGS if one.kind is PlanKind.RELAY_LOG else Reason.SAME_KIND


def _goes_on(plan: Any, log: Any) -> bool:
    """Whether a log is on its way to become the plan: it is closed when the plan is in use."""
    return plan.continues_id == log.id and plan.state in NOT_YET_IN_USE
