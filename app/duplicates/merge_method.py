"""What moves of courses, gatherings, routines and the like when two persons become one.

None of it opens a plan. Where both were at the same thing, the row of the one kept stays, and what
the other row knows beyond it is kept there.
"""

from typing import Any

from app.duplicates.merge_facts import plain
from app.duplicates.merge_moves import Moves
from app.models import (
    CourseAttendance,
    GatheringAction,
    GatheringAttendance,
    Introduction,
    Pulse,
    Routine,
    RoutineRead,
)


def find(moves: Moves) -> None:
    """The rows that go over to the one kept."""
    for row in moves.rows.about(Routine, "keeper_id", Routine.retired_at.is_(None)):
        moves.move(row, "keeper_id")
    for row in moves.rows.about(
        GatheringAction, "responsible_id", GatheringAction.ended_at.is_(None)
    ):
        moves.move(row, "responsible_id")
    _attendances(moves, CourseAttendance, "course_id", "certified_on")
    _attendances(moves, GatheringAttendance, "gathering_id", "was_there")
    _unless_known(moves, RoutineRead, ("routine_id", "number"))
    _unless_known(moves, Introduction, ("plan_id",), Introduction.ended_at.is_(None))
    waits = (Pulse.answered_at.is_(None), Pulse.ended_at.is_(None))
    _unless_known(moves, Pulse, ("plan_id",), *waits)


def _attendances(moves: Moves, model: Any, about: str, known: str) -> None:
    rows = moves.rows.about(model, "person_id", model.ended_at.is_(None))
    own = {getattr(one, about): one for one in rows if one.person_id == moves.kept}
    for row in rows:
        if row.person_id != moves.gone:
            continue
        mine = own.get(getattr(row, about))
        if mine is None:
            moves.move(row, "person_id")
        elif not getattr(mine, known) and getattr(row, known):
            moves.put(mine, known, plain(getattr(row, known)))


def _unless_known(moves: Moves, model: Any, key: tuple[str, ...], *conditions: Any) -> None:
    rows = moves.rows.about(model, "person_id", *conditions)
    own = {_key(one, key) for one in rows if one.person_id == moves.kept}
    for row in rows:
        if row.person_id == moves.gone and _key(row, key) not in own:
            moves.move(row, "person_id")


def _key(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
