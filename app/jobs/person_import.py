"""The import of persons as a job: check, then import the good rows or all or nothing.

Good rows go 500 at a time, each with how far it is in one transaction, so an import that is cut
off goes on where it stopped and registers nobody twice. All or nothing is one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any, Self

from sqlalchemy.exc import IntegrityError

from app.audit import log
from app.clock import today, utc_now
from app.db import db
from app.enums import JobState
from app.errors import NotAllowed
from app.jobs.records import JobRef, Stopped, at_work, orderer
from app.models import Job
from app.people import imports
from app.people.import_columns import Columns
from app.people.import_files import FailedRow, ImportFolder, folder_of
from app.people.import_report import ImportReport
from app.people.imports import CheckedRow, Choices
from app.people.table import TableError
from app.people.tabular import read_table
from app.security.actor import acting_as

TRIES = 3


class Step(StrEnum):
    """What an import is to do next, or waits for."""

    COLUMNS = "columns"
    CHECK = "check"
    GOOD_ROWS = "good_rows"
    ALL_OR_NOTHING = "all_or_nothing"


@dataclass(frozen=True)
class ImportOrder:
    """What was asked for. Columns are places, not names: a name could be anybody's."""

    ending: str
    step: Step = Step.COLUMNS
    positions: Mapping[str, int] = field(default_factory=dict)
    width: int = 0
    accept_doubtful_ids: bool = False

    @property
    def choices(self) -> Choices:
        """The user's choices for the whole file."""
        return Choices(Columns(self.positions, self.width), self.accept_doubtful_ids)

    def as_json(self) -> dict[str, Any]:
        """The order as it is kept with the job."""
        return asdict(self)

    @classmethod
    def of(cls, job: Job) -> Self:
        """The order that is kept with ``job``."""
        return cls(**{**job.parameters, "step": Step(job.parameters["step"])})


def run(ref: JobRef, job: Job) -> None:
    """Take the next step of the import.

    Raises:
        Stopped, Cancelled, NotRunning: see ``records.at_work``.
    """
    order = ImportOrder.of(job)
    folder = folder_of(ref.id)
    header, checked = _checked(ref, order, folder)
    if order.step is Step.CHECK:
        _report(ref, folder, header, checked)
    elif order.step is Step.GOOD_ROWS:
        _import_good_rows(ref, folder, header, checked)
    else:
        _import_all(ref, folder, header, checked)


def _checked(
    ref: JobRef, order: ImportOrder, folder: ImportFolder
) -> tuple[tuple[str, ...], list[CheckedRow]]:
    """The file's header and its rows, each checked."""
    actor = orderer(ref)
    try:
        table = read_table(folder.upload(), f"upload{order.ending}")
        rows = list(table.rows)
        _tell_total(ref, order, len(rows))
        with acting_as(db.session(), actor):
            checked = imports.check(
                actor,
                rows,
                order.choices,
                today=today(),
                on_progress=partial(_tell_progress, ref, order),
            )
        return table.header, checked
    except FileNotFoundError:
        raise Stopped("file_gone") from None
    except (TableError, ValueError):
        raise Stopped("unreadable") from None
    except NotAllowed:
        raise Stopped("no_longer_allowed") from None


def _tell_total(ref: JobRef, order: ImportOrder, total: int) -> None:
    with at_work(ref) as (_actor, job):
        job.total = total
        if order.step is Step.CHECK:
            job.done = 0


def _tell_progress(ref: JobRef, order: ImportOrder, done: int) -> None:
    """Tell how far the check is, and stop if the job is cancelled or no longer allowed."""
    with at_work(ref) as (_actor, job):
        if order.step is Step.CHECK:
            job.done = done


def _report(
    ref: JobRef, folder: ImportFolder, header: tuple[str, ...], checked: Sequence[CheckedRow]
) -> None:
    """Look up who is registered already, keep what the check found, and wait for the user."""
    with at_work(ref):
        parts = [imports.without_known(part) for part in imports.slices(checked)]
    failed = [row for part in parts for row in _failed(part)]
    folder.start_failed(header)
    folder.add_failed(failed)
    with at_work(ref) as (_actor, job):
        report = ImportReport(good=len(checked) - len(failed))
        job.report = report.with_failed(row.problems for row in failed).as_json()
        job.done = len(checked)
        job.state = JobState.READY


def _failed(checked: Sequence[CheckedRow]) -> list[FailedRow]:
    return [
        FailedRow(one.position, one.row.line, one.row.cells, one.problems)
        for one in checked
        if one.person is None
    ]


def _import_good_rows(
    ref: JobRef, folder: ImportFolder, header: tuple[str, ...], checked: Sequence[CheckedRow]
) -> None:
    with at_work(ref) as (_actor, job):
        done = job.done
    if done == 0:
        folder.start_failed(header)
    else:
        folder.cut_failed(done)
    take_part = partial(_import_part, ref, folder, checked)
    while done < len(checked):
        done = _surely(take_part, folder, done)
    with at_work(ref) as (actor, job):
        _finish(job)
        log.record(actor, "person:imported", job)
    folder.drop_upload()


def _import_part(ref: JobRef, folder: ImportFolder, checked: Sequence[CheckedRow]) -> int:
    """Import the next 500 rows; how many are behind us then."""
    with at_work(ref) as (actor, job):
        part = imports.without_known(checked[job.done : job.done + imports.AT_ONCE])
        failed = _failed(part)
        report = ImportReport.from_json(job.report).with_failed(row.problems for row in failed)
        count = imports.add(actor, part, at=utc_now())
        job.report = replace(
            report, good=report.good + count, imported=report.imported + count
        ).as_json()
        job.done += len(part)
        folder.add_failed(failed)
        return job.done


def _import_all(
    ref: JobRef, folder: ImportFolder, header: tuple[str, ...], checked: Sequence[CheckedRow]
) -> None:
    if _surely(partial(_import_all_at_once, ref, folder, header, checked), folder, 0):
        folder.drop_upload()


def _import_all_at_once(
    ref: JobRef, folder: ImportFolder, header: tuple[str, ...], checked: Sequence[CheckedRow]
) -> bool:
    with at_work(ref) as (actor, job):
        parts = [imports.without_known(part) for part in imports.slices(checked)]
        failed = [row for part in parts for row in _failed(part)]
        folder.start_failed(header)
        folder.add_failed(failed)
        report = ImportReport(good=len(checked) - len(failed), is_refused=bool(failed))
        job.done = job.total
        if failed:
            job.state = JobState.READY
        else:
            count = sum(imports.add(actor, part, at=utc_now()) for part in parts)
            report = replace(report, imported=count)
            _finish(job)
            log.record(actor, "person:imported", job)
        job.report = report.with_failed(row.problems for row in failed).as_json()
        return not failed


def _finish(job: Job) -> None:
    job.state = JobState.DONE
    job.ended_at = utc_now()


def _surely(step: Callable[[], int], folder: ImportFolder, done: int) -> int:
    """Take a step again when somebody registered one of its persons at the same moment."""
    for _try in range(TRIES - 1):
        try:
            return step()
        except IntegrityError:
            folder.cut_failed(done)
    return step()
