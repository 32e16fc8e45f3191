"""A command that is told to stop ends as after an error, and takes away what it must.

By itself Python dies of these signals on the spot. Ctrl-C is an error already.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def in_order() -> Iterator[None]:
    """Let the signals raise ``SystemExit`` inside the block; those that are handled or ignored
    already are left so (``nohup``). For the main thread of a process."""
    ours = [number for number in SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _stop(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
