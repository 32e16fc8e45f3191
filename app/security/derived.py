"""A narrow door in the second wall, for rows that are made from others and can be made anew.

There are a dozen such rows to a person, too many for the unit of work. Each is checked to be of
the scope's municipality, nothing else passes here, and the walls in the database stand behind.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Table, bindparam, column, delete, func, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import Executable

from app.db import insert_or
from app.errors import TenantViolation
from app.models import MatchKey, MatchState
from app.security.tenancy import SCOPED, current_scope, stands, tell_database

DERIVED: tuple[type[Model], ...] = (MatchKey, MatchState)
MAY_DROP: tuple[type[Model], ...] = (MatchKey,)
"""What may go: it says nothing of its own, so nothing is lost with it."""

AT_ONCE = 20_000
HERE = "municipality_id"

Row = tuple[Any, ...]
"""The values of the columns that are named, the municipality's first."""


def put(session: Session, model: type[Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Add rows; where one of the same key stands, its other ``columns`` are replaced.

    Raises:
        TenantViolation: a row is of another municipality, or of a kind that is not derived.
    """
    table = _guarded(session, model, DERIVED, columns, rows)
    sent, statement = _sent(session, table, columns), insert_or(session, table)
    if _takes_arrays(session):
        statement = statement.from_select(list(columns), select(*sent.values()))
    else:
        statement = statement.values(dict(sent))
    key = [one.name for one in table.primary_key]
    new = {name: statement.excluded[name] for name in columns if name not in key}
    if new:
        statement = statement.on_conflict_do_update(index_elements=key, set_=new)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    _run(session, statement, columns, rows)


def copy(
    session: Session,
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    source: str,
    target: str,
) -> None:
    """In the rows whose ``columns`` are as given, let ``target`` be what ``source`` is.

    Raises:
        TenantViolation: as ``put``.
    """
    table = _guarded(session, model, DERIVED, columns, rows)
    sent = _sent(session, table, columns)
    statement = update(table).values({target: table.c[source]})
    statement = statement.where(*(table.c[name] == value for name, value in sent.items()))
    _run(session, statement, columns, rows)


def drop(session: Session, model: type[Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Delete the rows whose ``columns`` are as given.

    Raises:
        TenantViolation: as ``put``, or rows of this kind are not deleted.
    """
    table = _guarded(session, model, MAY_DROP, columns, rows)
    sent = _sent(session, table, columns)
    statement = delete(table).where(*(table.c[name] == value for name, value in sent.items()))
    _run(session, statement, columns, rows)


def _guarded(
    session: Session,
    model: type[Model],
    allowed: tuple[type[Model], ...],
    columns: Sequence[str],
    rows: Sequence[Row],
) -> Table:
    """The table of the rows, when every one of them may pass."""
    tell_database(session, session.connection())
    if model not in allowed:
        raise TenantViolation(f"rows of {model.__name__} change through the unit of work only")
    here = current_scope().municipality_id
    if stands("session") and (
        columns[0] != HERE or here is None or any(row[0] != here for row in rows)
    ):
        raise TenantViolation(f"a row of {model.__name__} belongs to another municipality")
    table: Table = model.__table__
    return table


def _takes_arrays(session: Session) -> bool:
    """Whether a whole column is sent as one array, so that thousands of rows are one statement."""
    return session.connection().dialect.name == "postgresql"


def _sent(session: Session, table: Table, columns: Sequence[str]) -> Mapping[str, Any]:
    """What is sent along, by the names of the columns."""
    types = {name: table.c[name].type for name in columns}
    if not _takes_arrays(session):
        return {name: bindparam(f"sent_{name}", type_=types[name]) for name in columns}
    arrays = [bindparam(f"sent_{name}", type_=postgresql.ARRAY(types[name])) for name in columns]
    names = [column(name, types[name]) for name in columns]
    sent = func.unnest(*arrays).table_valued(*names, name="sent").render_derived()
    return {name: sent.c[name] for name in columns}


def _run(
    session: Session, statement: Executable, columns: Sequence[str], rows: Sequence[Row]
) -> None:
    names = [f"sent_{name}" for name in columns]
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        sent: Any
        if _takes_arrays(session):
            sent = dict(zip(names, map(list, zip(*part, strict=True)), strict=True))
        else:
            sent = [dict(zip(names, row, strict=True)) for row in part]
        session.connection().execute(statement, sent, execution_options={SCOPED: True})
