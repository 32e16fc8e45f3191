"""The page on which somebody says what becomes of the rows of an import that resemble others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import ceil
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice

from app.db import db, transaction
from app.duplicates import words
from app.duplicates.levels import Field, Level
from app.duplicates.scoring import Finding
from app.enums import JobKind, JobState
from app.errors import NotFound
from app.jobs.pages import Answer, held_job
from app.jobs.person_import import ImportOrder, Step
from app.models import Job, Person
from app.people.import_alike import AlikeRow, AlikeTo, Choice, Chosen, What
from app.people.import_files import ImportFolder, folder_of
from app.people.import_report import ImportReport
from app.people.import_words import OF_CHOICE
from app.people.operations import LONGEST_REASON
from app.people.registering import short
from app.screens import forms
from app.screens.fields import NEEDED, TextField, at_most
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

ON_A_PAGE = 20
REASON_NEEDED = _l("Write why, when somebody is to be registered.")


class RestForm(FlaskForm):
    """What becomes of all rows for which nothing else is chosen. Nothing is chosen beforehand."""

    what = RadioField(
        _l("What is to become of the rows you have not chosen for?"),
        [NEEDED],
        choices=[SelectChoice(one.value, text) for one, text in OF_CHOICE.items()],
        validate_choice=False,
    )
    reason = TextField(
        _l("Why they are registered"),
        [at_most(LONGEST_REASON)],
        description=_l("Only when they are registered. The reviewer of duplicates reads it."),
    )

    @property
    def choice(self) -> Choice | None:
        """What was chosen; None, and what is wrong in the form, when it can't be used."""
        if not self.validate():
            return None
        if self.what.data not in set(What):
            raise NotFound
        what = What(self.what.data)
        if what is What.REGISTER and not self.reason.data:
            self.reason.errors = [str(REASON_NEEDED)]
            return None
        return Choice(what, None, self.reason.data or "" if what is What.REGISTER else "")


@dataclass(frozen=True)
class Shown:
    """A row of the page: whom it resembles in words, and what is chosen for it."""

    row: AlikeRow
    others: Sequence[tuple[AlikeTo, Person | None, Sequence[Any]]]
    chosen: str


class AlikeRowsView(BaseView):
    """Rows of an import that resemble somebody registered, or an earlier row."""

    resource = Resource.PERSON
    route_base = "/person-import-alike"
    menu_homes = ("JobView",)
    default_view = "show"

    @expose("/show/<pk>", methods=["GET", "POST"])
    @door(Action.IMPORT, Resource.PERSON)
    def show(self, pk: str) -> Answer:
        """The rows, page by page, and what is chosen for them and for the rest."""
        job = self._job(pk)
        if job.state is not JobState.READY or ImportOrder.of(job).step is Step.COLUMNS:
            return redirect(url_for("JobView.show", pk=job.id))
        if request.method != "POST":
            return self._page(job, self._rest_as_kept(job))
        if "rest" in request.form:
            return self._take_rest(job)
        return self._take_rows(job)

    def _take_rest(self, job: Job) -> Answer:
        form = RestForm()
        choice = form.choice
        if choice is None:
            return self._page(job, form, status=422)
        with transaction():
            folder = folder_of(held_job(job.id, Action.EDIT).id)
            folder.keep_chosen(Chosen(choice, folder.chosen().rows))
        return redirect(url_for("JobView.show", pk=job.id))

    def _take_rows(self, job: Job) -> Answer:
        """Keep what is chosen for the rows of this page."""
        reason = short(request.form.get("reason", ""))
        folder, number = folder_of(job.id), _page_number()
        with transaction():
            held_job(job.id, Action.EDIT)
            before = folder.chosen()
            taken = {one.position: _sent(one, before, reason) for one in _rows(folder, number)}
            if any(one and one.what is What.REGISTER and not one.reason for one in taken.values()):
                rest = self._rest_as_kept(job)
                return self._page(job, rest, status=422, wrong=str(REASON_NEEDED))
            kept = {place: one for place, one in before.rows.items() if place not in taken}
            folder.keep_chosen(
                Chosen(before.rest, kept | {place: one for place, one in taken.items() if one})
            )
        flash(_("What you chose for these rows is kept."), "success")
        return redirect(url_for("AlikeRowsView.show", pk=job.id, page=number))

    @staticmethod
    def _rest_as_kept(job: Job) -> RestForm:
        rest = folder_of(job.id).chosen().rest
        data = {"what": rest.what.value, "reason": rest.reason} if rest else {}
        return RestForm(formdata=None, data=data)

    @staticmethod
    def _page(job: Job, form: RestForm, *, status: int = 200, wrong: str = "") -> Answer:
        folder, number = folder_of(job.id), _page_number()
        count = ImportReport.from_json(job.report).alike
        page = render_template(
            "jobs/alike.html",
            job=job,
            form=form,
            form_key=forms.new_key(),
            wrong=wrong,
            rows=_shown(_rows(folder, number), folder.chosen()),
            count=count,
            page=number,
            pages=max(1, ceil(count / ON_A_PAGE)),
            reason=request.form.get("reason", ""),
        )
        return page, status

    @staticmethod
    def _job(pk: str) -> Job:
        job: Job | None = None
        if is_id(pk):
            job = db.session.scalar(
                scope.rows(current_actor(), Job, Action.SHOW).where(Job.id == pk)
            )
        if job is None or job.kind is not JobKind.PERSON_IMPORT:
            raise NotFound
        policy.require(current_actor(), Action.EDIT, job)
        return job


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 else 1


def _rows(folder: ImportFolder, number: int) -> list[AlikeRow]:
    first = (number - 1) * ON_A_PAGE
    return list(islice(folder.alike(), first, first + ON_A_PAGE))


def _sent(row: AlikeRow, before: Chosen, reason: str) -> Choice | None:
    """What was chosen for a row; None for what the rest gets.

    Raises:
        NotFound: nothing that is offered.
    """
    sent = request.form.get(f"row-{row.position}", "")
    if not sent:
        return None
    what, _colon, person_id = sent.partition(":")
    if what not in set(What):
        raise NotFound
    if what != What.USE:
        earlier = before.rows.get(row.position)
        kept = earlier.reason if earlier is not None else ""
        return Choice(What(what), None, (reason or kept) if what == What.REGISTER else "")
    if person_id not in {one.person_id for one in row.others if one.person_id}:
        raise NotFound
    return Choice(What.USE, person_id)


def _shown(rows: Sequence[AlikeRow], chosen: Chosen) -> list[Shown]:
    """The rows with the persons they resemble, as far as the actor may see them."""
    ids = {other.person_id for row in rows for other in row.others if other.person_id}
    query = scope.rows(current_actor(), Person, Action.SHOW).where(Person.id.in_(ids))
    persons = {person.id: person for person in db.session.scalars(query)} if ids else {}
    return [
        Shown(
            row,
            [(one, persons.get(one.person_id or ""), _reasons(one)) for one in row.others],
            _value(row, chosen.rows),
        )
        for row in rows
    ]


def _value(row: AlikeRow, chosen: Mapping[int, Choice]) -> str:
    sent = request.form.get(f"row-{row.position}")
    choice = chosen.get(row.position)
    if sent is not None or choice is None:
        return sent or ""
    return f"{choice.what}:{choice.person_id}" if choice.person_id else str(choice.what)


def _reasons(other: AlikeTo) -> Sequence[Any]:
    """Why the row resembles the other, in sentences."""
    known = set(Level)
    return words.reasons(
        tuple(
            Finding(Field(found), Level(level), bits)
            for found, level, bits in other.findings
            if level in known
        )
    )
