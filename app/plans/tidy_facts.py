"""What can't be done with which plan in a clean-up, and why: asked of many plans at once.

The summary before a clean-up and the clean-up itself ask here, so they say the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.clock import day_of
from app.consent.rights import who_may
from app.db import db
from app.enums import EntryKind, NoticeKind, PlanKind, PlanState, TidyAct, TidyRule
from app.models import Plan, PlanEntry
from app.plans.life import UNDONE
from app.plans.plan_troubles import working_coordinators
from app.plans.successors import Loose, Successor, acting_for, loose, may_take, successors
from app.plans.tidy_told import Seen, who_sees
from app.security.plan_rights import OPEN, UNDER_WAY
from app.side_tables import Handover, Notice, PlanMove

ACTIVE, CLOSED = frozenset({PlanState.ACTIVE}), frozenset({PlanState.CLOSED})
STATES: Mapping[TidyAct, tuple[frozenset[PlanState], str]] = {
    TidyAct.REMIND: (OPEN, "not_open"),
    TidyAct.RENEW_CONSENT: (UNDER_WAY, "not_under_way"),
    TidyAct.REASSIGN: (OPEN, "not_open"),
    TidyAct.PAUSE: (ACTIVE, "not_active"),
    TidyAct.CLOSE: (OPEN, "not_open"),
    TidyAct.ARCHIVE: (CLOSED, "not_closed"),
}
"""The states in which an act can be done, and the code for all others."""
REMINDS_OF = {TidyRule.CONSENT_EXPIRED: NoticeKind.CONSENT_TO_RENEW}


@dataclass(frozen=True)
class Wish:
    """What is to be done with a plan, by which rule it was found, and what it takes."""

    act: TidyAct
    rule: TidyRule | None = None
    reason: str = ""
    coordinator_id: str | None = None

    @property
    def notice(self) -> NoticeKind:
        """What a coordinator is reminded of: to look at the plan anew, or to renew the consent."""
        usual = NoticeKind.EVALUATION_WANTED
        return usual if self.rule is None else REMINDS_OF.get(self.rule, usual)


@dataclass(frozen=True)
class Facts:
    """What is asked once for all plans of a step."""

    on: date
    at_work: frozenset[str]
    moving: frozenset[str] = frozenset()
    waiting: frozenset[tuple[str, str, NoticeKind]] = frozenset()
    asked: frozenset[tuple[str, str]] = frozenset()
    successors: Mapping[str, Successor] = field(default_factory=dict)
    loose: Mapping[str, Loose] = field(default_factory=dict)
    acting: frozenset[tuple[str, str]] = frozenset()
    seen: Seen = field(default_factory=dict)
    open: Mapping[str, int] = field(default_factory=dict)

    def sees(self, plan: Plan) -> frozenset[str]:
        """Who sees a plan before anything is done with it."""
        return self.seen.get(plan.id, frozenset())


def held(plan_ids: Sequence[str]) -> Sequence[Plan]:
    """Plans as they are now, held to the end of the transaction, with what is asked of each.

    They are always held in the same order, so that nobody waits in a circle.
    """
    parts = (
        Plan.owner,
        Plan.unit,
        Plan.authorities,
        Plan.age_rules,
        Plan.participants,
        Plan.consents,
        Plan.stand_ins,
        Plan.handovers,
        Plan.emergencies,
    )
    found = (
        select(Plan)
        .where(Plan.id.in_(plan_ids))
        .order_by(Plan.id)
        .with_for_update(of=Plan)
        .options(*(selectinload(part) for part in parts))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(found).all()


def facts_of(plans: Sequence[Plan], act: TidyAct, *, at: datetime) -> Facts:
    """The facts about these plans that matter for an act."""
    on, ids = day_of(at), [one.id for one in plans]
    at_work = frozenset(db.session.scalars(working_coordinators(on)))
    if act in (TidyAct.REMIND, TidyAct.RENEW_CONSENT):
        return Facts(on, at_work, waiting=_waiting(ids))
    if act is TidyAct.REASSIGN:
        return Facts(
            on,
            at_work,
            asked=_asked(ids),
            successors={one.id: one for one in successors(on)},
            loose={one.id: one for one in loose(plans)},
            acting=acting_for({one.owner_id for one in plans}, on),
            seen=who_sees(ids, on),
        )
    if act is TidyAct.CLOSE:
        open_ones = open_activities(ids)
        return Facts(on, at_work, moving=_moving(ids), seen=who_sees(ids, on), open=open_ones)
    return Facts(on, at_work, seen=who_sees(ids, on) if act is TidyAct.PAUSE else {})


def open_activities(plan_ids: Sequence[str]) -> Mapping[str, int]:
    """How many goals and activities are neither reached nor stopped, by plan."""
    found = (
        select(PlanEntry.plan_id, func.count(PlanEntry.id))
        .where(
            PlanEntry.plan_id.in_(plan_ids),
            PlanEntry.kind.in_((EntryKind.GOAL, EntryKind.ACTIVITY)),
            PlanEntry.deleted_at.is_(None),
            PlanEntry.status.in_(UNDONE),
        )
        .group_by(PlanEntry.plan_id)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def _waiting(ids: Sequence[str]) -> frozenset[tuple[str, str, NoticeKind]]:
    kinds = (NoticeKind.EVALUATION_WANTED, NoticeKind.CONSENT_TO_RENEW)
    found = select(Notice.plan_id, Notice.person_id, Notice.kind).where(
        Notice.plan_id.in_(ids), Notice.kind.in_(kinds), Notice.settled_at.is_(None)
    )
    return frozenset((row.plan_id, row.person_id, row.kind) for row in db.session.execute(found))


def _asked(ids: Sequence[str]) -> frozenset[tuple[str, str]]:
    """(plan, person) of those who are asked to take over, and have not answered."""
    found = select(Handover.plan_id, Handover.to_id).where(
        Handover.plan_id.in_(ids), Handover.answered_at.is_(None)
    )
    return frozenset((row.plan_id, row.to_id) for row in db.session.execute(found))


def _moving(ids: Sequence[str]) -> frozenset[str]:
    found = select(PlanMove.plan_id).where(PlanMove.plan_id.in_(ids), PlanMove.ended_at.is_(None))
    return frozenset(db.session.scalars(found))


# --- what stands in the way ----------------------------------------------------------------------


def obstacle(plan: Plan, wish: Wish, facts: Facts) -> str | None:
    """The code of what stands in the way of a wish; None when it can be done."""
    states, code = STATES[wish.act]
    if plan.state not in states:
        return code
    check = _CHECKS.get(wish.act)
    return None if check is None else check(plan, wish, facts)


def _remind(plan: Plan, wish: Wish, facts: Facts) -> str | None:
    if plan.coordinator_id not in facts.at_work:
        return "nobody_to_remind"
    is_told = (plan.id, plan.coordinator_id, wish.notice) in facts.waiting
    return "told_already" if is_told else None


def asked_to_renew(plan: Plan, on: date) -> frozenset[str]:
    """Those whose consent would count; who is dead or has moved is not asked."""
    return frozenset(one.giver.id for one in who_may(plan, on) if one.giver.retired_at is None)


def _renew(plan: Plan, _wish: Wish, facts: Facts) -> str | None:
    asked = asked_to_renew(plan, facts.on)
    if not asked:
        return "nobody_to_ask"
    waiting = ((plan.id, person_id, NoticeKind.CONSENT_TO_RENEW) for person_id in asked)
    return "told_already" if all(one in facts.waiting for one in waiting) else None


def _reassign(plan: Plan, wish: Wish, facts: Facts) -> str | None:
    to_id = wish.coordinator_id
    if to_id is None:
        return "no_successor"
    if to_id == plan.coordinator_id:
        return "is_holder"
    to = facts.successors.get(to_id)
    if to is None or not may_take(to, facts.loose[plan.id], facts.acting):
        return "successor_unfit"
    is_asked = plan.kind is PlanKind.RELAY_LOG and (plan.id, to_id) in facts.asked
    return "asked_already" if is_asked else None


def _close(plan: Plan, _wish: Wish, facts: Facts) -> str | None:
    return "is_moving" if plan.id in facts.moving else None


_CHECKS: Mapping[TidyAct, Callable[[Plan, Wish, Facts], str | None]] = {
    TidyAct.REMIND: _remind,
    TidyAct.RENEW_CONSENT: _renew,
    TidyAct.REASSIGN: _reassign,
    TidyAct.CLOSE: _close,
}
