"""That something is done in a plan: by one at a time, and kept for lists and clean-up."""

from datetime import datetime

from app.db import db
from app.models import Plan


def touch(plan: Plan, *, at: datetime) -> None:
    """Keep when something was last done in the plan; reading it is no activity."""
    plan.last_activity_at = at


def hold(plan: Plan) -> None:
    """Let nobody else write in the plan until the transaction ends, and see it as it is now.

    What somebody may do is then decided by what is true when it is written.
    """
    db.session.refresh(plan, with_for_update=True)
