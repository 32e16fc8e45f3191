"""What users do with an import of persons: upload, choose columns, decide, cancel."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit import log
from app.columns import new_id
from app.db import db
from app.enums import JobKind, JobState
from app.errors import DomainError, NotFound
from app.jobs.person_import import ImportOrder, Step
from app.jobs.records import ENDED
from app.models import Job
from app.people.import_columns import bind
from app.people.import_files import folder_of
from app.people.import_report import ImportReport
from app.people.tabular import read_table
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource

DECISIONS = (Step.GOOD_ROWS, Step.ALL_OR_NOTHING)


class NotWaitingForThis(DomainError):
    """The import is at another step than the page that was sent belongs to."""

    message = _l("The import has gone on since you opened the page.")


class ChoiceNeeded(DomainError):
    """Some rows resemble somebody, and nobody said what is to become of them."""

    message = _l("Some rows resemble somebody. Say first what is to become of them.")


def upload(actor: Actor, data: bytes, filename: str, *, at: datetime) -> Job:
    """A new import of an uploaded file, which waits for its columns to be chosen.

    Raises:
        TableError: the file as a whole can't be read.
        NotAllowed: the actor may not import persons.
    """
    _require_import(actor)
    policy.require_open(actor, Action.ADD, Resource.JOB)
    read_table(data, filename)
    order = ImportOrder(ending=PurePath(filename).suffix.lower())
    job = Job(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kind=JobKind.PERSON_IMPORT,
        state=JobState.READY,
        account_id=actor.account_id,
        title=_("Import of persons"),
        parameters=order.as_json(),
        created_at=at,
    )
    folder_of(job.id).keep_upload(data)
    db.session.add(job)
    db.session.flush()
    log.record(actor, "job:added", job)
    return job


def header_of(job: Job) -> tuple[str, ...]:
    """The header of the file that was uploaded.

    Raises:
        FileNotFoundError: the file is no longer kept.
    """
    return read_table(folder_of(job.id).upload(), f"upload{ImportOrder.of(job).ending}").header


def choose_columns(
    actor: Actor, job: Job, mapping: Mapping[str, str | None], *, accept_doubtful_ids: bool
) -> None:
    """Say which column holds what; the check begins when the row is saved and sent.

    Raises:
        MappingError: the choice of columns can't be used.
        NotWaitingForThis: the columns were chosen before.
    """
    order = _order(actor, job)
    if job.state is not JobState.READY or order.step is not Step.COLUMNS:
        raise NotWaitingForThis
    columns = bind(header_of(job), mapping)
    job.parameters = replace(
        order,
        step=Step.CHECK,
        positions=dict(columns.positions),
        width=columns.width,
        accept_doubtful_ids=accept_doubtful_ids,
    ).as_json()
    job.state = JobState.WAITING


def decide(actor: Actor, job: Job, step: Step) -> None:
    """Import the good rows, or all rows or none; it begins when the row is saved and sent.

    Raises:
        NotWaitingForThis: the import does not wait for a decision.
        ChoiceNeeded: not before it is said what becomes of rows that resemble somebody.
    """
    order = _order(actor, job)
    if job.state is not JobState.READY or order.step is Step.COLUMNS or step not in DECISIONS:
        raise NotWaitingForThis
    if ImportReport.from_json(job.report).alike and folder_of(job.id).chosen().rest is None:
        raise ChoiceNeeded
    job.parameters = replace(order, step=step).as_json()
    job.state = JobState.WAITING
    job.done, job.report = 0, {}
    log.record(actor, "job:decided", job, fields=(step.value,))


def cancel(actor: Actor, job: Job, *, at: datetime) -> None:
    """Cancel a job at ``at`` (UTC): at once while it waits, at the next halt while it runs.

    Raises:
        NotWaitingForThis: it has ended.
    """
    policy.require(actor, Action.CANCEL, job)
    if job.state in ENDED:
        raise NotWaitingForThis
    job.cancel_asked = True
    if job.state is not JobState.RUNNING:
        job.state = JobState.CANCELLED
        job.ended_at = at
        folder_of(job.id).drop_upload()
    log.record(actor, "job:cancel_asked", job)


def _order(actor: Actor, job: Job) -> ImportOrder:
    _require_import(actor)
    policy.require(actor, Action.EDIT, job)
    if job.kind is not JobKind.PERSON_IMPORT:
        raise NotFound
    return ImportOrder.of(job)


def _require_import(actor: Actor) -> None:
    policy.require_open(actor, Action.IMPORT, Resource.PERSON)
