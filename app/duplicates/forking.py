"""Doing pieces of work in processes beside this one, which share what this one has in memory.

A forked process ends by itself when this one is gone, however it went.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")
LOOKS_UP_EVERY = 2.0
"""Seconds after which a process that has nothing to do looks whether anybody is still there."""


class Broken(RuntimeError):
    """A process beside this one ended, or could not do its piece."""


def done(
    work: Callable[[Given], Made], given: Iterable[Given], *, processes: int
) -> Iterator[Made]:
    """``work`` done on each, in order; by other processes when there are to be several.

    Raises:
        Broken: one of them failed.
    """
    if processes < 2:
        yield from map(work, given)
        return
    with _forked(work, processes) as lines:
        # A process gets its next piece when it has delivered the last one, so neither waits for
        # the other to take what it sends.
        waiting: deque[Connection] = deque()
        turns = cycle(lines)
        for one in given:
            line = next(turns)
            if len(waiting) < processes:
                line.send(one)
                waiting.append(line)
                continue
            made = _received(waiting.popleft())
            line.send(one)
            waiting.append(line)
            yield made
        while waiting:
            yield _received(waiting.popleft())


def _received(line: Connection) -> Any:
    try:
        is_made, made = line.recv()
    except EOFError:
        raise Broken("a process ended") from None
    if not is_made:
        raise Broken(made)
    return made


@contextmanager
def _forked(work: Callable[[Any], Any], processes: int) -> Iterator[list[Connection]]:
    context = get_context("fork")
    lines: list[Connection] = []
    forked: list[ForkProcess] = []
    try:
        for _number in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(work, theirs, os.getpid()), daemon=True)
            process.start()
            theirs.close()
            lines.append(ours)
            forked.append(process)
        yield lines
    finally:
        for line in lines:
            line.close()
        for process in forked:
            process.terminate()
            process.join()


def _serve(work: Callable[[Any], Any], line: Connection, parent: int) -> None:
    while True:
        while not line.poll(LOOKS_UP_EVERY):
            if os.getppid() != parent:
                return
        try:
            given = line.recv()
        except EOFError:
            return
        try:
            line.send((True, work(given)))
        except BrokenPipeError:
            return
        except Exception as error:
            # Told by its kind alone: the text of an error may hold what was compared.
            line.send((False, type(error).__name__))
