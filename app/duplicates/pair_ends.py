"""The ends of a pair of persons when a merge is undone: who was merged in place of who was kept.

They stand in the order of their ids, so another merge since may have moved either to the other
column, or put somebody else beside it: a column by itself can't be set back.
"""

from collections.abc import Sequence

from sqlalchemy import select

from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates.merge_plan import Change

ENDS = ("first_id", "second_id")


def is_end_of_pair(change: Change) -> bool:
    """Whether a merge has let a pair be about somebody else by this."""
    return change.table == DuplicatePair.__tablename__ and change.column in ENDS


def put_back(pair: DuplicatePair, changes: Sequence[Change]) -> bool:
    """Put who was merged back into a pair; whether it could be done, else nothing is changed."""
    before, after = {str(one.before) for one in changes}, {str(one.after) for one in changes}
    ends = {pair.first_id, pair.second_id}
    back = sorted(ends - (after - before) | (before - after))
    if not after - before <= ends or len(back) != len(ENDS) or _is_found_already(pair, back):
        return False
    pair.first_id, pair.second_id = back
    return True


def _is_found_already(pair: DuplicatePair, ends: Sequence[str]) -> bool:
    """Whether these two stand in another pair."""
    first_id, second_id = ends
    found = select(DuplicatePair.id).where(
        DuplicatePair.id != pair.id,
        DuplicatePair.first_id == first_id,
        DuplicatePair.second_id == second_id,
    )
    with db.session.no_autoflush:
        return db.session.scalar(found) is not None
