"""A PostgreSQL database out of a backup, by the role that owns the tables, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from app import migrating
from app.backups import emptiness
from app.backups.emptiness import OUTSIDE
from app.backups.manifest import Manifest
from app.backups.parts import sections
from app.backups.postgresql_reading import driver_of
from app.backups.refusals import Refused
from app.security import walls

LONGEST_WAIT = "15s"
UNFIT = "The rows of the backup do not fit the tables."
WHY: dict[type[psycopg.Error], str] = {
    psycopg.errors.LockNotAvailable: "Somebody is at work in the database. Stop the panel first.",
    psycopg.errors.InsufficientPrivilege: (
        "SAMVEV_DATABASE_OWNER_URL must log in as the role that owns the database."
    ),
    psycopg.DataError: UNFIT,
    psycopg.IntegrityError: UNFIT,
    psycopg.ProgrammingError: UNFIT,
}
REFERENCES = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conname
"""
NUMBERED = """
    SELECT c.relname, a.attname::text,
           pg_get_serial_sequence(quote_ident(c.relname), a.attname)::regclass::oid
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
      AND NOT a.attisdropped
      AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
"""


@contextmanager
def loaded(engine: Engine, manifest: Manifest, part: Path, key: bytes) -> Iterator[Connection]:
    """The rows of the part in the panel's database, committed when the block ends well.

    The connection is in the transaction, with the walls down.

    Raises:
        Refused: the database is not empty, somebody is at work in it, or the part is not whole or
            does not fit the tables.
    """
    try:
        with engine.connect() as connection, connection.begin():
            driver = driver_of(connection)
            driver.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
            _make_room(connection, driver, manifest.revision)
            references = driver.execute(REFERENCES).fetchall()
            _drop(driver, references)
            _load(driver, part, key)
            # All at once, and looked at for every row that was loaded.
            _add(driver, references)
            _set_counters(driver, manifest.sequences)
            yield connection
    except (psycopg.Error, DBAPIError) as error:
        problem = getattr(error, "orig", error)
        why = next((why for kind, why in WHY.items() if isinstance(problem, kind)), None)
        if why is None:
            raise
        raise Refused(why) from None


def _make_room(connection: Connection, driver: psycopg.Connection[Any], revision: str) -> None:
    """Empty tables as they were at ``revision``, with the walls down."""
    migrating.hold(connection)
    walls.take_down(connection)
    tables = [name for name in inspect(connection).get_table_names() if name not in OUTSIDE]
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    if tables:
        # Nobody is registered between being looked for and being overwritten.
        driver.execute(sql.SQL("LOCK TABLE {}").format(names))
    emptiness.refuse_filled(connection)
    if tables:
        driver.execute(sql.SQL("TRUNCATE {}").format(names))
    migrating.go_to(connection, revision)


def _drop(driver: psycopg.Connection[Any], references: list[tuple[str, str, str]]) -> None:
    for table, name, _rule in references:
        statement = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        driver.execute(statement.format(sql.Identifier(table), sql.Identifier(name)))


def _add(driver: psycopg.Connection[Any], references: list[tuple[str, str, str]]) -> None:
    for table, name, rule in references:
        statement = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
        # The rule is what the server itself said it was.
        known = sql.SQL(rule)
        driver.execute(statement.format(sql.Identifier(table), sql.Identifier(name), known))


def _load(driver: psycopg.Connection[Any], part: Path, key: bytes) -> None:
    for heading, blocks in sections(part, key):
        columns = sql.SQL(", ").join(map(sql.Identifier, heading["columns"]))
        table = sql.Identifier(str(heading["table"]))
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)
        with driver.cursor() as cursor, cursor.copy(query) as copy:
            for block in blocks:
                copy.write(block)


def _set_counters(driver: psycopg.Connection[Any], told: dict[str, int]) -> None:
    """Have no number be given twice: neither one that stands in a row nor one that once did."""
    for name, last in told.items():
        driver.execute("SELECT setval(quote_ident(%s)::regclass, %s)", (name, last))
    for table, column, counter in driver.execute(NUMBERED).fetchall():
        highest = sql.SQL(
            "SELECT setval({0}::regclass, top) FROM (SELECT max({1}) AS top FROM {2}) AS found"
            " WHERE top > COALESCE(pg_sequence_last_value({0}::regclass), 0)"
        )
        driver.execute(
            highest.format(sql.Literal(counter), sql.Identifier(column), sql.Identifier(table))
        )
