"""Telling the coordinators of a unit's plans that it moves to another municipality, as a job.

One plan in each transaction, with how far it is: what is cut off or cancelled goes on where it
stopped, and nobody is told of a plan twice, also when it is ordered again. What may be done is
asked each time.
"""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.clock import day_of, utc_now
from app.db import db
from app.enums import JobState, NoticeKind
from app.errors import NotFound
from app.jobs.records import JobRef, Stopped, at_work
from app.joining import unit_family
from app.joining.unit_moves import COUNTED
from app.joining_tables import UnitMove, UnitMoveState
from app.models import Job, Municipality, Plan
from app.notifications import notices
from app.plans import activity, coordinator_states, move_ending
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Notice

LINES: dict[str, Any] = {
    "told": _l("Plans whose coordinator is told now"),
    "told_before": _l("Plans whose coordinator was told before"),
    "moving": _l("Plans that are on a move already"),
    "without": _l("To be seen to: plans without a coordinator who can sign in"),
    "shielded": _l("To be seen to: plans whose owner's address is protected. Nobody was told"),
}


def run(ref: JobRef, _job: Job) -> None:
    """Tell them, one plan in each transaction.

    Raises:
        Stopped, Cancelled, NotRunning: see ``records.at_work``.
    """
    while _next(ref):
        db.session.expunge_all()


def _next(ref: JobRef) -> bool:
    """See to the next plan; whether there was one."""
    with at_work(ref) as (actor, job):
        move = _move_of(actor, job)
        plan = _next_plan(actor, move, job.report.get("after", ""))
        if plan is None:
            job.state, job.ended_at, job.total = JobState.DONE, utc_now(), job.done
            return False
        what = _see_to(plan, move, utc_now())
        job.done += 1
        job.total = max(job.total, job.done)
        counted = {name: job.report.get(name, 0) for name in COUNTED}
        job.report = {**job.report, **counted, what: counted[what] + 1, "after": plan.id}
        return True


def _move_of(actor: Actor, job: Job) -> UnitMove:
    """The move, while it goes on.

    Raises:
        Stopped: it has ended, or nobody is there to take the plans over any more.
    """
    move = db.session.get(UnitMove, job.parameters["move_id"])
    if move is None:
        raise NotFound
    # Held, so that it is not taken back while somebody is told.
    db.session.refresh(move, with_for_update=True)
    policy.require(actor, Action.HAND_OVER, move)
    if move.state is not UnitMoveState.ACCEPTED:
        raise Stopped("unit_move_over")
    if not db.session.get_one(Municipality, move.to_municipality_id).is_in_use:
        raise Stopped("unit_move_nowhere")
    return move


def _next_plan(actor: Actor, move: UnitMove, after: str) -> Plan | None:
    found = scope.rows(actor, Plan, Action.HAND_OVER).where(
        Plan.unit_id.in_(move.unit_ids), Plan.state.in_(unit_family.GOING)
    )
    if after:
        found = found.where(Plan.id > after)
    plan: Plan | None = db.session.scalar(found.order_by(Plan.id).limit(1))
    if plan is not None:
        activity.hold(plan)
    return plan


def _see_to(plan: Plan, move: UnitMove, at: datetime) -> str:
    """Tell the coordinator, unless something speaks against it; what became of it."""
    if plan.owner.is_shielded:
        return "shielded"
    if move_ending.open_move(plan) is not None:
        return "moving"
    able = select(Plan.id).where(Plan.id == plan.id, coordinator_states.is_able(day_of(at)))
    if db.session.scalar(able) is None:
        return "without"
    if _was_told(plan, move):
        return "told_before"
    place = db.session.get_one(Municipality, move.to_municipality_id).display_name
    notices.tell_each_time(plan, plan.coordinator_id, NoticeKind.UNIT_MOVES, at=at, text=place)
    return "told"


def _was_told(plan: Plan, move: UnitMove) -> bool:
    """Whether the coordinator was told of this move, also when they have seen to it since."""
    told = select(Notice.id).where(
        Notice.plan_id == plan.id,
        Notice.person_id == plan.coordinator_id,
        Notice.kind == NoticeKind.UNIT_MOVES,
        Notice.at >= move.answered_at,
    )
    return db.session.scalar(told.limit(1)) is not None
