"""Pairs for nation-size batches, found by Splink: the same normal forms, in another engine.

Splink is an optional extra, so what uses it is loaded when it is asked for.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from app.duplicates.store import RecordStore

LOWEST = 0.0
"""Bits that Splink must find for a pair to be compared: as likely as not, by its coarser model."""


class NotInstalled(RuntimeError):
    """Splink is not installed."""


def require_splink() -> None:
    """Raise ``NotInstalled`` where Splink can't be loaded."""
    try:
        from app.duplicates import nationwide  # noqa: F401
    except ImportError:
        raise NotInstalled from None


def pairs(folder: Path, store: RecordStore) -> Iterator[tuple[int, int]]:
    """The places of pairs that Splink finds likely.

    Splink reads a file, which holds what is compared: it is in a folder of its own below
    ``folder``, for this account alone, and is removed at the end.
    """
    from app.duplicates import nationwide

    with TemporaryDirectory(dir=folder, prefix="linking-") as kept:
        path = Path(kept) / "persons.csv"
        nationwide.write(path, ((str(place), store.get(place)) for place in range(len(store))))
        for first, second, _bits in nationwide.link(path, lowest=LOWEST):
            yield int(first), int(second)
