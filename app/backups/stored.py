"""Uploaded files and the rows that point at them: into a backup, back again, and compared."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, Text, cast, select

from app.backups.parts import PartWriter, sections
from app.backups.refusals import Refused
from app.files import storage
from app.files.storage import NotKept
from app.models import TENANT_MODELS
from app.security.tenancy import SCOPED

IN_JSON = re.compile(r'"key": ?"([0-9a-f]{32})"')
SCANS = "scan_key"


@dataclass(frozen=True)
class Reconciled:
    """What rows point at that is not there (``missing``), and what no row points at."""

    missing: tuple[str, ...]
    orphans: tuple[str, ...]


def reconcile(pointed_at: set[str]) -> Reconciled:
    """Compare the files on disk with what the rows point at."""
    there = set(storage.kept())
    return Reconciled(tuple(sorted(pointed_at - there)), tuple(sorted(there - pointed_at)))


def write(part: PartWriter) -> int:
    """Put every file into ``part``, sealed as it lies; how many.

    The rows are read before: a file is there before its row is, and never goes while one points
    at it, so each that a row of the backup needs is found.
    """
    count = 0
    for key in storage.kept():
        with suppress(NotKept):  # Its transaction failed in between: no row needs it.
            content = storage.sealed(key)
            part.section({"file": key})
            part.data(content)
            count += 1
    return count


@contextmanager
def putting_back() -> Iterator[Callable[[Path, bytes], int]]:
    """What puts every file of a part back and tells how many; if the block fails, they are taken
    away again.

    Raises:
        Refused: other files lie there than those of the backup.
    """
    added: list[str] = []
    try:
        yield partial(_put_back, added)
    except BaseException:
        for name in added:
            storage.drop(name)
        raise


def _put_back(added: list[str], path: Path, key: bytes) -> int:
    there, count = set(storage.kept()), 0
    for heading, blocks in sections(path, key):
        name, content = str(heading["file"]), b"".join(blocks)
        count += 1
        if name not in there:
            added.append(name)
            storage.put_back(name, content)
        elif storage.sealed(name) == content:
            # Put back by a restore that was interrupted.
            there.remove(name)
    if there:
        raise Refused(f"The folder of uploaded files holds {len(there)} of another panel.")
    return count


def pointed_at(connection: Connection, tables: Iterable[str] | None = None) -> set[str]:
    """The keys of the files that the rows of ``tables`` (or of all) point at, as far as they can
    be seen. Only what belongs to a municipality points at any."""
    found: set[str] = set()
    reading = connection.execution_options(**{SCOPED: True})
    for model in TENANT_MODELS:
        if tables is None or model.__tablename__ in tables:
            for column in _pointing(model.__table__):
                found.update(_keys(reading, column))
    return found


def _pointing(table: Table) -> list[Column[Any]]:
    """The columns that may point at a file."""
    return [one for one in table.columns if one.name == SCANS or isinstance(one.type, JSON)]


def _keys(connection: Connection, column: Column[Any]) -> Iterator[str]:
    if column.name == SCANS:
        yield from connection.scalars(select(column).where(column.is_not(None)))
        return
    written = cast(column, Text)
    for text in connection.scalars(select(written).where(written.like('%"key":%'))):
        yield from IN_JSON.findall(text)
