"""Reads the CSV files that SSB's classification service KLASS gives for municipalities.

Two files, both of classification 131: the codes in force (a code list) and the changes between two
dates (a change table). KLASS writes them with semicolon or comma, quoted or not, in UTF-8 or
ISO-8859-1. In the last one the Sámi letters outside it are lost and come as question marks.
Format: https://data.ssb.no/api/klass/v1/api-guide.html
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

# Not municipalities: Svalbard, Jan Mayen, the shelf, abroad and the like (21-28), unknown (99).
OUTSIDE_MUNICIPALITIES = frozenset({"21", "22", "23", "24", "25", "26", "27", "28", "99"})

# KLASS adds the county to a shared name: "Herøy (Nordland)". It is no part of the name.
COUNTY_BEHIND_NAME = re.compile(r"\s*\([^()]*\)$")

SEPARATORS = ";,\t"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

Line = tuple[int, Mapping[str, str]]


class KlassProblem(StrEnum):
    """What can be wrong with a file from KLASS."""

    NOT_TEXT = "not_text"
    EMPTY = "empty"
    COLUMNS_MISSING = "columns_missing"
    BAD_QUOTES = "bad_quotes"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    BAD_NUMBER = "bad_number"
    NAME_MISSING = "name_missing"
    BAD_DATE = "bad_date"
    ENDS_BEFORE_START = "ends_before_start"
    DUPLICATE_NUMBER = "duplicate_number"


class KlassFileError(Exception):
    """The file can't be read: ``problem`` says why, ``line`` where (1 is the heading)."""

    def __init__(self, problem: KlassProblem, line: int = 1) -> None:
        super().__init__(problem.value, line)
        self.problem = problem
        self.line = line


@dataclass(frozen=True)
class KlassFact:
    """A municipality as KLASS has it. ``names`` are all its official names in KLASS's order.

    KLASS does not say which name is in which language, nor which written Norwegian is used.
    ``valid_from`` is None where the file has no date. ``valid_to`` is the first day on which the
    number no longer holds.
    """

    number: str
    names: tuple[str, ...]
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def county_number(self) -> str:
        """The first two digits, which SSB gives after the county."""
        return self.number[:2]

    @property
    def full_name(self) -> str:
        """The names as KLASS writes them: Guovdageaidnu - Kautokeino."""
        return " - ".join(self.names)

    @property
    def has_lost_letters(self) -> bool:
        """Whether the file was saved with letters missing, so that the name must not be used."""
        return any("?" in name or "\ufffd" in name for name in self.names)


@dataclass(frozen=True)
class CodeChange:
    """One row of a change table: the old number went into the new one on a day."""

    old_number: str
    new_number: str
    changed_on: date


def read_codes(content: bytes) -> list[KlassFact]:
    """Read a code list of KLASS 131, sorted by number. Of a number's several periods, the last.

    Raises KlassFileError for a file that is not such a list, or not complete.
    """
    periods: dict[str, dict[date | None, KlassFact]] = {}
    for line, row in _rows(content, needed=("code", "name")):
        fact = _fact(line, row)
        if fact is None:
            continue
        known = periods.setdefault(fact.number, {})
        if fact.valid_from in known:
            raise KlassFileError(KlassProblem.DUPLICATE_NUMBER, line)
        known[fact.valid_from] = fact

    if not periods:
        raise KlassFileError(KlassProblem.EMPTY)
    return _open_ended([_latest(periods[number]) for number in sorted(periods)])


def read_changes(content: bytes) -> list[CodeChange]:
    """Read a change table of KLASS 131. Rows that only begin or only end a number are left out.

    A table without rows is no error: nothing changed in the period. Raises KlassFileError.
    """
    changes = []
    for line, row in _rows(content, needed=("oldcode", "newcode", "changeoccurred")):
        if not row["oldcode"] or not row["newcode"]:
            continue
        changed_on = _date(line, row["changeoccurred"])
        if changed_on is None:
            raise KlassFileError(KlassProblem.BAD_DATE, line)
        old, new = _number(line, row["oldcode"]), _number(line, row["newcode"])
        changes.append(CodeChange(old, new, changed_on))
    return changes


