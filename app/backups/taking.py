"""Taking a backup of the whole panel while it runs."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from app.audit import log
from app.backups import manifest, postgresql_reading, sqlite_copying, stored
from app.backups.latest import TAKEN
from app.backups.manifest import DATABASE, FILES, Keys, Manifest
from app.backups.parts import PartWriter
from app.backups.snapshots import Snapshot
from app.backups.stored import Reconciled
from app.database import newest_migration
from app.db import db, transaction
from app.people.keyring import keyring
from app.security.actor import Actor

PREFIX = "samvev-"
WRITE: dict[str, Callable[[Engine, PartWriter], Snapshot]] = {
    "sqlite": sqlite_copying.write,
    "postgresql": postgresql_reading.write,
}


@dataclass(frozen=True)
class Taken:
    """The backup that was taken, and where it is."""

    folder: Path
    manifest: Manifest
    files: Reconciled


def take(into: Path, *, at: datetime) -> Taken:
    """Make a new backup in a folder of its own below ``into``, and put it in the log.

    Raises:
        Refused: there is nothing to back up, or not all rows could be seen.
        OSError: it could not be written.
    """
    with _new_folder(into, at) as folder:
        taken = _write(folder, at)
    with transaction():
        log.record(Actor(), TAKEN)
    return taken


@contextmanager
def _new_folder(into: Path, at: datetime) -> Iterator[Path]:
    """A new folder named after the time; removed again if the block fails."""
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = _made(into, f"{PREFIX}{at:%Y%m%dT%H%M%SZ}")
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    manifest.keep_on_disk(into)


def _made(into: Path, name: str) -> Path:
    """A folder of this name, or of this name with a number, that was not there before."""
    for number in count(1):
        folder = into / (name if number == 1 else f"{name}-{number}")
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            break
    return folder


def _write(folder: Path, at: datetime) -> Taken:
    keys = manifest.new_keys(keyring())
    snapshot, database = _write_database(folder, keys)
    with PartWriter(folder / FILES, keys.of(FILES)) as files:
        number = stored.write(files)
    parts = tuple(one.part for one in (database, files) if one.part is not None)
    told = Manifest(
        taken_at=at,
        kind=snapshot.kind,
        revision=newest_migration(),
        rows=snapshot.rows,
        sequences=snapshot.sequences,
        files=number,
        parts=parts,
    )
    manifest.write(folder, told, keys)
    return Taken(folder, told, stored.reconcile(snapshot.pointed_at))


def _write_database(folder: Path, keys: Keys) -> tuple[Snapshot, PartWriter]:
    engine: Engine = db.engine
    with PartWriter(folder / DATABASE, keys.of(DATABASE)) as part:
        return WRITE[engine.dialect.name](engine, part), part
