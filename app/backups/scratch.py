"""A folder beside the database for what is in the clear there for a moment, and nowhere else."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

PREFIX = ".backup-"
IN_USE = "in_use"


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A new folder that its owner alone may enter, gone after the block.

    What a command that was killed left behind is removed first.
    """
    beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in beside.glob(f"{PREFIX}*"):
        _remove_unused(left)
    folder = Path(mkdtemp(prefix=PREFIX, dir=beside))
    try:
        with (folder / IN_USE).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_unused(folder: Path) -> None:
    """Remove a folder unless a command that still runs holds it."""
    try:
        with (folder / IN_USE).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return
