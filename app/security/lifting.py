"""The walls lifted within one transaction of the role that owns the tables, and of no other.

For the one thing that crosses from municipality to municipality as a whole: see ``app.joining``.
Everybody else waits meanwhile and finds the walls where they were: both databases change their
tables within transactions, so what ends this one by force leaves nothing open. The role that serves
requests owns no table, and can do none of this.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, ForeignKeyConstraint, text

from app.models import TENANT_MODELS
from app.security import walls

LONGEST_WAIT = "15s"
"""How long to wait for others to end what they are at; then it is tried again later."""


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
def lifted(connection: Connection) -> Iterator[None]:
    """Let the block write rows of any municipality; references are judged when it has ended.

    Raises:
        sqlalchemy.exc.OperationalError: others were at work for too long, or hold each other up.
        sqlalchemy.exc.ProgrammingError: the connection's role does not own the tables.
        sqlalchemy.exc.IntegrityError: the block left a reference that leads nowhere.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    with _on_sqlite(connection) if is_sqlite else _on_postgresql(connection):
        yield


@contextmanager
def _on_sqlite(connection: Connection) -> Iterator[None]:
    """The transaction must hold the database (``BEGIN IMMEDIATE``); the commit judges."""
    had_walls = walls.take_down(connection)
    connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    yield
    if had_walls:
        walls.put_up(connection)


@contextmanager
def _on_postgresql(connection: Connection) -> Iterator[None]:
    names = [model.__tablename__ for model in TENANT_MODELS]
    _say(
        connection, "SET LOCAL statement_timeout = 0", f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'"
    )
    # Whoever has read a role in their transaction ends it first; whoever has not, reads it after.
    _say(connection, f"LOCK TABLE {', '.join(['membership', *names])} IN ACCESS EXCLUSIVE MODE")
    _say(connection, *_forced(names, "NO FORCE"), *_deferrable("DEFERRABLE"))
    _say(connection, "SET CONSTRAINTS ALL DEFERRED")
    yield
    _say(connection, "SET CONSTRAINTS ALL IMMEDIATE")
    _say(connection, *_deferrable("NOT DEFERRABLE"), *_forced(names, "FORCE"))


def _forced(names: list[str], how: str) -> Iterator[str]:
    """The owner, too, stands behind the wall while it is forced."""
    for name in names:
        yield f"ALTER TABLE {name} {how} ROW LEVEL SECURITY"


def _deferrable(how: str) -> Iterator[str]:
    for key in inner_references():
        yield f"ALTER TABLE {key.table.name} ALTER CONSTRAINT {key.name} {how}"


def _say(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(text(statement))
