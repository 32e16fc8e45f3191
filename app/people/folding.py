"""The search form of a text that is kept in no column of its own: worked out by the database.

For tables that are small in a municipality, where ``app.people.names`` need not be kept beside
what was written. SQLite is taught the rule itself; PostgreSQL gets it in its own words.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Engine, event, func
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.columns import Searchable
from app.people.names import search_form

_NAME = "samvev_search_form"
# Letters that marks make another of; what the rule makes of each is read from the rule.
_MARKED = "æäøöåđŋŧþłčšžáàâãéèêëíìîïóòôõúùûüýñçńřť"
_FORMS = {letter: search_form(letter) for one in _MARKED for letter in (one, one.upper())}
_SHORT = {letter: form for letter, form in _FORMS.items() if len(form) == 1}


class folded(FunctionElement[str]):  # noqa: N801 - it reads as a function of SQL
    """The search form of a text: sorts in Norwegian alphabetical order, whatever the case."""

    type = Searchable
    inherit_cache = True


@compiles(folded, "sqlite")
def _for_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"{_NAME}({compiler.process(element.clauses, **options)})"


@compiles(folded, "postgresql")
def _for_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    [form] = element.clauses
    form = func.translate(form, "".join(_SHORT), "".join(_SHORT.values()))
    for letter, written in _FORMS.items():
        if letter not in _SHORT:
            form = func.replace(form, letter, written)
    form = func.regexp_replace(func.lower(form), "['’‘ʼ`´]", "", "g")
    form = func.btrim(func.regexp_replace(form, "[^[:alnum:]{]+", " ", "g"))
    return f'({compiler.process(form, **options)} COLLATE "C")'


def teach(engine: Engine) -> None:
    """Let the connections of SQLite know the rule."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _teach(connection: DBAPIConnection, _record: object) -> None:
        known: Any = connection
        known.create_function(_NAME, 1, search_form, deterministic=True)


def titled(column: Any) -> Callable[[str], ColumnElement[bool]]:
    """How rows are found by words that their title holds, whatever the case."""

    def find(text: str) -> ColumnElement[bool]:
        found: ColumnElement[bool] = folded(column).contains(search_form(text), autoescape=True)
        return found

    return find
