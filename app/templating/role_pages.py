"""The pages where a local administrator makes and changes standard roles."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.clock import utc_now
from app.db import db, transaction
from app.enums import Section
from app.errors import DomainError, NotFound
from app.models import StandardRole
from app.screens import forms
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import Actor, current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating import (
    proposals,
    role_drafts,
    role_matrix,
    role_words,
    setup,
    standard_roles,
    versions,
)
from app.templating.role_changes import differences
from app.templating.role_content import RoleContent
from app.templating.role_editing import EDITOR, LEVEL, Answer, RoleEditing
from app.templating.role_forms import RoleForm
from app.templating.setup import in_own_words
from app.templating.template_pages import say

Change = Callable[[Actor, StandardRole, datetime], str | None]


def find_role(pk: str, action: Action) -> StandardRole:
    """The standard role with this id, when the actor of the request may do ``action`` with it.

    Raises:
        NotFound: foreign, missing and hidden alike.
        NotAllowed: the actor sees it but may not do this.
    """
    actor = current_actor()
    found: StandardRole | None = None
    if is_id(pk):
        wanted = scope.rows(actor, StandardRole, Action.SHOW).where(StandardRole.id == pk)
        found = db.session.scalar(wanted)
    if found is None:
        raise NotFound
    policy.require(actor, action, found)
    return found


def name_of(role: StandardRole) -> str:
    """What a standard role is called, in the user's language."""
    return in_own_words(role.names)


