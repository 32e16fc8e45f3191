"""Pairs for nation-size batches, found by Splink: the same normal forms, in another engine.

Splink is an optional extra, and not every panel has PostgreSQL, so what uses them is loaded when it
is asked for.
"""

from collections.abc import Generator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.duplicates import linkage_rows, stopping
from app.duplicates.store import RecordStore
from app.files.short_lived import short_lived

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

    with stopping.in_order(), short_lived(folder, PREFIX) as kept:
        path = kept / "persons.csv"
        linkage_rows.write(path, ((str(place), store.get(place)) for place in range(len(store))))
        with closing(nationwide.link(path, lowest=LOWEST, scratch=scratch)) as found:
            for first, second, _bits in found:
                yield int(first), int(second)
