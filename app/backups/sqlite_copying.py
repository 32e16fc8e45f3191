"""A SQLite database into a backup and out of it, by SQLite's own copying of a database in use.

The copy is whole and of one instant, whoever writes meanwhile; copying the file would give neither.
Putting it back is one transaction of SQLite's, whatever interrupts it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine

from app.backups import emptiness, stored
from app.backups.parts import PartWriter, new_file, sections
from app.backups.refusals import Refused
from app.backups.snapshots import SQLITE, Snapshot
from app.database import is_current
from app.db import configure_sqlite
from app.files.short_lived import short_lived

BLOCK = 1024 * 1024
HEADING = "sqlite"
PREFIX = ".backup-"


def place(engine: Engine) -> Path:
    """The file of the database."""
    return Path(str(engine.url.database))


def write(engine: Engine, part: PartWriter) -> Snapshot:
    """Put the database, as it is now, into ``part``.

    Raises:
        Refused: there is none, or it is not at the program's migration.
    """
    if not place(engine).exists():
        raise Refused("There is no database yet.")
    with short_lived(place(engine).parent, PREFIX) as folder:
        copy = folder / "copy.db"
        with closing(sqlite3.connect(place(engine))) as source, closing(_new(copy)) as target:
            source.backup(target)
        snapshot = _facts(copy)
        part.section({HEADING: SQLITE})
        with copy.open("rb") as file:
            while block := file.read(BLOCK):
                part.data(block)
    return snapshot


def _new(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path)
    # Nobody waits for this copy if the power goes.
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _facts(copy: Path) -> Snapshot:
    engine = create_engine(f"sqlite:///{copy}", hide_parameters=True, poolclass=NullPool)
    with engine.connect() as connection:
        if not is_current(connection):
            raise Refused("The database is not at this program's migration: run setup first.")
        pointed_at = stored.pointed_at(connection)
        return Snapshot(SQLITE, rows=emptiness.count_rows(connection), pointed_at=pointed_at)


# --- Back ----------------------------------------------------------------------------------------


@contextmanager
def loaded(engine: Engine, part: Path, key: bytes) -> Iterator[Connection]:
    """The database of the part, beside the panel's; when the block ends well, in its place.

    The connection is in a transaction, with the walls down.

    Raises:
        Refused: the part is not whole, or somebody has filled the panel's database.
    """
    _refuse_filled(engine)
    with short_lived(place(engine).parent, PREFIX) as folder:
        copy = folder / "restored.db"
        _unpack(copy, part, key)
        beside = create_engine(f"sqlite:///{copy}", hide_parameters=True, poolclass=NullPool)
        configure_sqlite(beside)
        with beside.connect() as connection:
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            _refuse_damaged(connection)
            with connection.begin():
                yield connection
        _refuse_filled(engine)
        _put_in_place(copy, engine)


def _refuse_filled(engine: Engine) -> None:
    if place(engine).exists():
        with engine.connect() as connection:
            emptiness.refuse_filled(connection)


def _unpack(copy: Path, part: Path, key: bytes) -> None:
    with new_file(copy) as file:
        for _heading, blocks in sections(part, key):
            file.writelines(blocks)


def _refuse_damaged(connection: Connection) -> None:
    cursor = connection.connection.cursor()
    said = cursor.execute("PRAGMA integrity_check").fetchone()
    if said != ("ok",) or cursor.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise Refused("The database in the backup was not sound when it was taken.")


def _put_in_place(copy: Path, engine: Engine) -> None:
    engine.dispose()
    place(engine).touch()
    place(engine).chmod(0o600)
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(place(engine))) as goal:
        goal.execute("PRAGMA synchronous=FULL")
        source.backup(goal)
