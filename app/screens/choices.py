"""What may be chosen in a form: a person or a unit in use, found by several words in any order."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, request
from flask_appbuilder import Model

from app.db import db
from app.errors import BadRequest
from app.models import Person, Unit
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
    hits = find(view.model, column, request.values.get("q", "")[: typed.LONGEST_TYPED])
    found = [{"id": row.id, "text": view.describe(row), "hint": view.hint(row)} for row in hits]
    return {"result": found, "said": say_count(len(found), is_whole=len(found) < HITS)}


def choosable(model: type[Model], pk: object) -> Any | None:
    """The row of this id, when it is in use and the actor may choose it."""
    if not isinstance(pk, str) or not is_id(pk):
        return None
    return db.session.scalar(_offered(model).where(model.id == pk))


def visible(model: type[Model], pk: str) -> Any | None:
    """The row of this id, in use or not, when the actor may see it."""
    if not is_id(pk):
        return None
    return db.session.scalar(scope.rows(current_actor(), model, Action.SHOW).where(model.id == pk))


def find(model: type[Model], search_column: Any, text: str) -> Sequence[Any]:
    """The first rows that the actor may choose and whose name fits; without words, simply the
    first ones."""
    words, offered = typed.terms(text), _offered(model)
    if model is Person and words:
        columns = (Person.search_family, Person.search_given)
        found = typed.first_rows(db.session(), offered, columns, words, HITS)
        return [*found, *_also_meant(text, found, offered)]
    if words:
        offered = offered.where(_fits(model, search_column, words))
    ordered = offered.order_by(search_column, model.id)
    return db.session.scalars(ordered.limit(HITS)).unique().all()


def _also_meant(text: str, found: Sequence[Any], offered: Any) -> list[Any]:
    """Who may be meant where few have the name as it was typed, among those that are offered."""
    if len(found) > FEW:
        return []
    ids = current_app.extensions[ALSO_MEANT](text)
    rows = {one.id: one for one in db.session.scalars(offered.where(Person.id.in_(ids))).unique()}
    known = {one.id for one in found}
    return [rows[pk] for pk in ids if pk in rows and pk not in known]


def _fits(model: type[Model], column: Any, words: Sequence[typed.Term]) -> Any:
    """Units are few in a municipality, so their words may stand anywhere in the name."""
    return typed.anywhere(column, words) if model is Unit else words[0].begins(column)


def _offered(model: type[Model]) -> Any:
    return scope.rows(current_actor(), model, Action.CHOOSE).where(model.retired_at.is_(None))
