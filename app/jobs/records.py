"""Rows of jobs: their states, and working on one as the person who ordered it, as they are now.

A job that runs reads and writes its own row in each of its transactions, so what is done and how
far it is can't disagree, whatever ends the worker.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import log
from app.clock import utc_now
from app.columns import new_id
from app.db import db, separate_session, transaction
from app.enums import JobState
from app.errors import NotAllowed, NotFound
from app.models import Job, Municipality
from app.security import policy, tenancy
from app.security.actor import Actor, acting_as, find_actor, operator
from app.security.roles import Action
from app.security.tokens import active_account

OPEN = (JobState.WAITING, JobState.RUNNING)
ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class JobRef:
    """Where a job is: its id, and the municipality without which it can't be found.

    ``run_id`` is the run that works on it, for the one who does.
    """

    id: str
    municipality_id: int
    run_id: str | None = None

    def is_run_of(self, job: Job) -> bool:
        """Whether the job is still this run's, and no later one's."""
        return self.run_id is None or self.run_id == job.run_id


class Stopped(Exception):
    """The job can't go on; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Cancelled(Exception):
    """Somebody asked for the job to be cancelled."""


class NotRunning(Exception):
    """The job has ended, was ended by somebody else, or is another run's by now."""


def locked(session: Session, job_id: str) -> Job | None:
    """The job's row as it is now, held to the end of the transaction."""
    found: Job | None = session.scalar(
        select(Job)
        .where(Job.id == job_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def orderer(ref: JobRef) -> Actor:
    """Whoever ordered the job, with the roles they hold at this moment.

    Raises:
        Stopped: the account is withdrawn, or holds no role in the municipality any more.
        NotRunning: there is no such job.
    """
    with separate_session() as session:
        with tenancy.applied(session, tenancy.Scope(ref.municipality_id)):
            account_id = session.scalar(select(Job.account_id).where(Job.id == ref.id))
        if account_id is None:
            raise NotRunning
        if active_account(session, account_id) is None:
            raise Stopped("no_longer_allowed")
        actor = find_actor(session, account_id, ref.municipality_id, utc_now())
    if actor.municipality_id is None:
        raise Stopped("no_longer_allowed")
    return actor


@contextmanager
def at_work(ref: JobRef) -> Iterator[tuple[Actor, Job]]:
    """One transaction of a running job, as its orderer, with its row held.

    Raises:
        Stopped: the orderer may not do this any more.
        Cancelled: the job is to be cancelled; nothing of this transaction is kept.
        NotRunning: the job is not running.
    """
    actor = orderer(ref)
    with acting_as(db.session(), actor), transaction() as session:
        job = locked(session, ref.id)
        if job is None or job.state is not JobState.RUNNING or not ref.is_run_of(job):
            raise NotRunning
        job.seen_at = utc_now()
        if job.cancel_asked:
            raise Cancelled
        try:
            policy.require(actor, Action.EDIT, job)
            yield actor, job
        except (NotAllowed, NotFound):
            raise Stopped("no_longer_allowed") from None


def claim(ref: JobRef, at: datetime) -> Job | None:
    """The job, running from now on; None when it is not waiting and was not left half done."""
    with acting_as(db.session(), operator(ref.municipality_id)), transaction() as session:
        job = locked(session, ref.id)
        if job is None or job.state not in OPEN:
            return None
        job.state = JobState.RUNNING
        job.started_at = job.started_at or at
        job.run_id, job.seen_at = new_id(), at
        return job


def close(ref: JobRef, state: JobState, *, failure: str | None = None) -> None:
    """End a job from outside its own work: it failed or was cancelled."""
    actor = operator(ref.municipality_id)
    with acting_as(db.session(), actor), transaction() as session:
        job = locked(session, ref.id)
        if job is None or job.state in ENDED or not ref.is_run_of(job):
            return
        job.state = state
        job.ended_at = utc_now()
        if failure is not None:
            job.report = {**job.report, "failure": failure}
        log.record(actor, f"job:{state}", job)


def silent_since(job: Job, at: datetime) -> datetime | None:
    """The last sign of life of a job that ought to run, and has shown none for a while."""
    seen_at = job.seen_at or job.started_at
    if job.state is not JobState.RUNNING or seen_at is None or at - seen_at < SILENT_AFTER:
        return None
    return seen_at


def unfinished() -> Iterator[JobRef]:
    """Jobs of all municipalities that wait, or were running when a worker was killed."""
    session = db.session()
    for municipality_id in session.scalars(select(Municipality.id)).all():
        with tenancy.applied(session, tenancy.Scope(municipality_id)):
            found = session.scalars(select(Job.id).where(Job.state.in_(OPEN)).order_by(Job.id))
            refs = [JobRef(job_id, municipality_id) for job_id in found]
        yield from refs
    session.rollback()
