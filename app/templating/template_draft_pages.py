"""The editor of a template's draft: the list of what is in it, a form for one piece, and a preview.

Each piece has its own address, so everything works without JavaScript; the preview is then what
the server drew last.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import utc_now
from app.db import transaction
from app.enums import PlanKind
from app.errors import DomainError, StaleVersion
from app.screens import forms
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.set_up_tables import Template
from app.templating import pieces, template_drafts, template_forms, template_queries, template_tree
from app.templating.generated_forms import FIELD
from app.templating.pieces import Address, NoSuchPiece
from app.templating.template_content import PARTS, TemplateContent
from app.templating.template_drafts import Draft
from app.templating.template_forms import FieldForm, ParticipantForm, PieceForm, SectionForm
from app.templating.template_pages import Answer, TemplatePage, asked_language, say
from app.templating.texts import Content

LOOK = "look"
"""The name of the button that shows in the preview what is typed, and saves nothing."""

NEW: dict[str, Any] = {
    pieces.SECTIONS: _l("New section"),
    pieces.FIELDS: _l("New field"),
    pieces.GOALS: _l("New ready goal"),
    pieces.ACTIVITIES: _l("New activity"),
    pieces.PARTICIPANTS: _l("New suggested participant"),
}


@dataclass(frozen=True)
class Editing:
    """What is edited: a piece of a draft, or one that is to be added to a list of it."""

    draft: Draft
    address: Address
    piece: Content | None

    @property
    def list_name(self) -> str:
        """The kind of piece."""
        return self.address.list_name

    @property
    def mark(self) -> str:
        """What the form carries as the version of the piece."""
        return "" if self.piece is None else pieces.mark(self.piece, self.list_name)

    @property
    def title(self) -> Any:
        """What the form is about."""
        if self.piece is None:
            return NEW[self.list_name]
        return (
            pieces.name_of(self.piece).in_sentence
            if self.address.steps
            else _("About the template")
        )

    def with_typed(self, form: PieceForm) -> tuple[TemplateContent, Address]:
        """The template as it would be with what a valid form says, and where that stands."""
        content = self.draft.content
        if self.piece is not None:
            return pieces.change(content, self.address, form.facts), self.address
        piece = template_drafts.new_piece(self.address, form.facts, set())
        content = pieces.add(content, self.address, piece)
        found = pieces.pieces(content, self.address)
        return content, self.address.of(pieces.key_in_list(found, len(found) - 1))


class TemplateDraftView(TemplatePage):
    """The draft of a template."""

    route_base = "/template-drafts"
    default_view = "edit"
    head_view = "TemplateView"

    # --- a piece ---------------------------------------------------------------------------------

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def edit(self, pk: str) -> Answer:
        """A form with one piece of the draft, and what it sends."""
        draft = template_drafts.opened(current_actor(), self.head_of(pk, Action.EDIT))
        if draft is None:
            flash(_("There is no draft. Begin one first."), "warning")
            return redirect(url_for(f"{self.head_view}.show", pk=pk))
        try:
            editing = _found(draft)
        except NoSuchPiece as error:
            return self._gone(draft, error)
        form = self._form(editing, is_sent=request.method == "POST")
        if request.method != "POST" or template_forms.is_reshaped(request.form):
            return self._page(editing, form)
        if not form.validate():
            return self._page(editing, form, status=422)
        if LOOK in request.form:
            return self._page(editing, form, shown=editing.with_typed(form))
        return self._saved(pk, editing, form)

    def _saved(self, pk: str, editing: Editing, form: PieceForm) -> Answer:
        """Save what a valid form says; the next page, or the form with what stands in the way."""
        save = self._add if editing.piece is None else self._change
        try:
            with transaction():
                location, text, undo = save(pk, editing, form)
        except StaleVersion:
            return self._conflict(pk, form)
        except NoSuchPiece as error:
            return self._gone(self._draft_now(pk), error)
        except DomainError as error:
            forms.put_error(form, error)
            return self._page(editing, form, status=error.status)
        say(text, undo)
        return redirect(location)

    def _change(self, pk: str, editing: Editing, form: PieceForm) -> tuple[str, str, str | None]:
        head = self.head_of(pk, Action.EDIT)
        seen, at = request.form.get("version", ""), utc_now()
        address, change = template_drafts.change(
            current_actor(), head, editing.address, form.facts, seen=seen, at=at
        )
        text = _("%(name)s is saved.", name=_name(form))
        undo = self._url("undo", pk, change=change) if change else None
        return self._url("edit", pk, at=str(address)), text, undo

    def _add(self, pk: str, editing: Editing, form: PieceForm) -> tuple[str, str, str | None]:
        """Add a piece once, however many times it is sent."""
        actor, key = current_actor(), forms.form_key()
        with transaction() as session:
            earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return earlier, _("This was saved already."), None
            head = self.head_of(pk, Action.EDIT)
            address = template_drafts.add(actor, head, editing.address, form.facts)
            location = self._url("edit", pk, at=str(address))
            forms.remember(session, actor, key, location, utc_now())
        return location, _("%(name)s is added.", name=_name(form)), None

    def _conflict(self, pk: str, form: PieceForm) -> Answer:
        """Both values of what two have changed, side by side; what was typed stays in the form."""
        draft, seen = self._draft_now(pk), request.form.get("version", "")
        try:
            asked = pieces.located(draft.content, Address.read(request.args.get("at", "")), seen)
            editing = Editing(draft, asked, pieces.find(draft.content, asked))
        except NoSuchPiece as error:
            return self._gone(draft, error)
        saved: Any = editing.piece
        found = template_forms.differences(form, saved, editing.list_name)
        return self._page(editing, form, status=409, conflict=found, version=editing.mark)

    def _gone(self, draft: Draft, error: NoSuchPiece) -> Answer:
        """What was edited is not there any more; what was typed can be added anew."""
        text = str(error)
        if request.method != "POST":
            flash(text, "warning")
            return redirect(self._url("edit", draft.head.id))
        address = Address.read(request.args.get("at", "")).listed
        editing = Editing(draft, address, None)
        form = self._form(editing, is_sent=True)
        form.form_errors.append(f"{text} " + _("Save it to add it anew."))
        return self._page(editing, form, status=409)

    # --- its place -------------------------------------------------------------------------------

    @expose("/move/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def move(self, pk: str) -> Answer:
        """Change places with the piece before or after."""
        way, _colon, asked = request.form.get("move", "").partition(":")
        asked, _colon, seen = asked.partition("@")
        current = request.form.get("current")
        try:
            with transaction():
                address, content = template_drafts.move(
                    current_actor(),
                    self.head_of(pk, Action.EDIT),
                    Address.read(asked),
                    up=way == "up",
                    seen=seen,
                )
        except DomainError as error:
            return self._told(pk, error)
        number, total = pieces.place_among(content, address)
        text = _(
            "%(name)s is number %(number)s of %(total)s now.",
            name=pieces.name_of(pieces.find(content, address)).in_sentence,
            number=number,
            total=total,
        )
        flash(text, "success")
        here = str(address) if current is None or seen else current
        return redirect(self._url("edit", pk, at=here, moved=str(address), way=way))

    @expose("/remove/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def remove(self, pk: str) -> Answer:
        """Take a piece away."""
        at, seen = request.form.get("at", ""), request.form.get("version", "")
        try:
            with transaction():
                head = self.head_of(pk, Action.EDIT)
                address = Address.read(at)
                piece, change = template_drafts.remove(
                    current_actor(), head, address, seen=seen, at=utc_now()
                )
        except DomainError as error:
            return self._told(pk, error)
        text = _("%(name)s is taken away.", name=pieces.name_of(piece).in_sentence)
        say(text, self._url("undo", pk, change=change) if change else None)
        return redirect(self._url("edit", pk, at=str(address.holder)))

    @expose("/undo/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def undo(self, pk: str) -> Answer:
        """Undo what one has done oneself."""
        change = request.args.get("change", "")
        try:
            with transaction():
                head = self.head_of(pk, Action.EDIT)
                address, again = template_drafts.undo(current_actor(), head, change, at=utc_now())
        except DomainError as error:
            return self._told(pk, error)
        say(_("It is undone."), self._url("undo", pk, change=again) if again else None)
        return redirect(self._url("edit", pk, at=str(address)))

    def _told(self, pk: str, error: DomainError) -> Answer:
        """The draft, with what stood in the way; a refused access is answered as everywhere."""
        if error.is_refusal:
            raise error
        text = str(error)
        flash(text, "warning")
        return redirect(self._url("edit", pk))

    # --- previews --------------------------------------------------------------------------------

    @expose("/preview/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def preview(self, pk: str) -> Answer:
        """The preview alone, with what is typed so far; nothing is saved."""
        draft = template_drafts.opened(current_actor(), self.head_of(pk, Action.EDIT))
        try:
            editing = None if draft is None else _found(draft)
        except NoSuchPiece:
            editing = None
        if editing is None:
            return "", 409
        form = self._form(editing, is_sent=True)
        if not form.validate():
            return "", 422
        content, address = editing.with_typed(form)
        return self.page("templating/_preview.html", **_previewed(content, address))

    @expose("/whole/<pk>", methods=["GET"])
    @door(Action.EDIT)
    def whole(self, pk: str) -> Answer:
        """The draft as those who fill in the plan will see it, in one of its languages."""
        draft = template_drafts.opened(current_actor(), self.head_of(pk, Action.EDIT))
        if draft is None:
            return redirect(url_for(f"{self.head_view}.show", pk=pk))
        roles = dict(template_queries.role_choices(draft.head, draft.content.kind))
        with force_locale(asked_language()):
            return self.page(
                "templating/whole.html",
                row=draft.head,
                content=draft.content,
                view=self,
                roles=roles,
            )

    # --- shared ----------------------------------------------------------------------------------

    def _page(
        self,
        editing: Editing,
        form: PieceForm,
        *,
        status: int = 200,
        shown: tuple[TemplateContent, Address] | None = None,
        conflict: list[forms.Difference] | None = None,
        version: str = "",
    ) -> Answer:
        content, address = shown or (editing.draft.content, editing.address)
        return self.page(
            "templating/editor.html",
            status=status,
            view=self,
            row=editing.draft.head,
            draft=editing.draft,
            editing=editing,
            form=form,
            form_key=forms.form_key() or str(uuid4()),
            version=version or request.form.get("version", "") or editing.mark,
            conflict=conflict,
            groups=template_tree.groups(editing.draft.content, editing.address),
            moved=request.args.get("moved", ""),
            way=request.args.get("way", ""),
            is_looked_at=LOOK in request.form,
            **_previewed(content, address),
        )

    def _form(self, editing: Editing, *, is_sent: bool) -> PieceForm:
        form = template_forms.of_piece(editing.piece, editing.list_name, sent=is_sent)
        head, kind = editing.draft.head, editing.draft.content.kind
        if isinstance(form, SectionForm):
            is_local = isinstance(head, Template)
            form.offer_parts(template_queries.offered(kind) if is_local else PARTS)
        if isinstance(form, FieldForm) and kind is not PlanKind.INDIVIDUAL_PLAN:
            del form.legal_points
        if isinstance(form, ParticipantForm):
            form.offer_roles(template_queries.role_choices(head, kind))
        return form

    def _draft_now(self, pk: str) -> Draft:
        return template_drafts.needed(current_actor(), self.head_of(pk, Action.EDIT))

    def _url(self, method: str, pk: str, **values: Any) -> str:
        return url_for(f"{self.endpoint}.{method}", pk=pk, **values)


def _found(draft: Draft) -> Editing:
    """What the address asks for.

    Raises:
        NoSuchPiece
    """
    address = Address.read(request.args.get("at", ""))
    if address.is_list:
        pieces.find(draft.content, address.holder)
        return Editing(draft, address, None)
    return Editing(draft, address, pieces.find(draft.content, address))


def _previewed(content: TemplateContent, address: Address) -> dict[str, Any]:
    """What a preview is drawn from: the section that is worked on, or the rest of the template."""
    section, in_work = None, ""
    if len(address.steps) > 1 and address.steps[0] == pieces.SECTIONS:
        section = content.section(address.steps[1])
    if section is not None and len(address.steps) > 3:
        # The field that the preview goes to, as the form of the section calls it.
        in_work = f"{section.key}-{FIELD}{address.steps[3]}"
    return {
        "content": content,
        "section": section,
        "in_work": in_work,
        "shown_list": address.steps[:1],
    }


def _name(form: PieceForm) -> str:
    """What the piece is called in the form."""
    texts = form["names"] if "names" in form else form["functions"]
    return str(texts.data.in_sentence)
