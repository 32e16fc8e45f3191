"""The pages where standard roles and templates are taken out and in as files."""

from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import db, transaction
from app.enums import SetUpKind
from app.errors import DomainError, NotFound
from app.models import StandardRole
from app.screens import forms
from app.screens.download import file_download
from app.screens.fields import NEEDED
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door, for_anyone
from app.set_up_tables import NationalPiece, Template
from app.templating import exports, file_content, file_reading, file_words, imports, setup, shelf
from app.templating.file_content import File
from app.templating.file_reading import BadFile
from app.templating.imports import Choice
from app.templating.proposals import changes

Answer = Response | str | tuple[str, int]

CHOICES = {
    Choice.CHANGE: _l("Let the draft of the one here say this"),
    Choice.ADD: _l("Add it beside what is here"),
    Choice.LEAVE_OUT: _l("Leave it out"),
}
PAGES = {
    SetUpKind.STANDARD_ROLE: "StandardRoleEditView.show",
    SetUpKind.TEMPLATE: "TemplateView.show",
}


class FileForm(FlaskForm):
    """The file to take in."""

    file = FileField(_l("File"), [NEEDED], description=_l("A JSON file from Samvev, at most 5 MB."))


class FilePages(BaseView):
    """Files with everything that stands here, and taking in from files."""

    default_view = "index"
    intro: Any = None

    @expose("/", methods=["GET", "POST"])
    @door(Action.IMPORT)
    def index(self) -> Answer:
        """Take a file out, or choose one to take in; then what it would do."""
        form = FileForm()
        if request.method != "POST":
            return self._start(form, 200)
        data = form.file.data.read() if form.file.data else b""
        if not data:
            form.file.errors = [_("Choose a file that is not empty.")]
            return self._start(form, 422)
        try:
            file, packed = file_reading.read(data), file_reading.pack(data)
        except BadFile as error:
            return self._bad(error)
        with transaction() as session:
            self._set_up(session)
        return self._preview(file, packed)

    @expose("/take-in", methods=["POST"])
    @door(Action.IMPORT)
    def take_in(self) -> Answer:
        """Make drafts of what is chosen."""
        packed = request.form.get("file", "")
        try:
            file = file_reading.read(file_reading.unpack(packed))
        except BadFile as error:
            return self._bad(error)
        try:
            location = self._taken(file, _chosen())
        except DomainError as error:
            if error.is_refusal:
                raise
            return self._preview(file, packed, problem=str(error), status=error.status)
        return redirect(location)

    def _taken(self, file: File, chosen: dict[int, Choice]) -> str:
        """Take in once, however many times it is sent; where it goes on."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        with transaction() as session:
            earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return earlier
            self._set_up(session)
            made = imports.take_in(actor, file, chosen, at=at)
            alone = made[0] if len(made) == 1 else None
            location = url_for(f"{self.endpoint}.index") if alone is None else page_of(alone)
            forms.remember(session, actor, key, location, at)
        text = ngettext(
            "%(num)s draft is made. It is used by nobody before it is published.",
            "%(num)s drafts are made. They are used by nobody before they are published.",
            len(made),
        )
        flash(text, "success")
        return location

    @expose("/everything", methods=["GET"])
    @door(Action.EXPORT)
    def everything(self) -> FlaskResponse:
        """All that is in use here, in one file."""
        with transaction() as session:
            self._set_up(session)
            file = exports.everything(current_actor())
        return sent(file, "samvev-sett")

    def _set_up(self, session: Any) -> None:
        municipality_id = current_actor().municipality_id
        if municipality_id is not None:
            setup.ensure(session, municipality_id, at=utc_now())

    def _start(self, form: FileForm, status: int) -> Answer:
        return self._page("templating/files.html", status, form=form)

    def _bad(self, error: BadFile) -> Answer:
        return self._page(
            "templating/file_problems.html", 422, problems=error.problems, texts=file_words
        )

    def _preview(
        self, file: File, packed: str, *, problem: str | None = None, status: int = 200
    ) -> Answer:
        chosen = _chosen() if problem else {}
        return self._page(
            "templating/file_preview.html",
            status,
            lines=imports.lines(current_actor(), file),
            chosen=chosen,
            packed=packed,
            problem=problem,
            texts=CHOICES,
            is_change=Choice.CHANGE,
            changes=_changed,
            page_of=page_of,
            form_key=forms.form_key() or forms.new_key(),
        )

    def _page(self, template: str, status: int, **values: Any) -> Answer:
        return render_template(template, view=self, **values), status


class SetUpFileView(FilePages):
    """Files of a municipality's standard roles and templates."""

    resource = Resource.TEMPLATE
    route_base = "/set-up-files"
    menu_homes = ("TemplateView",)
    intro = _l(
        "Share standard roles and templates with other municipalities, or take in what others have"
        " made. What you take in becomes drafts, which nobody uses before you publish them. For"
        " local administrators."
    )

    @expose("/role/<pk>", methods=["GET"])
    @door(Action.EXPORT, Resource.STANDARD_ROLE)
    def role(self, pk: str) -> FlaskResponse:
        """One standard role, as a file."""
        return _sent_one(StandardRole, pk)

    @expose("/template/<pk>", methods=["GET"])
    @door(Action.EXPORT)
    def template(self, pk: str) -> FlaskResponse:
        """One template, as a file."""
        return _sent_one(Template, pk)

    @expose("/schema", methods=["GET"])
    @for_anyone
    def schema(self) -> FlaskResponse:
        """What such files may hold, for programs: it says nothing of any municipality."""
        text = current_app.json.dumps(file_content.schema())
        response = FlaskResponse(text, mimetype="application/schema+json")
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


