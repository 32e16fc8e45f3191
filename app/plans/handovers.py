"""Handing the coordinator's role over, and standing in for a coordinator who is away.

A relay log (*stafettlogg*) changes hands when the next holder has said yes, never before
(``domain.md`` 3.2); other plans at once. There is no moment without a holder.
"""

from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.enums import NoticeKind, PlanKind
from app.errors import DomainError
from app.models import Plan, StandIn
from app.notifications import notices
from app.people.names import tidy
from app.plans.activity import touch
from app.plans.coordinators import can_coordinate
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Handover

LONGEST_STAND_IN = timedelta(days=30)
LONGEST_NOTE = 500


class NoCoordinator(DomainError):
    """The person does not hold the coordinator's role."""

    status = 422
    message = _l("Choose somebody who is coordinator in the municipality.")


class IsHolder(DomainError):
    """The person coordinates the plan already."""

    status = 422
    message = _l("This person coordinates the plan already.")


class IsOwner(DomainError):
    """Nobody coordinates their own plan."""

    status = 422
    message = _l("The plan is about this person, who can't coordinate it.")


class AlreadyOffered(DomainError):
    """Somebody was asked already and has not answered."""

    message = _l("Somebody is asked already. Take the question back before you ask another.")


class BadStandInPeriod(DomainError):
    """A stand-in is there for at most 30 days, from today or later."""

    status = 422
    message = _l("Choose a first day from today on, and a last day at most 30 days after it.")


def hand_over(actor: Actor, plan: Plan, to_id: str, *, note: str | None, at: datetime) -> bool:
    """Give the coordinator's role to another; False when it waits for their answer.

    Raises:
        NoCoordinator, IsHolder, IsOwner
        AlreadyOffered: somebody was asked and has not answered.
    """
    policy.require(actor, Action.HAND_OVER, plan)
    _require_fit(plan, to_id, day_of(at))
    if any(one.answered_at is None for one in plan.handovers):
        raise AlreadyOffered
    is_asked = must_be_accepted(plan)
    offer = Handover(
        id=new_id(),
        plan_id=plan.id,
        from_id=plan.coordinator_id,
        to_id=to_id,
        note=tidy(note or "")[:LONGEST_NOTE],
        offered_at=at,
    )
    db.session.add(offer)
    if is_asked:
        notices.tell(plan, [to_id], NoticeKind.HANDOVER_OFFERED, at=at)
        return False
    offer.answered_at, offer.accepted = at, True
    _change_hands(plan, to_id, at)
    return True


def must_be_accepted(plan: Plan) -> bool:
    """Whether the plan changes hands only when the next holder says yes."""
    return plan.kind is PlanKind.RELAY_LOG


def answer(actor: Actor, offer: Handover, *, accepts: bool, at: datetime) -> None:
    """Say yes or no to an offer; with yes the plan changes hands in the same moment."""
    policy.require(actor, Action.ANSWER, offer)
    offer.answered_at, offer.accepted = at, accepts
    plan = offer.plan
    if accepts:
        _change_hands(plan, offer.to_id, at)
    log.record(actor, "handover:accepted" if accepts else "handover:declined", offer)
    notices.settle(plan.id, NoticeKind.HANDOVER_OFFERED, at=at)
    notices.tell(plan, [offer.from_id], NoticeKind.HANDOVER_ANSWERED, at=at)


def take_back(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Take back an offer that has no answer yet."""
    policy.require(actor, Action.HAND_OVER, plan)
    for offer in plan.handovers:
        if offer.answered_at is None:
            offer.answered_at, offer.accepted = at, False
    notices.settle(plan.id, NoticeKind.HANDOVER_OFFERED, at=at)


def appoint_stand_in(
    actor: Actor, plan: Plan, person_id: str, *, starts_on: date, last_day: date, at: datetime
) -> StandIn:
    """Let another coordinator act for the holder, both days included.

    Raises:
        NoCoordinator, IsHolder, IsOwner
        BadStandInPeriod: it begins before today, ends before it begins, or lasts over 30 days.
    """
    policy.require(actor, Action.HAND_OVER, plan)
    _require_fit(plan, person_id, day_of(at))
    ends_on = last_day + timedelta(days=1)
    if starts_on < day_of(at) or not timedelta(0) < ends_on - starts_on <= LONGEST_STAND_IN:
        raise BadStandInPeriod(field="last_day")
    stand_in = StandIn(
        id=new_id(),
        plan_id=plan.id,
        person_id=person_id,
        starts_on=starts_on,
        ends_on=ends_on,
        made_at=at,
    )
    db.session.add(stand_in)
    return stand_in


def end_stand_ins(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """The holder is back: nobody stands in any more."""
    policy.require(actor, Action.HAND_OVER, plan)
    for one in plan.stand_ins:
        if one.ended_at is None and (one.ends_on is None or one.ends_on > day_of(at)):
            one.ended_at = at


def _require_fit(plan: Plan, person_id: str, on: date) -> None:
    if person_id == plan.coordinator_id:
        raise IsHolder(field="person_id")
    if person_id == plan.owner_id:
        raise IsOwner(field="person_id")
    if not can_coordinate(person_id, on):
        raise NoCoordinator(field="person_id")


def _change_hands(plan: Plan, to_id: str, at: datetime) -> None:
    notices.pass_on(plan, plan.coordinator_id, to_id, at=at)
    plan.coordinator_id = to_id
    for one in plan.stand_ins:
        if one.ended_at is None and one.person_id == to_id:
            one.ended_at = at
    touch(plan, at=at)
