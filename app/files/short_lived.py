"""A folder for what is in the clear for a moment, for the command that makes it and nobody else."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp


@contextmanager
def short_lived(beside: Path, prefix: str) -> Iterator[Path]:
    """A new folder below ``beside`` that its owner alone may enter, gone after the block.

    Its name begins with ``prefix``. What commands that were killed left under such a name is
    removed first.
    """
    beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as until_gone:
        with _opened(beside) as door:
            # Nobody finds a folder that is made and not yet held.
            fcntl.flock(door, fcntl.LOCK_EX)
            _remove_leftovers(beside, prefix)
            folder = Path(mkdtemp(prefix=prefix, dir=beside))
            until_gone.enter_context(held(folder))
        until_gone.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Whether nobody else holds the folder; held to the end of the block, or of the process."""
    with _opened(folder) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _remove_leftovers(beside: Path, prefix: str) -> None:
    """Remove what nobody holds any more."""
    for left in beside.glob(f"{prefix}*"):
        with suppress(FileNotFoundError), held(left) as is_ours:
            if is_ours:
                shutil.rmtree(left, ignore_errors=True)
