"""Forgetting what undoing clean-ups needed, when the time for undoing is over. Safe to repeat."""

from datetime import datetime

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from app.db import transaction
from app.desk_tables import TidiedPlan
from app.enums import TidyState
from app.plans.tidy_undoing import KEPT_FOR
from app.security.actor import acting_as, operator

AT_ONCE = 500


def run(session: Session, municipality_id: int, at: datetime) -> int:
    """Empty what is older than 30 days, some at a time; of how many plans that was."""
    emptied = 0
    with acting_as(session, operator(municipality_id)):
        while count := _empty_some(at):
            emptied += count
            session.expunge_all()
    return emptied


def _empty_some(at: datetime) -> int:
    with transaction() as session:
        old = select(TidiedPlan).where(
            TidiedPlan.state == TidyState.DONE,
            TidiedPlan.done_at <= at - KEPT_FOR,
            cast(TidiedPlan.before, Text) != "{}",
        )
        kept = session.scalars(old.limit(AT_ONCE)).all()
        for one in kept:
            one.before = {}
        return len(kept)
