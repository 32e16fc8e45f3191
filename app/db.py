"""The database session, and ``transaction()``: the only place that commits.

SQLite and PostgreSQL behave alike here: a transaction that writes holds its place from the start
(``BEGIN IMMEDIATE`` on SQLite), so that what was read before a decision is what is changed after
it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from sqlalchemy import Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

WRITES = "samvev_writes"
RELAXED = "samvev_relaxed"
READS_ALL = "samvev_reads_all"
LOOKED_AT = 1000
"""How many rows of each index SQLite looks at, to learn how many it finds."""
INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}

db = SQLA(metadata=Model.metadata, session_options={"expire_on_commit": False})

_questions: list[Callable[[], None]] = []


def ask_before_writing(question: Callable[[], None]) -> None:
    """Have ``question`` asked inside each transaction of the request's own session, at its start.

    What it raises undoes the transaction.
    """
    if question not in _questions:
        _questions.append(question)


@contextmanager
def transaction(session: Session | None = None, *, is_durable: bool = True) -> Iterator[Session]:
    """One unit of work: committed whole at the end, or undone whole on any error.

    A transaction that only read is ended first, so that decisions are made on what is true
    now. ``session`` defaults to the request's own. Without ``is_durable`` the commit does not wait
    for the disk: whole or not at all, but a power cut may undo it.

    Raises:
        RuntimeError: changes were made outside a transaction before this one.
    """
    is_own, session = session is None, session or db.session()
    if session.info.get(WRITES):
        yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside a transaction")
    session.rollback()
    session.info[WRITES] = True
    try:
        session.connection(execution_options={WRITES: True, RELAXED: not is_durable})
        for question in _questions if is_own else ():
            question()
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITES, None)


def insert_or(session: Session, table: Any) -> Any:
    """An insert that can say what to do where a row of the same key stands."""
    return INSERTS[session.connection().dialect.name](table)


@contextmanager
def separate_session() -> Iterator[Session]:
    """A short session on a connection of its own, for what must outlive a refusal."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session


def configure_postgresql(engine: Engine) -> None:
    """Tell the server what is special about a transaction.

    It need not wait for the disk, or it reads every row of its cursors: left to itself, the
    planner of a cursor looks for the first few rows.
    """

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(RELAXED, False):
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        if options.get(READS_ALL, False):
            connection.exec_driver_sql("SET LOCAL cursor_tuple_fraction = 1")


def configure_sqlite(engine: Engine) -> None:
    """Make SQLite durable, strict about references, and explicit about transactions."""

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=15000",
            "cache_size=-16384",
            "mmap_size=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        writes, relaxed = options.get(WRITES, False), options.get(RELAXED, False)
        if connection.info.get(RELAXED, False) != relaxed:
            connection.info[RELAXED] = relaxed
            connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if relaxed else 'FULL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def refresh_statistics(engine: Engine) -> None:
    """Let SQLite learn how many rows an index finds, or it guesses, and may look through a whole
    table for each row of another. PostgreSQL learns by itself."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        connection.exec_driver_sql(f"PRAGMA analysis_limit={LOOKED_AT}")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
