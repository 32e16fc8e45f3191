"""The first wall for generated screens: a Flask-AppBuilder ``ModelView`` whose every door asks.

A screen is a declaration: columns, labels, fields, filters. Lists, forms, saving, conflicts,
double submits and export are here, once. Nothing is kept on the view between requests:
Flask-AppBuilder's own ``_filters`` is shared by all threads, so it is not used.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import Model, ModelView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyResponse

from app.audit import log
from app.clock import utc_now
from app.db import db, transaction
from app.errors import (
    BadRequest,
    DomainError,
    NotAllowed,
    NotFound,
    OutOfReach,
    StaleVersion,
)
from app.screens import choices, forms
from app.screens.download import csv_download, xlsx_download
from app.screens.export import TooManyRows
from app.screens.listing import (
    Filter,
    ListRequest,
    Order,
    Page,
    fetch_page,
    is_id,
    read_request,
)
from app.screens.rows import ScopedRows, export_rows
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door

DOORS = {"list", "show", "add", "edit", "retire", "restore", "export", "choices"}


class ScopedModelView(ScopedRows, ModelView):
    """Base of every generated screen. Subclasses declare; they hold no access rule."""

    include_route_methods = DOORS
    filters: ClassVar[Mapping[str, Filter]] = {}
    orders: ClassVar[Mapping[str, Order]] = {}
    choice_column: ClassVar[str] = ""
    intro: ClassVar[Any] = ""
    add_intro: ClassVar[Any] = ""
    edit_intro: ClassVar[Any] = ""
    show_intro: ClassVar[Any] = ""
    add_label: ClassVar[Any] = ""
    empty_text: ClassVar[Any] = ""
    export_columns: ClassVar[tuple[str, ...]] = ()
    formatters_columns: ClassVar[dict[str, Any]] = {}
    list_sections: ClassVar[tuple[str, ...]] = ()
    buttons: ClassVar[tuple[tuple[str, Action, Any], ...]] = ()
    row_buttons: ClassVar[tuple[tuple[str, Action, Any], ...]] = ()

    # --- what a subclass may replace --------------------------------------------------------------

    def describe(self, row: Any) -> str:
        """What users call the row."""
        return str(row.id)

    def hint(self, row: Any) -> str:
        """What tells the row from others that are called the same."""
        return ""

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

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """The columns of an export, in the order of ``export_columns``."""
        raise NotImplementedError

    def related(self, row: Any) -> Sequence[tuple[Any, str, Mapping[str, Any]]]:
        """More to show under a record: (heading, template, its values)."""
        return []

    def crumbs(self, row: Any) -> Sequence[tuple[str, str]]:
        """What stands above a record: (name, address)."""
        return []

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """What puts the last words to each row of an export, made before the file is sent."""
        return tuple

    # --- what templates ask ----------------------------------------------------------------------

    def may(self, action: Action, row: Any = None) -> bool:
        """Whether a button for this action is worth showing."""
        actor = current_actor()
        if row is None:
            return bool(policy.may_open(actor, action, self.resource))
        return bool(policy.decide(actor, action, row))

    def url(self, method: str, row: Any = None, **values: Any) -> str:
        """The address of one of the screen's pages."""
        if row is not None:
            values["pk"] = self.public_key(row)
        return url_for(f"{self.endpoint}.{method}", **values)

    def has_door(self, method: str) -> bool:
        """Whether the screen has this page."""
        return method in (self.include_route_methods or ())

    def anchor(self, row: Any) -> str:
        """What names the row as the edge of a page."""
        return str(row.id)

    def anchor_column(self) -> Any:
        """The column that ``anchor`` is the text of."""
        return self.model.id

    def is_anchor(self, text: str) -> bool:
        """Whether a text can be the anchor of a row."""
        return is_id(text)

    def cell(self, row: Any, column: str) -> Any:
        """What a column of a row shows."""
        value = getattr(row, column, None)
        formatter = self.formatters_columns.get(column)
        shown = formatter(row) if formatter else value
        return "" if shown is None else shown

    # --- list ------------------------------------------------------------------------------------

    @expose("/list/", methods=["GET"])
    @door(Action.LIST)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list."""
        asked, page = self.page()
        status = 400 if asked.errors else 200
        return render_template("screens/list.html", view=self, page=page, asked=asked), status

    def page(self) -> tuple[ListRequest, Page]:
        """What the address asks for, and the rows that answer."""
        asked = self.read_list_request()
        base = self.query(Action.LIST)
        page = fetch_page(db.session(), base, self.model, self.orders, asked, self.anchor_column())
        return asked, page

    def read_list_request(self) -> ListRequest:
        """What the address asks of the list.

        Raises:
            BadRequest: it holds what the list does not know.
        """
        return read_request(request.args, self.filters, self.orders, self.is_anchor)

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
            return self._form_page(form, "screens/add.html", 200)
        if "find" in request.form:
            return self._form_page(form, "screens/add.html", 200)
        if not form.validate():
            return self._form_page(form, "screens/add.html", 422)
        try:
            location, text = self._save_new(form)
        except DomainError as error:
            self._put_error(form, error)
            return self._form_page(form, "screens/add.html", error.status)
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
        except IntegrityError:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return earlier, _("This was saved already.")
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
        """Place a broken rule beside its field, or on top of the form.

        A refused access is no matter of the form: it gets the page, and the event, of any other.
        """
        if isinstance(error, NotFound | NotAllowed):
            raise error
        if error.field and error.field in form:
            form[error.field].errors = [*form[error.field].errors, str(error)]
        else:
            form.form_errors.append(str(error))

    # --- out of use, and back --------------------------------------------------------------------

    @expose("/retire/<pk>", methods=["POST"])
    @door(Action.RETIRE)
    def retire(self, pk: str) -> AnyResponse:
        """Take a record out of use; it keeps its history and can come back."""
        with transaction():
            row = self.get_row(pk, Action.RETIRE)
            if request.form.get("version", str(row.version)) != str(row.version):
                raise StaleVersion
            self.retire_row(row)
        flash(_("%(name)s is retired. You can bring it back.", name=self.describe(row)), "success")
        return redirect(self.url("show", row))

    @expose("/restore/<pk>", methods=["POST"])
    @door(Action.RESTORE)
    def restore(self, pk: str) -> AnyResponse:
        """Bring a record back into use."""
        with transaction():
            row = self.get_row(pk, Action.RESTORE)
            self.restore_row(row)
        flash(_("%(name)s is in use again.", name=self.describe(row)), "success")
        return redirect(self.url("show", row))

    # --- out of the panel ------------------------------------------------------------------------

    @expose("/export", methods=["GET"])
    @door(Action.EXPORT)
    def export(self) -> AnyResponse:
        """Exactly the rows that the filter shows, as CSV or XLSX."""
        form = request.args.get("format", "csv")
        asked = self.read_list_request()
        if form not in ("csv", "xlsx") or asked.errors:
            raise BadRequest
        header = [str(self.label_columns[name]) for name in self.export_columns]
        with transaction():
            log.record(
                current_actor(), f"{self.resource}:exported", fields=tuple(sorted(asked.query))
            )
        found = export_rows(current_actor(), self._export_statement(asked))
        rows = map(self.row_finisher(), found)
        name = f"{self.route_base.strip('/')}.{form}"
        if form == "csv":
            return csv_download(name, header, rows)
        try:
            return xlsx_download(name, header, rows)
        except TooManyRows:
            raise TooLongForSheet from None

    def _export_statement(self, asked: ListRequest) -> Select[Any]:
        base = scope.rows(current_actor(), self.model, Action.EXPORT).where(*asked.conditions)
        order = self.orders[asked.order].column
        return self.export_query(base).order_by(order.desc() if asked.descending else order)

    # --- choices for forms -----------------------------------------------------------------------

    @expose("/choices", methods=["GET", "POST"])
    @door(Action.CHOOSE)
    def choices(self) -> dict[str, Any]:
        """The first rows whose name begins as typed, for a field that is searched while typing.

        Pages send what is typed in the body, which no log and no history keeps.
        """
        return choices.answer(self, getattr(self.model, self.choice_column))


class TooLongForSheet(DomainError):
    """An XLSX file has no room for so many rows."""

    status = 422
    message = _l("An Excel sheet has no room for so many rows. Choose CSV, or filter the list.")


class StaleForm(Exception):
    """Somebody saved the record after the form was opened."""

    def __init__(self, version: int, differences: "list[forms.Difference]") -> None:
        super().__init__()
        self.version = version
        self.differences = differences
