"""The editor of national standard roles: the same form and matrix as those of municipalities."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import utc_now
from app.db import transaction
from app.enums import Level, PlanKind, Section, SetUpKind
from app.errors import DomainError, StaleVersion
from app.screens import forms
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.set_up_tables import NationalPiece
from app.templating import national, role_matrix, role_words, versions
from app.templating.national_pages import NationalPage
from app.templating.role_content import RoleContent
from app.templating.role_forms import RoleForm, filled, saved_since
from app.templating.role_pages import EDITOR, LEVEL
from app.templating.setup import in_own_words
from app.templating.template_pages import Answer

ANY_PART = {kind: frozenset(Section) for kind in PlanKind}
"""Nationally every kind of plan has every part; a municipality chooses among them."""


class NationalRoleView(NationalPage):
    """The draft of a national standard role."""

    route_base = "/national-roles"
    default_view = "add"
    only = SetUpKind.STANDARD_ROLE

    @expose("/add", methods=["GET", "POST"])
    @door(Action.ADD)
    def add(self) -> Answer:
        """A new national standard role."""
        form = RoleForm()
        matrix = role_matrix.chosen(request.form, LEVEL, {})
        if request.method != "POST" or "set_all" in request.form:
            return self._editor(None, form, self._all_set(form, matrix))
        if not form.validate():
            return self._editor(None, form, matrix, status=422)
        actor, key = current_actor(), forms.form_key()
        with transaction() as session:
            location = forms.earlier_result(session, actor, key)
            if location is None:
                made = national.add(actor, form.content(matrix))
                location = url_for("NationalView.publish", pk=made.id)
                forms.remember(session, actor, key, location, utc_now())
        flash(_("The draft is saved. Look over what it says, and publish it."), "success")
        return redirect(location)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def edit(self, pk: str) -> Answer:
        """Change what it says, in a draft."""
        piece = self.head_of(pk, Action.EDIT)
        now = self._latest(piece)
        if request.method != "POST":
            return self._editor(piece, RoleForm(formdata=None, data=filled(now)), now.matrix)
        form = RoleForm()
        matrix = role_matrix.chosen(request.form, LEVEL, now.matrix)
        if "set_all" in request.form:
            return self._editor(piece, form, self._all_set(form, matrix))
        if not form.validate():
            return self._editor(piece, form, matrix, status=422)
        try:
            with transaction():
                version = request.form.get("version", "")
                row = self.head_of(pk, Action.EDIT)
                national.save_role(current_actor(), row, form.content(matrix), version=version)
        except StaleVersion:
            return self._conflict(pk, form, matrix)
        except DomainError as error:
            forms.put_error(form, error)
            return self._editor(self.head_of(pk, Action.EDIT), form, matrix, status=error.status)
        flash(_("The draft is saved. It gives nobody anything before it is published."), "success")
        return redirect(url_for("NationalView.publish", pk=pk))

    def _conflict(self, pk: str, form: RoleForm, matrix: Mapping[Section, Level]) -> Answer:
        """What somebody else has saved, beside what was chosen here."""
        piece = self.head_of(pk, Action.EDIT)
        found = saved_since(self._latest(piece), form.content(dict(matrix)))
        version = national.draft_version(piece)
        return self._editor(piece, form, matrix, status=409, saved_since=found, version=version)

    @staticmethod
    def _latest(piece: NationalPiece) -> RoleContent:
        row = versions.draft(piece) or versions.published(piece)
        return RoleContent.model_validate(row.content)

    @staticmethod
    def _all_set(form: RoleForm, matrix: Mapping[Section, Level]) -> Mapping[Section, Level]:
        if "set_all" not in request.form:
            return matrix
        open_ones = role_matrix.offered(form.kinds.data or (), ANY_PART)
        return role_matrix.set_all(matrix, request.form.get("all_level", ""), open_ones)

    def _editor(
        self,
        piece: NationalPiece | None,
        form: RoleForm,
        matrix: Mapping[Section, Level],
        *,
        status: int = 200,
        **values: Any,
    ) -> Answer:
        row = None if piece is None else versions.published(piece)
        used = None if row is None else RoleContent.model_validate(row.content)
        back = url_for("NationalView.index")
        known = {
            "version": request.form.get("version", "")
            or ("" if piece is None else national.draft_version(piece)),
            "form_key": "" if piece is not None else forms.form_key() or forms.new_key(),
            "back": back if piece is None else url_for("NationalView.show", pk=piece.id),
        }
        open_ones = role_matrix.offered(form.kinds.data or (), ANY_PART)
        return self.page(
            EDITOR,
            status=status,
            role=piece,
            is_national=True,
            name="" if piece is None else in_own_words(piece.names),
            form=form,
            cells=role_matrix.cells(matrix, used, open_ones),
            levels=list(Level),
            texts=role_words,
            **(known | values),
        )
