"""Rows of an XLSX file from a stranger.

Three attacks are stopped before the reader sees the file: a small archive that unpacks to a
huge one, an XML document with a document type (entities), and a cell far out (``XFD1048576``)
for which the reader would reserve the whole sheet and end the process. The reader gets a copy
made of checked parts only, never the archive that was sent.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from xml.parsers import expat

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from app.people.table import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Row, TableError, TableProblem

MAX_PARTS = 2_000
MAX_RATIO = 100
# A small file is never a bomb, however well it packs.
RATIO_MATTERS_FROM = 2_000_000
MAX_CELLS = 4_000_000

# What the archive and XML readers raise on bytes that no program wrote.
_SIGNS_OF_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
_NEEDED = ("[Content_Types].xml", "xl/workbook.xml")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")

_Cell = int | float | str | bool | time | date | datetime | timedelta


class _Refused(Exception):
    """Raised inside the XML parser to stop it."""

    def __init__(self, problem: TableProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def read_rows(data: bytes) -> Iterator[Row]:
    """The rows of the first visible sheet; numbers without ``.0``, dates as ``yyyy-mm-dd``.

    Raises:
        TableError: no workbook, damaged, or larger than we read.
    """
    sheet = _first_sheet(_checked_copy(data))
    return (
        Row(line, tuple(map(_as_text, cells)))
        for line, cells in enumerate(sheet.iter_rows(), start=1)
    )


def _first_sheet(copy: BytesIO) -> CalamineSheet:
    try:
        book = CalamineWorkbook.from_filelike(copy)
        for sheet in book.sheets_metadata:
            is_table = sheet.typ == SheetTypeEnum.WorkSheet
            if is_table and sheet.visible == SheetVisibleEnum.Visible:
                return book.get_sheet_by_name(sheet.name)
    except CalamineError:
        raise TableError(TableProblem.DAMAGED) from None
    raise TableError(TableProblem.EMPTY)


def _as_text(value: _Cell) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)


def _checked_copy(data: bytes) -> BytesIO:
    """The XML parts of the archive, unpacked within limits, checked, and stored anew."""
    copy = BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, zipfile.ZipFile(copy, "w") as clean:
            for part in _parts(archive, len(data)):
                content = archive.read(part)
                _check_xml(content)
                clean.writestr(part.filename, content)
    except TableError:
        raise
    except _SIGNS_OF_DAMAGE:
        raise TableError(TableProblem.DAMAGED) from None
    copy.seek(0)
    return copy


def _parts(archive: zipfile.ZipFile, packed_size: int) -> list[zipfile.ZipInfo]:
    """The XML parts. Their sizes are what the archive says; reading stops there and checks."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if not set(_NEEDED) <= set(names):
        raise TableError(TableProblem.UNSUPPORTED_TYPE)
    if len(parts) > MAX_PARTS or len(set(names)) != len(names):
        raise TableError(TableProblem.DAMAGED)
    if any(part.flag_bits & 1 for part in parts):
        raise TableError(TableProblem.PASSWORD_PROTECTED)
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise TableError(TableProblem.DAMAGED)
    _check_size(sum(part.file_size for part in parts), packed_size)
    return [part for part in parts if part.filename.endswith((".xml", ".rels"))]


def _check_size(unpacked: int, packed: int) -> None:
    if unpacked > MAX_BYTES:
        raise TableError(TableProblem.TOO_LARGE)
    if unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * packed:
        raise TableError(TableProblem.EXPANDS_TOO_MUCH)


def _check_xml(content: bytes) -> None:
    bounds = _Bounds()
    # The reader takes every part for UTF-8, whatever it declares; so must the check.
    parser = expat.ParserCreate("UTF-8")
    parser.StartDoctypeDeclHandler = bounds.refuse_doctype
    parser.StartElementHandler = bounds.see
    try:
        parser.Parse(content, True)
    except _Refused as refused:
        raise TableError(refused.problem) from None


class _Bounds:
    """Follows how far out the cells of a sheet reach, and refuses what is too far.

    Rows and cells may leave out where they are; then they follow the one before.
    """

    def __init__(self) -> None:
        self.row = 0
        self.column = 0
        self.rows = 0
        self.columns = 0

    def refuse_doctype(self, *_declaration: object) -> None:
        raise _Refused(TableProblem.DAMAGED)

    def see(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            self.row = _number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
        elif kind == "c":
            self.column += 1
            if "r" in attributes:
                self.row, self.column = _row_and_column(attributes["r"])
            self._reach()

    def _reach(self) -> None:
        if self.row <= self.rows and self.column <= self.columns:
            return
        self.rows, self.columns = max(self.row, self.rows), max(self.column, self.columns)
        if self.columns > MAX_COLUMNS:
            raise _Refused(TableProblem.TOO_MANY_COLUMNS)
        if self.rows > MAX_ROWS + 1 or self.rows * self.columns > MAX_CELLS:
            raise _Refused(TableProblem.TOO_MANY_ROWS)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise _Refused(TableProblem.DAMAGED)
    return int(text)


def _row_and_column(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise _Refused(TableProblem.DAMAGED)
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column
