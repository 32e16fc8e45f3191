"""The pages of a job, and the steps of an import of persons.

A page is sent once and shows how far the job is; it has a link that shows it anew. It does not
reload by itself, which would throw screen readers back to the top (WCAG 2.2.1, technique F41).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectChoice

from app.audit import log
from app.clock import utc_now
from app.db import db, transaction
from app.enums import JobKind, JobState
from app.errors import DomainError, NotFound
from app.jobs import import_orders, queue, resuming, schedule, work
from app.jobs.person_import import ImportOrder, Step
from app.jobs.records import ENDED, locked, silent_since
from app.models import Job
from app.people import import_words
from app.people.import_columns import REQUIRED_COLUMNS, MappingError, suggest_mapping
from app.people.import_files import FailedRow, folder_of
from app.people.import_report import ImportReport
from app.people.import_words import COLUMNS
from app.people.names import tidy
from app.people.table import TableError
from app.screens import forms
from app.screens.download import csv_download
from app.screens.fields import NEEDED, ListedField
from app.screens.list_pages import LIST_DOORS
from app.screens.listing import is_id
from app.screens.scoped_view import ScopedModelView
from app.screens.words import words
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]
_LIKE_NATIONAL_ID = re.compile(r"[0-9]{10}")


class UploadForm(FlaskForm):
    """The file to import."""

    file = FileField(
        _l("File"),
        [NEEDED],
        description=_l("CSV or Excel (.xlsx), at most 12 MB. The first line names the columns."),
    )


def rest_of(job: Job) -> str:
    """What becomes of the rows that resemble somebody, in words; empty before it is chosen."""
    rest = folder_of(job.id).chosen().rest
    return "" if rest is None else str(import_words.OF_CHOICE[rest.what])


def held_job(pk: str, action: Action) -> Job:
    """The job of an address, locked for the transaction; foreign, missing and hidden told alike.

    Raises:
        NotFound: the actor can't see it.
        NotAllowed: the actor may not do ``action`` with it.
    """
    job = locked(db.session(), pk) if is_id(pk) else None
    if job is None:
        raise NotFound
    policy.require(current_actor(), action, job)
    return job


class JobPages(ScopedModelView):
    """What the screen of jobs adds to the generated pages."""

    include_route_methods = LIST_DOORS | {"show", "cancel", "resume"}
    list_page_template = "jobs/list.html"

    def regular(self) -> list[schedule.Told]:
        """What comes by the clock, as the actor's municipality is told it."""
        return schedule.told(current_actor().municipality_id, utc_now())

    def silent_since(self, job: Job) -> datetime | None:
        """Since when a job that ought to run has not shown itself."""
        return silent_since(job, utc_now())

    def may_resume(self, job: Job) -> bool:
        """Whether the actor may let the job go on, and it can."""
        return resuming.may_resume(current_actor(), job)

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """How far the job is, what came of it, and what it waits for."""
        job = self.get_row(pk, Action.SHOW)
        if job.kind is not JobKind.PERSON_IMPORT:
            return render_template("jobs/work.html", view=self, job=job, states=JobState, work=work)
        return render_template(
            "jobs/show.html",
            view=self,
            job=job,
            order=ImportOrder.of(job),
            report=ImportReport.from_json(job.report),
            texts=import_words,
            steps=Step,
            states=JobState,
            rest=rest_of(job),
            may_import=policy.may_open(current_actor(), Action.IMPORT, Resource.PERSON),
            has_failed_rows=job.state in ENDED | {JobState.READY}
            and bool(folder_of(job.id).failed_header()),
        )

    @expose("/cancel/<pk>", methods=["POST"])
    @door(Action.CANCEL)
    def cancel(self, pk: str) -> Answer:
        """Cancel the job."""
        with transaction():
            job = held_job(pk, Action.CANCEL)
            import_orders.cancel(current_actor(), job, at=utc_now())
        said = _("«%(job)s» is cancelled. What was done before is kept.", job=words(job.kind))
        if job.kind is JobKind.PERSON_IMPORT:
            said = _("«%(job)s» is cancelled. What was imported is kept.", job=words(job.kind))
        flash(said, "success")
        return redirect(self.url("show", job))

    @expose("/resume/<pk>", methods=["POST"])
    @door(Action.RESUME)
    def resume(self, pk: str) -> Answer:
        """Let a job that failed or was cancelled go on where it stopped."""
        with transaction():
            job = held_job(pk, Action.RESUME)
            resuming.resume(current_actor(), job)
        queue.send(job.id, job.municipality_id)
        flash(_("«%(job)s» goes on where it stopped.", job=words(job.kind)), "success")
        return redirect(self.url("show", job))


