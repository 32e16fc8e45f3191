"""Rows of a move that was stopped, and of one that has come, for tests that ask of every table."""

from datetime import timedelta

from app.clock import utc_now
from app.db import db
from app.enums import ConsentCapacity, ConsentMethod, MoveState, Section
from app.models import Authority, Municipality, Plan
from app.side_tables import IncomingPlan, MoveConsent, PlanMove


def moved(plan: Plan, by: Authority, coordinator_id: str, *, text: str = "") -> None:
    """A move of the plan that was stopped, what was agreed to, and that the plan came from
    elsewhere. ``text`` holds ``{}`` for the name of the column."""
    now, sections = utc_now(), [str(Section.GOALS)]
    elsewhere = db.session.query(Municipality.id).filter(Municipality.id != plan.municipality_id)
    other_id = elsewhere.limit(1).scalar()
    move = PlanMove(
        plan_id=plan.id,
        to_municipality_id=other_id,
        state=MoveState.TAKEN_BACK,
        sections=sections,
        asked_at=now,
        ended_at=now,
        reason=text.format("plan_move.reason"),
    )
    db.session.add(move)
    db.session.flush()
    db.session.add_all([_agreed(move, by, text), _came(plan, other_id, coordinator_id, text)])
    db.session.flush()


def _agreed(move: PlanMove, by: Authority, text: str) -> MoveConsent:
    return MoveConsent(
        plan_id=move.plan_id,
        move_id=move.id,
        giver_id=by.holder_id,
        capacity=ConsentCapacity.GUARDIAN,
        authority_id=by.id,
        sections=move.sections,
        text_number=1,
        method=ConsentMethod.ORAL,
        note=text.format("move_consent.note"),
        given_at=move.asked_at,
    )


def _came(plan: Plan, from_id: int, coordinator_id: str, text: str) -> IncomingPlan:
    now = utc_now()
    return IncomingPlan(
        from_municipality_id=from_id,
        state=MoveState.ACCEPTED,
        kind=plan.kind,
        level=plan.level,
        sections=[str(Section.GOALS)],
        contact=text.format("incoming_plan.contact"),
        coordinator_id=coordinator_id,
        sent_at=now,
        expires_at=now + timedelta(days=30),
        ended_at=now,
        reason=text.format("incoming_plan.reason"),
        plan_id=plan.id,
    )
