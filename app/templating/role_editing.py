"""The form that a standard role is changed in, alike for those of municipalities and national ones.

What is kept where, and which parts there are, the views say that use it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.enums import Level, Section
from app.errors import DomainError, StaleVersion
from app.screens import forms
from app.security.roles import Action
from app.security.routes import door
from app.templating import role_matrix, role_words
from app.templating.role_content import Matrix, RoleContent
from app.templating.role_forms import RoleForm, filled, saved_since
from app.templating.setup import in_own_words

Answer = Response | str | tuple[str, int]
EDITOR = "templating/role.html"
LEVEL = "level_"


class RoleEditing:
    """A draft of a standard role, changed in one form."""

    review: ClassVar[str]
    """The page on which the draft is looked over and published."""

    def head(self, pk: str) -> Any:
        """The standard role of an address, when the actor may change it."""
        raise NotImplementedError

    def latest(self, head: Any) -> RoleContent:
        """What its draft says, or what is in use."""
        raise NotImplementedError

    def used(self, head: Any) -> RoleContent | None:
        """What is in use."""
        raise NotImplementedError

    def version(self, head: Any) -> str:
        """What a form about the draft keeps, to see whether somebody else saved it meanwhile."""
        raise NotImplementedError

    def offered(self, kinds: Iterable[str]) -> frozenset[Section]:
        """The parts that plans of these kinds have."""
        raise NotImplementedError

    def save(self, pk: str, content: RoleContent, version: str) -> None:
        """Keep the draft, in a transaction of its own."""
        raise NotImplementedError

    def drawn(self, status: int, values: Mapping[str, Any]) -> Answer:
        """The page of the form."""
        raise NotImplementedError

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def edit(self, pk: str) -> Answer:
        """Change what a role says: in a draft, which gives nobody anything yet."""
        head = self.head(pk)
        now = self.latest(head)
        if request.method != "POST":
            return self.editor(head, RoleForm(formdata=None, data=filled(now)), now.matrix)
        form = RoleForm()
        matrix = role_matrix.chosen(request.form, LEVEL, now.matrix)
        if "set_all" in request.form:
            return self.all_set(head, form, matrix)
        if not form.validate():
            return self.editor(head, form, matrix, status=422)
        try:
            self.save(pk, form.content(matrix), request.form.get("version", ""))
        except StaleVersion:
            return self._conflict(pk, form, matrix)
        except DomainError as error:
            forms.put_error(form, error)
            return self.editor(self.head(pk), form, matrix, status=error.status)
        text = _("The draft of %(name)s is saved. It gives nobody anything before it is published.")
        flash(text % {"name": in_own_words(head.names)}, "success")
        return redirect(url_for(self.review, pk=pk))

    def _conflict(self, pk: str, form: RoleForm, matrix: Mapping[Section, Level]) -> Answer:
        """What somebody else has saved, beside what was chosen here."""
        head = self.head(pk)
        found = saved_since(self.latest(head), form.content(dict(matrix)))
        values = {"saved_since": found, "version": self.version(head)}
        return self.editor(head, form, matrix, status=409, **values)

    def all_set(self, head: Any, form: RoleForm, matrix: Matrix) -> Answer:
        """The form with the level that was chosen for all parts, if one was."""
        level = request.form.get("all_level", "")
        if not level:
            return self.editor(head, form, matrix, status=422, lacks_level=True)
        offered = self.offered(form.kinds.data or ())
        return self.editor(head, form, role_matrix.set_all(matrix, level, offered))

    def editor(
        self,
        head: Any,
        form: RoleForm,
        matrix: Mapping[Section, Level],
        *,
        status: int = 200,
        **values: Any,
    ) -> Answer:
        """The form, with the matrix as it is chosen so far; ``head`` is None for a new role."""
        used = None if head is None else self.used(head)
        sent = request.form.get("version", "")
        known = {
            "version": sent or ("" if head is None else self.version(head)),
            "form_key": "" if head is not None else forms.form_key() or forms.new_key(),
            "role": head,
            "name": "" if head is None else in_own_words(head.names),
            "form": form,
            "cells": role_matrix.cells(matrix, used, self.offered(form.kinds.data or ())),
            "levels": list(Level),
            "texts": role_words,
        }
        return self.drawn(status, known | values)
