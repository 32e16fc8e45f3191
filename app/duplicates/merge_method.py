"""What a merge of two persons moves of the method's registers: courses, routines, gatherings.

What both have stays under each name, since a register holds one row of each kind for a person.
The questions of a pulse stay too: they were asked of one login, and the next evaluation asks anew.
"""

from collections.abc import Callable
from typing import Any

from app.duplicates.merge_moves import Moves
from app.models import (
    CourseAttendance,
    GatheringAction,
    GatheringAttendance,
    Introduction,
    Routine,
    RoutineRead,
)

Key = Callable[[Any], object]

ONE_EACH: tuple[tuple[type[Any], Key], ...] = (
    (CourseAttendance, lambda one: one.course_id),
    (GatheringAttendance, lambda one: one.gathering_id),
    (Introduction, lambda one: one.plan_id),
    (RoutineRead, lambda one: (one.routine_id, one.number)),
)
"""Tables with one row that has not ended for each person and what the key says."""


def find(moves: Moves) -> None:
    """Everything that goes over to the one kept."""
    for model, key in ONE_EACH:
        rows = [one for one in _of(moves, model, "person_id") if _is_in_force(one)]
        own = {key(one) for one in rows if one.person_id == moves.kept}
        for one in rows:
            if one.person_id == moves.gone and key(one) not in own:
                moves.move(one, "person_id")
    for routine in _of(moves, Routine, "keeper_id"):
        if routine.keeper_id == moves.gone:
            moves.move(routine, "keeper_id")
    for action in _of(moves, GatheringAction, "responsible_id"):
        if action.responsible_id == moves.gone:
            moves.move(action, "responsible_id")


def _of(moves: Moves, model: type[Any], column: str) -> list[Any]:
    return moves.rows.about(model, column)


def _is_in_force(row: Any) -> bool:
    return getattr(row, "ended_at", None) is None
