"""Pairs for nation-size batches, found by Splink: the same normal forms, in another engine.

Splink is an optional extra, and not every panel has PostgreSQL, so what uses them is loaded when it
is asked for.
"""

import fcntl
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.duplicates import linkage_rows, stopping
from app.duplicates.store import RecordStore

if TYPE_CHECKING:
    from app.duplicates.scratch import Identity, Scratch

LOWEST = 0.0
"""Bits that Splink must find for a pair to be compared: as likely as not, by its coarser model."""

PREFIX = "linking-"


class Engine(StrEnum):
    """What compares the persons for Splink."""

    DUCKDB = "duckdb"
    POSTGRESQL = "postgresql"


class NotInstalled(RuntimeError):
    """Splink is not installed."""


class Unusable(RuntimeError):
    """The scratch database can't be used; the text says why, and holds no password."""


def require_splink() -> None:
    """Raise ``NotInstalled`` where Splink can't be loaded."""
    try:
        from app.duplicates import nationwide  # noqa: F401
    except ImportError:
        raise NotInstalled from None


def scratch_at(address: str, *, panel: "Identity | None") -> "Scratch":
    """The database at ``address`` for PostgreSQL to compare in; see ``scratch.ready``."""
    from app.duplicates import scratch

    return scratch.ready(address, panel=panel)


def pairs(
    folder: Path, store: RecordStore, *, scratch: "Scratch | None" = None
) -> Generator[tuple[int, int]]:
    """The places of pairs that Splink finds likely, by DuckDB or in the database ``scratch``.

    Splink reads a file, which holds what is compared: it is in a folder of its own below
    ``folder``, for this account alone. It and what comes of it are gone at the end, also when the
    command fails or is told to stop.
    """
    from app.duplicates import nationwide

    _remove_leftovers(folder)
    with (
        stopping.in_order(),
        TemporaryDirectory(dir=folder, prefix=PREFIX) as kept,
        _held(Path(kept)),
    ):
        path = Path(kept) / "persons.csv"
        linkage_rows.write(path, ((str(place), store.get(place)) for place in range(len(store))))
        with closing(nationwide.link(path, lowest=LOWEST, scratch=scratch)) as found:
            for first, second, _bits in found:
                yield int(first), int(second)


@contextmanager
def _held(kept: Path) -> Iterator[bool]:
    """Whether nobody else holds the folder; held to the end of the block, or of the process."""
    descriptor = os.open(kept, os.O_RDONLY)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_leftovers(folder: Path) -> None:
    """Remove what runs left that were killed: nobody holds it any more."""
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError), _held(left) as is_ours:
            if is_ours:
                shutil.rmtree(left)
