"""The files of an import, in a folder of the job's own: the upload, the rows that failed, and
those that resemble somebody, with what is chosen for them.

They hold persons and national ids, so they are sealed with the installation's key and readable by
the server's account alone. The upload is removed when it has been imported, the rest after 30
days. The failed rows are one sealed line each, so that they can be added to while an import runs
and read back after a crash.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from app.people.import_alike import AlikeRow, Chosen
from app.people.import_rows import ImportProblem, RowProblem
from app.people.keyring import keyring

KEPT_FOR = timedelta(days=30)
UPLOAD, FAILED, ALIKE, CHOSEN = "upload", "failed", "alike", "chosen"


@dataclass(frozen=True)
class FailedRow:
    """A row that was left out, as it was written, and why. ``position`` counts rows from 0."""

    position: int
    line: int
    cells: tuple[str, ...] = field(repr=False)
    problems: tuple[RowProblem, ...]


class ImportFolder:
    """The folder of one import."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep_upload(self, data: bytes) -> None:
        """Keep what was uploaded."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(UPLOAD, keyring().seal(data))

    def upload(self) -> bytes:
        """What was uploaded.

        Raises:
            FileNotFoundError: it was removed, or never kept here.
        """
        return keyring().unseal((self.path / UPLOAD).read_bytes())

    def has_upload(self) -> bool:
        """Whether what was uploaded is still kept."""
        return (self.path / UPLOAD).exists()

    def drop_upload(self) -> None:
        """Remove what was uploaded; the failed rows stay."""
        (self.path / UPLOAD).unlink(missing_ok=True)

    def start_failed(self, header: tuple[str, ...]) -> None:
        """Begin a new list of failed rows under the file's own header."""
        self._write(FAILED, _sealed({"header": list(header)}))

    def add_failed(self, rows: Iterable[FailedRow]) -> None:
        """Add rows to the list; they are on disk when this returns."""
        self._add(FAILED, (_as_json(row) for row in rows))

    def cut_failed(self, position: int) -> None:
        """Forget rows from ``position`` on, which a crash left behind and will come anew."""
        header, rows = self.failed_header(), [r for r in self.failed() if r.position < position]
        self.start_failed(header)
        self.add_failed(rows)

    def start_alike(self) -> None:
        """Begin a new list of rows that resemble somebody, and forget what was chosen."""
        self._write(ALIKE, b"")
        (self.path / CHOSEN).unlink(missing_ok=True)

    def add_alike(self, rows: Iterable[AlikeRow]) -> None:
        """Add rows that resemble somebody."""
        self._add(ALIKE, (row.as_json() for row in rows))

    def alike(self) -> Iterator[AlikeRow]:
        """The rows that resemble somebody, in the file's order."""
        return (AlikeRow.of(content) for content in self._lines(ALIKE))

    def keep_chosen(self, chosen: Chosen) -> None:
        """Keep what becomes of those rows."""
        self._write(CHOSEN, _sealed(chosen.as_json()))

    def chosen(self) -> Chosen:
        """What becomes of those rows, as far as it is chosen."""
        return Chosen.from_json(next(self._lines(CHOSEN), {}))

    def failed_header(self) -> tuple[str, ...]:
        """The header of the file; empty when no list was begun."""
        for content in self._lines(FAILED):
            return tuple(content.get("header", ()))
        return ()

    def failed(self) -> Iterator[FailedRow]:
        """The rows that failed, in the file's order."""
        for content in self._lines(FAILED):
            if "header" not in content:
                yield _from_json(content)

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        try:
            with (self.path / name).open("rb") as file:
                for line in file:
                    yield json.loads(keyring().unseal(line.rstrip(b"\n")))
        except (FileNotFoundError, ValueError):
            # No list was begun, or a crash cut its last line short.
            return

    def _add(self, name: str, contents: Iterable[dict[str, Any]]) -> None:
        lines = b"".join(_sealed(one) for one in contents)
        if lines:
            with os.fdopen(self._open(name, os.O_APPEND), "ab") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())

    def _write(self, name: str, content: bytes) -> None:
        beside = f"{name}.new"
        with os.fdopen(self._open(beside, os.O_TRUNC), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        (self.path / beside).replace(self.path / name)

    def _open(self, name: str, flags: int = 0) -> int:
        return os.open(self.path / name, os.O_WRONLY | os.O_CREAT | flags, mode=0o600)


def folder_of(job_id: str) -> ImportFolder:
    """The folder of the import with this id."""
    return ImportFolder(_root() / job_id)


def clear_old(at: datetime) -> int:
    """Remove folders that have lain untouched for 30 days; how many there were."""
    if not _root().exists():
        return 0
    oldest = (at - KEPT_FOR).timestamp()
    old = [path for path in _root().iterdir() if path.stat().st_mtime < oldest]
    for path in old:
        shutil.rmtree(path)
    return len(old)


def _root() -> Path:
    root: Path = current_app.config["SAMVEV"].instance.resolve()
    return root / "imports"


def _sealed(content: dict[str, object]) -> bytes:
    return keyring().seal(json.dumps(content).encode()) + b"\n"


def _as_json(row: FailedRow) -> dict[str, object]:
    why = [[p.column, p.code.value, p.value_shown, p.first_line] for p in row.problems]
    return {"position": row.position, "line": row.line, "cells": row.cells, "why": why}


def _from_json(content: dict[str, Any]) -> FailedRow:
    line: int = content["line"]
    problems = tuple(
        RowProblem(line, column, ImportProblem(code), shown, first)
        for column, code, shown, first in content["why"]
    )
    return FailedRow(content["position"], line, tuple(content["cells"]), problems)
