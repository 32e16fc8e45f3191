"""Running jobs: one at a time each, as far as they get, whatever goes wrong."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

import structlog
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from app.audit import log
from app.clock import utc_now
from app.db import db, transaction
from app.duplicates import undoing
from app.enums import JobKind, JobState
from app.jobs import (
    clean_up_undo,
    clean_up_work,
    duplicate_scan,
    joining,
    locks,
    person_import,
    queue,
    role_publishing,
    template_publishing,
    unit_moving,
)
from app.jobs.records import (
    ENDED,
    Cancelled,
    JobRef,
    NotRunning,
    Stopped,
    claim,
    close,
    unfinished,
)
from app.models import Job, Municipality
from app.people import import_files
from app.people.import_report import ImportReport
from app.screens import forms
from app.security import throttle
from app.security.actor import acting_as, operator

WORK: dict[JobKind, Callable[[JobRef, Job], None]] = {
    JobKind.PERSON_IMPORT: person_import.run,
    JobKind.ROLE_PUBLISHING: role_publishing.run,
    JobKind.TEMPLATE_PUBLISHING: template_publishing.run,
    JobKind.DUPLICATE_SCAN: duplicate_scan.run,
    JobKind.CLEAN_UP: clean_up_work.run,
    JobKind.CLEAN_UP_UNDO: clean_up_undo.run,
    JobKind.MUNICIPALITY_JOINING: joining.run,
    JobKind.UNIT_MOVE: unit_moving.run,
}
UNAVAILABLE = (OperationalError, InterfaceError, TimeoutError)
logger = structlog.get_logger(__name__)


def run_job(job_id: str, municipality_id: int) -> None:
    """Run a job that waits or was left half done. Harmless when it is neither, or runs already."""
    log.request_id.set(job_id)
    with locks.held(f"job-{job_id}") as is_ours:
        if is_ours:
            _run(JobRef(job_id, municipality_id))


def _run(ref: JobRef) -> None:
    try:
        job = claim(ref, utc_now())
        if job is not None:
            ref = replace(ref, run_id=job.run_id)
            WORK[job.kind](ref, job)
    except NotRunning:
        return
    except Cancelled:
        close(ref, JobState.CANCELLED)
        import_files.folder_of(ref.id).drop_upload()
    except Stopped as stopped:
        close(ref, JobState.FAILED, failure=stopped.code)
    except UNAVAILABLE as error:
        # The row says that it runs; it is taken up again when the database is back.
        logger.error("job interrupted", job=ref.id, kind=type(error).__name__)
    except Exception as error:
        # The edge of the worker: a bug ends this job, is told without data, and stops no other.
        logger.error("job failed", job=ref.id, kind=type(error).__name__, place=_place(error))
        close(ref, JobState.FAILED, failure="unexpected")
    finally:
        db.session.rollback()


def _place(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in frames]


def resume_unfinished() -> None:
    """Ring for every job that waits or was left half done, unless the queue is at it."""
    if queue.queue().huey.pending_count():
        return
    for ref in list(unfinished()):
        queue.send(ref.id, ref.municipality_id)


def clean_up() -> dict[int, int]:
    """Remove what is kept for a while only: old throttles, sent forms, files, rows at fault.

    How many imports were emptied of their rows at fault, by the id of the municipality.
    """
    at = utc_now()
    with transaction() as session:
        throttle.clear_old(session, at)
        forms.clear_old(session, at)
    import_files.clear_old(at)
    municipalities = db.session.scalars(select(Municipality.id)).all()
    return {one: _empty_old(one, at) for one in municipalities}


def _empty_old(municipality_id: int, at: datetime) -> int:
    emptied = 0
    with acting_as(db.session(), operator(municipality_id)), transaction() as session:
        old = select(Job).where(
            Job.kind == JobKind.PERSON_IMPORT,
            Job.state.in_(ENDED),
            Job.ended_at < at - import_files.KEPT_FOR,
        )
        for job in session.scalars(old):
            kept = ImportReport.from_json(job.report)
            if kept.problems:
                job.report = kept.without_details().as_json()
                emptied += 1
        emptied += undoing.forget_old(session, at)
    return emptied
