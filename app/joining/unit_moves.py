"""Moving a unit to another municipality, from the side that it leaves.

Another municipality is another controller. So no person and no plan goes along by it: each plan
goes with the consent of its owner (``app.plans.moving``), and this makes that one piece of work.
The unit is proposed, answered over there, its coordinators are told, and it is taken out of use
when no plan is left in it.
"""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts import operations as accounts
from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.enums import JobKind, JobState, NoticeKind, UnitKind
from app.errors import DomainError
from app.joining import unit_family
from app.joining_tables import IncomingUnits, UnitMove, UnitMoveState
from app.models import Job, Membership, Municipality, Plan, Unit
from app.plans.moving import NotThere
from app.reports.suppression import told
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.security.tenancy import Scope, here, visiting
from app.side_tables import Notice
from app.units import operations as units

UNDER_WAY = (JobState.WAITING, JobState.RUNNING)
COUNTED = ("told", "told_before", "without", "shielded", "moving")


class OutsideBody(DomainError):
    """It is no part of the municipality."""

    status = 422
    message = _l("An outside body is not part of the municipality, so it can't move from here.")


class WholeMunicipality(DomainError):
    """All of it goes by a joining, which is another thing in law."""

    status = 422
    message = _l(
        "This unit stands for the whole municipality. Two municipalities that become one are"
        " joined by the central administrator."
    )


class OnItsWayAlready(DomainError):
    """The unit, one above or one below, is to go already."""

    message = _l("This unit, or one above or below it, is on its way already.")


class NotWaiting(DomainError):
    """It was answered, finished or taken back."""

    message = _l("This can't be done any more: the move was answered, finished or taken back.")


class NotAccepted(DomainError):
    """The other municipality has not said yes."""

    message = _l("This has to wait until the other municipality has said yes.")


class UnitsChanged(DomainError):
    """The tree is another than the other municipality was shown."""

    message = _l(
        "The units are other than those the other municipality said yes to. Put back or retire"
        " those that are named here first."
    )


class BeingTold(DomainError):
    """The job goes on."""

    message = _l("The coordinators are being told now.")


class PlansLeft(DomainError):
    """Open plans would belong to a unit that is gone."""

    message = _l(
        "Open plans still belong to these units. Move each of them, let it belong to another unit,"
        " or close it, first."
    )


# --- proposing -----------------------------------------------------------------------------------


def may_propose(actor: Actor) -> bool:
    """Whether the actor administers the whole municipality."""
    wanted = UnitMove(municipality_id=actor.municipality_id)
    return bool(policy.decide(actor, Action.ADD, wanted))


def require_movable(actor: Actor, unit: Unit, to_id: int) -> list[Unit]:
    """Refuse what ``propose`` would refuse, before anything is done; the unit and all below it.

    Raises:
        NotThere, RetiredUnit, OutsideBody, WholeMunicipality, OnItsWayAlready, NotAllowed
    """
    policy.require_open(actor, Action.ADD, Resource.UNIT_MOVE)
    policy.require(actor, Action.ADD, UnitMove(municipality_id=actor.municipality_id))
    policy.require(actor, Action.SHOW, unit)
    there = db.session.get(Municipality, to_id)
    if there is None or not there.is_in_use or to_id == actor.municipality_id:
        raise NotThere(field="to_id")
    if unit.retired_at is not None:
        raise units.RetiredUnit(field="unit_id")
    if unit.is_outside:
        raise OutsideBody(field="unit_id")
    if unit.parent_id is None and unit.kind is UnitKind.MUNICIPALITY:
        raise WholeMunicipality(field="unit_id")
    family = unit_family.family(unit)
    taken = {one.id for one in family}
    going = select(UnitMove).where(here(UnitMove), UnitMove.ended_at.is_(None))
    if any(taken & set(one.unit_ids) for one in db.session.scalars(going)):
        raise OnItsWayAlready(field="unit_id")
    return family


def propose(actor: Actor, unit: Unit, to_id: int, *, at: datetime) -> UnitMove:
    """Ask another municipality to take over a unit with all below it. Nothing moves by it.

    Raises:
        NotThere, RetiredUnit, OutsideBody, WholeMunicipality, OnItsWayAlready, NotAllowed
        StaleVersion: somebody has just changed the unit.
    """
    require_movable(actor, unit, to_id)
    units.hold_tree(unit.municipality_id, unit)
    # Asked again, of what is true now that nobody else changes the tree.
    family = require_movable(actor, unit, to_id)
    move = UnitMove(
        id=new_id(),
        municipality_id=unit.municipality_id,
        unit_id=unit.id,
        to_municipality_id=to_id,
        state=UnitMoveState.PROPOSED,
        offered=unit_family.offered(family),
        unit_ids=[one.id for one in family],
        proposed_by_id=actor.account_id,
        proposed_at=at,
    )
    db.session.add(move)
    incoming = IncomingUnits(
        id=move.id,
        municipality_id=to_id,
        from_municipality_id=unit.municipality_id,
        state=UnitMoveState.PROPOSED,
        offered=move.offered,
        open_plans=told(len(unit_family.open_plans(move.unit_ids))).low,
        made={},
        proposed_at=at,
    )
    with visiting(db.session(), Scope(to_id, actor.account_id)):
        db.session.add(incoming)
    return move


# --- telling the coordinators --------------------------------------------------------------------


