"""Clean-ups of many plans, as a job: a few plans at a time, each once, with a receipt that adds up.

What is to be done with each plan is a row of its own, written when the clean-up is ordered. Each
transaction brings some rows and the job's progress forward together, so that whatever is cut off
or cancelled goes on where it stopped. Access is asked again for each plan when it is done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit import log
from app.clock import day_of, utc_now
from app.columns import new_id
from app.db import db
from app.desk.tidy_rules import Search
from app.desk_tables import Job, TidiedPlan
from app.enums import JobKind, JobState, TidyAct, TidyRule, TidyState
from app.errors import DomainError
from app.jobs.records import JobRef, at_work
from app.models import Plan
from app.plans import tidying
from app.plans.tidy_facts import Facts, Wish, facts_of, held
from app.plans.tidy_words import NotTidied
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource

AT_ONCE = 20
LINES: dict[str, Any] = {"done": _l("Plans cleaned up"), "skipped": _l("Plans left as they are")}


class NothingChosen(DomainError):
    """There is no plan to clean up."""

    status = 422
    message = _l("Choose at least one plan.")


@dataclass(frozen=True)
class Order:
    """What a clean-up does, as its job keeps it."""

    search: Search
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        rule = self.search.rule
        return {
            "act": self.search.act.value,
            "rule": None if rule is None else rule.value,
            "limit": self.search.limit,
            "of": self.search.of_id,
            "reason": self.reason,
        }

    @classmethod
    def of(cls, job: Job) -> "Order":
        """What the job of a clean-up does."""
        kept = job.parameters
        rule = None if kept["rule"] is None else TidyRule(kept["rule"])
        search = Search(TidyAct(kept["act"]), rule, kept["limit"], kept["of"])
        return cls(search, kept["reason"])


def order(
    actor: Actor,
    what: Order,
    plans: Mapping[str, str | None],
    *,
    title: str,
    at: datetime,
) -> Job:
    """Order a clean-up of plans, by their ids; with each stands who is to have it, if somebody is.

    The job is sent when it is committed.

    Raises:
        NothingChosen
    """
    policy.require_open(actor, Action.ADD, Resource.CLEAN_UP)
    policy.require_open(actor, Action.ADD, Resource.JOB)
    if not plans:
        raise NothingChosen
    job = Job(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kind=JobKind.CLEAN_UP,
        state=JobState.WAITING,
        account_id=actor.account_id,
        title=title[:200],
        parameters=what.as_json(),
        report=dict.fromkeys(LINES, 0),
        total=len(plans),
        created_at=at,
    )
    db.session.add(job)
    db.session.flush()
    log.record(actor, "job:added", job)
    _add_rows(job, what.search.rule, plans)
    return job


def _add_rows(job: Job, rule: TidyRule | None, plans: Mapping[str, str | None]) -> None:
    """A row for each plan, which waits; in the order in which plans are held."""
    for plan_id in sorted(plans):
        db.session.add(
            TidiedPlan(
                municipality_id=job.municipality_id,
                job_id=job.id,
                plan_id=plan_id,
                rule=rule,
                coordinator_id=plans[plan_id],
                state=TidyState.WAITING,
            )
        )
    db.session.flush()


# --- the work ------------------------------------------------------------------------------------


def run(ref: JobRef, job: Job) -> None:
    """Clean up, some plans in each transaction.

    Raises:
        Stopped, Cancelled, NotRunning: see ``records.at_work``.
    """
    while _tidy_some(ref):
        db.session.expunge_all()


def _tidy_some(ref: JobRef) -> bool:
    """Clean up the next plans; whether there may be more."""
    with at_work(ref) as (actor, job):
        what, at = Order.of(job), utc_now()
        rows = db.session.scalars(_waiting(job)).all()
        plans = {one.id: one for one in held([row.plan_id for row in rows])}
        fitting = _fitting(actor, what.search, list(plans), at)
        facts = facts_of(list(plans.values()), what.search.act, at=at)
        for row in rows:
            _tidy_one(actor, row, plans[row.plan_id], what, fitting, facts)
        job.done += len(rows)
        done = sum(row.state is TidyState.DONE for row in rows)
        counted = {"done": done, "skipped": len(rows) - done}
        job.report = {
            **job.report,
            **{name: job.report.get(name, 0) + count for name, count in counted.items()},
            "open_activities": job.report.get("open_activities", 0) + _open_activities(rows),
        }
        has_more = len(rows) == AT_ONCE
        if not has_more:
            job.state, job.ended_at = JobState.DONE, utc_now()
        return has_more


def _waiting(job: Job) -> Any:
    return (
        select(TidiedPlan)
        .where(TidiedPlan.job_id == job.id, TidiedPlan.state == TidyState.WAITING)
        .order_by(TidiedPlan.plan_id)
        .limit(AT_ONCE)
    )


def _fitting(actor: Actor, search: Search, ids: Sequence[str], at: datetime) -> set[str]:
    found = search.candidates(actor, day_of(at)).where(Plan.id.in_(ids))
    return set(db.session.scalars(found.with_only_columns(Plan.id)))


def _tidy_one(
    actor: Actor, row: TidiedPlan, plan: Plan, what: Order, fitting: set[str], facts: Facts
) -> None:
    """Do it with one plan, whole or not at all."""
    search = what.search
    wish = Wish(search.act, search.rule, what.reason, row.coordinator_id)
    try:
        if not policy.decide(actor, Action.TIDY, plan):
            raise NotTidied("out_of_reach")
        if plan.id not in fitting:
            raise NotTidied("fits_no_more")
        with db.session.begin_nested():
            before = tidying.tidy(actor, plan, wish, at=utc_now(), facts=facts)
            db.session.flush()
    except NotTidied as left:
        row.state, row.left_because = TidyState.SKIPPED, left.code
    except (DomainError, IntegrityError):
        row.state, row.left_because = TidyState.SKIPPED, "refused"
    else:
        row.state, row.before, row.done_at = TidyState.DONE, before, utc_now()


def _open_activities(rows: Sequence[TidiedPlan]) -> int:
    return sum(row.before.get("open_activities", 0) for row in rows if row.before)
