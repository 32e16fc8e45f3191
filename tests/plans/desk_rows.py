"""A row of each of the desk's tables that is about a plan."""

from app.clock import today, utc_now
from app.db import db
from app.desk_tables import Introduction, Job, Pulse, TidiedPlan
from app.enums import JobKind, JobState, TidyRule, TidyState
from app.models import Plan


def tidied(plan: Plan, account_id: int) -> TidiedPlan:
    """What a clean-up did with a plan."""
    job = Job(
        kind=JobKind.CLEAN_UP,
        state=JobState.DONE,
        account_id=account_id,
        title="",
        created_at=utc_now(),
    )
    db.session.add(job)
    db.session.flush()
    return TidiedPlan(
        plan_id=plan.id,
        job_id=job.id,
        rule=TidyRule.NO_ACTIVITY,
        state=TidyState.DONE,
        done_at=utc_now(),
    )


def introduced(plan: Plan, person_id: str) -> Introduction:
    """An introduction that was given in a plan."""
    return Introduction(
        plan_id=plan.id, person_id=person_id, given_on=today(), recorded_at=utc_now()
    )


def asked(plan: Plan, person_id: str) -> Pulse:
    """Three questions that wait for an answer."""
    return Pulse(plan_id=plan.id, person_id=person_id, asked_at=utc_now())
