"""What may be chosen in a form: a person or a unit in use, found by several words in any order."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, request
from flask_appbuilder import Model
from sqlalchemy import Select

from app.db import db
from app.errors import BadRequest
from app.models import Municipality, Person
from app.screens import typed
from app.screens.listing import is_id
from app.screens.words import say_count
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action

HITS = 20
FEW = 5
ALSO_MEANT = "samvev_also_meant"
"""Where the application keeps what finds persons whose name is written otherwise: ids by text."""


def answer(view: Any, column: Any) -> dict[str, Any]:
    """What a screen offers for what was typed: each hit, and how many there are in words.

    Raises:
        BadRequest: more was asked than what was typed.
    """
    if set(request.values) - {"q", "csrf_token"}:
        raise BadRequest
    hits = find(offered(view.model), view.model, column, request.values.get("q", ""))
    return in_json(hits, view.describe, view.hint)


def in_json(
    hits: Sequence[Any],
    text_of: Callable[[Any], str],
    hint_of: Callable[[Any], str] = lambda _row: "",
) -> dict[str, Any]:
    """The hits as the script of a form reads them."""
    found = [{"id": row.id, "text": text_of(row), "hint": hint_of(row)} for row in hits]
    return {"result": found, "said": say_count(len(found), is_whole=len(found) < HITS)}


def offered(model: type[Model]) -> Select[Any]:
    """What the actor may choose: in use, and theirs to choose."""
    return scope.rows(current_actor(), model, Action.CHOOSE).where(model.retired_at.is_(None))


def choosable(model: type[Model], pk: object, rows: Select[Any] | None = None) -> Any | None:
    """The row of this id, when it is among ``rows``, or else among those the actor may choose."""
    key = _key(model, pk) if isinstance(pk, str) else None
    if key is None:
        return None
    among = offered(model) if rows is None else rows
    return db.session.scalar(among.where(model.id == key))


def _key(model: type[Model], text: str) -> Any | None:
    if model is Municipality:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return text if is_id(text) else None


def visible(model: type[Model], pk: str) -> Any | None:
    """The row of this id, in use or not, when the actor may see it."""
    if not is_id(pk):
        return None
    return db.session.scalar(scope.rows(current_actor(), model, Action.SHOW).where(model.id == pk))


def find(rows: Select[Any], model: type[Model], search_column: Any, text: str) -> Sequence[Any]:
    """The first rows of those offered whose name fits; without words, simply the first ones.

    All but persons are few, so that the words may stand anywhere in the name.
    """
    words = typed.terms(text[: typed.LONGEST_TYPED])
    if model is Person and words:
        columns = (Person.search_family, Person.search_given)
        found = typed.first_rows(db.session(), rows, columns, words, HITS)
        return [*found, *_also_meant(text, found, rows)]
    if words:
        rows = rows.where(typed.anywhere(search_column, words))
    ordered = rows.order_by(search_column, model.id)
    return db.session.scalars(ordered.limit(HITS)).unique().all()


def _also_meant(text: str, found: Sequence[Any], offered: Any) -> list[Any]:
    """Who may be meant where few have the name as it was typed, among those that are offered."""
    if len(found) > FEW:
        return []
    ids = current_app.extensions[ALSO_MEANT](text[: typed.LONGEST_TYPED])
    rows = {one.id: one for one in db.session.scalars(offered.where(Person.id.in_(ids))).unique()}
    known = {one.id for one in found}
    return [rows[pk] for pk in ids if pk in rows and pk not in known]
