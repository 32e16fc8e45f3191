"""Participations of two persons who become one: where both take part in a plan, one stays.

It keeps the lower level of each section, for the time that both had; the other ends.
"""

from datetime import date
from typing import Any

from app.duplicates.merge_facts import plain
from app.duplicates.merge_moves import Moves, is_theirs
from app.duplicates.merge_plan import NOW, Addition, Narrowed, Remark
from app.duplicates.merge_rows import is_over
from app.models import Participant, Plan


def find(moves: Moves) -> None:
    """What becomes of the participations of both."""
    rows, ids = moves.rows, moves.rows.two.ids
    standing: dict[str, dict[str, Participant]] = {}
    for one in rows.participants:
        if one.ended_at is None:
            standing.setdefault(one.plan_id, {})[one.person_id] = one
        elif one.person_id == moves.gone and rows.is_of_one(one.plan_id):
            moves.move(one, "person_id")
    for plan_id, found in standing.items():
        kept, gone = found.get(moves.kept), found.get(moves.gone)
        if is_theirs(rows.plans[plan_id], ids):
            _end_beside(moves, rows.plans[plan_id], kept, gone)
        elif kept is None:
            moves.move(gone, "person_id")
        elif gone is not None:
            _one_of_both(moves, kept, gone)


def _end_beside(
    moves: Moves, plan: Plan, kept: Participant | None, gone: Participant | None
) -> None:
    """End what somebody has beside owning or coordinating; what was so before may stay so."""
    for one in (kept, gone):
        if one is None:
            continue
        others = {plan.owner_id, plan.coordinator_id} & {*moves.rows.two.ids} - {one.person_id}
        if others or (one is gone and kept is not None):
            moves.end(one)
            moves.remark(Remark.PARTICIPATION_ENDS)
        elif one is gone:
            moves.move(one, "person_id")


def _one_of_both(moves: Moves, kept: Participant, gone: Participant) -> None:
    on = moves.rows.on
    if is_over(gone, on):
        return
    if is_over(kept, on):
        moves.end(kept)
        moves.move(gone, "person_id")
        return
    moves.end(gone)
    _narrow(moves, kept, gone)


# --- one of two participations -------------------------------------------------------------------


def _earliest(*days: date | None) -> date | None:
    return min((one for one in days if one is not None), default=None)


def _narrow(moves: Moves, kept: Participant, gone: Participant) -> None:
    """Leave to the participation that stays what both had."""
    starts_on = max(kept.starts_on, gone.starts_on)
    ends_on = _earliest(kept.ends_on, gone.ends_on)
    if ends_on is not None and ends_on <= starts_on:
        moves.end(kept)
        moves.remark(Remark.PARTICIPATION_ENDS)
        return
    moves.put(kept, "starts_on", starts_on.isoformat())
    moves.put(kept, "ends_on", plain(ends_on))
    not_after = _earliest(kept.not_after_on, gone.not_after_on)
    moves.put(kept, "not_after_on", plain(not_after))
    others = {one.section: one for one in gone.grants if one.ended_at is None}
    own = {one.section: one for one in kept.grants if one.ended_at is None}
    lines = []
    for section in sorted({*own, *others}):
        left = _narrow_section(moves, own.get(section), others.get(section))
        said = [
            str(one.level) if one else "none" for one in (own.get(section), others.get(section))
        ]
        lines.append((str(section), *said, left))
    moves.narrowed.append(Narrowed(kept.plan_id, tuple(lines)))  # type: ignore[arg-type]
    if not any(one.own_only for one in (*kept.grants, *gone.grants)):
        _answer_for(moves, kept, gone)


def _narrow_section(moves: Moves, own: Any, other: Any) -> str:
    """End what the other had not, and give what both had anew; the level that is left."""
    if own is None:
        return "none"
    if other is None:
        moves.end(own)
        return "none"
    level = min(own.level, other.level, key=lambda one: one.rank)
    starts_on, ends_on = max(own.starts_on, other.starts_on), _earliest(own.ends_on, other.ends_on)
    own_only = own.own_only or other.own_only
    if (level, starts_on, ends_on, own_only) == (
        own.level,
        own.starts_on,
        own.ends_on,
        own.own_only,
    ):
        return str(level)
    moves.end(own)
    if ends_on is not None and ends_on <= starts_on:
        return "none"
    values = {
        "plan_id": own.plan_id,
        "participant_id": own.participant_id,
        "section": str(own.section),
        "level": str(level),
        "own_only": own_only,
        "starts_on": starts_on.isoformat(),
        "ends_on": plain(ends_on),
        "given_by_id": own.given_by_id,
        "given_at": NOW,
    }
    moves.additions.append(Addition("plan_grant", tuple(values.items())))
    return str(level)


def _answer_for(moves: Moves, kept: Participant, gone: Participant) -> None:
    """Let the participation that stays answer for what the other did."""
    for entry in moves.rows.answered_for(gone.id):
        moves.put(entry, "responsible_id", kept.id)
