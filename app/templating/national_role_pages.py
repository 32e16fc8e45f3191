"""The editor of national standard roles: the same form and matrix as those of municipalities."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import utc_now
from app.db import transaction
from app.enums import PlanKind, Section, SetUpKind
from app.screens import forms
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.set_up_tables import NationalPiece
from app.templating import national, role_matrix, versions
from app.templating.national_pages import NationalPage
from app.templating.role_content import RoleContent
from app.templating.role_editing import EDITOR, LEVEL, Answer, RoleEditing
from app.templating.role_forms import RoleForm

ANY_PART = {kind: frozenset(role_matrix.POSSIBLE) for kind in PlanKind}
"""Nationally every kind of plan has every part; a municipality chooses among them."""


class NationalRoleView(RoleEditing, NationalPage):
    """The draft of a national standard role."""

    route_base = "/national-roles"
    default_view = "add"
    only = SetUpKind.STANDARD_ROLE
    review = "NationalView.publish"

    @expose("/add", methods=["GET", "POST"])
    @door(Action.ADD)
    def add(self) -> Answer:
        """A new national standard role."""
        form = RoleForm()
        matrix = role_matrix.chosen(request.form, LEVEL, {})
        if request.method != "POST":
            return self.editor(None, form, matrix)
        if "set_all" in request.form:
            return self.all_set(None, form, matrix)
        if not form.validate():
            return self.editor(None, form, matrix, status=422)
        actor, key = current_actor(), forms.form_key()
        with transaction() as session:
            location = forms.earlier_result(session, actor, key)
            if location is None:
                made = national.add(actor, form.content(matrix))
                location = url_for("NationalView.publish", pk=made.id)
                forms.remember(session, actor, key, location, utc_now())
        flash(_("The draft is saved. Look over what it says, and publish it."), "success")
        return redirect(location)

    def head(self, pk: str) -> NationalPiece:
        """The piece of an address, when the actor may change it."""
        found: NationalPiece = self.head_of(pk, Action.EDIT)
        return found

    def latest(self, head: NationalPiece) -> RoleContent:
        """What its draft says, or what is in use."""
        row = versions.draft(head) or versions.published(head)
        return RoleContent.model_validate(row.content)

    def used(self, head: NationalPiece) -> RoleContent | None:
        """What is in use."""
        row = versions.published(head)
        return None if row is None else RoleContent.model_validate(row.content)

    def version(self, head: NationalPiece) -> str:
        """What tells whether somebody else has saved the draft."""
        return national.draft_version(head)

    def offered(self, kinds: Iterable[str]) -> frozenset[Section]:
        """Every part, of any kind of plan."""
        return role_matrix.offered(kinds, ANY_PART)

    def save(self, pk: str, content: RoleContent, version: str) -> None:
        """Keep the draft."""
        with transaction():
            piece = self.head_of(pk, Action.EDIT)
            national.save_role(current_actor(), piece, content, version=version)

    def drawn(self, status: int, values: Mapping[str, Any]) -> Answer:
        """The page of the form."""
        piece = values["role"]
        back = url_for("NationalView.index")
        if piece is not None:
            back = url_for("NationalView.show", pk=piece.id)
        return self.page(EDITOR, status=status, is_national=True, back=back, **values)
