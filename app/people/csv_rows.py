"""Rows of a CSV file, whatever program wrote it.

Encoding: UTF-8, UTF-16 with its mark, or Windows-1252. In a file that is mostly the one, a line
in the other is a row with a fault. Delimiter: the most frequent of ``; , tab`` in the header,
unless Excel's own line ``sep=`` names it. A quote that never closes costs its own row only.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.people.table import MAX_ROWS, Row, RowFault, TableError, TableProblem

DELIMITERS = (";", ",", "\t")
MAX_LINE = 20_000
MAX_LINES_PER_RECORD = 50
# Quoted cells may hold line breaks, so a file may have more lines than rows.
MAX_LINES = 4 * MAX_ROWS

_SEP_LINE = re.compile(r"sep=([;,\t])\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"?')
# A line that csv reads as a record of its own only if the record before it has ended.
_END_MARK = "\x00end"


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    is_odd: bool


def read_rows(data: bytes) -> Iterator[Row]:
    """The records of a CSV file, header first, faults marked.

    Raises:
        TableError: no text at all, or more lines than 200,000 rows could need.
    """
    plain, is_declared = _as_bytes_in_one_alphabet(data)
    if _is_binary(plain):
        raise TableError(TableProblem.NOT_A_TABLE)
    if plain.count(b"\n") + plain.count(b"\r") > 2 * MAX_LINES:
        raise TableError(TableProblem.TOO_MANY_ROWS)
    raw_lines = plain.splitlines(keepends=True)
    prefers_utf8 = is_declared or _is_mostly_utf8(raw_lines)
    lines = [_decode(raw, prefers_utf8) for raw in raw_lines]
    return _read_records(lines)


def _as_bytes_in_one_alphabet(data: bytes) -> tuple[bytes, bool]:
    """The content without its byte order mark, and whether it declared to be Unicode."""
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :], True
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _from_utf16(data), True
    return data, False


def _from_utf16(data: bytes) -> bytes:
    try:
        # Half a character stays half, so that its line alone is found at fault.
        return data.decode("utf-16", "surrogatepass").encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise TableError(TableProblem.DAMAGED) from None


def _is_binary(data: bytes) -> bool:
    start = data[:8192]
    controls = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in start)
    return controls * 10 > len(start)


def _is_mostly_utf8(raw_lines: list[bytes]) -> bool:
    telling = [raw for raw in raw_lines if not raw.isascii()]
    valid = sum(_as_utf8(raw) is not None for raw in telling)
    return 2 * valid >= len(telling)


def _as_utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _decode(raw: bytes, prefers_utf8: bool) -> _Line:
    if raw.isascii():
        return _Line(raw.decode("ascii"), False)
    text = _as_utf8(raw)
    if text is not None:
        return _Line(text, not prefers_utf8)
    return _Line(_as_western(raw), prefers_utf8)


def _as_western(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _read_records(lines: list[_Line]) -> Iterator[Row]:
    at = next((i for i, line in enumerate(lines) if line.text.strip()), len(lines))
    if at == len(lines):
        return
    delimiter = _delimiter(lines[at].text)
    if _SEP_LINE.fullmatch(lines[at].text):
        at += 1
    while at < len(lines):
        row, at = _read_record(lines, at, delimiter)
        yield row


def _delimiter(first_line: str) -> str:
    if named := _SEP_LINE.fullmatch(first_line):
        return named[1]
    unquoted = _QUOTED.sub("", first_line)
    return max(DELIMITERS, key=unquoted.count)


def _read_record(lines: list[_Line], at: int, delimiter: str) -> tuple[Row, int]:
    """The record that begins at index ``at``, and the index where the next one begins."""
    first = lines[at]
    if len(first.text) > MAX_LINE:
        return Row(at + 1, (), RowFault.LINE_TOO_LONG), at + 1
    if '"' not in first.text:
        return Row(at + 1, _split(first.text, delimiter), _encoding_fault([first])), at + 1
    for end in range(at + 1, min(at + MAX_LINES_PER_RECORD, len(lines)) + 1):
        # A record with a quote open can only end where there is another quote.
        if '"' in lines[end - 1].text:
            cells = _parse(lines[at:end], delimiter)
            if cells is not None:
                return Row(at + 1, cells, _encoding_fault(lines[at:end])), end
    return Row(at + 1, _split(first.text, delimiter), RowFault.UNCLOSED_QUOTE), at + 1


def _split(text: str, delimiter: str) -> tuple[str, ...]:
    return tuple(text.rstrip("\r\n").split(delimiter))


def _encoding_fault(lines: list[_Line]) -> RowFault | None:
    return RowFault.WRONG_ENCODING if any(line.is_odd for line in lines) else None


def _parse(lines: list[_Line], delimiter: str) -> tuple[str, ...] | None:
    """The cells of one whole record, or None while a quote in it is still open."""
    texts = [line.text for line in lines]
    try:
        records = list(csv.reader([*texts, _END_MARK], delimiter=delimiter))
    except csv.Error:
        return None
    return tuple(records[0]) if records[-1] == [_END_MARK] else None
