"""Ending the move of a plan, on both sides of the border in one transaction.

What was sent is gone over there in the same moment. Whom it concerns is told by the caller.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.audit import log
from app.db import db
from app.enums import MoveState, NoticeKind
from app.models import Plan
from app.notifications import notices
from app.security.actor import Actor
from app.security.tenancy import Scope, visiting
from app.side_tables import IncomingPlan, MoveConsent, PlanMove

ABOUT_CONSENT = (NoticeKind.MOVE_CONSENT_WANTED, NoticeKind.MOVE_CONSENT_GIVEN)


def open_move(plan: Plan) -> PlanMove | None:
    """The move that the plan is on: begun, or sent and not answered. There is one at most."""
    found: PlanMove | None = db.session.scalar(
        select(PlanMove).where(PlanMove.plan_id == plan.id, PlanMove.ended_at.is_(None))
    )
    return found


def consents_of(move: PlanMove) -> Sequence[MoveConsent]:
    """What was agreed to and not taken back, as it is now."""
    found = select(MoveConsent).where(
        MoveConsent.move_id == move.id, MoveConsent.withdrawn_at.is_(None)
    )
    return db.session.scalars(found.order_by(MoveConsent.id)).all()


def stop_open(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Take back the move that the plan is on, if it is on one."""
    move = open_move(plan)
    if move is not None:
        end(actor, plan, move, MoveState.TAKEN_BACK, at=at)


def end(
    actor: Actor, plan: Plan, move: PlanMove, state: MoveState, *, at: datetime, reason: str = ""
) -> None:
    """End a move without the plan being moved; what was sent is gone."""
    settle(plan, move, state, at=at, reason=reason)
    log.record(actor, "plan:move_stopped", plan)
    if move.package_id is None:
        return
    package_id = move.package_id
    with visiting(db.session(), Scope(move.to_municipality_id, actor.account_id)):
        package = db.session.scalar(
            select(IncomingPlan).where(IncomingPlan.id == package_id).with_for_update()
        )
        if package is not None and package.ended_at is None:
            empty(package, state, at=at, reason=reason)


def settle(plan: Plan, move: PlanMove, state: MoveState, *, at: datetime, reason: str = "") -> None:
    """Write the end on the side that the plan leaves, and ask nobody for anything more."""
    move.state, move.ended_at, move.reason = state, at, reason
    for kind in (*ABOUT_CONSENT, NoticeKind.MOVE_SENT):
        notices.settle(plan.id, kind, at=at)


def empty(package: IncomingPlan, state: MoveState, *, at: datetime, reason: str = "") -> None:
    """Write the end on the side that it came to; whom it was about and what was in it is gone."""
    package.state, package.ended_at, package.reason = state, at, reason
    package.sealed_owner = package.sealed_content = None
