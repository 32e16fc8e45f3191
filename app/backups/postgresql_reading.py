"""A PostgreSQL database into a backup: every row as of one instant, by the role that serves.

The role sees what row level security shows it, one municipality at a time. So each is visited in
turn, within one snapshot, and before that it is proved that the walls are the known ones: a row
that some other rule hid would be missing without a word.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine

from app.backups import stored
from app.backups.emptiness import OUTSIDE
from app.backups.parts import PartWriter
from app.backups.refusals import Refused
from app.backups.snapshots import POSTGRESQL, Snapshot
from app.database import is_current
from app.models import TENANT_MODELS, AuditEvent
from app.security import walls

LOG = AuditEvent.__tablename__
OF_MUNICIPALITIES = frozenset(model.__tablename__ for model in TENANT_MODELS)
COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname
"""
COUNTERS = """
    SELECT sequencename, last_value FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
IS_SERVING = "SELECT pg_has_role(current_user, oid, 'USAGE') FROM pg_roles WHERE rolname = %s"
HIDDEN = "Row level security hides rows from the backup that it would then lack: {}."


@dataclass(frozen=True)
class _Reader:
    """What it takes to put tables into a part."""

    connection: Connection
    driver: psycopg.Connection[Any]
    part: PartWriter
    columns: dict[str, list[str]]
    snapshot: Snapshot


def write(engine: Engine, part: PartWriter) -> Snapshot:
    """Put every row, as of now, into ``part``.

    Raises:
        Refused: the database is not at the program's migration, or rows may be hidden.
    """
    with _at_one_instant(engine) as (connection, driver):
        if not is_current(connection):
            raise Refused("The database is not at this program's migration: run setup first.")
        _refuse_hidden(connection, driver)
        reader = _Reader(
            connection, driver, part, dict(driver.execute(COLUMNS).fetchall()), Snapshot(POSTGRESQL)
        )
        _write_common(reader)
        _visit(driver, None)
        _write_rows(reader, [LOG], sql.SQL("WHERE municipality_id IS NULL"))
        for (municipality_id,) in driver.execute("SELECT id FROM municipality ORDER BY id"):
            _write_municipality(reader, municipality_id)
        _refuse_silence(reader.snapshot.rows)
        reader.snapshot.sequences.update(driver.execute(COUNTERS).fetchall())
    return reader.snapshot


@contextmanager
def _at_one_instant(engine: Engine) -> Iterator[tuple[Connection, psycopg.Connection[Any]]]:
    """A transaction that sees what was committed when it began, changes nothing, and may last."""
    with engine.connect() as opened:
        connection = opened.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        driver = driver_of(connection)
        driver.execute("SET LOCAL statement_timeout = 0")
        driver.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield connection, driver


def _refuse_hidden(connection: Connection, driver: psycopg.Connection[Any]) -> None:
    strange = walls.strange_policies(connection)
    if strange:
        raise Refused(HIDDEN.format(", ".join(strange)))
    if driver.execute(IS_SERVING, (walls.RUNTIME_ROLE,)).fetchone() == (False,):
        raise Refused(HIDDEN.format("every table of a municipality"))


def driver_of(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection, which alone copies whole tables, and past the session's wall."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def _write_common(reader: _Reader) -> None:
    """The tables that belong to no municipality."""
    common = [name for name in reader.columns if name not in OF_MUNICIPALITIES | OUTSIDE]
    _write_rows(reader, common, sql.SQL(""))


def _write_municipality(reader: _Reader, municipality_id: int) -> None:
    _visit(reader.driver, municipality_id)
    here = sql.SQL("WHERE municipality_id = {}").format(sql.Literal(municipality_id))
    # Most have no row in most tables, and asking for all tables at once is quick.
    has_rows = sql.SQL(", ").join(
        sql.SQL("EXISTS (SELECT FROM {} {})").format(sql.Identifier(name), here)
        for name in sorted(OF_MUNICIPALITIES)
    )
    answers = reader.driver.execute(sql.SQL("SELECT {}").format(has_rows)).fetchone() or ()
    filled = [name for name, has in zip(sorted(OF_MUNICIPALITIES), answers, strict=True) if has]
    _write_rows(reader, filled, here)


def _visit(driver: psycopg.Connection[Any], municipality_id: int | None) -> None:
    """Have the database show the rows of this municipality, or those of the installation."""
    driver.execute(
        "SELECT set_config('samvev.municipality', %s, true),"
        " set_config('samvev.central', %s, true)",
        ("", "on") if municipality_id is None else (str(municipality_id), ""),
    )


def _write_rows(reader: _Reader, tables: list[str], where: sql.Composable) -> None:
    for name in tables:
        columns = reader.columns[name]
        reader.part.section({"table": name, "columns": columns})
        query = sql.SQL("COPY (SELECT {} FROM {} {}) TO STDOUT").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(name), where
        )
        with reader.driver.cursor() as cursor:
            with cursor.copy(query) as copy:
                for block in copy:
                    reader.part.data(block)
            rows = reader.snapshot.rows
            rows[name] = rows.get(name, 0) + cursor.rowcount
    reader.snapshot.pointed_at.update(stored.pointed_at(reader.connection, tables))


def _refuse_silence(rows: dict[str, int]) -> None:
    """Whoever has an account was given it by somebody, which is in the log."""
    if rows.get("ab_user") and not rows.get(LOG):
        raise Refused(HIDDEN.format(LOG))