class StandardRoleEditView(RoleEditing, BaseView):
    """One standard role: what it says, its draft and its versions."""

    resource = Resource.STANDARD_ROLE
    route_base = "/standard-role-edit"
    menu_homes = ("StandardRoleView", "MyPlansView")
    default_view = "add"
    review = "RolePublishingView.review"

    # --- the editor ------------------------------------------------------------------------------

    @expose("/add/", methods=["GET", "POST"])
    @door(Action.ADD)
    def add(self) -> Answer:
        """A new standard role."""
        form = RoleForm()
        matrix = role_matrix.chosen(request.form, LEVEL, {})
        if request.method != "POST":
            with transaction() as session:
                setup.ensure(session, current_actor().municipality_id or 0, at=utc_now())
            return self.editor(None, form, matrix)
        if "set_all" in request.form:
            return self.all_set(None, form, matrix)
        if not form.validate():
            return self.editor(None, form, matrix, status=422)
        try:
            location = self._add(form.content(matrix))
        except DomainError as error:
            forms.put_error(form, error)
            return self.editor(None, form, matrix, status=error.status)
        return redirect(location)

    @staticmethod
    def _add(content: RoleContent) -> str:
        """Add once, however many times it is sent; where it goes on."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        with transaction() as session:
            earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return earlier
            role = standard_roles.add(actor, content)
            location = url_for("RolePublishingView.review", pk=role.id)
            forms.remember(session, actor, key, location, at)
            name = name_of(role)
        text = _("%(name)s is saved as a draft. Look over what it says, and publish it.", name=name)
        flash(text, "success")
        return location

    def head(self, pk: str) -> StandardRole:
        """The standard role of an address, when the actor may change it."""
        return find_role(pk, Action.EDIT)

    def latest(self, head: StandardRole) -> RoleContent:
        """What its draft says, or what is in use."""
        return standard_roles.latest(head)

    def used(self, head: StandardRole) -> RoleContent | None:
        """What is in use, or what a copy that never was is made of: changes are told from it."""
        return standard_roles.in_use(head) or standard_roles.made_of(head)

    def version(self, head: StandardRole) -> str:
        """What tells whether somebody else has saved the draft."""
        return standard_roles.draft_version(head)

    def offered(self, kinds: Iterable[str]) -> frozenset[Section]:
        """The parts that plans of these kinds have here."""
        return role_matrix.offered(kinds)

    def save(self, pk: str, content: RoleContent, version: str) -> None:
        """Keep the draft."""
        with transaction():
            role = find_role(pk, Action.EDIT)
            standard_roles.save(current_actor(), role, content, version=version, at=utc_now())

    def drawn(self, status: int, values: Mapping[str, Any]) -> Answer:
        """The page of the form."""
        return render_template(EDITOR, **values), status

    # --- one role and its versions ---------------------------------------------------------------

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """What a role says now, its versions, and what can be done with it."""
        return self._show(find_role(pk, Action.SHOW))

    def _show(self, role: StandardRole, *, status: int = 200, wrong: str = "") -> Answer:
        actor, content = current_actor(), standard_roles.latest(role)
        page = render_template(
            "templating/role_show.html",
            wrong=wrong,
            role=role,
            name=name_of(role),
            content=content,
            sections=role_matrix.given(content),
            is_draft_only=standard_roles.is_draft_only(role),
            draft=standard_roles.drafted(role),
            version=standard_roles.draft_version(role),
            versions=versions.newest_first(role),
            national=standard_roles.national_of(role),
            origin=proposals.origin(role),
            texts=role_words,
            form_key=forms.new_key(),
            may=lambda action: bool(policy.decide(actor, action, role)),
            **self._compared(role),
        )
        return page, status

    @staticmethod
    def _compared(role: StandardRole) -> dict[str, Any]:
        """The two versions that the address asks for, and how they differ."""
        contents = standard_roles.contents(role)
        asked = [request.args.get(name, "") for name in ("older", "newer")]
        older, newer = (contents.get(int(one)) if one.isdecimal() else None for one in asked)
        if older is None or newer is None:
            return {"compared": None}
        return {"compared": differences(older, newer), "older": asked[0], "newer": asked[1]}

    @expose("/copy/<pk>", methods=["POST"])
    @door(Action.ADD)
    def copy(self, pk: str) -> Answer:
        """A new draft that says the same, under another name."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        with transaction() as session:
            location = forms.earlier_result(session, actor, key)
            if location is None:
                made = standard_roles.copy(actor, find_role(pk, Action.ADD))
                location = url_for("StandardRoleEditView.edit", pk=made.id)
                forms.remember(session, actor, key, location, at)
        flash(_("The copy is a draft. Give it a name of its own, and change what differs."), "info")
        return redirect(location)

    @expose("/throw-away/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def throw_away(self, pk: str) -> Answer:
        """Let the draft say what is in use again."""
        change = _of_draft(role_drafts.throw_away)
        return self._do(pk, Action.EDIT, change, _("The draft of %(name)s is thrown away."))

    @expose("/use-again/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def use_again(self, pk: str) -> Answer:
        """Let the draft say what an earlier version says."""
        sent = request.form.get("number", "")
        number = int(sent) if sent.isdecimal() and len(sent) < 9 else 0
        change = _of_draft(partial(role_drafts.use_again, number=number))
        said = _(
            "The draft of %(name)s says what the earlier version says. It is not published yet."
        )
        return self._do(pk, Action.EDIT, change, said)

    @expose("/reset/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def reset(self, pk: str) -> Answer:
        """Let the draft say what the national original says."""
        said = _("The draft of %(name)s says what the national one says. It is not published yet.")
        return self._do(pk, Action.EDIT, _of_draft(role_drafts.reset), said)

    @expose("/undo/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def undo(self, pk: str) -> Answer:
        """Let the draft say again what one has put away oneself."""

        def change(actor: Actor, role: StandardRole, at: datetime) -> str | None:
            return role_drafts.undo(actor, role, request.args.get("change", ""), at=at)

        return self._do(pk, Action.EDIT, change, _("It is undone."))

    @expose("/retire/<pk>", methods=["POST"])
    @door(Action.RETIRE)
    def retire(self, pk: str) -> Answer:
        """Take a role out of use."""

        def change(actor: Actor, role: StandardRole, at: datetime) -> None:
            standard_roles.retire(actor, role, at=at)

        said = _("%(name)s is retired. Those who have the role keep what they have.")
        return self._do(pk, Action.RETIRE, change, said)

    @expose("/restore/<pk>", methods=["POST"])
    @door(Action.RESTORE)
    def restore(self, pk: str) -> Answer:
        """Take a role back into use."""

        def change(actor: Actor, role: StandardRole, _at: datetime) -> None:
            standard_roles.restore(actor, role)

        return self._do(pk, Action.RESTORE, change, _("%(name)s is in use again."))

    def _do(self, pk: str, action: Action, change: Change, said: str) -> Answer:
        """Make a change in one transaction, and tell on the role's page what came of it, with a
        way to undo it where it put something away."""
        try:
            with transaction():
                found = find_role(pk, action)
                done = change(current_actor(), found, utc_now())
                name = name_of(found)
        except DomainError as error:
            if error.is_refusal:
                raise
            role = find_role(pk, Action.SHOW)
            return self._show(role, status=error.status, wrong=str(error))
        undo = url_for("StandardRoleEditView.undo", pk=pk, change=done) if done else None
        say(said % {"name": name}, undo)
        return redirect(url_for("StandardRoleEditView.show", pk=pk))


def _of_draft(change: Callable[..., str | None]) -> Change:
    """A change of the draft that one has seen; the id by which it is undone."""

    def done(actor: Actor, role: StandardRole, at: datetime) -> str | None:
        return change(actor, role, version=request.form.get("version", ""), at=at)

    return done
