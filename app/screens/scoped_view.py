"""The first wall for generated screens: a Flask-AppBuilder ``ModelView`` whose every door asks.

A screen is a declaration: columns, labels, fields, filters. Lists, forms, saving, conflicts,
double submits and export are here, once. Nothing is kept on the view between requests:
Flask-AppBuilder's own ``_filters`` is shared by all threads, so it is not used.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import uuid4

from flask import flash, redirect, render_template, request
from flask_appbuilder import Model, ModelView, expose
from flask_babel import gettext as _
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyResponse

from app.clock import utc_now
from app.db import db, transaction
from app.errors import (
    DomainError,
    OutOfReach,
    StaleVersion,
)
from app.screens import choices, forms
from app.screens.bulk import RESTORE, RETIRE
from app.screens.bulk_pages import BULK_DOORS, BulkPages
from app.screens.list_pages import LIST_DOORS, ListPages
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door

DOORS = LIST_DOORS | BULK_DOORS | {"show", "add", "edit", "retire", "restore", "choices"}


class ScopedModelView(BulkPages, ListPages, ModelView):
    """Base of every generated screen. Subclasses declare; they hold no access rule."""

    include_route_methods = DOORS
    choice_column: ClassVar[str] = ""
    form_page: ClassVar[str] = "screens/add.html"
    intro: ClassVar[Any] = ""
    add_intro: ClassVar[Any] = ""
    edit_intro: ClassVar[Any] = ""
    show_intro: ClassVar[Any] = ""
    add_label: ClassVar[Any] = ""
    empty_text: ClassVar[Any] = ""
    empty_help: ClassVar[Any] = ""
    buttons: ClassVar[tuple[tuple[str, Action, Any], ...]] = ()
    row_buttons: ClassVar[tuple[tuple[str, Action, Any], ...]] = ()

    # --- what a subclass may replace --------------------------------------------------------------

    def create(self, form: Any) -> Model:
        """A new row from a valid form, added to the session."""
        row = self.datamodel.obj()
        form.populate_obj(row)
        db.session.add(row)
        return row

    def enter(self, form: Any) -> tuple[str, str]:
        """Make what a valid form asks for; where it is, and what to say."""
        row = self.create(form)
        db.session.flush()
        self._require_in_reach(row)
        return self.url("show", row), _("%(name)s is registered.", name=self.describe(row))

    def answer_new(self, location: str, text: str) -> AnyResponse:
        """The answer to a form for a new record that was saved."""
        flash(text, "success")
        return redirect(location)

    def change(self, row: Any, form: Any) -> None:
        """Put a valid form's values on the row."""
        form.populate_obj(row)

    def fit_form(self, form: Any, row: Any) -> None:
        """Make the form of a row ready to be drawn or saved."""

    def retire_row(self, row: Any) -> None:
        """Take the row out of use."""
        row.retired_at = utc_now()

    def restore_row(self, row: Any) -> None:
        """Bring the row back into use."""
        row.retired_at = None

    def related(self, row: Any) -> Sequence[tuple[Any, str, Mapping[str, Any]]]:
        """More to show under a record: (heading, template, its values)."""
        return []

    def crumbs(self, row: Any) -> Sequence[tuple[str, str]]:
        """What stands above a record: (name, address)."""
        return []

    # --- what templates ask ----------------------------------------------------------------------

    def may(self, action: Action, row: Any = None) -> bool:
        """Whether a button for this action is worth showing."""
        actor = current_actor()
        if row is None:
            return bool(policy.may_open(actor, action, self.resource))
        return bool(policy.decide(actor, action, row))

    def has_door(self, method: str) -> bool:
        """Whether the screen has this page."""
        return method in (self.include_route_methods or ())

    # --- one record ------------------------------------------------------------------------------

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> str:
        """One record."""
        row = self.get_row(pk, Action.SHOW)
        return render_template("screens/show.html", view=self, row=row)

    @expose("/add", methods=["GET", "POST"])
    @door(Action.ADD)
    def add(self) -> AnyResponse | tuple[str, int]:
        """A form for a new record, and what it sends."""
        form = self.add_form()
        if request.method != "POST":
            return self._form_page(form, self.form_page, 200)
        if "find" in request.form:
            return self._form_page(form, self.form_page, 200)
        if not form.validate():
            return self._form_page(form, self.form_page, 422)
        try:
            location, text = self._save_new(form)
        except DomainError as error:
            self._put_error(form, error)
            return self._form_page(form, self.form_page, error.status)
        return self.answer_new(location, text)

    def _save_new(self, form: Any) -> tuple[str, str]:
        """Save once, however many times it is sent; where the record is, and what to say."""
        actor, key = current_actor(), forms.form_key()
        try:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
                if earlier is not None:
                    return earlier, _("This was saved already.")
                policy.require_open(actor, Action.ADD, self.resource)
                location, text = self.enter(form)
                forms.remember(session, actor, key, location, utc_now())
                return location, text
        except (IntegrityError, DomainError) as refused:
            # Perhaps by what the same form, sent twice at once, has saved meanwhile.
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return earlier, _("This was saved already.")
            if isinstance(refused, DomainError):
                raise
            raise DomainError(
                _("This is in conflict with something that is already registered.")
            ) from None

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def edit(self, pk: str) -> AnyResponse | tuple[str, int]:
        """A form with what is saved, and what it sends."""
        row = self.get_row(pk, Action.EDIT)
        if request.method != "POST":
            return self._form_page(self.edit_form(obj=row), "screens/edit.html", 200, row)
        form = self.edit_form(request.form, obj=row)
        if "find" in request.form:
            return self._form_page(form, "screens/edit.html", 200, row)
        if not form.validate():
            return self._form_page(form, "screens/edit.html", 422, row)
        self.fit_form(form, row)
        try:
            text = self._save_change(pk, form)
        except StaleForm as stale:
            return self._conflict_page(form, stale)
        except DomainError as error:
            self._put_error(form, error)
            return self._form_page(form, "screens/edit.html", error.status, row)
        flash(text, "success")
        return redirect(self.url("show", row))

    def _save_change(self, pk: str, form: Any) -> str:
        try:
            with transaction() as session:
                row = self.get_row(pk, Action.EDIT)
                if request.form.get("version") != str(row.version):
                    raise StaleForm(row.version, forms.differences(form, row, self.edit_columns))
                self.change(row, form)
                session.flush()
                # Who is meant may have changed with an id; the rest is what was just written.
                session.expire(row, inspect(self.model).relationships.keys())
                self._require_in_reach(row)
                return _("%(name)s is saved.", name=self.describe(row))
        except StaleDataError:
            row = self.get_row(pk, Action.EDIT)
            found = forms.differences(form, row, self.edit_columns)
            raise StaleForm(row.version, found) from None
        except IntegrityError:
            raise DomainError(
                _("This is in conflict with something that is already registered.")
            ) from None

    def _conflict_page(self, form: Any, stale: "StaleForm") -> tuple[str, int]:
        row = self.get_row(request.view_args["pk"], Action.EDIT)  # type: ignore[index]
        page = render_template(
            "screens/edit.html",
            view=self,
            form=form,
            row=row,
            version=stale.version,
            conflict=stale.differences,
        )
        return page, 409

    def _form_page(self, form: Any, template: str, status: int, row: Any = None) -> tuple[str, int]:
        self.fit_form(form, row)
        sent = request.form.get("version", "")
        version = sent or (row.version if row is not None else "")
        key = forms.form_key() or str(uuid4())
        page = render_template(
            template, view=self, form=form, row=row, version=version, form_key=key
        )
        return page, status

    @staticmethod
    def _require_in_reach(row: Any) -> None:
        """Refuse to save what the actor would not see afterwards."""
        if not policy.decide(current_actor(), Action.SHOW, row):
            raise OutOfReach

    @staticmethod
    def _put_error(form: Any, error: DomainError) -> None:
        """Place a broken rule where the user can mend it."""
        forms.put_error(form, error)

    # --- out of use, and back --------------------------------------------------------------------

    @expose("/retire/<pk>", methods=["POST"])
    @door(Action.RETIRE)
    def retire(self, pk: str) -> AnyResponse | tuple[str, int]:
        """Take a record out of use; it keeps its history and can come back."""
        try:
            with transaction():
                row = self.get_row(pk, Action.RETIRE)
                if request.form.get("version", str(row.version)) != str(row.version):
                    raise StaleVersion
                self.retire_row(row)
                undo = self.note(RETIRE, row, None)
        except DomainError as error:
            return self._told_on_record(pk, error)
        self.say(_("%(name)s is retired.", name=self.describe(row)), undo)
        return redirect(self.url("show", row))

    @expose("/restore/<pk>", methods=["POST"])
    @door(Action.RESTORE)
    def restore(self, pk: str) -> AnyResponse | tuple[str, int]:
        """Bring a record back into use."""
        try:
            with transaction():
                row = self.get_row(pk, Action.RESTORE)
                before = self.before_restore(row)
                self.restore_row(row)
                undo = self.note(RESTORE, row, before)
        except DomainError as error:
            return self._told_on_record(pk, error)
        self.say(_("%(name)s is in use again.", name=self.describe(row)), undo)
        return redirect(self.url("show", row))

    def _told_on_record(self, pk: str, error: DomainError) -> tuple[str, int]:
        """The record, with the broken rule said above it; a refused access gets its own page."""
        if error.is_refusal:
            raise error
        row = self.get_row(pk, Action.SHOW)
        page = render_template("screens/show.html", view=self, row=row, refused=str(error))
        return page, error.status

    # --- choices for forms -----------------------------------------------------------------------

    @expose("/choices", methods=["GET", "POST"])
    @door(Action.CHOOSE)
    def choices(self) -> dict[str, Any]:
        """The first rows whose name begins as typed, for a field that is searched while typing.

        Pages send what is typed in the body, which no log and no history keeps.
        """
        return choices.answer(self, getattr(self.model, self.choice_column))


class StaleForm(Exception):
    """Somebody saved the record after the form was opened."""

    def __init__(self, version: int, differences: "list[forms.Difference]") -> None:
        super().__init__()
        self.version = version
        self.differences = differences
