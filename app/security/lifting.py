"""The walls lifted within one transaction of the role that owns the tables, and of no other.

For the one thing that crosses from municipality to municipality as a whole: see ``app.joining``.
Everybody else waits meanwhile and finds the walls where they were: both databases change their
tables within transactions, so what ends this one by force leaves nothing open. The role that serves
requests owns no table, and can do none of this.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from sqlite3 import IntegrityError as Refused

from sqlalchemy import Connection, Engine, ForeignKeyConstraint, text
from sqlalchemy.exc import IntegrityError

from app.db import WRITES
from app.models import TENANT_MODELS
from app.security import walls

LONGEST_WAIT = "15s"
"""How long to wait for others to end what they are at; then it is tried again later."""
CHECK = "PRAGMA foreign_key_check({})"


def inner_references() -> list[ForeignKeyConstraint]:
    """The references within one municipality, which all name it: those that have to wait."""
    tables = [model.__table__ for model in TENANT_MODELS]
    return [
        key
        for table in tables
        for key in sorted(table.foreign_key_constraints, key=lambda one: str(one.name))
        if len(key.column_keys) > 1
    ]


@contextmanager
def lifted(owning: Engine) -> Iterator[Connection]:
    """A transaction that may write rows of any municipality; references are judged at its end.

    All at once, not row by row: for each row that others point at, a database looks through all
    tables that may do so, and not every such column has an index.

    Raises:
        sqlalchemy.exc.OperationalError: others were at work for too long, or hold each other up.
        sqlalchemy.exc.ProgrammingError: the engine's role does not own the tables.
        sqlalchemy.exc.IntegrityError: the block left a reference that leads nowhere.
    """
    is_sqlite = owning.dialect.name == "sqlite"
    with ExitStack() as stack:
        opened = stack.enter_context(owning.connect())
        if is_sqlite:
            stack.enter_context(_without_references(opened))
        connection = opened.execution_options(**{WRITES: True})
        stack.enter_context(connection.begin())
        stack.enter_context(_on_sqlite(connection) if is_sqlite else _on_postgresql(connection))
        yield connection


# --- SQLite --------------------------------------------------------------------------------------


@contextmanager
def _without_references(opened: Connection) -> Iterator[None]:
    """SQLite judges no references on a connection; it can be told so between transactions only."""
    driver = opened.connection
    driver.cursor().execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.cursor().execute("PRAGMA foreign_keys=ON")


@contextmanager
def _on_sqlite(connection: Connection) -> Iterator[None]:
    """The transaction holds the database (``BEGIN IMMEDIATE``)."""
    had_walls = walls.take_down(connection)
    yield
    for model in TENANT_MODELS:
        check = CHECK.format(model.__tablename__)
        if connection.execute(text(check)).first() is not None:
            raise IntegrityError(check, None, Refused("a reference leads nowhere"))
    if had_walls:
        walls.put_up(connection)


# --- PostgreSQL ----------------------------------------------------------------------------------


@contextmanager
def _on_postgresql(connection: Connection) -> Iterator[None]:
    names = [model.__tablename__ for model in TENANT_MODELS]
    _say(
        connection, "SET LOCAL statement_timeout = 0", f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'"
    )
    # Whoever has read a role in their transaction ends it first; whoever has not, reads it after.
    _say(connection, f"LOCK TABLE {', '.join(['membership', *names])} IN ACCESS EXCLUSIVE MODE")
    _say(connection, *_forced(names, "NO FORCE"), *map(_drop, inner_references()))
    yield
    _say(connection, *map(_add, inner_references()), *_forced(names, "FORCE"))


def _forced(names: list[str], how: str) -> Iterator[str]:
    """The owner, too, stands behind the wall while it is forced."""
    for name in names:
        yield f"ALTER TABLE {name} {how} ROW LEVEL SECURITY"


def _drop(key: ForeignKeyConstraint) -> str:
    return f"ALTER TABLE {key.table.name} DROP CONSTRAINT {key.name}"


def _add(key: ForeignKeyConstraint) -> str:
    """The reference as the migrations made it; PostgreSQL looks at all its rows at once."""
    here, there = ", ".join(key.column_keys), ", ".join(one.column.name for one in key.elements)
    return (
        f"ALTER TABLE {key.table.name} ADD CONSTRAINT {key.name}"
        f" FOREIGN KEY ({here}) REFERENCES {key.referred_table.name} ({there})"
    )


def _say(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(text(statement))