class ImportView(BaseView):
    """Importing persons, step by step: file, columns, check, decision."""

    resource = Resource.PERSON
    route_base = "/person-import"
    menu_homes = ("PersonView",)
    default_view = "upload"

    @expose("/", methods=["GET", "POST"])
    @door(Action.IMPORT, Resource.PERSON)
    def upload(self) -> Answer:
        """Choose a file."""
        form = UploadForm()
        if request.method != "POST":
            return self._upload_page(form, 200)
        data = form.file.data.read() if form.file.data else b""
        if not data:
            form.file.errors = [_("Choose a file that is not empty.")]
            return self._upload_page(form, 422)
        try:
            location = self._take(data, form.file.data.filename or "")
        except TableError as error:
            form.file.errors = [str(import_words.OF_TABLE[error.problem])]
            return self._upload_page(form, 422)
        return redirect(location)

    @staticmethod
    def _upload_page(form: UploadForm, status: int) -> Answer:
        key = forms.form_key() or str(uuid4())
        return render_template("jobs/upload.html", form=form, form_key=key), status

    @staticmethod
    def _take(data: bytes, filename: str) -> str:
        actor, key = current_actor(), forms.form_key()
        with transaction() as session:
            earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return earlier
            job = import_orders.upload(actor, data, filename, at=utc_now())
            location = url_for("ImportView.columns", pk=job.id)
            forms.remember(session, actor, key, location, utc_now())
        return location

    @expose("/columns/<pk>", methods=["GET", "POST"])
    @door(Action.IMPORT, Resource.PERSON)
    def columns(self, pk: str) -> Answer:
        """Say which column of the file holds what."""
        job = self._job(pk)
        if job.state is not JobState.READY or ImportOrder.of(job).step is not Step.COLUMNS:
            return redirect(url_for("JobView.show", pk=job.id))
        try:
            header = import_orders.header_of(job)
        except FileNotFoundError:
            raise DomainError(import_words.OF_FAILURE["file_gone"]) from None
        form = columns_form(header)
        if request.method != "POST" or not form.validate():
            return self._columns_page(job, form, 200 if request.method != "POST" else 422)
        try:
            self._choose(pk, header, form)
        except MappingError as error:
            form[error.column].errors = [str(import_words.OF_MAPPING[error.problem])]
            return self._columns_page(job, form, 422)
        queue.send(job.id, job.municipality_id)
        return redirect(url_for("JobView.show", pk=job.id))

    @staticmethod
    def _choose(pk: str, header: Sequence[str], form: Any) -> None:
        chosen = {name: form[name].data for name in COLUMNS}
        mapping = {name: header[int(place)] if place else None for name, place in chosen.items()}
        with transaction():
            import_orders.choose_columns(
                current_actor(),
                held_job(pk, Action.EDIT),
                mapping,
                accept_doubtful_ids=form.accept_doubtful_ids.data,
            )

    @staticmethod
    def _columns_page(job: Job, form: Any, status: int) -> Answer:
        is_known = any(form[name].default for name in COLUMNS)
        page = render_template(
            "jobs/columns.html", job=job, form=form, names=list(COLUMNS), is_known=is_known
        )
        return page, status

    @expose("/decide/<pk>", methods=["POST"])
    @door(Action.IMPORT, Resource.PERSON)
    def decide(self, pk: str) -> Answer:
        """Import the good rows, or all rows or none."""
        chosen = request.form.get("step", "")
        if chosen not in set(import_orders.DECISIONS):
            raise NotFound
        with transaction():
            job = held_job(pk, Action.EDIT)
            import_orders.decide(current_actor(), job, Step(chosen))
        queue.send(job.id, job.municipality_id)
        return redirect(url_for("JobView.show", pk=job.id))

    @expose("/failed-rows/<pk>", methods=["GET"])
    @door(Action.IMPORT, Resource.PERSON)
    def failed_rows(self, pk: str) -> Answer:
        """The rows that were left out, as they were written, with line and reasons: a CSV file."""
        job = self._job(pk)
        folder = folder_of(job.id)
        header = folder.failed_header()
        if not header:
            raise NotFound
        with transaction():
            log.record(current_actor(), "job:failed_rows_downloaded", job)
        rows = failed_table(folder.failed(), len(header))
        names = (*header, _("Line in the file"), _("What is wrong"))
        return csv_download("failed-rows.csv", names, list(rows))

    @staticmethod
    def _job(pk: str) -> Job:
        job: Job | None = None
        if is_id(pk):
            query = scope.rows(current_actor(), Job, Action.SHOW).where(Job.id == pk)
            job = db.session.scalar(query)
        if job is None or job.kind is not JobKind.PERSON_IMPORT:
            raise NotFound
        policy.require(current_actor(), Action.EDIT, job)
        return job


def failed_table(rows: Iterator[FailedRow], width: int) -> Iterator[tuple[object, ...]]:
    """The rows as they were written, each with its line and what is wrong, in the user's words.

    Cells beyond the header stand in the last one, so that nothing is lost and none looks right.
    """
    for row in rows:
        cells = (*row.cells, *[""] * (width - len(row.cells)))
        cells = (*cells[: width - 1], ";".join(cells[width - 1 :]))
        reasons = (
            f"{import_words.column(problem.column)}: {import_words.reason(problem)}"
            for problem in row.problems
        )
        yield (*cells, row.line, " ".join(reasons))


def columns_form(header: Sequence[str]) -> Any:
    """A form with one choice for each column that persons have; suggestions are chosen."""
    places = {name: str(place) for place, name in reversed(list(enumerate(header)))}
    suggested = suggest_mapping(header)
    options = [SelectChoice("", _l("Not in the file"))]
    options += [SelectChoice(str(place), _shown(place, name)) for place, name in enumerate(header)]
    fields: dict[str, Any] = {
        name: ListedField(
            label,
            [NEEDED] if name in REQUIRED_COLUMNS else [],
            choices=options,
            default=places[suggested[name] or ""] if suggested[name] else "",
            description=_l("Must be in the file.") if name in REQUIRED_COLUMNS else "",
        )
        for name, label in COLUMNS.items()
    }
    fields["accept_doubtful_ids"] = BooleanField(
        _l("Import national ids that look wrong as well, and mark them as doubtful")
    )
    return type("ColumnsForm", (FlaskForm,), fields)()


def _shown(place: int, name: str) -> str:
    """A column's name, unless the first line turns out to hold a person."""
    name = tidy(name)
    if not name or _LIKE_NATIONAL_ID.search(re.sub(r"\W", "", name)):
        return _("Column %(number)s", number=place + 1)
    return name[:60]
