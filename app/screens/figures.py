"""A figure and the list that it is the length of.

Both are one question: the same filters read the same parameters, so they can't say different
things. What may be counted is what the reader may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Select, func, select
from werkzeug.datastructures import MultiDict

from app.db import db
from app.screens.listing import Filter, Order, read_request
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action


@dataclass(frozen=True)
class CountedList:
    """A list that figures are lengths of: whose rows, on which page, and how it is asked.

    ``action`` is what one must be allowed to do with a row for it to stand in the list.
    """

    model: type[Model]
    endpoint: str
    filters: Mapping[str, Filter]
    orders: Mapping[str, Order]
    action: Action = Action.LIST


@dataclass(frozen=True)
class Figure:
    """A number, and the list that it is the length of."""

    label: Any
    count: int
    endpoint: str
    asked: Mapping[str, str]


def figure(actor: Actor, listed: CountedList, label: Any, asked: Mapping[str, str]) -> Figure:
    """How many rows the list has for the actor when it is asked so."""
    ids = found(actor, listed, asked).with_only_columns(_id(listed)).subquery()
    count = db.session.scalar(func.count().select().select_from(ids)) or 0
    return Figure(label, count, listed.endpoint, asked)


def since(
    actor: Actor, listed: CountedList, asked: Mapping[str, str], column: Any
) -> tuple[int, Any]:
    """How many rows the list has for the actor when it is asked so, and the least that a column
    of theirs holds."""
    rows = found(actor, listed, asked).with_only_columns(column.label("since")).subquery()
    counted = select(func.count(), func.min(rows.c.since)).select_from(rows)
    number, least = db.session.execute(counted).one()
    return number, least


def found(actor: Actor, listed: CountedList, asked: Mapping[str, str]) -> Select[Any]:
    """The rows of the list for the actor when it is asked so, in no order."""
    read = read_request(MultiDict(asked), listed.filters, listed.orders)
    return scope.rows(actor, listed.model, listed.action).where(*read.conditions)


def _id(listed: CountedList) -> Any:
    columns: Any = listed.model
    return columns.id
