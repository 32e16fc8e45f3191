"""What a local administrator does with plans that have been left to themselves.

Nothing of what is written in a plan is read or changed by it, and it counts for no activity there.
Each act gives what undoing it needs: ids, dates and states.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import NoticeKind, PlanState, TidyAct
from app.errors import DomainError
from app.models import Membership, Plan
from app.notifications import notices
from app.plans import handovers, life
from app.plans.plan_troubles import working_coordinators
from app.plans.tidy_facts import Facts, Wish, asked_to_renew, facts_of, obstacle
from app.plans.tidy_words import NotTidied
from app.security import plan_access, policy
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Handover

Before = dict[str, Any]


class HasCoordinator(DomainError):
    """Whoever coordinates a plan looks it over, and pauses or closes it."""

    message = _l("The plan has a coordinator, who pauses and closes it after looking it over.")


def tidy(
    actor: Actor, plan: Plan, wish: Wish, *, at: datetime, facts: Facts | None = None
) -> Before:
    """Do what is wished with one plan; what undoing it needs.

    Raises:
        NotTidied: it can't be done, and why.
        ReasonNeeded: a plan is closed with a reason.
    """
    policy.require(actor, Action.TIDY, plan)
    known = facts or facts_of([plan], wish.act, at=at)
    code = obstacle(plan, wish, known)
    if code is not None:
        raise NotTidied(code)
    before = _ACTS[wish.act](actor, plan, wish, known, at)
    return {"at": at.isoformat(), **before}


def _remind(actor: Actor, plan: Plan, wish: Wish, _facts: Facts, at: datetime) -> Before:
    log.record(actor, "plan:tidied", plan)
    notices.tell(plan, [plan.coordinator_id], wish.notice, at=at)
    return {}


def _renew(actor: Actor, plan: Plan, _wish: Wish, facts: Facts, at: datetime) -> Before:
    """Ask those whose consent would count, and tell the coordinator that they are asked."""
    told = asked_to_renew(plan, facts.on) | ({plan.coordinator_id} & facts.at_work)
    log.record(actor, "plan:tidied", plan)
    notices.tell(plan, told, NoticeKind.CONSENT_TO_RENEW, at=at)
    return {}


def _reassign(actor: Actor, plan: Plan, wish: Wish, facts: Facts, at: datetime) -> Before:
    """Let another have the plan from this moment; a relay log is offered to them."""
    to_id, was = wish.coordinator_id or "", plan.coordinator_id
    last = plan.last_activity_at
    offers = [one.id for one in plan.handovers if one.answered_at is None]
    stand_ins = [
        one.id for one in plan.stand_ins if one.ended_at is None and one.person_id == to_id
    ]
    if offers:
        handovers.take_back(actor, plan, at=at)
    db.session.flush()
    has_changed = handovers.hand_over(actor, plan, to_id, note="", at=at)
    plan.last_activity_at = last
    db.session.flush()
    before: Before = {"offers": offers, "offer": _offer(plan, to_id, at)}
    if not has_changed:
        log.record(actor, "plan:tidied", plan)
        return {**before, "offered_only": True}
    log.record(actor, "plan:tidied", plan, fields=("coordinator_id",))
    told = (facts.sees(plan) | {to_id}) - {was, actor.person_id}
    notices.tell(plan, told, NoticeKind.COORDINATOR_CHANGED, at=at)
    return {**before, "coordinator_id": was, "to_id": to_id, "stand_ins": stand_ins}


def _offer(plan: Plan, to_id: str, at: datetime) -> str:
    found = select(Handover.id).where(
        Handover.plan_id == plan.id, Handover.to_id == to_id, Handover.offered_at == at
    )
    return db.session.scalars(found.order_by(Handover.id.desc())).first() or ""


def _pause(actor: Actor, plan: Plan, _wish: Wish, facts: Facts, at: datetime) -> Before:
    before = {"may_be_made": plan_access.may_be_made(plan, facts.on)}
    plan.state = PlanState.PAUSED
    log.record(actor, "plan:paused", plan, fields=("state",))
    notices.tell(plan, facts.sees(plan) - {actor.person_id}, NoticeKind.PLAN_PAUSED, at=at)
    return before


def _close(actor: Actor, plan: Plan, wish: Wish, facts: Facts, at: datetime) -> Before:
    why = life.reason_of(wish.reason)
    before = {
        "state": plan.state.value,
        "may_be_made": plan_access.may_be_made(plan, facts.on),
        "offers": [one.id for one in plan.handovers if one.answered_at is None],
        "open_activities": facts.open.get(plan.id, 0),
    }
    life.shut(actor, plan, why, at=at)
    notices.tell(plan, facts.sees(plan) - {actor.person_id}, NoticeKind.PLAN_CLOSED, at=at)
    return before


def _archive(actor: Actor, plan: Plan, _wish: Wish, _facts: Facts, _at: datetime) -> Before:
    """Nothing changes for those who read the plan, so nobody is told."""
    plan.state = PlanState.ARCHIVED
    log.record(actor, "plan:archived", plan, fields=("state",))
    return {}


def take_out(actor: Actor, plan: Plan) -> None:
    """Take a plan out of the archive: it is closed, as before it was archived.

    Raises:
        NotTidied: it is not archived.
    """
    policy.require(actor, Action.TIDY, plan)
    if plan.state is not PlanState.ARCHIVED:
        raise NotTidied("not_archived")
    plan.state = PlanState.CLOSED
    log.record(actor, "plan:tidying_undone", plan, fields=("state",))


_ACTS: Mapping[TidyAct, Callable[[Actor, Plan, Wish, Facts, datetime], Before]] = {
    TidyAct.REMIND: _remind,
    TidyAct.RENEW_CONSENT: _renew,
    TidyAct.REASSIGN: _reassign,
    TidyAct.PAUSE: _pause,
    TidyAct.CLOSE: _close,
    TidyAct.ARCHIVE: _archive,
}


def has_working_coordinator(plan: Plan, *, at: datetime) -> bool:
    """Whether somebody looks after the plan, who pauses and closes it after looking it over."""
    at_work = working_coordinators(day_of(at)).where(Membership.person_id == plan.coordinator_id)
    return db.session.scalar(at_work.limit(1)) is not None
