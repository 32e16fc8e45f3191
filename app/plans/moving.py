"""Moving a plan to another municipality, from the side that it leaves.

First those who have to are asked; then the coordinator looks over what goes along and sends it. The
plan stays in use here until somebody there has said yes, and is closed in the moment that it is
open there. What the other municipality knows of the person is not told here.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.consent.rights import who_may
from app.db import db
from app.enums import MoveState, NoticeKind, Section
from app.errors import DomainError
from app.models import Municipality, Plan
from app.notifications import notices
from app.plans import content, life, move_consents, move_ending, packing, unit_moves
from app.plans.activity import touch
from app.plans.kinds import WRITTEN
from app.plans.packing import Contents, Owner
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.security.tenancy import Scope, visiting
from app.side_tables import IncomingPlan, PlanMove

LONGEST_WAIT = timedelta(days=30)


class AlreadyMoving(DomainError):
    """There is a move already, begun or sent."""

    message = _l("This plan is on its way already. Stop that move before you begin another.")


class NotThere(DomainError):
    """The plan is there already, or nobody there would receive it."""

    status = 422
    message = _l("Choose another municipality that uses the panel.")


class AddressIsProtected(DomainError):
    """Nothing in the panel may tell where the person goes."""

    status = 422
    message = _l(
        "The address of the plan owner is protected, and the move would tell where the person"
        " lives. Hand the plan over in the way your municipality has for protected addresses."
    )


class NobodyDecides(DomainError):
    """There is nobody who could agree."""

    status = 422
    message = _l("There is nobody who can consent to moving this plan.")


class NotMoving(DomainError):
    """The plan is on no move."""

    message = _l("This plan is on no move.")


class SentAlready(DomainError):
    """It waits for an answer."""

    message = _l("The plan is sent already, and waits for an answer.")


class NotAgreed(DomainError):
    """Not everyone who has to has agreed, or not any more."""

    message = _l("Nothing was sent: the consent to moving the plan is missing, or has ended.")


class PackageChanged(DomainError):
    """What would go along is another than what was looked over."""

    message = _l(
        "Something has changed since you looked over what goes along. Nothing was sent. Look it"
        " over again."
    )


def places(plan: Plan) -> Select[Municipality]:
    """The municipalities that a plan can be moved to."""
    return select(Municipality).where(
        Municipality.is_in_use, Municipality.id != plan.municipality_id
    )


def offered(actor: Actor, plan: Plan) -> list[Section]:
    """The sections that can be asked for: those that the plan has and the actor reads."""
    return [
        one
        for one in content.offered(plan)
        if one in WRITTEN and policy.decide(actor, Action.READ, plan, section=one)
    ]


def kept_from_somebody(plan: Plan) -> set[Section]:
    """The sections that somebody who acts for the owner may not read."""
    return {
        row.section
        for one in plan.authorities
        for row in one.withheld
        if one.ended_at is None and row.lifted_at is None
    }


def begin(
    actor: Actor, plan: Plan, to_id: int, sections: Collection[Section], *, at: datetime
) -> PlanMove:
    """Begin a move, and ask those who have to for consent. Nothing is sent by it.

    Raises:
        AlreadyMoving, NotThere, AddressIsProtected, NobodyDecides
    """
    policy.require(actor, Action.MOVE, plan)
    _require_movable(plan, to_id)
    if move_ending.open_move(plan) is not None:
        raise AlreadyMoving
    if not set(sections) <= set(offered(actor, plan)):
        raise move_consents.NothingChosen(field="sections")
    rights = who_may(plan, day_of(at))
    if not rights:
        raise NobodyDecides
    move = PlanMove(
        id=new_id(),
        plan_id=plan.id,
        to_municipality_id=to_id,
        state=MoveState.ASKED,
        sections=[one for one in WRITTEN if one in sections],
        asked_at=at,
    )
    db.session.add(move)
    db.session.flush()
    givers = [one.giver.id for one in rights]
    notices.tell(plan, givers, NoticeKind.MOVE_CONSENT_WANTED, at=at)
    notices.settle(plan.id, NoticeKind.UNIT_MOVES, at=at)
    log.record(actor, "plan:move_asked", plan)
    touch(plan, at=at)
    return move


def _require_movable(plan: Plan, to_id: int) -> None:
    if plan.owner.is_shielded:
        raise AddressIsProtected
    if db.session.scalar(places(plan).where(Municipality.id == to_id)) is None:
        raise NotThere(field="to_id")


def going_along(plan: Plan, move: PlanMove, on: date) -> list[Section] | None:
    """The sections that go along now; None while the consent to the move is missing."""
    agreed = move_consents.agreed(plan, move_ending.consents_of(move), on)
    return None if agreed is None else [one for one in WRITTEN if one in agreed]


def preview(plan: Plan, sections: Collection[Section]) -> tuple[Owner, Contents, str]:
    """Whom the package is about, what is in it, and its mark."""
    owner, contents = packing.owner_of(plan), packing.contents_of(plan, sections)
    return owner, contents, packing.mark(owner, contents, sections)


def send(actor: Actor, plan: Plan, *, mark: str, at: datetime) -> PlanMove:
    """Send what was looked over, sealed. The plan goes on here until there is an answer.

    ``mark`` is that of the preview.

    Raises:
        NotMoving, SentAlready, NotThere, AddressIsProtected, NotAgreed, PackageChanged
    """
    policy.require(actor, Action.MOVE, plan)
    move = _require_move(plan)
    if move.state is MoveState.SENT:
        raise SentAlready
    _require_movable(plan, move.to_municipality_id)
    sections = going_along(plan, move, day_of(at))
    if sections is None:
        raise NotAgreed
    owner, contents, present = preview(plan, sections)
    if present != mark:
        raise PackageChanged
    package = _package(plan, move, sections, owner, contents, at)
    move.state, move.sent_sections, move.package_id = MoveState.SENT, list(sections), package.id
    move.sent_at, move.expires_at = at, package.expires_at
    for kind in move_ending.ABOUT_CONSENT:
        notices.settle(plan.id, kind, at=at)
    told = {*life.those_who_decide(plan, at)} - {actor.person_id or ""}
    notices.tell(plan, told, NoticeKind.MOVE_SENT, at=at)
    log.record(actor, "plan:move_sent", plan)
    unit_id, from_id = plan.unit_id, plan.municipality_id
    with visiting(db.session(), Scope(package.municipality_id, actor.account_id)):
        package.unit_id = unit_moves.stands_for(unit_id, from_id)
        db.session.add(package)
    touch(plan, at=at)
    return move


def _package(
    plan: Plan,
    move: PlanMove,
    sections: Collection[Section],
    owner: Owner,
    contents: Contents,
    at: datetime,
) -> IncomingPlan:
    """The row that the other municipality gets."""
    return IncomingPlan(
        id=new_id(),
        municipality_id=move.to_municipality_id,
        from_municipality_id=plan.municipality_id,
        state=MoveState.SENT,
        kind=plan.kind,
        level=plan.level,
        sections=list(sections),
        contact=plan.coordinator.full_name,
        sealed_owner=packing.seal_owner(owner),
        sealed_content=packing.seal_contents(contents),
        sent_at=at,
        expires_at=at + LONGEST_WAIT,
    )


def stop(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Take a move back before it is answered; what was sent is gone over there.

    Raises:
        NotMoving
    """
    policy.require(actor, Action.MOVE, plan)
    move = _require_move(plan)
    was_sent = move.state is MoveState.SENT
    move_ending.end(actor, plan, move, MoveState.TAKEN_BACK, at=at)
    if was_sent:
        told = {*life.those_who_decide(plan, at)} - {actor.person_id or ""}
        notices.tell(plan, told, NoticeKind.MOVE_STOPPED, at=at)
    touch(plan, at=at)


def _require_move(plan: Plan) -> PlanMove:
    move = move_ending.open_move(plan)
    if move is None:
        raise NotMoving
    return move
