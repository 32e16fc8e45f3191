"""The pages of the national library: the list, one standard role or template, and its life.

The central administrator makes and publishes; local administrators read what is published.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import utc_now
from app.db import db, transaction
from app.enums import PlanKind, SetUpKind
from app.errors import DomainError, NotFound
from app.screens import forms
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.set_up_tables import NationalPiece
from app.templating import (
    national,
    national_stock,
    proposals,
    role_matrix,
    role_words,
    template_queries,
    templates,
    versions,
)
from app.templating.role_content import RoleContent
from app.templating.setup import in_own_words
from app.templating.template_check import checklist, may_be_published
from app.templating.template_content import TemplateContent
from app.templating.template_draft_pages import TemplateDraftView
from app.templating.template_forms import NameForm
from app.templating.template_pages import Answer, TemplatePage, asked_language, say
from app.templating.texts import isolated

EDITORS = {
    SetUpKind.STANDARD_ROLE: "NationalRoleView.edit",
    SetUpKind.TEMPLATE: "NationalTemplateDraftView.edit",
}


class NationalPage(TemplatePage):
    """Base of views about what is national."""

    resource = Resource.NATIONAL_PIECE
    menu_homes = ("NationalView", "NationalProposalView", "StartView")
    model = NationalPiece
    only: SetUpKind | None = None

    def head_of(self, pk: str, action: Action) -> Any:
        """The piece of an address, when the actor may do ``action`` with it.

        Raises:
            NotFound: missing, hidden, and of the other kind alike.
        """
        found = super().head_of(pk, action)
        if self.only is not None and found.what is not self.only:
            raise NotFound
        return found


class NationalTemplateDraftView(NationalPage, TemplateDraftView):
    """The draft of a national template, in the same editor as those of municipalities."""

    route_base = "/national-template-drafts"
    default_view = "edit"
    head_view = "NationalView"
    only = SetUpKind.TEMPLATE


class NationalView(NationalPage):
    """The national standard roles and templates."""

    route_base = "/national-library"
    default_view = "index"
    intro = _l(
        "Standard roles and templates that every municipality can use. Municipalities have their"
        " own copies: when you publish a change, they are asked, and nothing of theirs is changed."
        " For central administrators."
    )

    @expose("/", methods=["GET"])
    @door(Action.EDIT)
    def index(self) -> Answer:
        """All of them; what a new release ships is added when it is first opened."""
        with transaction() as session:
            national_stock.ensure(session, at=utc_now())
        wanted = scope.rows(current_actor(), NationalPiece)
        found = list(db.session.scalars(wanted.order_by(NationalPiece.position, NationalPiece.id)))
        return self.page(
            "templating/national.html",
            view=self,
            groups=[
                (what, [one for one in found if one.what is what and one.retired_at is None])
                for what in SetUpKind
            ],
            retired=[one for one in found if one.retired_at is not None],
            drafts=national.with_drafts(),
            news=national.with_news(),
            moved=request.args.get("moved", ""),
        )

    @expose("/add", methods=["GET", "POST"])
    @door(Action.ADD)
    def add(self) -> Answer:
        """A new template with nothing in it."""
        form = NameForm()
        if request.method != "POST":
            form.kind.data = next((k for k in PlanKind if k == request.args.get("kind")), None)
        elif form.validate():
            return redirect(self._added(form))
        key = forms.form_key() or forms.new_key()
        status = 422 if request.method == "POST" else 200
        return self.page("templating/national_add.html", form=form, form_key=key, status=status)

    @staticmethod
    def _added(form: NameForm) -> str:
        actor, key = current_actor(), forms.form_key()
        with transaction() as session:
            location = forms.earlier_result(session, actor, key)
            if location is None:
                said = TemplateContent(kind=form.kind.data, names=form.names.data)
                location = url_for(EDITORS[SetUpKind.TEMPLATE], pk=national.add(actor, said).id)
                forms.remember(session, actor, key, location, utc_now())
        flash(_("The template is begun. It is a draft until you publish it."), "success")
        return location

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """What a version says, and all versions there are."""
        row, actor = self.head_of(pk, Action.SHOW), current_actor()
        asked = _number(request.args.get("number"))
        version = versions.published(row, asked)
        if version is None and asked is not None:
            raise NotFound
        said = None if version is None else national.read(row, version.content)
        may_edit, draft = self.may_edit(row), versions.draft(row)
        published = versions.newest_first(row)
        if not may_edit:
            # What a release has put beside what is in use is the central administrator's alone.
            published = [one for one in published if one.number <= row.number]
        with force_locale(asked_language()):
            return self.page(
                "templating/national_show.html",
                row=row,
                version=version,
                content=said,
                sections=role_matrix.given(said) if isinstance(said, RoleContent) else [],
                compared=self._since(row, version),
                texts=role_words,
                published=published,
                draft=draft if may_edit else None,
                beside=national.beside(row) if may_edit else None,
                is_other=_is_other(row, draft),
                draft_version=national.draft_version(row),
                may=lambda action: bool(policy.decide(actor, action, row)),
                editor=EDITORS[row.what],
                roles=dict(template_queries.role_choices(row, PlanKind.INDIVIDUAL_PLAN)),
            )

    @staticmethod
    def _since(row: NationalPiece, version: Any) -> Any:
        """What is different from the version in use in the one that is shown."""
        current = versions.published(row)
        if version is None or current is None or version.number == current.number:
            return None
        return proposals.changes(
            national.read(row, version.content), national.read(row, current.content)
        )

    # --- its life --------------------------------------------------------------------------------

    @expose("/begin/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def begin(self, pk: str) -> Answer:
        """A draft, begun from the version in use where there is none."""
        with transaction():
            row = self.head_of(pk, Action.EDIT)
            templates.begin_draft(current_actor(), row)
            editor = EDITORS[row.what]
        return redirect(url_for(editor, pk=pk))

    @expose("/say/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def say(self, pk: str) -> Answer:
        """Let the draft say what a published version says; that in use throws the draft away."""
        try:
            with transaction():
                row, number = self.head_of(pk, Action.EDIT), _number(request.form.get("number"))
                version = request.form.get("version", "")
                change = national.let_say(current_actor(), row, number or 0, version=version)
                is_used = number == row.number
        except DomainError as error:
            if error.is_refusal:
                raise
            text = str(error)
            flash(text, "warning")
            return redirect(url_for("NationalView.show", pk=pk))
        said = _("The draft says what version %(number)s says.", number=number)
        undo = url_for("NationalView.undo", pk=pk, change=change) if change else None
        name = in_own_words(row.names)
        say(_("The draft of %(name)s is thrown away.", name=name) if is_used else said, undo)
        return redirect(url_for("NationalView.show", pk=pk))

    @expose("/undo/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def undo(self, pk: str) -> Answer:
        """Let the draft say again what one has put away oneself."""
        text, kind = _("It is undone."), "success"
        try:
            with transaction():
                row = self.head_of(pk, Action.EDIT)
                national.say_again(current_actor(), row, request.args.get("change", ""))
        except DomainError as error:
            if error.is_refusal:
                raise
            text, kind = str(error), "warning"
        flash(text, kind)
        return redirect(url_for("NationalView.show", pk=pk))

    @expose("/publish/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def publish(self, pk: str) -> Answer:
        """What is new, what must be right, and the button that publishes."""
        if request.method != "POST":
            return self._publish_page(pk)
        try:
            with transaction():
                row, actor = self.head_of(pk, Action.EDIT), current_actor()
                version = request.form.get("version", "")
                if row.what is SetUpKind.TEMPLATE:
                    checks = self._checks(row)
                    templates.publish(actor, row, checks, version=version, at=utc_now())
                else:
                    national.publish_role(actor, row, version=version, at=utc_now())
        except DomainError as error:
            if error.is_refusal:
                raise
            text = str(error)
            flash(text, "warning")
            return self._publish_page(pk, status=error.status)
        name = in_own_words(row.names)
        text = _("%(name)s is published. Municipalities that have a copy are asked.", name=name)
        flash(text, "success")
        return redirect(url_for("NationalView.show", pk=pk))

    @staticmethod
    def _checks(row: NationalPiece) -> Any:
        """The checklist of the draft of a template; nothing for a standard role."""
        draft = versions.draft(row)
        if draft is None or row.what is not SetUpKind.TEMPLATE:
            return ()
        content = templates.read(draft)
        return checklist(content, template_queries.surroundings(row, content.kind))

    def _publish_page(self, pk: str, status: int = 200) -> Answer:
        row = self.head_of(pk, Action.EDIT)
        draft, before = versions.draft(row), versions.published(row)
        if draft is None:
            flash(_("There is no draft to publish."), "warning")
            return redirect(url_for("NationalView.show", pk=pk))
        checks, said = self._checks(row), national.read(row, draft.content)
        found = (
            None if before is None else proposals.changes(national.read(row, before.content), said)
        )
        is_role = row.what is SetUpKind.STANDARD_ROLE
        return self.page(
            "templating/national_publish.html",
            status=status,
            row=row,
            name=said.names.in_sentence,
            draft=draft,
            version=national.draft_version(row) if is_role else draft.version,
            checks=checks,
            is_ready=may_be_published(checks) and (found is None or bool(found)),
            found=found,
            editor=EDITORS[row.what],
        )

    @expose("/retire/<pk>", methods=["POST"])
    @door(Action.RETIRE)
    def retire(self, pk: str) -> Answer:
        """Offer it to no municipality any more."""

        def change(row: NationalPiece) -> None:
            templates.retire(current_actor(), row, at=utc_now())

        return self._done(pk, Action.RETIRE, change, _l("%(name)s is retired."))

    @expose("/restore/<pk>", methods=["POST"])
    @door(Action.RESTORE)
    def restore(self, pk: str) -> Answer:
        """Offer it again."""

        def change(row: NationalPiece) -> None:
            templates.restore(current_actor(), row)

        return self._done(pk, Action.RESTORE, change, _l("%(name)s is in use again."))

    def _done(
        self, pk: str, action: Action, change: Callable[[NationalPiece], None], said: Any
    ) -> Answer:
        with transaction():
            row = self.head_of(pk, action)
            change(row)
            name = isolated(row.names.get("nb", ""))
        text = str(said) % {"name": name}
        flash(text, "success")
        return redirect(url_for("NationalView.show", pk=pk))

    @expose("/move/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def move(self, pk: str) -> Answer:
        """Change places with the one before or after."""
        with transaction():
            row = self.head_of(pk, Action.EDIT)
            is_up = request.form.get("way") == "up"
            if national.move(current_actor(), row, up=is_up):
                flash(_("%(name)s is moved.", name=isolated(row.names.get("nb", ""))), "success")
        return redirect(url_for("NationalView.index", moved=pk, _anchor=f"n-{pk}"))


def _is_other(row: NationalPiece, draft: Any) -> bool:
    """Whether there is a draft that says something else than what is in use."""
    current = versions.published(row)
    return draft is not None and current is not None and draft.content != current.content


def _number(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
