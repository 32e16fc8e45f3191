"""That something was done in a plan: what lists sort by and clean-up looks at."""

from datetime import datetime

from app.models import Plan


def touch(plan: Plan, *, at: datetime) -> None:
    """Keep when something was last done in the plan; reading it is no activity."""
    plan.last_activity_at = at
