"""The heads of the chains as they were, told outside the database.

Within the database nobody could tell a chain whose end was cut off from one that was never longer.
So each sealing adds a line to a file of the data folder. Copy it to where those who may change the
database can't write.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from app.audit.chain import Head

NAME = "audit-heads.jsonl"
"""The file in the data folder."""
INSTALLATION = "installation"
Told = dict[int | None, dict[int, str]]
"""Hashes by number, by the municipality of the chain; None is the installation's own."""


def tell(path: Path, heads: Mapping[int | None, Head], *, at: datetime) -> None:
    """Add the heads of chains that have grown."""
    found = {_name(place): [head.number, head.hash] for place, head in heads.items()}
    _add(path, {"at": at.isoformat(), "heads": found})


def begin_anew(path: Path, *, at: datetime) -> None:
    """Say that the database was restored: what was told before is about another past."""
    if path.exists():
        _add(path, {"at": at.isoformat(), "restored": True})


def read(path: Path) -> Told:
    """What a file tells since the database was last restored. A line that was cut short is passed.

    Of two hashes of one number the first holds: the other is of an end that was made anew.
    """
    told: Told = defaultdict(dict)
    for line in _lines(path):
        if line.get("restored"):
            told.clear()
        for name, (number, found) in line.get("heads", {}).items():
            told[None if name == INSTALLATION else int(name)].setdefault(number, found)
    return told


def _name(place: int | None) -> str:
    return INSTALLATION if place is None else str(place)


def _add(path: Path, line: dict[str, object]) -> None:
    """Add one line, on the disk when this returns; after one that was cut short, a new one."""
    text = f"{json.dumps(line)}\n"
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(path, flags, 0o600), "a+b") as file:
        if file.seek(0, os.SEEK_END) and not _ends_whole(file):
            text = f"\n{text}"
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _ends_whole(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                continue
