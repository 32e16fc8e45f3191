"""Lists: filters, order and keyset pages, read from the address and turned into one query.

A parameter that a list does not know is refused: a filter that is not understood must never
become no filter. Pages go by the id of a row, so page 40,000 costs what page 1 costs and no name
stands in an address.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from flask_appbuilder import Model
from sqlalchemy import ColumnElement, Select, false, func, literal, select, tuple_
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.errors import BadRequest
from app.people.contact import BadDate, parse_date
from app.people.names import prefix_range, search_form

PAGE_SIZE = 25
LARGEST_PAGE = 100
COUNT_UP_TO = 1_000
LONGEST_VALUE = 200
CONTROL = frozenset({"order", "after", "before", "end", "size", "format", "columns"})


class BadFilterValue(ValueError):
    """What was typed in a filter can't be read; ``code`` says what was expected."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Filter(Protocol):
    """A visible, labelled filter of a list."""

    @property
    def label(self) -> Any:
        """What users call it."""

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition for what was typed or chosen; None when it asks for nothing."""


@dataclass(frozen=True)
class PrefixFilter:
    """Rows whose search column begins with what was typed; one index range."""

    label: Any
    column: Any
    kind: str = "text"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """A half-open range over the search column; nothing begins with signs alone."""
        if not value.strip():
            return None
        if not search_form(value):
            return false()
        low, high = prefix_range(value)
        return (self.column >= low) & (self.column < high)


@dataclass(frozen=True)
class ExactFilter:
    """Rows whose column is exactly what was typed."""

    label: Any
    column: Any
    kind: str = "text"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """Equality with the trimmed text."""
        return self.column == value.strip() if value.strip() else None


@dataclass(frozen=True)
class DateFilter:
    """Rows of one date, typed as people write dates."""

    label: Any
    column: Any
    kind: str = "date"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """Equality with the date.

        Raises:
            BadFilterValue: it is no date.
        """
        if not value.strip():
            return None
        try:
            return self.column == parse_date(value)
        except BadDate:
            raise BadFilterValue("date") from None


@dataclass(frozen=True)
class OneOfFilter:
    """Rows with one of a closed set of values; ``options`` are (value, words) pairs."""

    label: Any
    column: Any
    options: Sequence[tuple[str, Any]]
    kind: str = "choice"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """Equality with the chosen value.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value not in {str(option) for option, _words in self.options}:
            raise BadFilterValue("choice")
        return self.column == value


@dataclass(frozen=True)
class LookedUpFilter:
    """As ``OneOfFilter``, with options that are read when they are needed."""

    label: Any
    column: Any
    look_up: Callable[[], Sequence[tuple[str, Any]]]
    kind: str = "choice"

    @property
    def options(self) -> Sequence[tuple[str, Any]]:
        """(value, words) pairs."""
        return self.look_up()

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """Equality with the chosen value.

        Raises:
            BadFilterValue: it is none of the options.
        """
        return OneOfFilter(self.label, self.column, self.options).condition(value)


@dataclass(frozen=True)
class YesNoFilter:
    """Rows where something is so, or is not; ``options`` are the words for ``yes`` and ``no``."""

    label: Any
    column: Any
    options: Sequence[tuple[str, Any]]
    kind: str = "choice"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the column.

        Raises:
            BadFilterValue: it is neither.
        """
        if not value:
            return None
        if value not in ("yes", "no"):
            raise BadFilterValue("choice")
        return self.column.is_(value == "yes")


class Shown(StrEnum):
    """Which rows of a register are wanted: those in use, the retired, or both."""

    IN_USE = "in_use"
    RETIRED = "retired"
    ALL = "all"


@dataclass(frozen=True)
class RetiredFilter:
    """Rows in use unless asked otherwise."""

    label: Any
    column: Any
    options: Sequence[tuple[str, Any]]
    kind: str = "choice"
    default: str = Shown.IN_USE

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the column that tells when the row was retired.

        Raises:
            BadFilterValue: it is none of the three.
        """
        if value not in set(Shown):
            raise BadFilterValue("choice")
        if value == Shown.ALL:
            return None
        return self.column.is_(None) if value == Shown.IN_USE else self.column.is_not(None)


@dataclass(frozen=True)
class Order:
    """A way to sort: by one column that is never empty, then by id."""

    label: Any
    column: Any
    descending: bool = False


@dataclass(frozen=True)
class ListRequest:
    """What a list was asked for."""

    values: dict[str, str]
    conditions: tuple[ColumnElement[bool], ...]
    errors: dict[str, str]
    order: str
    descending: bool
    after: str | None = None
    before: str | None = None
    at_end: bool = False
    size: int = PAGE_SIZE

    @property
    def query(self) -> dict[str, str]:
        """The parameters that ask for the same rows in the same order."""
        asked = {name: value for name, value in self.values.items() if value}
        return asked | {"order": ("-" if self.descending else "") + self.order}


