"""A plan that another municipality has sent here: who answers it, and the answer.

With a yes the plan is open here and closed there in the same moment, or neither. It begins as a
draft under fresh consent: nobody who took part there is let in here by it. What is found about the
person here is not told over there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import MoveState, NoticeKind, PlanState, Section
from app.errors import DomainError
from app.models import Municipality, Person, Plan
from app.notifications import notices
from app.people import operations as people
from app.people import registering
from app.people.names import tidy
from app.people.registering import NO_REASON, Anyway
from app.plans import activity, life, move_consents, move_ending, packing
from app.plans.coordinators import can_coordinate
from app.plans.handovers import NoCoordinator
from app.plans.life import LONGEST_REASON, ReasonNeeded
from app.plans.packing import Contents, Owner
from app.plans.starting import StartFacts, start
from app.security import policy
from app.security.actor import Actor
from app.security.plan_rights import OPEN
from app.security.roles import Action, Resource
from app.security.tenancy import Scope, visiting
from app.side_tables import IncomingPlan, PlanMove


class NotToBeHad(DomainError):
    """It was taken back, the consent has ended, or the plan was closed over there."""

    message = _l(
        "This plan can't be taken over any more: it was taken back, or the consent to moving it has"
        " ended. Ask the municipality that sent it."
    )


class WhoIsIt(DomainError):
    """Neither a person of the municipality nor a new one was chosen, or both."""

    status = 422
    message = _l("Choose the person here, or that nobody here is this person.")


class AnotherHuman(DomainError):
    """Two national ids that differ are two humans."""

    status = 422
    message = _l(
        "This person has another national id than the one whom the plan is about. Choose another"
        " person."
    )


@dataclass(frozen=True)
class Taken:
    """What the coordinator says with a yes: who the owner is here, and where the plan belongs."""

    person_id: str | None = None
    is_new: bool = False
    unit_id: str | None = None
    anyway: Anyway = NO_REASON


# --- what it is about ----------------------------------------------------------------------------


def owner_of(package: IncomingPlan) -> Owner | None:
    """Whom it is about, while it waits; None when that is gone."""
    sealed = package.sealed_owner
    return None if sealed is None else packing.unseal_owner(sealed)


def known_here(actor: Actor, owner: Owner) -> Person | None:
    """The person in use here with the same national id, as far as the actor may know of them."""
    if owner.national_id is None:
        return None
    found = people.find_by_national_id(actor, owner.national_id)
    return found if found is not None and found.retired_at is None else None


# --- naming, declining ---------------------------------------------------------------------------


def name_coordinator(actor: Actor, package: IncomingPlan, person_id: str, *, at: datetime) -> None:
    """Let a coordinator here answer; whoever was named before no longer does.

    Raises:
        NoCoordinator
    """
    policy.require(actor, Action.HAND_OVER, package)
    if not can_coordinate(person_id, day_of(at)):
        raise NoCoordinator(field="person_id")
    package.coordinator_id = person_id


def decline(actor: Actor, package: IncomingPlan, *, reason: str | None, at: datetime) -> None:
    """Say no, with a reason that the sender reads. The plan stays where it was.

    Raises:
        ReasonNeeded
    """
    policy.require(actor, Action.DECLINE, package)
    why = tidy(reason or "")[:LONGEST_REASON]
    if not why:
        raise ReasonNeeded(field="reason")
    package_id, from_id = package.id, package.from_municipality_id
    with visiting(db.session(), Scope(from_id, actor.account_id)):
        found = _held_there(package_id)
        if found is not None:
            move, plan = found
            move_ending.settle(plan, move, MoveState.DECLINED, at=at, reason=why)
            told = {plan.coordinator_id, *life.those_who_decide(plan, at)}
            notices.tell(plan, told, NoticeKind.MOVE_STOPPED, at=at, text=why)
    _hold(actor, package, Action.DECLINE)
    log.record(actor, "incoming_plan:declined", package)
    move_ending.empty(package, MoveState.DECLINED, at=at, reason=why)


# --- accepting -----------------------------------------------------------------------------------


def accept(
    actor: Actor,
    package: IncomingPlan,
    taken: Taken,
    keep_file: Callable[[bytes], str],
    *,
    at: datetime,
) -> Plan:
    """Take the plan over: a draft here, coordinated by the actor; closed where it came from.

    Raises:
        NotToBeHad: it was taken back, the consent has ended, or the plan is closed.
        WhoIsIt, AnotherHuman
        MayBeRegistered: somebody here resembles the owner, and no reason was written.
        HasOpenPlan, NotOffered, BirthDateNeeded, OwnerIsSelf: as when a plan is started.
    """
    policy.require(actor, Action.ANSWER, package)
    package_id, from_id = package.id, package.from_municipality_id
    here = db.session.get_one(Municipality, package.municipality_id).display_name
    with visiting(db.session(), Scope(from_id, actor.account_id)):
        _close_there(actor, package_id, here, at)
    _hold(actor, package, Action.ANSWER)
    owner, contents = owner_of(package), _contents_of(package)
    if owner is None or contents is None:
        raise NotToBeHad
    person = _person(actor, owner, taken, at)
    facts = StartFacts(package.kind, person.id, package.level, taken.unit_id)
    plan = start(actor, facts, at=at)
    packing.write(contents, plan, keep_file)
    package.plan_id = plan.id
    move_ending.empty(package, MoveState.ACCEPTED, at=at)
    log.record(actor, "plan:arrived", plan)
    db.session.flush()
    return plan


def _contents_of(package: IncomingPlan) -> Contents | None:
    sealed = package.sealed_content
    return None if sealed is None else packing.unseal_contents(sealed)


def _hold(actor: Actor, package: IncomingPlan, action: Action) -> None:
    """See the package as it is now, which nobody else changes any more, and decide once more."""
    db.session.refresh(package, with_for_update=True)
    policy.require(actor, action, package)


def _held_there(package_id: str) -> tuple[PlanMove, Plan] | None:
    """The move that a package belongs to, while it waits, and its plan; asked over there."""
    found = db.session.scalar(select(PlanMove).where(PlanMove.package_id == package_id))
    if found is None:
        return None
    plan = db.session.get_one(Plan, found.plan_id)
    activity.hold(plan)
    db.session.refresh(found, with_for_update=True)
    return (found, plan) if found.state is MoveState.SENT else None


def _close_there(actor: Actor, package_id: str, here: str, at: datetime) -> None:
    """Close the plan where it leaves; a closed copy stays. Asked over there.

    Raises:
        NotToBeHad
    """
    found = _held_there(package_id)
    if found is None:
        raise NotToBeHad
    move, plan = found
    if not still_stands(plan, move, at):
        raise NotToBeHad
    move_ending.settle(plan, move, MoveState.ACCEPTED, at=at)
    told = {plan.coordinator_id, *life.everyone(actor, plan, at)}
    plan.state, plan.closed_at = PlanState.CLOSED, at
    plan.closed_reason = _("Moved to %(place)s.", place=here)
    for offer in plan.handovers:
        if offer.answered_at is None:
            offer.answered_at, offer.accepted = at, False
    notices.settle(plan.id, NoticeKind.HANDOVER_OFFERED, at=at)
    log.record(actor, "plan:moved", plan, fields=("state", "closed_at", "closed_reason"))
    activity.touch(plan, at=at)
    notices.tell(plan, told, NoticeKind.PLAN_MOVED, at=at)


def still_stands(plan: Plan, move: PlanMove, at: datetime) -> bool:
    """Whether a plan that was sent may still go: open, in time, and agreed to as far as it went."""
    if plan.state not in OPEN or plan.owner.is_shielded:
        return False
    if move.expires_at is None or move.expires_at <= at:
        return False
    agreed = move_consents.agreed(plan, move_ending.consents_of(move), day_of(at))
    return agreed is not None and {Section(one) for one in move.sent_sections} <= agreed


def _person(actor: Actor, owner: Owner, taken: Taken, at: datetime) -> Person:
    """Who the owner is here: with the same national id, as chosen, or registered now."""
    known = known_here(actor, owner)
    if known is not None:
        return known
    if bool(taken.person_id) is taken.is_new:
        raise WhoIsIt(field="person_id")
    if taken.person_id:
        chosen = db.session.get_one(Person, taken.person_id)
        policy.require(actor, Action.CHOOSE, chosen)
        if not packing.is_same_human(owner, chosen):
            raise AnotherHuman(field="person_id")
        return chosen
    policy.require_open(actor, Action.ADD, Resource.PERSON)
    person = registering.register(
        actor,
        people.PersonFacts(owner.given_name, owner.family_name, owner.birth_date),
        national_id_text=owner.national_id,
        is_confirmed=True,
        anyway=taken.anyway,
        at=at,
        today=day_of(at),
    )
    db.session.flush()
    return person
