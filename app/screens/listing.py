"""Lists: filters, order, columns and place, read from the address. ``paging`` fetches the rows.

A parameter that a list does not know is refused: a filter that is not understood must never
become no filter.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false
from werkzeug.datastructures import MultiDict

from app.errors import BadRequest
from app.people.contact import BadDate, parse_date
from app.people.names import prefix_range, search_form

PAGE_SIZE = 25
LARGEST_PAGE = 100
PAGE_SIZES = (25, 50, 100)
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
    """A way to sort: by one column, then by id; rows without a value come last both ways.

    ``header`` names the shown column whose heading sorts this way, where it has another name.
    ``join`` brings in the table of the column, where that is another than the list's.
    """

    label: Any
    column: Any
    descending: bool = False
    may_be_empty: bool = False
    header: str = ""
    join: Callable[[Select[Any]], Select[Any]] | None = None


@dataclass(frozen=True)
class ListRequest:
    """What a list was asked for.

    ``conditions`` say all of it. Where a search has several ``ways``, of which one must hold,
    ``besides`` are the conditions apart from it.
    """

    values: dict[str, str]
    conditions: tuple[ColumnElement[bool], ...]
    besides: tuple[ColumnElement[bool], ...]
    ways: tuple[ColumnElement[bool], ...]
    errors: dict[str, str]
    order: str
    descending: bool
    after: str | None = None
    before: str | None = None
    at_end: bool = False
    size: int = PAGE_SIZE
    columns: tuple[str, ...] = ()
    is_size_asked: bool = False

    @property
    def used(self) -> frozenset[str]:
        """The filters that something was typed or chosen in."""
        return frozenset(name for name, value in self.values.items() if value)

    def is_narrowed(self, filters: Mapping[str, Filter]) -> bool:
        """Whether any filter asks for other than it does unless asked."""
        return any(
            value != getattr(filters[name], "default", "") for name, value in self.values.items()
        )

    @property
    def query(self) -> dict[str, str]:
        """The parameters that ask for the same rows in the same order, looking the same."""
        asked = {name: value for name, value in self.values.items() if value}
        asked["order"] = ("-" if self.descending else "") + self.order
        if self.columns:
            asked["columns"] = ",".join(self.columns)
        if self.is_size_asked:
            asked["size"] = str(self.size)
        return asked

    @property
    def here(self) -> dict[str, str]:
        """The parameters that ask for this very page of them."""
        places = {"after": self.after, "before": self.before, "end": "1" if self.at_end else None}
        return self.query | {name: at for name, at in places.items() if at is not None}


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
    columns: Collection[str] = (),
) -> ListRequest:
    """What the address asks of a list with these filters, orders and columns.

    Raises:
        BadRequest: it holds a parameter or value that the list does not know.
    """
    for name in args:
        if (name not in filters and name not in CONTROL) or len(args.getlist(name)) > 1:
            raise BadRequest
    values = {name: args.get(name, getattr(f, "default", "")) for name, f in filters.items()}
    conditions, besides, errors = _conditions(filters, values)
    ways = [
        way
        for name, one in filters.items()
        if name not in errors and hasattr(one, "ways")
        for way in one.ways(values[name])
    ]
    order, descending = _order(args.get("order", ""), orders)
    return ListRequest(
        values=values,
        conditions=conditions,
        besides=besides,
        ways=tuple(ways),
        errors=errors,
        order=order,
        descending=descending,
        after=_anchor(args, "after", is_anchor),
        before=_anchor(args, "before", is_anchor),
        at_end="end" in args,
        size=_size(args.get("size", "")),
        columns=_columns(args.get("columns", ""), columns),
        is_size_asked=bool(args.get("size")),
    )


def _conditions(
    filters: Mapping[str, Filter], values: Mapping[str, str]
) -> tuple[tuple[ColumnElement[bool], ...], tuple[ColumnElement[bool], ...], dict[str, str]]:
    conditions, besides, errors = [], [], {}
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
                if not hasattr(one, "ways"):
                    besides.append(condition)
    return tuple(conditions), tuple(besides), errors


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


def _columns(text: str, known: Collection[str]) -> tuple[str, ...]:
    asked = text.split(",") if text else []
    if not set(asked) <= set(known):
        raise BadRequest
    return tuple(name for name in known if name in asked)
