"""The list of a screen: what the address asks for, its columns, its file, and what is kept of it.

The filter travels in the address, also of the forms that send something from the list, so that
nothing done from a list can forget what the list showed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from flask import flash, g, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from werkzeug.wrappers import Response as AnyResponse

from app.audit import log
from app.clock import utc_now
from app.db import db, transaction
from app.errors import BadRequest, DomainError
from app.screens import own_lists
from app.screens.download import csv_download, xlsx_download
from app.screens.export import TooManyRows
from app.screens.listing import (
    PAGE_SIZES,
    Filter,
    ListRequest,
    Order,
    is_id,
    read_request,
)
from app.screens.paging import Page, fetch_page, joined
from app.screens.rows import ScopedRows, export_rows
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.side_tables import ListSetting, SavedView


class TooLongForSheet(DomainError):
    """An XLSX file has no room for so many rows."""

    status = 422
    message = _l("An Excel sheet has no room for so many rows. Choose CSV, or filter the list.")


LIST_DOORS = {"list", "export", "arrange", "keep_view"}


class ListPages(ScopedRows):
    """The pages of a list of ``ScopedModelView``."""

    filters: ClassVar[Mapping[str, Filter]] = {}
    main_filters: ClassVar[tuple[str, ...] | None] = None
    orders: ClassVar[Mapping[str, Order]] = {}
    list_columns: ClassVar[Sequence[str]]
    more_columns: ClassVar[tuple[str, ...]] = ()
    label_columns: ClassVar[Mapping[str, Any]]
    formatters_columns: ClassVar[dict[str, Any]] = {}
    ready_views: ClassVar[Sequence[tuple[Any, Mapping[str, str]]]] = ()
    list_sections: ClassVar[tuple[str, ...]] = ()
    list_page_template: ClassVar[str] = "screens/list.html"
    export_columns: ClassVar[tuple[str, ...]] = ()
    usual_export: ClassVar[tuple[str, ...]] = ()
    exported_as: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    route_base: str
    endpoint: str

    # --- what a subclass may replace --------------------------------------------------------------

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """The columns of an export, in the order of ``export_columns``."""
        raise NotImplementedError

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """What puts the last words to each row of an export, made before the file is sent."""
        return tuple

    def anchor(self, row: Any) -> str:
        """What names the row as the edge of a page."""
        return str(row.id)

    def anchor_column(self) -> Any:
        """The column that ``anchor`` is the text of."""
        return self.model.id

    def is_anchor(self, text: str) -> bool:
        """Whether a text can be the anchor of a row."""
        return is_id(text)

    # --- what templates ask ----------------------------------------------------------------------

    def url(self, method: str, row: Any = None, **values: Any) -> str:
        """The address of one of the screen's pages."""
        if row is not None:
            values["pk"] = self.public_key(row)
        return url_for(f"{self.endpoint}.{method}", **values)

    def row_address(self, row: Any) -> str | None:
        """Where a row of the list leads; None for one that has no page."""
        return self.url("show", row)

    def cell(self, row: Any, column: str) -> Any:
        """What a column of a row shows."""
        value = getattr(row, column, None)
        formatter = self.formatters_columns.get(column)
        shown = formatter(row) if formatter else value
        return "" if shown is None else shown

    @property
    def list_name(self) -> str:
        """What the list is called where something is kept of it."""
        return self.route_base.strip("/")

    @property
    def folded_filters(self) -> Sequence[str]:
        """The filters that stand folded under the others, where the list says which are its main
        ones; what searches or asks for something by itself never does."""
        if self.main_filters is None:
            return ()
        return [
            name
            for name, one in self.filters.items()
            if name not in self.main_filters
            and getattr(one, "kind", "") != "search"
            and not hasattr(one, "default")
        ]

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Every column that the list can show, in order; the first one it always shows."""
        return (*self.list_columns, *self.more_columns)

    def is_arranged(self, asked: ListRequest) -> bool:
        """Whether the actor chose the columns, now or earlier."""
        setting = self.setting()
        return bool(asked.columns or (setting is not None and setting.columns))

    def shown_columns(self, asked: ListRequest) -> tuple[str, ...]:
        """The columns that the list shows: as asked, else as kept, else the usual ones."""
        setting = self.setting()
        kept = setting.columns if setting is not None else []
        wanted = asked.columns or kept or self.list_columns
        first, *others = self.all_columns
        return (first, *(name for name in others if name in wanted))

    def order_of(self, column: str) -> str | None:
        """The order that the heading of a column sorts by, when there is one."""
        for name, order in self.orders.items():
            if column == (order.header or name):
                return name
        return None

    def has_heading(self, order: str, shown: Sequence[str]) -> bool:
        """Whether the heading of a shown column sorts by this order."""
        return (self.orders[order].header or order) in shown

    def views(self) -> Sequence[SavedView]:
        """The actor's saved views of the list."""
        return own_lists.views_of(current_actor(), self.list_name)

    def may_keep_views(self) -> bool:
        """Whether there is a municipality to keep saved views in."""
        return current_actor().municipality_id is not None

    def setting(self) -> ListSetting | None:
        """How the actor wants the list to look, read once a request."""
        if "list_setting" not in g:
            g.list_setting = own_lists.setting_of(current_actor(), self.list_name)
        found: ListSetting | None = g.list_setting
        return found

    # --- list ------------------------------------------------------------------------------------

    @expose("/list/", methods=["GET"])
    @door(Action.LIST)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list."""
        return self.list_page()

    def list_page(self, status: int = 200, **values: Any) -> tuple[str, int]:
        """The list that the address asks for; ``values`` say what was wrong with a form on it."""
        asked, page = self.page()
        answer = render_template(
            self.list_page_template,
            view=self,
            page=page,
            asked=asked,
            shown=self.shown_columns(asked),
            sizes=PAGE_SIZES,
            **values,
        )
        return answer, 400 if asked.errors else status

    def page(self) -> tuple[ListRequest, Page]:
        """What the address asks for, and the rows that answer."""
        asked = self.read_list_request()
        base = self.query(Action.LIST)
        page = fetch_page(db.session(), base, self.model, self.orders, asked, self.anchor_column())
        return asked, page

    def read_list_request(self) -> ListRequest:
        """What the address asks of the list, with the page size that the actor keeps.

        Raises:
            BadRequest: it holds what the list does not know.
        """
        asked = read_request(
            request.args, self.filters, self.orders, self.is_anchor, self.all_columns
        )
        setting = None if asked.is_size_asked else self.setting()
        if setting is None or setting.size is None:
            return asked
        return replace(asked, size=setting.size)

    # --- how it looks ----------------------------------------------------------------------------

    @expose("/arrange", methods=["POST"])
    @door(Action.LIST)
    def arrange(self) -> AnyResponse:
        """Keep the columns and the page size that were chosen."""
        asked = self.read_list_request()
        columns = request.form.getlist("column")
        size = request.form.get("size", "")
        if not set(columns) <= set(self.all_columns) or size not in {"", *map(str, PAGE_SIZES)}:
            raise BadRequest
        chosen = [name for name in self.all_columns[1:] if name in columns]
        if "reset" in request.form:
            chosen, size = [], ""
        elif request.form.get("is_arranged"):
            chosen = [self.all_columns[0], *chosen]
        with transaction():
            own_lists.keep_setting(
                current_actor(), self.list_name, columns=chosen, size=int(size) if size else None
            )
        flash(_("The list is arranged as you chose."), "success")
        return redirect(self.url("list", **without_look(asked)))

    # --- saved views -----------------------------------------------------------------------------

    @expose("/keep-view", methods=["POST"])
    @door(Action.LIST)
    def keep_view(self) -> AnyResponse | tuple[str, int]:
        """Keep what the list is asked for, and its columns, under a name."""
        asked, name = self.read_list_request(), request.form.get("name", "")
        if asked.errors:
            raise BadRequest
        columns = ",".join(self.shown_columns(asked))
        try:
            with transaction():
                view = own_lists.save_view(
                    current_actor(),
                    self.list_name,
                    name,
                    asked.query | {"columns": columns},
                    at=utc_now(),
                )
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            return self.list_page(error.status, view_name=name, view_error=str(error))
        flash(_("The view %(name)s is saved.", name=view.name), "success")
        return redirect(self.url("list", **view.parameters))

    # --- out of the panel ------------------------------------------------------------------------

    @expose("/export", methods=["GET"])
    @door(Action.EXPORT)
    def export(self) -> AnyResponse:
        """Exactly the rows and the columns that the list shows, as CSV or XLSX."""
        form = request.args.get("format", "csv")
        asked = self.read_list_request()
        if form not in ("csv", "xlsx") or asked.errors:
            raise BadRequest
        places = self._export_places(asked)
        header = [str(self.label_columns[self.export_columns[place]]) for place in places]
        with transaction():
            log.record(
                current_actor(), f"{self.resource}:exported", fields=tuple(sorted(asked.query))
            )
        found = export_rows(current_actor(), self._export_statement(asked))
        rows = _chosen(map(self.row_finisher(), found), places)
        name = f"{self.list_name}.{form}"
        if form == "csv":
            return csv_download(name, header, rows)
        try:
            return xlsx_download(name, header, rows)
        except TooManyRows:
            raise TooLongForSheet from None

    def _export_places(self, asked: ListRequest) -> Sequence[int]:
        """Which of ``export_columns`` go out: those that were chosen, otherwise the usual ones."""
        names: Iterable[str] = self.usual_export or self.export_columns
        if self.is_arranged(asked):
            names = (
                name
                for column in self.shown_columns(asked)
                for name in self.exported_as.get(column, (column,))
            )
        return [self.export_columns.index(name) for name in names]

    def _export_statement(self, asked: ListRequest) -> Select[Any]:
        base = scope.rows(current_actor(), self.model, Action.EXPORT).where(*asked.conditions)
        order = self.orders[asked.order]
        base = joined(base, order)
        column: Any = order.column.desc() if asked.descending else order.column
        keys = (column.nulls_last(),) if order.may_be_empty else (column,)
        return self.export_query(base).order_by(*keys)


def _chosen(rows: Iterator[tuple[Any, ...]], places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    return (tuple(row[place] for place in places) for row in rows)


def without_look(asked: ListRequest) -> dict[str, str]:
    """The parameters that ask for the same rows, in whatever columns and pages are kept."""
    return {name: value for name, value in asked.query.items() if name not in ("columns", "size")}
