"""Room for a moment in a PostgreSQL database of its own, where Splink compares persons.

What is compared of persons lies there while a run lasts, in a schema with a random name that its
role alone may enter, and is gone when the run ends, however it ends. A run that was killed leaves
its schema; nobody holds the lock of that any more, and the next run removes it.
"""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, errors, sql
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.duplicates.linking import Unusable

PREFIX = "samvev_linkage_"
BITS = 63
EXTENSION: LiteralString = "fuzzystrmatch"
OPTIONS = (
    "-c client_min_messages=warning -c work_mem=256MB -c jit=off"
    # One statement may take hours, while the connection that holds the lock says nothing.
    " -c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0"
    # The server is to notice soon when this process or its machine is no more.
    " -c client_connection_check_interval=5s"
    " -c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=6"
)

Identity = tuple[datetime, str]
"""Which database it is, by whatever name it is reached: when its server started, and its name."""


@dataclass(frozen=True)
class Scratch:
    """A database that may be used: its address, and the schema that its extension is in."""

    url: URL
    functions_in: str


@dataclass(frozen=True)
class Schema:
    """A schema of one run."""

    url: URL
    name: str
    functions_in: str

    @property
    def options(self) -> str:
        """What connections of this run are opened with: they find its tables first."""
        return f"{OPTIONS} -c search_path={self.name},{self.functions_in},public"

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection of this run, without transactions."""
        with closing(
            psycopg.connect(
                _plain(self.url),
                autocommit=True,
                options=self.options,
                application_name=self.name,
            )
        ) as connection:
            yield connection


def ready(address: str, *, panel: Identity | None) -> Scratch:
    """The database at ``address`` (a URL), with its extension made and leftovers removed.

    ``panel`` is the database of the panel itself, where it is PostgreSQL.

    Raises:
        Unusable: there is no address, nobody answers, it is the panel's own database, or the role
            or the server lacks what is needed.
    """
    url = _url(address)
    with _connected(url) as connection:
        if _identity(connection) == panel:
            raise Unusable(
                "SAMVEV_LINKAGE_URL names the panel's own database. Give the comparison a database"
                " of its own."
            )
        _require_utf8(connection)
        _require_schemas(connection)
        _remove_leftovers(connection)
        return Scratch(url, _extension_schema(connection))


@contextmanager
def schema(where: Scratch) -> Iterator[Schema]:
    """A new schema, which is dropped with all that is in it at the end of the block.

    Raises:
        Unusable: the server is gone.
    """
    number = secrets.randbits(BITS)
    made = Schema(where.url, f"{PREFIX}{number:016x}", where.functions_in)
    with _connected(where.url) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [number])
        try:
            holder.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(made.name)))
            yield made
        finally:
            _remove_at_end(made)


def _url(address: str) -> URL:
    if not address:
        raise Unusable("SAMVEV_LINKAGE_URL is not set: the address of a PostgreSQL database.")
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() != "postgresql":
        raise Unusable("SAMVEV_LINKAGE_URL is no address of a PostgreSQL database.") from None
    return url.set(drivername="postgresql+psycopg")


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    """A connection without transactions.

    Raises:
        Unusable: nobody answers, or refuses the role.
    """
    try:
        connection = psycopg.connect(_plain(url), autocommit=True, options=OPTIONS)
    except psycopg.Error as error:
        raise Unusable(f"The database of SAMVEV_LINKAGE_URL can't be reached: {error}") from None
    with closing(connection):
        yield connection


def _identity(connection: Connection) -> Identity:
    started = _first(connection, "SELECT pg_postmaster_start_time()")
    return started, connection.info.dbname


# --- what the database must have -----------------------------------------------------------------


def _require_utf8(connection: Connection) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Unusable(f"The database of SAMVEV_LINKAGE_URL keeps text as {encoding}, not as UTF8.")


def _require_schemas(connection: Connection) -> None:
    may = "SELECT has_database_privilege(current_database(), 'CREATE')"
    if not _first(connection, may):
        raise Unusable(
            f"{connection.info.user} may not make schemas in the database of SAMVEV_LINKAGE_URL."
            f" Let its owner say: GRANT CREATE ON DATABASE {connection.info.dbname}"
            f" TO {connection.info.user}"
        )


def _extension_schema(connection: Connection) -> str:
    """The schema of the extension, which is made first where it may."""
    found = _first(connection, _EXTENSION_SCHEMA, EXTENSION)
    if not found:
        _make_extension(connection)
        found = _first(connection, _EXTENSION_SCHEMA, EXTENSION)
    return str(found)


_EXTENSION_SCHEMA: LiteralString = """
SELECT nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
WHERE extname = %s
"""


def _make_extension(connection: Connection) -> None:
    if not _first(
        connection, "SELECT name FROM pg_available_extensions WHERE name = %s", EXTENSION
    ):
        raise Unusable(
            f"The server of SAMVEV_LINKAGE_URL lacks the extension {EXTENSION}. It is one of those"
            " that come with PostgreSQL (contrib)."
        )
    try:
        connection.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION} WITH SCHEMA public")
    except errors.InsufficientPrivilege:
        raise Unusable(
            f"{connection.info.user} may not make the extension {EXTENSION}. Let an administrator"
            f" say, in the database of SAMVEV_LINKAGE_URL: CREATE EXTENSION {EXTENSION}"
        ) from None


def _first(connection: Connection, query: LiteralString, *values: object) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


# --- taking away ---------------------------------------------------------------------------------


def _remove_leftovers(connection: Connection) -> None:
    """Drop the schemas of runs that are no more: nobody holds their lock."""
    left = connection.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname ~ %s AND pg_has_role(nspowner, 'USAGE')",
        [f"^{PREFIX}[0-9a-f]{{16}}$"],
    )
    for (name,) in left.fetchall():
        number = int(name.removeprefix(PREFIX), 16)
        if _first(connection, "SELECT pg_try_advisory_lock(%s)", number):
            _remove(connection, name)
            connection.execute("SELECT pg_advisory_unlock(%s)", [number])


def _remove_at_end(made: Schema) -> None:
    # On a connection of its own: the other may be lost, after hours.
    try:
        with _connected(made.url) as connection:
            _remove(connection, made.name)
    except (Unusable, psycopg.Error) as error:
        raise Unusable(
            f"The schema {made.name} still lies in the database of SAMVEV_LINKAGE_URL. It is"
            f" removed when the command runs again. {error}"
        ) from error


def _remove(connection: Connection, name: str) -> None:
    """Drop the schema, and end what the server still does for its run."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = %s AND usename = current_user",
        [name],
    )
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
