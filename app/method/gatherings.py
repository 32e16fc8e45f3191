"""Gatherings of those who coordinate: who is asked, who was there, and what was agreed on."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.errors import BadRequest, DomainError
from app.models import Gathering, GatheringAction, GatheringAttendance, Person
from app.people import training
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action

GOAL_A_YEAR = 2
"""How many gatherings a year there should be, at least (domain.md 7.3)."""


class AskedAlready(DomainError):
    """The person is asked already."""

    message = _l("This person is asked already.")


class NotYet(DomainError):
    """Nobody was at a gathering that is still to come."""

    message = _l("The gathering has not been held yet.")


def ask_all(actor: Actor, gathering: Gathering, *, at: datetime) -> int:
    """Ask every coordinator who is not asked yet; how many were."""
    policy.require(actor, Action.EDIT, gathering)
    known = {one.person_id for one in asked(gathering)}
    wanted = set(db.session.scalars(training.coordinator_ids(day_of(at)))) - known
    for person_id in sorted(wanted):
        _ask(gathering, person_id)
    return len(wanted)


def ask(actor: Actor, gathering: Gathering, person: Person) -> None:
    """Ask one more.

    Raises:
        AskedAlready
    """
    policy.require(actor, Action.EDIT, gathering)
    policy.require(actor, Action.CHOOSE, person)
    if person.id in {one.person_id for one in asked(gathering)}:
        raise AskedAlready(field="person_id")
    _ask(gathering, person.id)


def _ask(gathering: Gathering, person_id: str) -> None:
    db.session.add(GatheringAttendance(id=new_id(), gathering_id=gathering.id, person_id=person_id))


def take_off(
    actor: Actor, gathering: Gathering, attendance_id: str, *, at: datetime
) -> GatheringAttendance:
    """Ask somebody no more."""
    policy.require(actor, Action.EDIT, gathering)
    found = [one for one in asked(gathering) if one.id == attendance_id]
    if not found:
        raise BadRequest
    found[0].ended_at = at
    return found[0]


def keep_attendance(actor: Actor, gathering: Gathering, there: Collection[str], *, on: date) -> int:
    """Keep who of those asked was there, by their ids; all others were not. How many were.

    Raises:
        NotYet
    """
    policy.require(actor, Action.EDIT, gathering)
    if gathering.held_on > on:
        raise NotYet
    rows = asked(gathering)
    for one in rows:
        one.was_there = one.id in there
    return sum(bool(one.was_there) for one in rows)


# --- what was agreed on --------------------------------------------------------------------------


def agree(
    actor: Actor,
    gathering: Gathering,
    what: str,
    *,
    responsible: Person | None,
    due_on: date | None,
) -> GatheringAction:
    """Keep something that was agreed on: who does it, and until when."""
    policy.require(actor, Action.EDIT, gathering)
    if responsible is not None:
        policy.require(actor, Action.CHOOSE, responsible)
    row = GatheringAction(
        id=new_id(),
        gathering_id=gathering.id,
        what=what,
        responsible_id=None if responsible is None else responsible.id,
        due_on=due_on,
    )
    db.session.add(row)
    return row


def settle(actor: Actor, gathering: Gathering, action_id: str, *, on: date | None) -> None:
    """Say that something agreed on was done on a day, or (None) that it is not done after all."""
    _action(actor, gathering, action_id).done_on = on


def drop(actor: Actor, gathering: Gathering, action_id: str, *, at: datetime) -> str:
    """Take away something that is not to be done; what it was."""
    found = _action(actor, gathering, action_id)
    found.ended_at = at
    return found.what


def _action(actor: Actor, gathering: Gathering, action_id: str) -> GatheringAction:
    policy.require(actor, Action.EDIT, gathering)
    for one in agreed(gathering):
        if one.id == action_id:
            return one
    raise BadRequest


# --- questions -----------------------------------------------------------------------------------


def asked(gathering: Gathering) -> Sequence[GatheringAttendance]:
    """Those who are asked, by name."""
    found = (
        select(GatheringAttendance)
        .join(GatheringAttendance.person)
        .where(
            GatheringAttendance.gathering_id == gathering.id,
            GatheringAttendance.ended_at.is_(None),
        )
        .options(joinedload(GatheringAttendance.person))
        .order_by(Person.search_family, GatheringAttendance.id)
    )
    return db.session.scalars(found).all()


def agreed(gathering: Gathering) -> Sequence[GatheringAction]:
    """What was agreed on, what is to be done first."""
    found = (
        select(GatheringAction)
        .where(GatheringAction.gathering_id == gathering.id, GatheringAction.ended_at.is_(None))
        .options(joinedload(GatheringAction.responsible))
        .order_by(GatheringAction.done_on.is_not(None), GatheringAction.due_on, GatheringAction.id)
    )
    return db.session.scalars(found).all()


def counts(actor: Actor, ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """How many are asked to each of some gatherings, and how many were there."""
    rows = db.session.execute(
        scope.rows(actor, GatheringAttendance)
        .where(GatheringAttendance.gathering_id.in_(ids), GatheringAttendance.ended_at.is_(None))
        .with_only_columns(
            GatheringAttendance.gathering_id,
            func.count().label("asked"),
            func.count().filter(GatheringAttendance.was_there.is_(True)).label("there"),
        )
        .group_by(GatheringAttendance.gathering_id)
    )
    return {row.gathering_id: (row.asked, row.there) for row in rows}
