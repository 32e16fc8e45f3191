"""Locks for what must never run twice at once, also with several workers and several machines.

On one machine a lock is a file. With PostgreSQL, which machines may share, the database holds one
too, on a connection of its own. Both end with the process that holds them, however that ends, so
that what a killed worker left is taken up by the next one at once.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from app.db import db


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Hold the lock of this name. Gives False when it is held by somebody else."""
    with _file_held(_folder() / f"{name}.lock") as is_ours:
        if not is_ours or db.engine.dialect.name != "postgresql":
            yield is_ours
            return
        with _held_in_database(name) as is_ours_everywhere:
            yield is_ours_everywhere


@contextmanager
def _file_held(path: Path) -> Iterator[bool]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        # Whoever held it before may have removed it between the two.
        if not _is_at(path, file.fileno()):
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


@contextmanager
def _held_in_database(name: str) -> Iterator[bool]:
    # Without a transaction, which the server would end when it has stood idle for a minute.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
        if not connection.scalar(select(func.pg_try_advisory_lock(key))):
            yield False
            return
        try:
            yield True
        finally:
            connection.execute(select(func.pg_advisory_unlock(key)))


def _folder() -> Path:
    folder: Path = current_app.config["SAMVEV"].instance.resolve() / "locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
