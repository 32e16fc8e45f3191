"""Undoing a clean-up of plans, as a job: a few plans at a time, each once.

Who orders it must be allowed to clean up each plan, when it is ordered and when it is done; other
plans stay as they are, and can be undone by somebody else.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError

from app.audit import log
from app.clock import utc_now
from app.columns import new_id
from app.db import db
from app.desk_tables import Job, TidiedPlan
from app.enums import JobKind, JobState, TidyAct, TidyState
from app.errors import DomainError, NotFound
from app.jobs.clean_up_work import AT_ONCE, Order
from app.jobs.records import ENDED, OPEN, JobRef, at_work
from app.plans import tidy_undoing
from app.plans.tidy_facts import held
from app.plans.tidy_undoing import KEPT_FOR
from app.plans.tidy_words import NotUndone
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action, Resource

LINES: dict[str, Any] = {
    "undone": _l("Plans brought back as they were"),
    "left": _l("Plans left as they are now"),
}


class NothingToUndo(DomainError):
    """No plan of the clean-up can be brought back by the actor."""

    message = _l("There is nothing to undo, or more than 30 days have passed.")


class StillAtWork(DomainError):
    """A clean-up is undone when it has ended."""

    message = _l("The clean-up is not done. Cancel it first, or wait until it is done.")


def order(actor: Actor, job: Job, *, at: datetime) -> Job:
    """Order the undoing of a clean-up, or lead to the one that is under way.

    Raises:
        StillAtWork, NothingToUndo
    """
    policy.require(actor, Action.SHOW, job)
    policy.require_open(actor, Action.UNDO, Resource.CLEAN_UP)
    policy.require_open(actor, Action.ADD, Resource.JOB)
    if job.kind is not JobKind.CLEAN_UP:
        raise NotFound
    if job.state not in ENDED:
        raise StillAtWork
    earlier = under_way(job)
    if earlier is not None:
        return earlier
    total = how_many(actor, job, at)
    if not total:
        raise NothingToUndo
    undoing = Job(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kind=JobKind.CLEAN_UP_UNDO,
        state=JobState.WAITING,
        account_id=actor.account_id,
        title=job.title,
        parameters={"job_id": job.id},
        report=dict.fromkeys(LINES, 0),
        total=total,
        created_at=at,
    )
    db.session.add(undoing)
    db.session.flush()
    log.record(actor, "job:added", undoing)
    return undoing


def under_way(job: Job) -> Job | None:
    """The undoing of a clean-up that waits or is at work."""
    found = select(Job).where(Job.kind == JobKind.CLEAN_UP_UNDO, Job.state.in_(OPEN))
    return next((one for one in db.session.scalars(found) if of(one) == job.id), None)


def of(undoing: Job) -> str:
    """The id of the clean-up that is undone."""
    return str(undoing.parameters["job_id"])


def how_many(actor: Actor, job: Job, at: datetime) -> int:
    """How many plans the actor can have brought back."""
    found = _undoable(actor, job.id, at).with_only_columns(func.count()).order_by(None)
    return db.session.scalar(found) or 0


def _undoable(actor: Actor, job_id: str, at: datetime) -> Select[Any]:
    return (
        scope.rows(actor, TidiedPlan, Action.UNDO)
        .where(
            TidiedPlan.job_id == job_id,
            TidiedPlan.state == TidyState.DONE,
            TidiedPlan.done_at > at - KEPT_FOR,
        )
        .order_by(TidiedPlan.plan_id)
    )


# --- the work ------------------------------------------------------------------------------------


def run(ref: JobRef, job: Job) -> None:
    """Bring the plans back, some in each transaction.

    Raises:
        Stopped, Cancelled, NotRunning: see ``records.at_work``.
    """
    while _undo_some(ref):
        db.session.expunge_all()


def _undo_some(ref: JobRef) -> bool:
    """Bring the next plans back; whether there may be more."""
    with at_work(ref) as (actor, job):
        policy.require_open(actor, Action.UNDO, Resource.CLEAN_UP)
        done = db.session.get(Job, of(job))
        if done is None:
            raise NotFound
        asked = _undoable(actor, done.id, utc_now()).limit(AT_ONCE)
        rows = db.session.scalars(asked).all()
        # Kept here, since the session forgets what nobody holds on to.
        plans = {one.id: one for one in held([row.plan_id for row in rows])}
        act = Order.of(done).search.act
        told = [plans[row.plan_id] for row in rows if _undo_one(actor, row, act)]
        tidy_undoing.tell(actor, told, at=utc_now())
        undone = sum(row.state is TidyState.UNDONE for row in rows)
        _note(job, {"undone": undone, "left": len(rows) - undone}, len(rows))
        return len(rows) == AT_ONCE


def _note(job: Job, counted: Mapping[str, int], handled: int) -> None:
    job.done += handled
    job.report = {
        **job.report,
        **{name: job.report.get(name, 0) + count for name, count in counted.items()},
    }
    if handled < AT_ONCE:
        # Plans that went out of the orderer's reach meanwhile are not among them.
        job.total = job.done
        job.state, job.ended_at = JobState.DONE, utc_now()


def _undo_one(actor: Actor, row: TidiedPlan, act: TidyAct) -> bool:
    """Bring one plan back, whole or not at all; whether it is told."""
    at, is_told = utc_now(), tidy_undoing.is_told(row, act)
    try:
        with db.session.begin_nested():
            tidy_undoing.undo(actor, row, act, at=at)
            db.session.flush()
    except NotUndone as left:
        row.state, row.left_because = TidyState.LEFT, left.code
    except (DomainError, IntegrityError):
        row.state, row.left_because = TidyState.LEFT, "refused"
    else:
        row.state = TidyState.UNDONE
    # Nobody undoes it again.
    row.undone_at, row.before = at, {}
    return is_told and row.state is TidyState.UNDONE
