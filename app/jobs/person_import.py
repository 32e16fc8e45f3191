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
from app.jobs import import_alike
from app.jobs.import_alike import Applied
from app.jobs.records import JobRef, Stopped, at_work, orderer
from app.models import Job
from app.people import imports
from app.people.import_alike import AlikeRow, Chosen
from app.people.import_columns import Columns
from app.people.import_files import FailedRow, ImportFolder, folder_of
from app.people.import_report import ImportReport
from app.people.imports import CheckedRow, Choices
from app.people.table import TableError
from app.people.tabular import read_table
from app.security.actor import Actor, acting_as

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
    """Look up who is registered already, and who may be; keep what was found, and wait for the
    user."""
    with at_work(ref):
        parts = [imports.without_known(part) for part in imports.slices(checked)]
    failed = [row for part in parts for row in _failed(part)]
    folder.start_failed(header)
    folder.add_failed(failed)
    report = ImportReport(good=len(checked) - len(failed))
    report = report.with_failed(row.problems for row in failed)
    with at_work(ref) as (_actor, job):
        job.report = replace(report, is_comparing=True).as_json()
        job.done = 0
    alike = _compare(ref, folder, parts)
    with at_work(ref) as (_actor, job):
        job.report = replace(report, alike=alike).as_json()
        job.done = len(checked)
        job.state = JobState.READY


def _compare(ref: JobRef, folder: ImportFolder, parts: Sequence[Sequence[CheckedRow]]) -> int:
    """Find the rows that resemble somebody registered or an earlier row; how many there are."""
    with acting_as(db.session(), orderer(ref)) as actor:
        rows = [row for part in parts for row in part]
        of_file = import_alike.among_themselves(actor, rows)
    folder.start_alike()
    count = 0
    for part in parts:
        with at_work(ref) as (actor, job):
            alike = import_alike.with_registered(actor, part, of_file)
            job.done += len(part)
        folder.add_alike(alike)
        count += len(alike)
    return count


def _failed(checked: Sequence[CheckedRow]) -> list[FailedRow]:
    return [
        FailedRow(one.position, one.row.line, one.row.cells, one.problems)
        for one in checked
        if one.problems
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
    take_part = partial(_import_part, ref, _Choosing.of(folder), checked)
    while done < len(checked):
        done = _surely(take_part, folder, done)
    with at_work(ref) as (actor, job):
        _finish(job)
        log.record(actor, "person:imported", job)
    folder.drop_upload()


@dataclass(frozen=True)
class _Choosing:
    """The rows of an import that resemble somebody, and what was chosen for them."""

    folder: ImportFolder
    alike: Mapping[int, AlikeRow]
    chosen: Chosen

    @classmethod
    def of(cls, folder: ImportFolder) -> Self:
        return cls(folder, {one.position: one for one in folder.alike()}, folder.chosen())

    def apply(self, actor: Actor, part: Sequence[CheckedRow]) -> Applied:
        """Rows that were looked up in this transaction, dealt with as was chosen."""
        return import_alike.apply(actor, part, self.alike, self.chosen)


def _import_part(ref: JobRef, choosing: _Choosing, checked: Sequence[CheckedRow]) -> int:
    """Import the next 500 rows; how many are behind us then."""
    with at_work(ref) as (actor, job):
        part = imports.without_known(checked[job.done : job.done + imports.AT_ONCE])
        applied = choosing.apply(actor, part)
        failed = _failed([*applied.rows, *applied.left_out])
        report = ImportReport.from_json(job.report).with_failed(row.problems for row in failed)
        count = imports.add(actor, applied.rows, reasons=applied.reasons, at=utc_now())
        job.report = report.with_added(count, used=applied.used).as_json()
        job.done += len(part)
        choosing.folder.add_failed(sorted(failed, key=lambda row: row.position))
        return job.done


def _import_all(
    ref: JobRef, folder: ImportFolder, header: tuple[str, ...], checked: Sequence[CheckedRow]
) -> None:
    take_all = partial(_import_all_at_once, ref, _Choosing.of(folder), header, checked)
    if _surely(take_all, folder, 0):
        folder.drop_upload()


def _import_all_at_once(
    ref: JobRef, choosing: _Choosing, header: tuple[str, ...], checked: Sequence[CheckedRow]
) -> bool:
    with at_work(ref) as (actor, job):
        parts = [imports.without_known(part) for part in imports.slices(checked)]
        at_fault = [row for part in parts for row in _failed(part)]
        choosing.folder.start_failed(header)
        job.done = job.total
        report = ImportReport(good=len(checked) - len(at_fault))
        if at_fault:
            report = replace(report, is_refused=True, alike=len(choosing.alike))
            left_out = at_fault
            job.state = JobState.READY
        else:
            report, left_out = _add_all(actor, choosing, parts)
            _finish(job)
            log.record(actor, "person:imported", job)
        choosing.folder.add_failed(left_out)
        job.report = report.with_failed(row.problems for row in left_out).as_json()
        return not at_fault


def _add_all(
    actor: Actor, choosing: _Choosing, parts: Sequence[Sequence[CheckedRow]]
) -> tuple[ImportReport, list[FailedRow]]:
    """Import rows that are good, all of them; what came of it, and who was left out by choice."""
    report, left_out = ImportReport(), []
    for part in parts:
        applied = choosing.apply(actor, part)
        count = imports.add(actor, applied.rows, reasons=applied.reasons, at=utc_now())
        report = report.with_added(count, used=applied.used)
        left_out += _failed(applied.left_out)
    return report, left_out


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
