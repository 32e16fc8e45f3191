"""The pages of templates: the list, one template with its versions, and its life.

``template_draft_pages`` holds the editor of drafts.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import db, transaction
from app.enums import PlanKind
from app.errors import NotFound, StaleVersion
from app.screens import forms, language
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.set_up_tables import NationalPiece, Template
from app.templating import (
    proposals,
    setup,
    template_drafts,
    template_queries,
    templates,
    versions,
)
from app.templating.generated_forms import form_class
from app.templating.setup import in_own_words
from app.templating.template_check import checklist, may_be_published
from app.templating.template_compare import differences
from app.templating.template_content import PARTS, TemplateSection
from app.templating.template_drafts import Draft
from app.templating.template_fields import IN
from app.templating.template_forms import NameForm
from app.templating.texts import isolated

Answer = Response | str | tuple[str, int]
Head = Template | NationalPiece
DRAFT = "draft"


class TemplatePage(BaseView):
    """Base of views about templates: finding one, and drawing what is in it."""

    resource = Resource.TEMPLATE
    # Whoever starts plans reads the templates, without having them in the menu.
    menu_homes: ClassVar[tuple[str, ...]] = ("TemplateView", "StartView")
    model: ClassVar[type[Head]] = Template

    def head_of(self, pk: str, action: Action) -> Any:
        """The template of an address, when the actor may do ``action`` with it.

        Raises:
            NotFound: foreign, missing and hidden alike.
            NotAllowed: the actor sees it but may not do this.
        """
        actor = current_actor()
        if not is_id(pk):
            raise NotFound
        row = db.session.scalar(
            scope.rows(actor, self.model, Action.SHOW).where(self.model.id == pk)
        )
        if row is None:
            raise NotFound
        policy.require(actor, action, row)
        return row

    @staticmethod
    def page(template: str, *, status: int = 200, **values: Any) -> Answer:
        """A page with what the pages about templates are drawn with."""
        drawn = render_template(
            template,
            name_of=in_own_words,
            form_of=preview_form,
            all_parts=PARTS,
            all_languages=IN,
            **values,
        )
        return drawn, status

    @staticmethod
    def may_edit(row: Any) -> bool:
        """Whether buttons that change it are worth showing."""
        return bool(policy.decide(current_actor(), Action.EDIT, row))


def preview_form(section: TemplateSection) -> Any:
    """The form of a section as those who fill in the plan get it, with nothing in it."""
    return form_class(section)(formdata=None, prefix=f"{section.key}-")


class TemplateView(TemplatePage):
    """The templates of the municipality."""

    route_base = "/templates"
    default_view = "index"
    intro = _l(
        "What new plans begin with: sections with things to fill in, ready goals, agenda and"
        " suggested participants. For local administrators."
    )

    # --- the list --------------------------------------------------------------------------------

    @expose("/", methods=["GET"])
    @door(Action.EDIT)
    def index(self) -> Answer:
        """Every template, by kind of plan."""
        actor = current_actor()
        found = template_queries.lines(actor)
        by_kind = [
            (kind, [one for one in found if one.template.kind is kind and not _is_out(one)])
            for kind in PlanKind
        ]
        retired = [one for one in found if _is_out(one)]
        return self.page(
            "templating/templates.html",
            view=self,
            by_kind=by_kind,
            retired=retired,
            proposals=proposals.count(actor),
            moved=request.args.get("moved", ""),
            way=request.args.get("way", ""),
        )

    @expose("/add", methods=["GET", "POST"])
    @door(Action.ADD)
    def add(self) -> Answer:
        """A new template with nothing in it."""
        form = NameForm()
        if request.method != "POST":
            form.kind.data = next((k for k in PlanKind if k == request.args.get("kind")), None)
            return self._add_page(form, 200)
        if not form.validate():
            return self._add_page(form, 422)

        def make() -> Template:
            return templates.add(current_actor(), form.kind.data, form.names.data)

        return self._begun(make, _("The template is begun. It is a draft until you publish it."))

    def _add_page(self, form: NameForm, status: int) -> Answer:
        key = forms.form_key() or str(uuid4())
        return self.page("templating/add.html", form=form, form_key=key, status=status)

    @expose("/copy/<pk>", methods=["POST"])
    @door(Action.ADD)
    def copy(self, pk: str) -> Answer:
        """A new template with all that is in this one."""

        def make() -> Template:
            return templates.copy(current_actor(), self.head_of(pk, Action.ADD))

        return self._begun(make, _("The copy is a draft. Give it a name of its own."))

    def _begun(self, make: Callable[[], Template], text: str) -> Answer:
        """Make a template once, however many times it is asked for, and go to its draft."""
        actor, key = current_actor(), forms.form_key()
        with transaction() as session:
            location = forms.earlier_result(session, actor, key)
            if location is None:
                setup.ensure(session, actor.municipality_id or 0, at=utc_now())
                location = url_for("TemplateDraftView.edit", pk=make().id)
                forms.remember(session, actor, key, location, utc_now())
        flash(text, "success")
        return redirect(location)

    @expose("/move/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def move(self, pk: str) -> Answer:
        """Change places with the one before or after."""
        way = "up" if request.form.get("way") == "up" else "down"
        with transaction():
            row = self.head_of(pk, Action.EDIT)
            if templates.move(current_actor(), row, up=way == "up"):
                flash(_("%(name)s is moved.", name=isolated(in_own_words(row.names))), "success")
        return redirect(url_for("TemplateView.index", moved=pk, way=way, _anchor=f"t-{pk}"))

    # --- one template ----------------------------------------------------------------------------

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """A published version as it is filled in, and all versions there are."""
        row, actor = self.head_of(pk, Action.SHOW), current_actor()
        asked = _number(request.args.get("number"))
        version = versions.published(row, asked)
        if version is None and asked is not None:
            raise NotFound
        with force_locale(asked_language()):
            return self.page(
                "templating/template.html",
                row=row,
                version=version,
                content=None if version is None else templates.read(version),
                published=template_queries.published(actor, row),
                draft=versions.draft(row) if self.may_edit(row) else None,
                may_edit=self.may_edit(row),
                may_export=bool(policy.decide(actor, Action.EXPORT, row)),
                origin=proposals.origin(row),
                national=templates.national_of(row),
                may_retire=bool(policy.decide(actor, Action.RETIRE, row)),
                may_restore=bool(policy.decide(actor, Action.RESTORE, row)),
                roles=dict(template_queries.role_choices(row, row.kind)),
                form_key=str(uuid4()),
            )

    @expose("/compare/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def compare(self, pk: str) -> Answer:
        """What is different between two versions, in words."""
        row = self.head_of(pk, Action.SHOW)
        published = template_queries.published(current_actor(), row)
        draft = versions.draft(row) if self.may_edit(row) else None
        names = [str(one.number) for one in published]
        names = [DRAFT, *names] if draft is not None else names
        old, new = _chosen("old", names, 1), _chosen("new", names, 0)
        found = None
        if old and new:
            sides = [templates.read(self._named(row, draft, name)) for name in (old, new)]
            found = differences(*sides)
        return self.page(
            "templating/compare.html", row=row, names=names, old=old, new=new, found=found
        )

    @staticmethod
    def _named(row: Any, draft: Any, name: str) -> Any:
        return draft if name == DRAFT else versions.published(row, int(name))

    # --- its life --------------------------------------------------------------------------------

    @expose("/begin/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def begin(self, pk: str) -> Answer:
        """A draft, begun from the version in use where there is none."""
        with transaction():
            templates.begin_draft(current_actor(), self.head_of(pk, Action.EDIT))
        return redirect(url_for("TemplateDraftView.edit", pk=pk))

    @expose("/take-up/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def take_up(self, pk: str) -> Answer:
        """Let the draft say what an earlier version says."""
        number = _number(request.form.get("number"))
        replace = partial(templates.take_up, number=number or 0)
        return self._replaced(
            pk, replace, _("The draft says what version %(number)s says.", number=number)
        )

    @expose("/reset/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def reset(self, pk: str) -> Answer:
        """Let the draft say what the national original says."""
        said = _("The draft says what the national original says. It is not published yet.")
        return self._replaced(pk, templates.reset, said)

    def _replaced(self, pk: str, replace: Callable[..., dict[str, Any]], said: str) -> Answer:
        """Put something else in the place of the draft, which comes back by undoing it."""
        actor, version = current_actor(), request.form.get("version", "")
        with transaction():
            row = self.head_of(pk, Action.EDIT)
            had_draft, what = versions.draft(row) is not None, template_drafts.REPLACED
            was = replace(actor, row, version=version)
            change = template_drafts.note(actor, row, what, was, at=utc_now())
        undo = url_for("TemplateDraftView.undo", pk=pk, change=change)
        say(said, undo if had_draft and change else None)
        return redirect(url_for("TemplateDraftView.edit", pk=pk))

    @expose("/publish/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def publish(self, pk: str) -> Answer:
        """The checklist, what is new, and the button that publishes."""
        row = self.head_of(pk, Action.EDIT)
        draft = template_drafts.opened(current_actor(), row)
        if draft is None:
            flash(_("There is no draft to publish."), "warning")
            return redirect(url_for("TemplateView.show", pk=pk))
        if request.method != "POST":
            return self._publish_page(draft)
        try:
            with transaction():
                now = template_drafts.needed(current_actor(), self.head_of(pk, Action.EDIT))
                checks = checklist(now.content, self._around(now))
                version = request.form.get("version", "")
                templates.publish(current_actor(), now.head, checks, version=version, at=utc_now())
                number, name = now.row.number, now.content.names.in_sentence
        except (StaleVersion, StaleDataError):
            flash(_("The draft was changed meanwhile. Look it over once more."), "warning")
            return self._publish_page(self._draft_now(pk), status=409)
        except templates.NotReady as error:
            return self._publish_page(self._draft_now(pk), status=error.status)
        text = _("Version %(number)s of %(name)s is published.", number=number, name=name)
        flash(text, "success")
        return redirect(url_for("TemplateView.show", pk=pk))

    def _draft_now(self, pk: str) -> Draft:
        return template_drafts.needed(current_actor(), self.head_of(pk, Action.EDIT))

    @staticmethod
    def _around(draft: Draft) -> Any:
        return template_queries.surroundings(draft.head, draft.content.kind)

    def _publish_page(self, draft: Draft, status: int = 200) -> Answer:
        around = self._around(draft)
        checks = checklist(draft.content, around)
        return self.page(
            "templating/publish.html",
            status=status,
            draft=draft,
            row=draft.head,
            checks=checks,
            is_ready=may_be_published(checks),
            before=around.before,
            found=differences(around.before, draft.content) if around.before else (),
            plans=template_queries.plans_with(current_actor(), draft.head),
        )

    @expose("/retire/<pk>", methods=["POST"])
    @door(Action.RETIRE)
    def retire(self, pk: str) -> Answer:
        """Let no new plan be made from it."""
        with transaction():
            row = self.head_of(pk, Action.RETIRE)
            templates.retire(current_actor(), row, at=utc_now())
        text = _("%(name)s is retired.", name=isolated(in_own_words(row.names)))
        say(text, url_for("TemplateView.restore", pk=pk))
        return redirect(url_for("TemplateView.show", pk=pk))

    @expose("/restore/<pk>", methods=["POST"])
    @door(Action.RESTORE)
    def restore(self, pk: str) -> Answer:
        """Let plans be made from it again."""
        with transaction():
            row = self.head_of(pk, Action.RESTORE)
            templates.restore(current_actor(), row)
        text = _("%(name)s is in use again.", name=isolated(in_own_words(row.names)))
        say(text, url_for("TemplateView.retire", pk=pk))
        return redirect(url_for("TemplateView.show", pk=pk))


def say(text: str, undo: str | None) -> None:
    """Say that something was done, with a button that undoes it."""
    flash({"text": text, "undo": undo} if undo else text, "success")  # type: ignore[arg-type]


def _is_out(line: template_queries.Line) -> bool:
    return line.template.retired_at is not None


def _number(text: str | None) -> int | None:
    """The number of a version that is asked for; one that can't be is a version there is not."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _chosen(name: str, names: list[str], usual: int) -> str:
    """The version that is asked for, or the one in this place."""
    asked = request.args.get(name, "")
    if asked in names:
        return asked
    return names[usual] if usual < len(names) else ""


def asked_language() -> str:
    """The language that is asked for, among those that templates are written in."""
    asked = request.args.get("language", "")
    spoken = [str(one) for one in IN]
    return asked if asked in spoken else language.select()
