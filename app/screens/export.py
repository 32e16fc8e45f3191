"""Lists as files: CSV and XLSX that hold text only, row by row, so that memory stays flat.

Whoever opens the file in a spreadsheet must see what was written, never a formula that
somebody else typed into a name field. Which rows and columns go out is decided elsewhere.

Source: OWASP, "CSV Injection".
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from itertools import chain, islice
from os import PathLike
from typing import IO, TYPE_CHECKING

from app.clock import OSLO

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LONGEST_XLSX_TEXT = 32_767
MAX_XLSX_ROWS = 1_048_576
ROWS_PER_CHUNK = 1000

_BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet may take for the start of a formula, in all the widths it comes in.
_FORMULA_STARTS = frozenset("=+-@＝＋－＠﹦﹢﹣﹫−")
_LEADING_CONTROLS = frozenset("\t\r\n")
# White space, controls and zero-width signs, which spreadsheets may drop in front of a formula.
_IGNORED_IN_FRONT = re.compile(r"^[\s\x00-\x20\xad\u200b-\u200f\u2060\ufeff]*")
_E164 = re.compile(r"\+[0-9][0-9 ]*")
# The start of a cell that is neither empty, nor begins with a letter or digit, nor is a telephone
# number. Text inside quotes may look like one too: a second look then finds nothing to guard.
_ODD_START = re.compile(r'[;\n](?:"(?![^\W_])|(?!"|[^\W_]|;|\r\n|\Z|\+[0-9][0-9 ]*+(?:;|\r\n)))')
# What the CSV writer writes just as this module would.
_PLAIN = frozenset({str, int, float, bool, date, type(None)})


class TooManyRows(ValueError):
    """An XLSX sheet has no room for so many rows."""


def csv_stream(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The table as CSV in pieces: UTF-8 with mark, semicolons, CRLF, as Norwegian Excel opens it.

    Text that a spreadsheet could take for a formula gets an apostrophe in front; telephone
    numbers in E.164 pass as they are. Dates and instants are ISO 8601; None is an empty cell.
    """
    following = iter(rows)
    first = islice(following, ROWS_PER_CHUNK)
    yield _encoded(_BYTE_ORDER_MARK + _lines([header]) + _lines(list(first)))
    while chunk := list(islice(following, ROWS_PER_CHUNK)):
        yield _encoded(_lines(chunk))


def write_xlsx(
    target: str | PathLike[str] | IO[bytes], header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write the table as an XLSX sheet of plain text to a path or a binary stream.

    Text longer than a cell can hold is cut and ends in "…".

    Raises:
        TooManyRows: more rows than a sheet can hold; nothing useful has been written.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    # Loaded with the first such file, to keep the start short.
    from xlsxwriter import Workbook

    with Workbook(target, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, name in enumerate(header):
            sheet.write_string(0, column, _fitting(name), bold)
        _write_body(sheet, rows)


def _write_body(sheet: "Worksheet", rows: Iterable[Sequence[object]]) -> None:
    for line, row in enumerate(rows, start=1):
        if line >= MAX_XLSX_ROWS:
            raise TooManyRows
        for column, value in enumerate(row):
            text = _fitting(_text(value))
            if text:
                sheet.write_string(line, column, text)


def _lines(rows: Sequence[Sequence[object]]) -> str:
    """Rows as CSV. Most hold nothing to guard, which one look at all their text tells."""
    if _PLAIN.issuperset(map(type, chain.from_iterable(rows))):
        lines = _written(rows)
        if not _ODD_START.search(f"\n{lines}"):
            return lines
    return _written([_guarded(value) for value in row] for row in rows)


def _written(rows: Iterable[Iterable[object]]) -> str:
    buffer = StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def _encoded(text: str) -> bytes:
    # A lone surrogate has no bytes in UTF-8; one bad name must not stop the whole export.
    return text.encode("utf-8", "replace")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(OSLO) if value.tzinfo else value
        return local.replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _fitting(text: str) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= LONGEST_XLSX_TEXT else text[: LONGEST_XLSX_TEXT - 1] + "…"


def _guarded(value: object) -> str:
    if isinstance(value, str):
        # Most cells start with a letter or digit; they need no second look.
        return value if value[:1].isalnum() else _guarded_text(value)
    text = _text(value)
    return text if isinstance(value, int | float) else _guarded_text(text)


def _guarded_text(text: str) -> str:
    if not text or _E164.fullmatch(text) or not _looks_like_formula(text):
        return text
    return f"'{text}"


def _looks_like_formula(text: str) -> bool:
    if text[0] in _LEADING_CONTROLS:
        return True
    return _IGNORED_IN_FRONT.sub("", text, count=1)[:1] in _FORMULA_STARTS
