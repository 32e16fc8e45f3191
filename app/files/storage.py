"""Uploaded files, outside the database: in the data folder, sealed, each under a random key.

A file's name on disk says nothing, and comes from nobody. It is readable by the server's account
alone, and its content only with the installation's key. Files are written before the row that
holds their key is committed, so a row never points at nothing; what is left behind when the
transaction fails is dropped by ``kept_until_committed``.
"""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from app.security.keys import KEYRING, Keyring

KEY = re.compile(r"[0-9a-f]{32}")


class NotKept(Exception):
    """There is no file under the key, or it was changed behind our back."""


def keep(data: bytes) -> str:
    """The key under which ``data`` is kept from now on; it is on disk when this returns."""
    key = secrets.token_hex(16)
    _write(_path(key), _keyring().seal(data))
    return key


@contextmanager
def kept_until_committed(data: bytes) -> Iterator[str]:
    """Keep ``data`` round a transaction; dropped again when the transaction fails."""
    key = keep(data)
    try:
        yield key
    except BaseException:
        drop(key)
        raise


@contextmanager
def keeping() -> Iterator[Callable[[bytes], str]]:
    """A ``keep`` for many files round a transaction; all are dropped when the transaction fails."""
    keys: list[str] = []

    def keep_one(data: bytes) -> str:
        keys.append(keep(data))
        return keys[-1]

    try:
        yield keep_one
    except BaseException:
        for key in keys:
            drop(key)
        raise


def read(key: str) -> bytes:
    """What is kept under ``key``.

    Raises:
        NotKept: nothing is, or not what was kept.
    """
    try:
        return _keyring().unseal(_path(key).read_bytes())
    except (FileNotFoundError, ValueError):
        raise NotKept from None


def kept() -> Iterator[str]:
    """The keys of all that is kept, whether a row points at it or not."""
    for path in sorted(_root().glob("??/*")):
        if KEY.fullmatch(path.name):
            yield path.name


def sealed(key: str) -> bytes:
    """What lies on disk under ``key``, for a backup: it is not opened.

    Raises:
        NotKept: nothing does.
    """
    try:
        return _path(key).read_bytes()
    except FileNotFoundError:
        raise NotKept from None


def put_back(key: str, content: bytes) -> None:
    """Keep ``content``, which was ``sealed`` in a backup, under its key again: whole or not at all,
    also when this is interrupted."""
    path = _path(key)
    unfinished = path.with_name(f"{key}.part")
    unfinished.unlink(missing_ok=True)
    _write(unfinished, content)
    unfinished.rename(path)


def drop(key: str) -> None:
    """Remove what is kept under ``key``: only for what no row came to point at."""
    _path(key).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _path(key: str) -> Path:
    if not KEY.fullmatch(key):
        raise NotKept
    return _root() / key[:2] / key


def _root() -> Path:
    instance: Path = current_app.config["SAMVEV"].instance.resolve()
    return instance / "files"


def _keyring() -> Keyring:
    ring: Keyring = current_app.extensions[KEYRING]
    return ring
