"""Deciding that two municipalities are joined: one proposes it, and another approves."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select

from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.enums import JobKind, JobState
from app.errors import DomainError
from app.joining import looking
from app.joining.outlook import Outlook
from app.joining_tables import JoiningState, MunicipalityJoining
from app.models import CentralAppointment, Job, Municipality
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.security.tenancy import Scope, asking

UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


class SameMunicipality(DomainError):
    """A municipality goes into another."""

    status = 422
    message = _l("Choose another municipality: it can't be joined into itself.")


class NotInUse(DomainError):
    """One of the two is not in use, so nobody there could look over it."""

    status = 422
    message = _l("Choose a municipality that is in use.")


class ProposedAlready(DomainError):
    """One of the two is in a joining that waits."""

    message = _l("One of the two is to be joined already. Take that proposal back first.")


class NotWaiting(DomainError):
    """It was done, declined or taken back, or is being done."""

    message = _l("This joining does not wait for an answer any more.")


class AnotherMustApprove(DomainError):
    """Two persons decide."""

    is_refusal = True
    message = _l("Another person than the one who proposed it must approve this.")


class Stopped(DomainError):
    """Something has to be seen to first."""

    message = _l("The two can't be joined yet. See below what has to be seen to first.")


class NoBackup(DomainError):
    """It can't be undone, so there must be something to go back to."""

    status = 422
    message = _l("Take a backup first, and say that you have.")


def places() -> Select[Municipality]:
    """The municipalities that can be joined."""
    return select(Municipality).where(Municipality.is_in_use)


def outlook(joining: MunicipalityJoining, *, at: datetime) -> Outlook:
    """What it would do now: numbers."""
    old = db.session.get_one(Municipality, joining.from_id)
    new = db.session.get_one(Municipality, joining.into_id)
    return looking.look(looking.ask_here, old, new, day_of(at))


def propose(actor: Actor, from_id: int, into_id: int, *, at: datetime) -> MunicipalityJoining:
    """Propose that one goes into another. Nothing is done by it.

    Raises:
        SameMunicipality, NotInUse, ProposedAlready, NotAllowed
    """
    policy.require_open(actor, Action.ADD, Resource.MUNICIPALITY_JOINING)
    if from_id == into_id:
        raise SameMunicipality(field="into_number")
    # Held to the end of the transaction, in order: of two who propose at once, one comes late.
    both = select(Municipality.id).where(
        Municipality.id.in_([from_id, into_id]), Municipality.is_in_use
    )
    held = both.order_by(Municipality.id).with_for_update(key_share=True)
    if len(db.session.scalars(held).all()) < 2:
        raise NotInUse(field="into_number")
    ids = [from_id, into_id]
    taken = select(MunicipalityJoining.id).where(
        MunicipalityJoining.ended_at.is_(None),
        or_(MunicipalityJoining.from_id.in_(ids), MunicipalityJoining.into_id.in_(ids)),
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise ProposedAlready
    joining = MunicipalityJoining(
        id=new_id(),
        from_id=from_id,
        into_id=into_id,
        state=JoiningState.PROPOSED,
        proposed_by_id=actor.account_id,
        proposed_at=at,
    )
    db.session.add(joining)
    db.session.flush()
    log.record(actor, "municipality_joining:proposed", joining)
    return joining


def take_back(actor: Actor, joining: MunicipalityJoining, *, at: datetime) -> None:
    """Take a proposal back before it is carried out.

    Raises:
        NotWaiting, NotFound, NotAllowed
    """
    policy.require(actor, Action.END, joining)
    _end(actor, joining, JoiningState.TAKEN_BACK, at)


def decline(actor: Actor, joining: MunicipalityJoining, *, at: datetime) -> None:
    """Say no, as a local administrator of the one that was to take over.

    Raises:
        NotWaiting, NotFound, NotAllowed
    """
    policy.require(actor, Action.DECLINE, joining)
    _end(actor, joining, JoiningState.DECLINED, at)


def _end(actor: Actor, joining: MunicipalityJoining, state: JoiningState, at: datetime) -> None:
    _require_waiting(joining)
    joining.state, joining.ended_at = state, at
    log.record(actor, "municipality_joining:ended", joining)


def approve(actor: Actor, joining: MunicipalityJoining, *, has_backup: bool, at: datetime) -> Job:
    """Say yes, and order the work, to be sent when it is committed.

    Raises:
        NotWaiting, AnotherMustApprove, NoBackup, Stopped, NotFound, NotAllowed
    """
    policy.require(actor, Action.APPROVE, joining)
    policy.require_open(actor, Action.ADD, Resource.JOB)
    _require_waiting(joining)
    if joining.proposed_by_id == actor.account_id:
        raise AnotherMustApprove
    if not has_backup:
        raise NoBackup(field="has_backup")
    if outlook(joining, at=at).stops:
        raise Stopped
    job = Job(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kind=JobKind.MUNICIPALITY_JOINING,
        state=JobState.WAITING,
        account_id=actor.account_id,
        title=db.session.get_one(Municipality, joining.from_id).display_name,
        parameters={"joining_id": joining.id},
        created_at=at,
    )
    db.session.add(job)
    db.session.flush()
    joining.approved_by_id, joining.approved_at, joining.job_id = actor.account_id, at, job.id
    log.record(actor, "job:added", job)
    log.record(actor, "municipality_joining:approved", joining)
    return job


def _require_waiting(joining: MunicipalityJoining) -> None:
    """Held, and read anew: it may have been answered meanwhile."""
    db.session.refresh(joining, with_for_update=True)
    if joining.ended_at is not None or job_state(joining) in UNDER_WAY:
        raise NotWaiting


def job_state(joining: MunicipalityJoining) -> JobState | None:
    """How far the work is that was ordered last; None before it is approved."""
    if joining.job_id is None:
        return None
    with asking(Scope(joining.into_id)):
        state: JobState | None = db.session.scalar(
            select(Job.state).where(Job.id == joining.job_id)
        )
    return state


def is_still_proposed(joining: MunicipalityJoining) -> bool:
    """Whether it waits to be carried out, and whoever proposed it may still do so."""
    found = select(CentralAppointment.id).where(
        CentralAppointment.account_id == joining.proposed_by_id,
        CentralAppointment.approved_at.is_not(None),
        CentralAppointment.ended_at.is_(None),
    )
    return joining.ended_at is None and db.session.scalar(found) is not None