def _fact(line: int, row: Mapping[str, str]) -> KlassFact | None:
    number = _number(line, row["code"])
    if number[:2] in OUTSIDE_MUNICIPALITIES:
        return None
    names = _names(row["name"])
    if not names:
        raise KlassFileError(KlassProblem.NAME_MISSING, line)
    start = _date(line, row.get("validfrom") or row.get("validfrominrequestedrange"))
    end = _date(line, row.get("validto") or row.get("validtoinrequestedrange"))
    if start and end and end <= start:
        raise KlassFileError(KlassProblem.ENDS_BEFORE_START, line)
    return KlassFact(number, names, start, end)


def _latest(periods: Mapping[date | None, KlassFact]) -> KlassFact:
    return periods[max(periods, key=lambda start: start or date.min)]


def _open_ended(facts: list[KlassFact]) -> list[KlassFact]:
    """A list asked for between two dates ends every number on the last of them; undo that."""
    ends = [fact.valid_to for fact in facts if fact.valid_to]
    if len(ends) < len(facts):
        return facts
    asked_until = max(ends)
    return [replace(f, valid_to=None) if f.valid_to == asked_until else f for f in facts]


def _names(text: str) -> tuple[str, ...]:
    """Split at a dash with space around it; Aurskog-Høland and Nord-Odal are one name."""
    written = COUNTY_BEHIND_NAME.sub("", text.replace("\u00a0", " ")).strip()
    parts = (part.strip() for part in re.split(r"\s+[-\u2013]\s+", written))
    return tuple(part for part in parts if part)


def _number(line: int, text: str) -> str:
    """Four digits; three if a spreadsheet took the first zero of 0301."""
    if not re.fullmatch(r"[0-9]{3,4}", text):
        raise KlassFileError(KlassProblem.BAD_NUMBER, line)
    return text.zfill(4)


def _date(line: int, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise KlassFileError(KlassProblem.BAD_DATE, line) from None


def _rows(content: bytes, *, needed: tuple[str, ...]) -> Iterator[Line]:
    """Line number and values by lower-case column name, for each row that is not blank."""
    text = _decoded(content)
    separator = _separator(text.partition("\n")[0], needed)
    rows = _numbered(text, separator)
    _, heading = next(rows)
    columns = [name.strip().lower() for name in heading]
    for line, values in rows:
        if any(value.strip() for value in values):
            yield line, _named(line, columns, values)


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each starts on; a quoted text may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader, None)
        except csv.Error:
            raise KlassFileError(KlassProblem.BAD_QUOTES, line) from None
        if values is None:
            return
        yield line, values


def _named(line: int, columns: list[str], values: list[str]) -> Mapping[str, str]:
    missing = len(values) < len(columns)
    if missing or any(value.strip() for value in values[len(columns) :]):
        raise KlassFileError(KlassProblem.WRONG_COLUMN_COUNT, line)
    return {name: value.strip() for name, value in zip(columns, values, strict=False)}


def _separator(heading: str, needed: tuple[str, ...]) -> str:
    """The separator under which the heading has the needed columns."""
    if not heading.strip():
        raise KlassFileError(KlassProblem.EMPTY)
    for separator in SEPARATORS:
        columns = {name.strip(' "\r').lower() for name in heading.split(separator)}
        if columns.issuperset(needed):
            return separator
    raise KlassFileError(KlassProblem.COLUMNS_MISSING)


def _decoded(content: bytes) -> str:
    """UTF-8 if it can be, else Windows-1252, which is ISO-8859-1 with more letters (š, ž)."""
    if content.startswith(UTF16_MARKS) or b"\0" in content:
        raise KlassFileError(KlassProblem.NOT_TEXT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
