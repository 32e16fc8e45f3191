"""Restoring a backup into an empty panel: looked through first, then all of it or nothing.

What comes back is what was true when the backup was taken. So every session, token and link is
ended, which somebody may have ended since; what else was ended since can't be known from here.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, Engine, insert, update

from app import migrating
from app.audit import anchors
from app.backups import emptiness, manifest, parts, postgresql_loading, sqlite_copying, stored
from app.backups.manifest import DATABASE, FILES, Keys, Manifest
from app.backups.refusals import Refused
from app.backups.snapshots import POSTGRESQL, SQLITE
from app.backups.stored import Reconciled
from app.columns import new_id
from app.database import newest_migration
from app.enums import Outcome
from app.models import ApiToken, AuditEvent, LoginSession, OneTimeLink
from app.people.keyring import keyring
from app.security import walls
from config import Settings

NAMES = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}


@dataclass(frozen=True)
class Restored:
    """What is in the panel now, and how many sessions, tokens and links were ended."""

    folder: Path
    manifest: Manifest
    files: Reconciled
    ended: int


@dataclass(frozen=True)
class Backup:
    """A backup that was looked through and found whole."""

    folder: Path
    manifest: Manifest
    keys: Keys


def find(folder: Path) -> Path:
    """``folder`` itself if it is a backup, otherwise the newest finished one in it.

    Raises:
        Refused: there is none.
    """
    if (folder / manifest.NAME).exists():
        return folder
    within = sorted(one.parent for one in folder.glob(f"*/{manifest.NAME}"))
    if not within:
        raise Refused(f"{folder} is no finished backup, and holds none: no manifest was found.")
    return within[-1]


def examine(folder: Path, settings: Settings) -> Backup:
    """Read all of a backup, and whether it can be restored here; nothing is changed.

    Raises:
        Refused: it is damaged, or not for this panel's key, database or release.
    """
    told, keys = manifest.read(folder, keyring())
    if {one.name for one in told.parts} != {DATABASE, FILES}:
        raise Refused("The manifest names other parts than a backup has.")
    for part in told.parts:
        parts.examine(folder, part)
    if told.revision > newest_migration():
        raise Refused(
            f"The backup is at migration {told.revision}, and this program goes to"
            f" {newest_migration()}. Restore it with the release that made it, or a newer one."
        )
    here = POSTGRESQL if settings.is_postgresql else SQLITE
    if told.kind != here:
        raise Refused(f"The backup is of {NAMES[told.kind]}, and this panel is on {NAMES[here]}.")
    return Backup(folder, told, keys)


def restore(app: Flask, folder: Path, *, at: datetime) -> Restored:
    """Put a backup into the empty panel of ``app``, and bring it up to this program.

    Raises:
        Refused: it can't be restored here. Nothing was changed.
        OSError: a file could not be read or written. Nothing was changed.
    """
    settings: Settings = app.config["SAMVEV"]
    backup = examine(find(folder), settings)
    engine: Engine = app.extensions["samvev_owner_engine"]
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The files are there before the rows that point at them are, as always.
    with stored.putting_back() as put_back, _loaded(engine, backup) as connection:
        count = put_back(backup.folder / FILES, backup.keys.of(FILES))
        _compare(connection, backup.manifest, count)
        migrating.go_to(connection, "head")
        pointed_at = stored.pointed_at(connection)
        ended = _end_ways_in(connection, at)
        _record(connection, backup.manifest, at)
        migrating.put_walls_up(connection, settings)
        if "database" in settings.walls and (open_tables := walls.gaps(connection)):
            raise Refused(f"No wall stands round: {', '.join(open_tables)}.")
        files = stored.reconcile(pointed_at)
    # Not before the rows stand. Without it the end of the log is taken for cut off, no worse.
    with suppress(OSError):
        anchors.begin_anew(settings.instance / anchors.NAME, at=at)
    return Restored(backup.folder, backup.manifest, files, ended)


@contextmanager
def _loaded(engine: Engine, backup: Backup) -> Iterator[Connection]:
    """The rows of the backup in a transaction, which ends as the block does."""
    part, key = backup.folder / DATABASE, backup.keys.of(DATABASE)
    opened: AbstractContextManager[Connection]
    if backup.manifest.kind == SQLITE:
        opened = sqlite_copying.loaded(engine, part, key)
    else:
        opened = postgresql_loading.loaded(engine, backup.manifest, part, key)
    with opened as connection:
        yield connection
    engine.dispose()


def _compare(connection: Connection, told: Manifest, files: int) -> None:
    """Raise ``Refused`` unless as many rows and files came as were put into the backup."""
    counts = emptiness.count_rows(connection)
    names = sorted(set(counts) | set(told.rows))
    other = [one for one in names if counts.get(one, 0) != told.rows.get(one, 0)]
    if other:
        raise Refused(f"Other rows came than were backed up, in: {', '.join(other)}.")
    if files != told.files:
        raise Refused(f"{files} files came, and {told.files} were backed up.")


def _end_ways_in(connection: Connection, at: datetime) -> int:
    """End every session, token and one-time link: any may have been ended since the backup."""
    sessions, tokens = LoginSession.__table__, ApiToken.__table__
    links = OneTimeLink.__table__
    statements = (
        update(sessions).where(sessions.c.ended_at.is_(None)).values(ended_at=at),
        update(tokens).where(tokens.c.revoked_at.is_(None)).values(revoked_at=at),
        update(links)
        .where(links.c.used_at.is_(None), links.c.expires_at > at)
        .values(expires_at=at),
    )
    return sum(connection.execute(one).rowcount for one in statements)


def _record(connection: Connection, told: Manifest, at: datetime) -> None:
    """Keep in the restored log that, and from when, it was restored."""
    event = {
        "id": new_id(),
        "at": at,
        "action": "backup:restored",
        "outcome": Outcome.DONE,
        "object_type": "backup",
        "object_id": told.taken_at.isoformat(timespec="seconds"),
        "fields": [],
    }
    connection.execute(insert(AuditEvent.__table__).values(**event))
