"""Reads an uploaded CSV or XLSX file into a ``Table``; what it is, its content decides.

The file comes from a user and is not trusted: sizes are checked before anything is unpacked,
and one bad row never stops the rest.
"""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import PurePath

from app.people import csv_rows, workbook
from app.people.table import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    Row,
    Table,
    TableError,
    TableProblem,
)

FILE_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")

_ZIP = b"PK\x03\x04"
# Old Office files, and new ones behind a password, are OLE containers.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_table(data: bytes, filename: str) -> Table:
    """The table in an uploaded file: the first visible sheet of an XLSX, or a CSV.

    Empty rows are left out and empty cells beyond the header cut off. At least one row, at most
    50 MB (unpacked), 200,000 rows and 100 columns.

    Raises:
        TableError: the file as a whole can't be read; its ``problem`` says why.
    """
    ending = PurePath(filename).suffix.lower()
    if ending not in FILE_ENDINGS:
        raise TableError(TableProblem.UNSUPPORTED_TYPE)
    if len(data) > MAX_BYTES:
        raise TableError(TableProblem.TOO_LARGE)
    return _with_header(_records(data, ending))


def _records(data: bytes, ending: str) -> Iterator[Row]:
    if data.startswith(_OLE):
        is_new = ending == ".xlsx"
        problem = TableProblem.PASSWORD_PROTECTED if is_new else TableProblem.UNSUPPORTED_TYPE
        raise TableError(problem)
    if data.startswith(_ZIP):
        return workbook.read_rows(data)
    if ending == ".xlsx":
        raise TableError(TableProblem.DAMAGED if data else TableProblem.EMPTY)
    return csv_rows.read_rows(data)


def _with_header(records: Iterator[Row]) -> Table:
    filled = (row for row in records if row.fault or any(cell.strip() for cell in row.cells))
    first = next(filled, None)
    if first is None:
        raise TableError(TableProblem.EMPTY)
    header = _trimmed(tuple(cell.strip() for cell in first.cells), 0)
    if not header:
        raise TableError(TableProblem.NOT_A_TABLE)
    if len(header) > MAX_COLUMNS:
        raise TableError(TableProblem.TOO_MANY_COLUMNS)
    body = _body(filled, len(header))
    row = next(body, None)
    if row is None:
        raise TableError(TableProblem.NO_ROWS)
    return Table(header, chain([row], body))


def _body(records: Iterator[Row], width: int) -> Iterator[Row]:
    for row in islice(records, MAX_ROWS):
        if len(row.cells) > width:
            yield Row(row.line, _trimmed(row.cells, width), row.fault)
        else:
            yield row
    if next(records, None) is not None:
        raise TableError(TableProblem.TOO_MANY_ROWS)


def _trimmed(cells: tuple[str, ...], keep: int) -> tuple[str, ...]:
    """``cells`` without the empty ones at the end, but at least the first ``keep``."""
    end = len(cells)
    while end > keep and not cells[end - 1].strip():
        end -= 1
    return cells[:end]
