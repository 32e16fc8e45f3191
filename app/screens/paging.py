"""The rows of one page of a list. Pages go by the id of a row, so page 40,000 costs what page 1
costs and no name stands in an address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Column, ColumnElement, Select, func, literal, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from app.errors import BadRequest
from app.screens.listing import ListRequest, Order

COUNT_UP_TO = 1_000
FEW = 300
"""So many rows are told by their ids in a question."""


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
    columns: Any = model
    order = orders[request.order]
    base = joined(base, order)
    backwards = request.before is not None or request.at_end
    walk = Walk(order, columns.id, backwards, request.descending != backwards, request.size)
    anchor = request.before if request.before is not None else request.after
    edge = None
    if anchor is not None:
        is_at_anchor = (columns.id if anchor_column is None else anchor_column) == anchor
        edge = _edge(session, base, walk, is_at_anchor)
    if request.ways:
        found, count = _searched(session, base.where(*request.besides), request.ways, walk, edge)
    else:
        found, count = _filtered(session, base, request, walk, edge)
    more = len(found) > request.size
    found = found[: request.size]
    if backwards:
        found.reverse()
        return Page(found, count, not request.at_end, more, request)
    return Page(found, count, more, anchor is not None, request)


def joined(base: Select[Any], order: Order) -> Select[Any]:
    """``base`` with the table that it is sorted by, where that is another."""
    join = getattr(order, "join", None)
    return base if join is None else join(base)


def _filtered(
    session: Session,
    base: Select[Any],
    request: ListRequest,
    walk: "Walk",
    edge: tuple[Any, Any] | None,
) -> tuple[list[Any], int]:
    """The next rows that meet the conditions, and how many do.

    Where few do, they are known by then: a condition that is dear is asked once.
    """
    wanted = base.where(*request.conditions)
    ids = _some_ids(session, wanted, walk.id_column)
    if request.conditions and len(ids) <= FEW:
        return walk.among(ids).fetch(session, base, edge), len(ids)
    return walk.fetch(session, wanted, edge), len(ids)


def _some_ids(session: Session, wanted: Select[Any], id_column: Any) -> set[Any]:
    """The ids of the rows wanted, up to one more than are counted; in no order, so that no
    database walks through a whole list in its order to find few."""
    some = wanted.with_only_columns(id_column).order_by(None).limit(COUNT_UP_TO + 1)
    return set(session.scalars(some))


def _searched(
    session: Session,
    wanted: Select[Any],
    ways: Sequence[ColumnElement[bool]],
    walk: "Walk",
    edge: tuple[Any, Any] | None,
) -> tuple[list[Any], int]:
    """The next rows of ``wanted`` that one of the ways finds, and how many there are.

    Few hits are found first and sorted then. Of many, the next rows of each way are put together;
    they lie so close that the list is walked in its order until a page of them is found.
    """
    by_way = [_some_ids(session, wanted.where(way), walk.id_column) for way in ways]
    ids = set().union(*by_way)
    if len(ids) <= COUNT_UP_TO:
        return walk.among(ids).fetch(session, wanted, edge), len(ids)
    found: dict[Any, Any] = {}
    for way, some in zip(ways, by_way, strict=True):
        if len(some) <= COUNT_UP_TO:
            near, condition = walk.among(some), way
        else:
            near, condition = walk, _off_index(way, but=walk.order.column)
        found |= {row.id: row for row in near.fetch(session, wanted.where(condition), edge)}
    return walk.among(set(found)).fetch(session, wanted, edge), COUNT_UP_TO + 1


def _off_index(way: ColumnElement[bool], *, but: Any) -> ColumnElement[bool]:
    """The same condition, written so that it fits no index but that of the column ``but``: left to
    itself, SQLite takes the index of a name, and then sorts everybody who has it."""

    def written(element: Any, **_options: Any) -> Any:
        if isinstance(element, Column) and element.key != but.key:
            return func.coalesce(element, element)
        return None

    return visitors.replacement_traverse(way, {}, written)


@dataclass(frozen=True)
class Walk:
    """The way through a list: by a column, then by id; upwards or downwards.

    Rows without a value are a stretch of their own after all others, so that each stretch is one
    range of an index on both databases, which place empty values differently.
    """

    order: Order
    id_column: Any
    is_backwards: bool
    is_downwards: bool
    size: int
    ids: frozenset[Any] | None = None

    def among(self, ids: set[Any]) -> "Walk":
        """The same way, through these rows alone."""
        return replace(self, ids=frozenset(ids))

    def fetch(
        self, session: Session, wanted: Select[Any], edge: tuple[Any, Any] | None
    ) -> list[Any]:
        """The rows of ``wanted`` from ``edge`` on: one more than a page holds, if there are."""
        found: list[Any] = []
        if self.ids is not None:
            if not self.ids:
                return found
            wanted = wanted.where(self.id_column.in_(self.ids))
        for statement in self.stretches(wanted, edge):
            found += session.scalars(statement.limit(self.size + 1 - len(found))).unique()
            if len(found) > self.size:
                break
        return found

    @property
    def keys(self) -> tuple[Any, Any]:
        """What rows with a value are sorted by.

        Among known ids it is written so that it fits no index, which SQLite would take for quick.
        """
        column = self.order.column
        return column if self.ids is None else func.coalesce(column, column), self.id_column

    def stretches(self, wanted: Select[Any], edge: tuple[Any, Any] | None) -> Iterator[Select[Any]]:
        """The queries for the rows from ``edge`` on, to be read one after the other."""
        if not self.order.may_be_empty:
            yield self._filled(wanted, edge)
            return
        column = self.order.column
        is_edge_empty = edge is not None and edge[0] is None
        filled = wanted.where(column.is_not(None))
        empty = wanted.where(column.is_(None))
        if self.is_backwards:
            if edge is None or is_edge_empty:
                yield self._by_id(empty, edge)
            yield self._filled(filled, None if is_edge_empty else edge)
            return
        if not is_edge_empty:
            yield self._filled(filled, edge)
        yield self._by_id(empty, edge if is_edge_empty else None)

    def _filled(self, wanted: Select[Any], edge: tuple[Any, Any] | None) -> Select[Any]:
        keys = self.keys
        ordered = wanted.order_by(*(key.desc() if self.is_downwards else key for key in keys))
        if edge is None:
            return ordered
        here = tuple_(*(literal(at, key.type) for at, key in zip(edge, keys, strict=True)))
        if getattr(self.order, "join", None) is not None:
            # No index holds both keys: the first alone is a range of one.
            first = literal(edge[0], keys[0].type)
            ordered = ordered.where(keys[0] <= first if self.is_downwards else keys[0] >= first)
        return ordered.where(tuple_(*keys) < here if self.is_downwards else tuple_(*keys) > here)

    def _by_id(self, wanted: Select[Any], edge: tuple[Any, Any] | None) -> Select[Any]:
        key = self.id_column
        ordered = wanted.order_by(key.desc() if self.is_downwards else key)
        if edge is None:
            return ordered
        here = literal(edge[1], key.type)
        return ordered.where(key < here if self.is_downwards else key > here)


def _edge(
    session: Session, base: Select[Any], walk: Walk, is_at_anchor: ColumnElement[bool]
) -> tuple[Any, Any]:
    """The keys of the row at the edge of the page.

    Raises:
        BadRequest: the anchor is no row that the actor may see.
    """
    at = session.execute(base.with_only_columns(*walk.keys).where(is_at_anchor)).one_or_none()
    if at is None:
        raise BadRequest
    return at[0], at[1]
