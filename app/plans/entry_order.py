"""Where plan content stands: up, down, or as part of something else."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.db import db
from app.errors import BadRequest, DomainError
from app.models import PlanEntry
from app.plans import activity
from app.plans.content import below, next_position, require_may_hold
from app.plans.kinds import MOVED, ORDERED, PLACES
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action


class InsideItself(DomainError):
    """It would become part of itself."""

    status = 422
    message = _l("A goal can't be part of itself or of what is part of it.")


def shift(actor: Actor, entry: PlanEntry, *, up: bool, at: datetime) -> None:
    """Change places with the one before or after it; the first and the last stay.

    Raises:
        BadRequest: things of this kind follow the time, not a chosen order.
    """
    activity.hold(entry.plan)
    db.session.refresh(entry)
    policy.require(actor, Action.MOVE, entry)
    if entry.kind not in ORDERED:
        raise BadRequest
    beside = _beside(actor, entry)
    place = beside.index(entry)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(beside):
        return
    beside[place], beside[other] = beside[other], beside[place]
    for position, one in enumerate(beside, start=1):
        one.position = position
    log.record(actor, "plan_entry:moved", entry, fields=("position",))
    activity.touch(entry.plan, at=at)


def move(actor: Actor, entry: PlanEntry, parent: PlanEntry | None, *, at: datetime) -> None:
    """Make the entry part of ``parent``, or of nothing; what is part of it goes along.

    Raises:
        BadRequest: nothing of this kind is moved.
        NotFound: the parent is not in this plan, or not seen by the actor.
        InsideItself: the parent is the entry, or part of it.
    """
    activity.hold(entry.plan)
    db.session.refresh(entry)
    policy.require(actor, Action.MOVE, entry)
    if entry.kind not in MOVED:
        raise BadRequest
    if parent is not None:
        db.session.refresh(parent)
        require_may_hold(actor, entry.plan, entry.kind, parent)
        if parent.id in {one.id for one in (entry, *below(entry, _all_of(entry)))}:
            raise InsideItself
    if entry.parent_id == (parent.id if parent is not None else None):
        return
    entry.position = next_position(entry.plan, entry.section, parent)
    entry.parent_id = parent.id if parent is not None else None
    log.record(actor, "plan_entry:moved", entry, fields=("parent_id",))
    activity.touch(entry.plan, at=at)


def may_hold(actor: Actor, entry: PlanEntry) -> list[PlanEntry]:
    """What the entry can be made part of, in order."""
    inside = {one.id for one in (entry, *below(entry, _all_of(entry)))}
    found = scope.rows(actor, PlanEntry).where(
        PlanEntry.plan_id == entry.plan_id,
        PlanEntry.kind.in_(PLACES[entry.kind].parents),
        PlanEntry.deleted_at.is_(None),
        PlanEntry.id.not_in(inside),
    )
    return list(db.session.scalars(found.order_by(PlanEntry.position, PlanEntry.id)))


def _beside(actor: Actor, entry: PlanEntry) -> list[PlanEntry]:
    found = scope.rows(actor, PlanEntry, Action.MOVE).where(
        PlanEntry.plan_id == entry.plan_id,
        PlanEntry.kind == entry.kind,
        PlanEntry.parent_id == entry.parent_id,
    )
    return list(db.session.scalars(found.order_by(PlanEntry.position, PlanEntry.id)))


def _all_of(entry: PlanEntry) -> list[PlanEntry]:
    found = select(PlanEntry).where(PlanEntry.plan_id == entry.plan_id)
    return list(db.session.scalars(found.order_by(PlanEntry.position, PlanEntry.id)))