def order(actor: Actor, move: UnitMove, *, at: datetime) -> Job:
    """Let the coordinators of the plans be told, by a job to be sent when it is committed.

    Who was told before is not told again.

    Raises:
        NotAccepted, NotThere, UnitsChanged, BeingTold, NotFound, NotAllowed
    """
    policy.require(actor, Action.HAND_OVER, move)
    policy.require_open(actor, Action.ADD, Resource.JOB)
    hold(actor, move, Action.HAND_OVER)
    if move.state is not UnitMoveState.ACCEPTED:
        raise NotAccepted
    if not db.session.get_one(Municipality, move.to_municipality_id).is_in_use:
        raise NotThere
    if is_being_told(move):
        raise BeingTold
    _require_no_strays(move)
    job = Job(
        id=new_id(),
        municipality_id=move.municipality_id,
        kind=JobKind.UNIT_MOVE,
        state=JobState.WAITING,
        account_id=actor.account_id,
        title=db.session.get_one(Unit, move.unit_id).name,
        parameters={"move_id": move.id},
        report=dict.fromkeys(COUNTED, 0),
        total=len(unit_family.open_plans(move.unit_ids)),
        created_at=at,
    )
    db.session.add(job)
    db.session.flush()
    log.record(actor, "job:added", job)
    move.job_id = job.id
    log.record(actor, "unit_move:ordered", move, fields=log.changed_fields(move))
    return job


def is_being_told(move: UnitMove) -> bool:
    """Whether the job that was ordered last has not ended."""
    job = None if move.job_id is None else db.session.get(Job, move.job_id)
    return job is not None and job.state in UNDER_WAY


# --- the end -------------------------------------------------------------------------------------


def finish(actor: Actor, move: UnitMove, *, at: datetime) -> None:
    """Take the units out of use, and end the roles limited to them; said on both sides.

    Raises:
        NotAccepted, BeingTold, UnitsChanged, PlansLeft, NotFound, NotAllowed
        StaleVersion: somebody has just changed one of the units.
    """
    policy.require(actor, Action.END, move)
    hold(actor, move, Action.END)
    if move.state is not UnitMoveState.ACCEPTED:
        raise NotAccepted
    if is_being_told(move):
        raise BeingTold
    units.hold_tree(move.municipality_id)
    _require_no_strays(move)
    if unit_family.open_plans(move.unit_ids):
        raise PlansLeft
    for role in limited_roles(actor, move.unit_ids, at):
        accounts.end_role(actor, role, at=at)
    family = unit_family.family(db.session.get_one(Unit, move.unit_id))
    for unit in reversed(family):
        if unit.retired_at is None:
            units.retire(actor, unit, at=at)
            db.session.flush()
    end(actor, move, UnitMoveState.DONE, "unit_move:finished", at=at)
    _end_there(actor, move, "incoming_units:finished", at=at)


def take_back(actor: Actor, move: UnitMove, *, at: datetime) -> None:
    """End the move without the units being taken out of use. Plans that have gone have gone, and
    units that were made over there are for those over there to retire.

    Raises:
        NotWaiting, NotFound, NotAllowed
    """
    policy.require(actor, Action.END, move)
    hold(actor, move, Action.END)
    if move.ended_at is not None:
        raise NotWaiting
    end(actor, move, UnitMoveState.TAKEN_BACK, "unit_move:taken_back", at=at)
    _end_there(actor, move, "incoming_units:taken_back", at=at)


def limited_roles(actor: Actor, unit_ids: Iterable[str], at: datetime) -> list[Membership]:
    """Roles that reach no further than these units, and are not over."""
    found = scope.rows(actor, Membership, Action.END).where(Membership.unit_id.in_(list(unit_ids)))
    roles = db.session.scalars(found.order_by(Membership.id))
    return [one for one in roles if not one.is_over(day_of(at))]


# --- shared with the other side ------------------------------------------------------------------


def hold(actor: Actor, move: UnitMove, action: Action) -> None:
    """See the move as it is now, which nobody else changes any more, and decide once more."""
    db.session.refresh(move, with_for_update=True)
    policy.require(actor, action, move)


def held_there(move_id: str) -> UnitMove | None:
    """The move that incoming units belong to, held; asked in the scope of the other side."""
    found: UnitMove | None = db.session.scalar(
        select(UnitMove).where(here(UnitMove), UnitMove.id == move_id).with_for_update()
    )
    return found


def end(
    actor: Actor, move: UnitMove, state: UnitMoveState, code: str, *, at: datetime, reason: str = ""
) -> None:
    """Write the end on the side that the units leave, and ask no coordinator for anything more."""
    move.state, move.ended_at, move.reason = state, at, reason
    log.record(actor, code, move, fields=log.changed_fields(move))
    asked = select(Notice).where(
        Notice.kind == NoticeKind.UNIT_MOVES,
        Notice.settled_at.is_(None),
        Notice.plan_id.in_(select(Plan.id).where(Plan.unit_id.in_(move.unit_ids))),
    )
    for notice in db.session.scalars(asked):
        notice.settled_at = at


def _end_there(actor: Actor, move: UnitMove, code: str, *, at: datetime) -> None:
    move_id, state = move.id, move.state
    with visiting(db.session(), Scope(move.to_municipality_id, actor.account_id)):
        incoming = db.session.scalar(
            select(IncomingUnits)
            .where(here(IncomingUnits), IncomingUnits.id == move_id)
            .with_for_update()
        )
        if incoming is not None and incoming.ended_at is None:
            incoming.state, incoming.ended_at = state, at
            log.record(actor, code, incoming, fields=log.changed_fields(incoming))


def _require_no_strays(move: UnitMove) -> None:
    if unit_family.strays(move):
        raise UnitsChanged