@dataclass(frozen=True)
class Page:
    """Rows of one page, and what lies around them."""

    rows: list[Any]
    count: int
    has_next: bool
    has_previous: bool
    request: ListRequest = field(repr=False)

    @property
    def is_count_whole(self) -> bool:
        """Whether ``count`` is all there is, not just as far as was counted."""
        return self.count <= COUNT_UP_TO


def is_id(text: str) -> bool:
    """Whether ``text`` is an identifier as this panel writes them."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def is_municipality_number(text: str) -> bool:
    """Whether ``text`` has the form of a municipality's number."""
    return len(text) == 4 and text.isascii() and text.isdigit()


def read_request(
    args: MultiDict[str, str],
    filters: Mapping[str, Filter],
    orders: Mapping[str, Order],
    is_anchor: Callable[[str], bool] = is_id,
) -> ListRequest:
    """What the address asks of a list with these filters and orders.

    Raises:
        BadRequest: it holds a parameter or value that the list does not know.
    """
    for name in args:
        if (name not in filters and name not in CONTROL) or len(args.getlist(name)) > 1:
            raise BadRequest
    values = {name: args.get(name, getattr(f, "default", "")) for name, f in filters.items()}
    conditions, errors = _conditions(filters, values)
    order, descending = _order(args.get("order", ""), orders)
    return ListRequest(
        values=values,
        conditions=conditions,
        errors=errors,
        order=order,
        descending=descending,
        after=_anchor(args, "after", is_anchor),
        before=_anchor(args, "before", is_anchor),
        at_end="end" in args,
        size=_size(args.get("size", "")),
    )


def _conditions(
    filters: Mapping[str, Filter], values: Mapping[str, str]
) -> tuple[tuple[ColumnElement[bool], ...], dict[str, str]]:
    conditions, errors = [], {}
    for name, one in filters.items():
        if len(values[name]) > LONGEST_VALUE:
            raise BadRequest
        try:
            condition = one.condition(values[name])
        except BadFilterValue as error:
            errors[name] = error.code
        else:
            if condition is not None:
                conditions.append(condition)
    return tuple(conditions), errors


def _order(asked: str, orders: Mapping[str, Order]) -> tuple[str, bool]:
    name = asked.removeprefix("-")
    if not asked:
        name = next(iter(orders))
        return name, orders[name].descending
    if name not in orders:
        raise BadRequest
    return name, asked.startswith("-")


def _anchor(args: MultiDict[str, str], name: str, is_anchor: Callable[[str], bool]) -> str | None:
    value = args.get(name)
    if value is not None and not is_anchor(value):
        raise BadRequest
    return value


def _size(text: str) -> int:
    if not text:
        return PAGE_SIZE
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise BadRequest
    return min(max(int(text), 1), LARGEST_PAGE)


def fetch_page(
    session: Session,
    base: Select[Any],
    model: type[Model],
    orders: Mapping[str, Order],
    request: ListRequest,
    anchor_column: Any = None,
) -> Page:
    """The asked page of ``base``, a query for ``model`` that already holds the access condition.

    ``anchor_column`` is the unique column that names the edges of pages; the id unless given. A
    filter that could not be read gives no rows.
    """
    if request.errors:
        return Page([], 0, has_next=False, has_previous=False, request=request)
    wanted = base.where(*request.conditions)
    count = _count(session, wanted, model)
    columns: Any = model
    keys = (orders[request.order].column, columns.id)
    backwards = request.before is not None or request.at_end
    statement = _ordered(wanted, keys, request.descending != backwards)
    anchor = request.before if request.before is not None else request.after
    if anchor is not None:
        statement = statement.where(
            _beyond(
                session,
                base,
                keys,
                (columns.id if anchor_column is None else anchor_column) == anchor,
                request.descending != backwards,
            )
        )
    found = list(session.scalars(statement.limit(request.size + 1)).unique())
    more = len(found) > request.size
    found = found[: request.size]
    if backwards:
        found.reverse()
        return Page(found, count, not request.at_end, more, request)
    return Page(found, count, more, anchor is not None, request)


def _count(session: Session, wanted: Select[Any], model: type[Model]) -> int:
    columns: Any = model
    some = wanted.with_only_columns(columns.id).order_by(None).limit(COUNT_UP_TO + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _ordered(statement: Select[Any], keys: tuple[Any, Any], downwards: bool) -> Select[Any]:
    return statement.order_by(*(key.desc() if downwards else key for key in keys))


def _beyond(
    session: Session,
    base: Select[Any],
    keys: tuple[Any, Any],
    is_at_anchor: ColumnElement[bool],
    downwards: bool,
) -> ColumnElement[bool]:
    """The condition for rows past the anchor.

    Raises:
        BadRequest: the anchor is no row that the actor may see.
    """
    at = session.execute(base.with_only_columns(*keys).where(is_at_anchor)).one_or_none()
    if at is None:
        raise BadRequest
    here = tuple_(*(literal(value, key.type) for value, key in zip(at, keys, strict=True)))
    return tuple_(*keys) < here if downwards else tuple_(*keys) > here
