"""Routines of the municipality: in date or overdue, and who has read them."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.audit import log
from app.db import db
from app.models import Routine, RoutineRead
from app.people import training
from app.people.folding import folded
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action


def is_overdue(routine: Routine, on: date) -> bool:
    """Whether a routine should have been looked over before this day."""
    return routine.review_on < on


def read(actor: Actor, routine: Routine, *, at: datetime) -> None:
    """Keep that the actor has read the text that the routine has now; once is enough."""
    policy.require(actor, Action.ANSWER, routine)
    if routine.id in read_by(actor, [routine]):
        return
    row = RoutineRead(
        routine_id=routine.id, person_id=actor.person_id, number=routine.number, read_at=at
    )
    db.session.add(row)
    log.record(actor, "routine:read", routine)


def renew(actor: Actor, routine: Routine) -> None:
    """Ask everyone to read the routine again, because its text is new."""
    policy.require(actor, Action.EDIT, routine)
    routine.number += 1


# --- questions -----------------------------------------------------------------------------------


def read_by(actor: Actor, routines: Collection[Routine]) -> set[str]:
    """The ids of those routines whose present text the actor has read."""
    numbers = {one.id: one.number for one in routines}
    rows = db.session.execute(
        select(RoutineRead.routine_id, RoutineRead.number).where(
            RoutineRead.routine_id.in_(numbers), RoutineRead.person_id == actor.person_id
        )
    )
    return {row.routine_id for row in rows if row.number == numbers[row.routine_id]}


def unread(actor: Actor) -> list[Routine]:
    """The routines in use that the actor has not read as they are now."""
    found = scope.rows(actor, Routine).where(Routine.retired_at.is_(None))
    rows = list(db.session.scalars(found.order_by(folded(Routine.title), Routine.id)))
    known = read_by(actor, rows)
    return [one for one in rows if one.id not in known]


def readers(ids: Collection[str], on: date) -> dict[str, int]:
    """How many of today's coordinators have read the present text of each of some routines."""
    rows = db.session.execute(
        select(
            RoutineRead.routine_id, func.count(RoutineRead.person_id.distinct()).label("readers")
        )
        .join(Routine, and_(_same(), RoutineRead.number == Routine.number))
        .where(
            RoutineRead.routine_id.in_(ids),
            RoutineRead.person_id.in_(training.coordinator_ids(on)),
        )
        .group_by(RoutineRead.routine_id)
    )
    return {row.routine_id: row.readers for row in rows}


def _same() -> ColumnElement[bool]:
    return RoutineRead.routine_id == Routine.id


def coordinators(on: date) -> int:
    """How many coordinators there are in the municipality."""
    ids: Select[tuple[str]] = training.coordinator_ids(on).distinct()
    return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
