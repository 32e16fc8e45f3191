"""The life of a plan: pausing, closing after a review, opening again, and emergency access."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import EntryKind, EntryStatus, NoticeKind, PlanKind, PlanState
from app.errors import DomainError
from app.models import EmergencyAccess, Plan, PlanEntry
from app.notifications import notices
from app.people.names import tidy
from app.plans import move_ending
from app.plans.activity import touch
from app.plans.starting import HasOpenPlan, open_individual_plan
from app.security import plan_access, policy
from app.security.actor import Actor
from app.security.roles import Action

LONGEST_REASON = 500
LONGEST_EMERGENCY = 24
SETTLED = (NoticeKind.PLAN_TWICE, NoticeKind.PARTICIPANT_TWICE, NoticeKind.UNIT_MOVES)
"""What nobody is asked any more when a plan is closed."""
UNDONE = (EntryStatus.PLANNED, EntryStatus.ONGOING)


class ReasonNeeded(DomainError):
    """Later readers must understand why."""

    status = 422
    message = _l("Write the reason.")


class NotReviewed(DomainError):
    """An activity is still open that was not looked at."""

    status = 422
    message = _l("Look over every open activity, and tick it, before the plan is closed.")


class TooManyHours(DomainError):
    """Emergency access lasts from one to 24 hours."""

    status = 422
    message = _l("Choose from 1 to 24 hours.")


def pause(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Let the plan rest: everyone still reads, nobody writes."""
    policy.require(actor, Action.PAUSE, plan)
    plan.state = PlanState.PAUSED
    log.record(actor, "plan:paused", plan, fields=("state",))
    touch(plan, at=at)


def resume(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Take the plan up again."""
    policy.require(actor, Action.RESUME, plan)
    plan.state = PlanState.ACTIVE
    log.record(actor, "plan:resumed", plan, fields=("state",))
    touch(plan, at=at)


def open_activities(plan: Plan) -> Sequence[PlanEntry]:
    """Goals and activities that are neither reached nor stopped, in their order."""
    found = (
        select(PlanEntry)
        .where(
            PlanEntry.plan_id == plan.id,
            PlanEntry.kind.in_((EntryKind.GOAL, EntryKind.ACTIVITY)),
            PlanEntry.deleted_at.is_(None),
            PlanEntry.status.in_(UNDONE),
        )
        .order_by(PlanEntry.section, PlanEntry.position, PlanEntry.id)
    )
    return db.session.scalars(found).all()


def close(
    actor: Actor, plan: Plan, *, reason: str | None, reviewed: Collection[str], at: datetime
) -> None:
    """Close the plan; what was written is kept, and read by those whose access has not ended.

    ``reviewed`` are the ids of the open goals and activities that were looked over.

    Raises:
        ReasonNeeded, NotReviewed
    """
    policy.require(actor, Action.CLOSE, plan)
    why = reason_of(reason)
    if not {one.id for one in open_activities(plan)} <= set(reviewed):
        raise NotReviewed(field="reviewed")
    told = everyone(actor, plan, at)
    shut(actor, plan, why, at=at)
    touch(plan, at=at)
    notices.tell(plan, told, NoticeKind.PLAN_CLOSED, at=at)


def shut(actor: Actor, plan: Plan, why: str, *, at: datetime) -> None:
    """Put the plan in the state of a closed one, with all that ends with it; whoever calls has
    asked whether it may be, and tells."""
    plan.state, plan.closed_at, plan.closed_reason = PlanState.CLOSED, at, why
    for offer in plan.handovers:
        if offer.answered_at is None:
            offer.answered_at, offer.accepted = at, False
    move_ending.stop_open(actor, plan, at=at)
    for kind in SETTLED:
        notices.settle(plan.id, kind, at=at)
    log.record(actor, "plan:closed", plan, fields=("state", "closed_at", "closed_reason"))


def reopen(actor: Actor, plan: Plan, *, reason: str | None, at: datetime) -> None:
    """Open a closed plan again; without valid consents it waits for them.

    Raises:
        ReasonNeeded
        HasOpenPlan: the owner has another individual plan by now.
    """
    policy.require(actor, Action.REOPEN, plan)
    why = reason_of(reason)
    if plan.kind is PlanKind.INDIVIDUAL_PLAN and (other := open_individual_plan(plan.owner_id)):
        raise HasOpenPlan(other)
    may_be_made = plan_access.may_be_made(plan, day_of(at))
    plan.state = PlanState.ACTIVE if may_be_made else PlanState.AWAITING_CONSENT
    plan.closed_at, plan.closed_reason = None, None
    log.record(actor, "plan:reopened", plan, fields=("state", "closed_at", "closed_reason"))
    told = {plan.coordinator_id, *those_who_decide(plan, at)}
    notices.tell(plan, told, NoticeKind.PLAN_REOPENED, at=at, text=why)


def open_in_emergency(
    actor: Actor, plan: Plan, *, reason: str | None, hours: int | None, at: datetime
) -> EmergencyAccess:
    """Let a local administrator read the plan for some hours. Owner and coordinator are told.

    Raises:
        ReasonNeeded, TooManyHours
    """
    policy.require(actor, Action.OPEN_IN_EMERGENCY, plan)
    why = reason_of(reason)
    if hours is None or not 1 <= hours <= LONGEST_EMERGENCY:
        raise TooManyHours(field="hours")
    access = EmergencyAccess(
        plan_id=plan.id,
        person_id=actor.person_id,
        reason=why,
        starts_at=at,
        ends_at=at + timedelta(hours=hours),
    )
    db.session.add(access)
    told = {plan.coordinator_id, plan.owner_id, *those_who_decide(plan, at)}
    notices.tell(plan, told - {actor.person_id}, NoticeKind.EMERGENCY_ACCESS, at=at, text=why)
    return access


def end_emergency(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """End the actor's own emergency access before its time."""
    policy.require(actor, Action.OPEN_IN_EMERGENCY, plan)
    for access in plan.emergencies:
        if access.person_id == actor.person_id and access.ended_at is None and access.ends_at > at:
            access.ended_at = at


def emergencies(plan: Plan, at: datetime) -> list[EmergencyAccess]:
    """The emergency accesses that are on at an instant."""
    return [
        one
        for one in plan.emergencies
        if one.ended_at is None and one.starts_at <= at < one.ends_at
    ]


def reason_of(text: str | None) -> str:
    """A reason as it is kept.

    Raises:
        ReasonNeeded
    """
    why = tidy(text or "")
    if not why:
        raise ReasonNeeded(field="reason")
    return why[:LONGEST_REASON]


def those_who_decide(plan: Plan, at: datetime) -> Iterable[str]:
    """The owner, and who acts for the owner now."""
    on = day_of(at)
    acting = (one.holder_id for one in plan.authorities if plan_access.reaches(one, plan, on))
    return {plan.owner_id, *acting}


def everyone(actor: Actor, plan: Plan, at: datetime) -> Iterable[str]:
    """Those who decide and those who see something as it stands, but for the one who acts."""
    on = day_of(at)
    seeing = {
        one.person_id for one in plan.participants if plan_access.shared_levels(plan, one, on)
    }
    return {*those_who_decide(plan, at), *seeing} - {actor.person_id or ""}
