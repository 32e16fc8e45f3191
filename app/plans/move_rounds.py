"""Moves that nobody answered in time, or that no consent carries any more: ended by the clock.

Safe to repeat.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import transaction
from app.enums import MoveState, NoticeKind
from app.models import Plan
from app.notifications import notices
from app.plans import activity, life, move_ending
from app.plans.arriving import still_stands
from app.security.actor import acting_as, operator
from app.side_tables import PlanMove


def run(session: Session, municipality_id: int, at: datetime) -> int:
    """End what the municipality has sent and may not be accepted any more; how many that was."""
    actor = operator(municipality_id)
    with acting_as(session, actor), transaction():
        sent = select(PlanMove.id, PlanMove.plan_id).where(PlanMove.state == MoveState.SENT)
        ended = 0
        for move_id, plan_id in session.execute(sent.order_by(PlanMove.id)).all():
            plan = session.get_one(Plan, plan_id)
            activity.hold(plan)
            move = session.get_one(PlanMove, move_id, populate_existing=True)
            if move.state is not MoveState.SENT or still_stands(plan, move, at):
                continue
            is_late = move.expires_at is not None and move.expires_at <= at
            state = MoveState.EXPIRED if is_late else MoveState.CONSENT_REFUSED
            move_ending.end(actor, plan, move, state, at=at)
            told = {plan.coordinator_id, *life.those_who_decide(plan, at)}
            notices.tell(plan, told, NoticeKind.MOVE_STOPPED, at=at)
            ended += 1
    return ended
