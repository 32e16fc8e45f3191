"""Consent to moving a plan: who gives it, to what, and how far it reaches now.

Nothing crosses the border but what everyone who has to has agreed to, section by section. A part
that is kept from somebody is not theirs to send, so it goes along only when whoever reads it says
so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from app.clock import day_of
from app.columns import new_id
from app.consent.rights import Right, all_must, right_of, who_may
from app.db import db
from app.enums import ConsentMethod, MoveState, NoticeKind, Section
from app.errors import DomainError
from app.models import Plan
from app.notifications import notices
from app.plans import life, move_ending
from app.security import policy
from app.security.actor import Actor
from app.security.plan_access import may_be_made
from app.security.roles import Action
from app.side_tables import MoveConsent, PlanMove

TEXT_NUMBER = 1
"""The number of the wording in ``templates/plans/move/_text.html``; a new wording gets the next."""


class NotAsked(DomainError):
    """The plan is on no move that could be agreed to."""

    message = _l("Nobody asks for consent to moving this plan now.")


class NoRightToMove(DomainError):
    """Whoever is said to agree has no right to."""

    status = 422
    message = _l("This person has no right to consent to moving the plan now.")


class NothingChosen(DomainError):
    """Neither a part was chosen nor that none goes along, or both."""

    status = 422
    message = _l("Choose what may go along, or that nothing written may.")


@dataclass(frozen=True)
class Agreed:
    """What somebody agrees to: the sections, how, and what shows it."""

    sections: frozenset[Section]
    method: ConsentMethod = ConsentMethod.DIGITAL
    note: str = ""
    scan_key: str | None = None
    scan_type: str | None = None


# --- how far it reaches: pure over rows in memory -------------------------------------------------


def may_send(right: Right, sections: Iterable[str]) -> list[Section]:
    """Those of the sections that whoever has this right reads, and so can let go along."""
    kept = set() if right.authority is None else _kept_from(right)
    return [Section(one) for one in sections if Section(one) not in kept]


def _kept_from(right: Right) -> set[Section]:
    withheld = right.authority.withheld if right.authority is not None else ()
    return {row.section for row in withheld if row.lifted_at is None}


def given_by(right: Right, given: Iterable[MoveConsent]) -> MoveConsent | None:
    """The consent that somebody gave by this right and has not taken back."""
    authority_id = None if right.authority is None else right.authority.id
    for one in given:
        is_theirs = one.giver_id == right.giver.id and one.authority_id == authority_id
        if is_theirs and one.withdrawn_at is None:
            return one
    return None


def agreed(plan: Plan, given: Iterable[MoveConsent], on: date) -> frozenset[Section] | None:
    """The sections that may go along; None while those who have to have not agreed to the move.

    All the parents where there are any; otherwise one who may is enough. The consent to the plan
    itself must hold too.
    """
    rights, given = who_may(plan, on), list(given)
    if not rights or not may_be_made(plan, on):
        return None
    sets = [
        None if (found := given_by(one, given)) is None else set(may_send(one, found.sections))
        for one in rights
    ]
    said = [one for one in sets if one is not None]
    if all_must(plan, on):
        return frozenset(set.intersection(*said)) if len(said) == len(sets) else None
    return frozenset(set.union(*said)) if said else None


# --- giving, registering, refusing ---------------------------------------------------------------


def give(actor: Actor, plan: Plan, sections: Iterable[Section], *, at: datetime) -> None:
    """Agree, as the one who is signed in.

    Raises:
        NotAsked, NoRightToMove
    """
    policy.require(actor, Action.CONSENT, plan)
    _enter(actor, plan, actor.person_id, Agreed(frozenset(sections)), at)


def record(actor: Actor, plan: Plan, giver_id: str, told: Agreed, *, at: datetime) -> None:
    """Register what was agreed to on paper or orally. It holds from now.

    Raises:
        NotAsked, NoRightToMove
    """
    policy.require(actor, Action.RECORD_CONSENT, plan)
    _enter(actor, plan, giver_id, told, at)


def _enter(actor: Actor, plan: Plan, giver_id: str | None, told: Agreed, at: datetime) -> None:
    move = require_asked(plan)
    right = right_of(plan, giver_id, day_of(at))
    if right is None or not told.sections <= set(may_send(right, move.sections)):
        raise NoRightToMove(field="giver")
    earlier = given_by(right, move_ending.consents_of(move))
    if earlier is not None:
        earlier.withdrawn_at = at
    is_own = told.method is ConsentMethod.DIGITAL
    db.session.add(
        MoveConsent(
            id=new_id(),
            plan_id=plan.id,
            move_id=move.id,
            giver_id=right.giver.id,
            capacity=right.capacity,
            authority_id=None if right.authority is None else right.authority.id,
            sections=sorted(told.sections),
            text_number=TEXT_NUMBER,
            method=told.method,
            note=told.note,
            scan_key=told.scan_key,
            scan_type=told.scan_type,
            given_at=at,
            recorded_by_id=None if is_own else actor.account_id,
        )
    )
    db.session.flush()
    notices.settle(plan.id, NoticeKind.MOVE_CONSENT_WANTED, at=at, person_id=right.giver.id)
    if actor.person_id != plan.coordinator_id:
        notices.tell(plan, [plan.coordinator_id], NoticeKind.MOVE_CONSENT_GIVEN, at=at)


def require_asked(plan: Plan) -> PlanMove:
    """The move that consent is asked for; what is sent already is agreed to, and can't be widened.

    Raises:
        NotAsked
    """
    move = move_ending.open_move(plan)
    if move is None or move.state is not MoveState.ASKED:
        raise NotAsked
    return move


def refuse(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Say no, or take a yes back: the move is over, and what was sent is gone over there.

    Raises:
        NotAsked: the plan is on no move.
        NoRightToMove: it is not theirs to say.
    """
    policy.require(actor, Action.WITHDRAW_CONSENT, plan)
    move = move_ending.open_move(plan)
    if move is None:
        raise NotAsked
    mine = [one for one in move_ending.consents_of(move) if one.giver_id == actor.person_id]
    if not mine and right_of(plan, actor.person_id, day_of(at)) is None:
        raise NoRightToMove
    for one in mine:
        one.withdrawn_at = at
    move_ending.end(actor, plan, move, MoveState.CONSENT_REFUSED, at=at)
    told = {plan.coordinator_id, *life.those_who_decide(plan, at)} - {actor.person_id or ""}
    notices.tell(plan, told, NoticeKind.MOVE_STOPPED, at=at)


def missing(plan: Plan, given: Sequence[MoveConsent], on: date) -> list[Right]:
    """Those who have not agreed yet; nobody where one is enough and has."""
    rights = who_may(plan, on)
    without = [one for one in rights if given_by(one, given) is None]
    return without if all_must(plan, on) or len(without) == len(rights) else []