class NationalFileView(FilePages):
    """Files of the national library."""

    resource = Resource.NATIONAL_PIECE
    route_base = "/national-files"
    menu_homes = ("NationalView",)
    intro = _l(
        "Take national standard roles and templates out as a file, or take a file in. What you take"
        " in becomes drafts, which no municipality sees before you publish them."
    )

    @expose("/piece/<pk>", methods=["GET"])
    @door(Action.EXPORT)
    def piece(self, pk: str) -> FlaskResponse:
        """One national standard role or template, as a file."""
        return _sent_one(NationalPiece, pk)


def sent(file: File, name: str) -> FlaskResponse:
    """A file as a download."""
    address = url_for("SetUpFileView.schema", _external=True)
    text = file_content.as_text(file, address)
    return file_download(f"{name}.json", text.encode(), "application/json")


def page_of(head: shelf.Head) -> str:
    """The page of a standard role or a template."""
    if isinstance(head, NationalPiece):
        return url_for("NationalView.show", pk=head.id)
    return url_for(PAGES[shelf.kind(head)], pk=head.id)


def _sent_one(model: Any, pk: str) -> FlaskResponse:
    actor = current_actor()
    head: Any = None
    with transaction():
        if is_id(pk):
            wanted = scope.rows(actor, model, Action.SHOW).where(model.id == pk)
            head = db.session.scalar(wanted)
        if head is None:
            raise NotFound
        policy.require(actor, Action.EXPORT, head)
        file = exports.one(actor, head)
    if file is None:
        raise NotFound
    return sent(file, f"samvev-{head.key or 'rolle'}")


def _chosen() -> dict[int, Choice]:
    """What is chosen for each piece, by its place in the file."""
    found = {}
    for name, value in request.form.items():
        place = name.removeprefix("piece-")
        if name != place and place.isdecimal() and len(place) < 6:
            found[int(place)] = Choice(value) if value in set(Choice) else Choice.LEAVE_OUT
    return found


def _changed(line: imports.Line) -> Any:
    """What would be different in the one that is here."""
    if line.head is None or line.is_same:
        return ()
    now = shelf.drafted(line.head) or shelf.in_use(line.head)
    return () if now is None else changes(now, line.content)
