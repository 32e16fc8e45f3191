"""Bringing a plan back to what it was before a clean-up, unless somebody has changed it since.

It never gives anybody more than they had before: a consent that ended meanwhile is not replaced.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.db import db
from app.desk_tables import TidiedPlan
from app.enums import NoticeKind, PlanKind, PlanState, TidyAct
from app.merged_ids import kept_id
from app.models import AuditEvent, Plan, StandIn
from app.notifications import notices
from app.plans import life
from app.plans.coordinators import can_coordinate
from app.plans.starting import open_individual_plan
from app.plans.tidy_told import who_sees
from app.plans.tidy_words import NotUndone
from app.plans.tidying import Before
from app.security import plan_access, policy
from app.security.actor import Actor
from app.security.plan_rights import OPEN
from app.security.roles import Action
from app.side_tables import Handover, Notice

KEPT_FOR = timedelta(days=30)
RUNNING = frozenset({PlanState.ACTIVE, PlanState.PAUSED})


def undo(actor: Actor, row: TidiedPlan, act: TidyAct, *, at: datetime) -> None:
    """Bring the plan of a clean-up's row back. ``tell`` is for many at once.

    Raises:
        NotUndone: it stays as it is, and why.
    """
    policy.require(actor, Action.UNDO, row)
    if not can_still(row, at):
        raise NotUndone("too_late")
    _UNDO[act](actor, row.plan, row, at)
    if act is not TidyAct.ARCHIVE:
        _take_back_notices(row.plan, _done_at(row), at)
    db.session.flush()


def tell(actor: Actor, plans: Sequence[Plan], *, at: datetime) -> None:
    """Tell those who see the plans now that they are as they were before a clean-up."""
    seen = who_sees([one.id for one in plans], day_of(at))
    for plan in plans:
        told = seen.get(plan.id, frozenset()) - {actor.person_id}
        notices.tell(plan, told, NoticeKind.TIDYING_UNDONE, at=at)


TOLD = frozenset({TidyAct.REASSIGN, TidyAct.PAUSE, TidyAct.CLOSE})
"""The acts whose undoing is told; a relay log that was only offered is none of them."""


def is_told(row: TidiedPlan, act: TidyAct) -> bool:
    """Whether bringing a plan back is told to those who see it; asked before it is done."""
    return act in TOLD and "offered_only" not in row.before


def can_still(row: TidiedPlan, at: datetime) -> bool:
    """Whether what undoing needs is still kept."""
    return row.done_at is not None and at < row.done_at + KEPT_FOR and bool(row.before)


def _take_back_notices(plan: Plan, done: datetime, at: datetime) -> int:
    """Settle what the clean-up told and nobody has seen to; how much that was."""
    found = select(Notice).where(
        Notice.plan_id == plan.id, Notice.at == done, Notice.settled_at.is_(None)
    )
    waiting = db.session.scalars(found).all()
    for notice in waiting:
        notice.settled_at = at
    return len(waiting)


def _done_at(row: TidiedPlan) -> datetime:
    return datetime.fromisoformat(row.before["at"])


# --- one way back for each act -------------------------------------------------------------------


def _unsay(actor: Actor, plan: Plan, row: TidiedPlan, at: datetime) -> None:
    if not _take_back_notices(plan, _done_at(row), at):
        raise NotUndone("seen_already")
    log.record(actor, "plan:tidying_undone", plan)


def _give_back(actor: Actor, plan: Plan, row: TidiedPlan, at: datetime) -> None:
    if plan.state not in OPEN:
        raise NotUndone("closed_since")
    if "offered_only" in row.before:
        _unask(actor, plan, row, at)
        return
    later = [
        one
        for one in plan.handovers
        if one.id != row.before["offer"] and one.offered_at >= _done_at(row)
    ]
    was = kept_id(row.before["coordinator_id"])
    if later or plan.coordinator_id != row.before["to_id"] or was == plan.owner_id:
        raise NotUndone("handed_over_since")
    notices.pass_on(plan, plan.coordinator_id, was, at=at)
    plan.coordinator_id = was
    _bring_back_stand_ins(row.before, at)
    _bring_back_offers(plan, row.before, at)
    log.record(actor, "plan:tidying_undone", plan, fields=("coordinator_id",))


def _unask(actor: Actor, plan: Plan, row: TidiedPlan, at: datetime) -> None:
    """Take back the question whether somebody takes a relay log over."""
    offer = next((one for one in plan.handovers if one.id == row.before["offer"]), None)
    if offer is None or offer.answered_at is not None:
        raise NotUndone("answered_since")
    offer.answered_at, offer.accepted = at, False
    notices.settle(plan.id, NoticeKind.HANDOVER_OFFERED, at=at)
    db.session.flush()
    _bring_back_offers(plan, row.before, at)
    log.record(actor, "plan:tidying_undone", plan)


def _go_on(actor: Actor, plan: Plan, row: TidiedPlan, at: datetime) -> None:
    if plan.state is not PlanState.PAUSED or _was_paused_since(plan, row):
        raise NotUndone("changed_since")
    plan.state = _state(plan, PlanState.ACTIVE, row.before, at)
    log.record(actor, "plan:tidying_undone", plan, fields=("state",))


def _was_paused_since(plan: Plan, row: TidiedPlan) -> bool:
    """Whether somebody took the plan up and let it rest again after the clean-up."""
    found = select(AuditEvent.id).where(
        AuditEvent.plan_id == plan.id,
        AuditEvent.action.in_(("plan:paused", "plan:resumed")),
        AuditEvent.at > row.done_at,
    )
    return db.session.scalar(found.limit(1)) is not None


def _reopen(actor: Actor, plan: Plan, row: TidiedPlan, at: datetime) -> None:
    if plan.state is not PlanState.CLOSED or plan.closed_at != _done_at(row):
        raise NotUndone("changed_since")
    if plan.kind is PlanKind.INDIVIDUAL_PLAN and open_individual_plan(plan.owner_id):
        raise NotUndone("other_plan")
    plan.state = _state(plan, PlanState(row.before["state"]), row.before, at)
    plan.closed_at, plan.closed_reason = None, None
    log.record(actor, "plan:tidying_undone", plan, fields=("state", "closed_at", "closed_reason"))
    _bring_back_offers(plan, row.before, at)
    _bring_back_notices(plan, _done_at(row))


def _unarchive(actor: Actor, plan: Plan, _row: TidiedPlan, _at: datetime) -> None:
    if plan.state is not PlanState.ARCHIVED:
        raise NotUndone("changed_since")
    plan.state = PlanState.CLOSED
    log.record(actor, "plan:tidying_undone", plan, fields=("state",))


_UNDO: Mapping[TidyAct, Callable[[Actor, Plan, TidiedPlan, datetime], None]] = {
    TidyAct.REMIND: _unsay,
    TidyAct.RENEW_CONSENT: _unsay,
    TidyAct.REASSIGN: _give_back,
    TidyAct.PAUSE: _go_on,
    TidyAct.CLOSE: _reopen,
    TidyAct.ARCHIVE: _unarchive,
}


# --- what comes back with it ---------------------------------------------------------------------


def _state(plan: Plan, was: PlanState, before: Before, at: datetime) -> PlanState:
    """The state to come back to: a plan that lost its consent meanwhile waits for it."""
    is_lost = before["may_be_made"] and not plan_access.may_be_made(plan, day_of(at))
    return PlanState.AWAITING_CONSENT if was in RUNNING and is_lost else was


def _bring_back_offers(plan: Plan, before: Before, at: datetime) -> None:
    """Ask those again who were asked to take over, unless they could not any more."""
    for offer in _handovers(plan, before["offers"]):
        if can_coordinate(offer.to_id, day_of(at)) and offer.to_id != plan.coordinator_id:
            offer.answered_at, offer.accepted = None, None
            notices.tell(plan, [offer.to_id], NoticeKind.HANDOVER_OFFERED, at=at)


def _handovers(plan: Plan, ids: Iterable[str]) -> list[Handover]:
    wanted = set(ids)
    return [one for one in plan.handovers if one.id in wanted]


def _bring_back_stand_ins(before: Before, at: datetime) -> None:
    found = select(StandIn).where(StandIn.id.in_(before["stand_ins"]))
    for one in db.session.scalars(found):
        if one.ends_on is None or one.ends_on > day_of(at):
            one.ended_at = None


def _bring_back_notices(plan: Plan, done: datetime) -> None:
    """Ask again what was asked about people who may be one, until the plan was closed."""
    found = select(Notice).where(
        Notice.plan_id == plan.id, Notice.kind.in_(life.SETTLED), Notice.settled_at == done
    )
    for notice in db.session.scalars(found):
        notice.settled_at = None
