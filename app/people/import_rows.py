"""From a row of an uploaded table to a person who could be registered, or to what is wrong.

Decides whether each cell may be used. Does not look into the database, and does not choose
between "all or nothing" and "only the good rows". Problems are codes; the words are the
screen's. An identity number is never repeated in a problem.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import partial

from app.people.contact import (
    BadDate,
    BadEmail,
    BadPhone,
    DateProblem,
    normalise_email,
    normalise_phone,
    parse_date,
)
from app.people.import_columns import COLUMNS, REQUIRED_COLUMNS, Columns
from app.people.names import search_form, tidy
from app.people.national_id import Problem as IdProblem
from app.people.national_id import examine, normalise
from app.people.table import Row, RowFault

CAN_BE_LEFT_OUT = frozenset({"birth_date", "email", "phone", "postcode"})
LONGEST = {"external_id": 100, "given_name": 100, "family_name": 100, "address": 200}
LONGEST_NATIONAL_ID = 20
LONGEST_SHOWN = 60

_POSTCODE = re.compile(r"[0-9]{4}")
# So many digits in a row may be an identity number that stands in the wrong column.
_LIKE_NATIONAL_ID = re.compile(r"[0-9]{10}")
_LIKE_NATIONAL_ID_BESIDE_PHONES = re.compile(r"(?<![0-9+])[0-9]{11}(?![0-9])")


class ImportProblem(Enum):
    """Why a row can't be imported."""

    WRONG_ENCODING = "wrong_encoding"
    UNCLOSED_QUOTE = "unclosed_quote"
    LINE_TOO_LONG = "line_too_long"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_DATE = "not_a_date"
    TWO_DIGIT_YEAR = "two_digit_year"
    YEAR_OUT_OF_RANGE = "year_out_of_range"
    BIRTH_IN_FUTURE = "birth_in_future"
    NATIONAL_ID_LENGTH = "national_id_length"
    NATIONAL_ID_NOT_DIGITS = "national_id_not_digits"
    NATIONAL_ID_CHECK_DIGITS = "national_id_check_digits"
    NATIONAL_ID_IMPOSSIBLE_DATE = "national_id_impossible_date"
    NATIONAL_ID_BIRTH_IN_FUTURE = "national_id_birth_in_future"
    NATIONAL_ID_SYNTHETIC = "national_id_synthetic"
    BAD_EMAIL = "bad_email"
    BAD_PHONE = "bad_phone"
    BAD_POSTCODE = "bad_postcode"
    UNKNOWN_UNIT = "unknown_unit"
    AMBIGUOUS_UNIT = "ambiguous_unit"
    DUPLICATE_LINE = "duplicate_line"
    ALREADY_REGISTERED = "already_registered"
    RESEMBLES = "resembles"
    CHOSEN_GONE = "chosen_gone"


_OF_FAULT = {
    RowFault.WRONG_ENCODING: ImportProblem.WRONG_ENCODING,
    RowFault.UNCLOSED_QUOTE: ImportProblem.UNCLOSED_QUOTE,
    RowFault.LINE_TOO_LONG: ImportProblem.LINE_TOO_LONG,
}
_OF_DATE = {
    DateProblem.NOT_A_DATE: ImportProblem.NOT_A_DATE,
    DateProblem.TWO_DIGIT_YEAR: ImportProblem.TWO_DIGIT_YEAR,
    DateProblem.YEAR_OUT_OF_RANGE: ImportProblem.YEAR_OUT_OF_RANGE,
}
_OF_NATIONAL_ID = {
    IdProblem.WRONG_LENGTH: ImportProblem.NATIONAL_ID_LENGTH,
    IdProblem.NOT_DIGITS: ImportProblem.NATIONAL_ID_NOT_DIGITS,
    IdProblem.CHECK_DIGITS: ImportProblem.NATIONAL_ID_CHECK_DIGITS,
    IdProblem.IMPOSSIBLE_DATE: ImportProblem.NATIONAL_ID_IMPOSSIBLE_DATE,
    IdProblem.FUTURE_BIRTH: ImportProblem.NATIONAL_ID_BIRTH_IN_FUTURE,
    IdProblem.SYNTHETIC: ImportProblem.NATIONAL_ID_SYNTHETIC,
}


@dataclass(frozen=True)
class RowProblem:
    """One thing wrong with one row.

    ``column`` is the canonical column, None for the row as a whole. ``value_shown`` is what the
    user may see of the cell; None where it could be an identity number. ``first_line`` tells,
    for a repeated row, where the first one stands.
    """

    line: int
    column: str | None
    code: ImportProblem
    value_shown: str | None = None
    first_line: int | None = None


@dataclass(frozen=True, repr=False)
class PersonRow:
    """A row that may be imported, every cell in its uniform shape. ``repr`` shows the line only.

    ``national_id_doubts`` are the warnings that the user has accepted for the whole file.
    ``unit`` is the value that ``units`` holds for the unit's name. ``left_out`` are the cells that
    can't be used, where the user wants the row without them. ``claimed_id`` is an identity number
    that another person has.
    """

    line: int
    external_id: str | None
    given_name: str
    family_name: str
    birth_date: date | None
    national_id: str | None
    national_id_doubts: tuple[IdProblem, ...]
    email: str | None
    phone: str | None
    address: str | None
    postcode: str | None
    unit: str | None
    left_out: tuple[RowProblem, ...] = ()
    claimed_id: str | None = None

    def __repr__(self) -> str:
        return f"PersonRow(line={self.line})"


def check_row(
    row: Row,
    columns: Columns,
    *,
    today: date,
    synthetic_allowed: bool,
    units: Mapping[str, str | None],
    accept_doubtful_ids: bool = False,
    leave_out_bad_cells: bool = False,
) -> PersonRow | tuple[RowProblem, ...]:
    """The person in the row, or everything that is wrong with it.

    ``units`` maps the search form of a unit's name to its key, None where several units have the
    name. ``accept_doubtful_ids`` is the user's word that odd identity numbers are meant so; it
    never lets a synthetic one through. ``leave_out_bad_cells`` lets a row through without a birth
    date or contact data that can't be used, and with a phone number of a series that nobody has
    been given yet.
    """
    unusable = _unusable(row, columns)
    if unusable is not None:
        return (RowProblem(row.line, None, unusable),)
    reading = _Reading(row, columns, CAN_BE_LEFT_OUT if leave_out_bad_cells else frozenset())
    phone = partial(normalise_phone, is_handed_out=not leave_out_bad_cells)
    digits, doubts = reading.national_id(today, synthetic_allowed, accept_doubtful_ids)
    person = PersonRow(
        line=row.line,
        external_id=reading.text("external_id") or None,
        given_name=reading.text("given_name"),
        family_name=reading.text("family_name"),
        birth_date=reading.birth_date(today),
        national_id=digits,
        national_id_doubts=doubts,
        email=reading.made_uniform("email", normalise_email, ImportProblem.BAD_EMAIL),
        phone=reading.made_uniform("phone", phone, ImportProblem.BAD_PHONE),
        address=reading.text("address") or None,
        postcode=reading.postcode(),
        unit=reading.unit(units),
    )
    return reading.problems_in_order() or replace(person, left_out=tuple(reading.left_out))


def without_number(row: PersonRow, code: ImportProblem, first_line: int | None = None) -> PersonRow:
    """The row without its identity number, which is another person's and is claimed only."""
    problem = RowProblem(row.line, "national_id", code, None, first_line)
    return replace(
        row,
        national_id=None,
        national_id_doubts=(),
        left_out=(*row.left_out, problem),
        claimed_id=row.national_id,
    )


def find_repeats(rows: Iterable[PersonRow]) -> tuple[RowProblem, ...]:
    """Rows that repeat an earlier one, naming the first of them.

    A repeat has the same external id or identity number, or has neither and says the same.
    """
    first_lines: dict[tuple[str | None, str], int] = {}
    problems = []
    for row in rows:
        for column, value in _marks(row):
            first = first_lines.setdefault((column, value), row.line)
            if first != row.line:
                problems.append(_repeat(row.line, column, value, first))
    return tuple(problems)


def _marks(row: PersonRow) -> Iterator[tuple[str | None, str]]:
    """(column, value) of what no two rows have in common; no column for the row as a whole."""
    if row.external_id is not None:
        yield "external_id", row.external_id
    if row.national_id is not None:
        yield "national_id", row.national_id
    if row.external_id is None and row.national_id is None:
        told = (row.given_name, row.family_name, row.email, row.phone, row.address, row.postcode)
        yield None, "\n".join(str(one or "") for one in (*told, row.birth_date, row.unit))


def _repeat(line: int, column: str | None, value: str, first: int) -> RowProblem:
    shown = None if column is None else _shown(column, value)
    return RowProblem(line, column, ImportProblem.DUPLICATE_LINE, shown, first)


def _unusable(row: Row, columns: Columns) -> ImportProblem | None:
    if row.fault is not None:
        return _OF_FAULT[row.fault]
    if len(row.cells) != columns.width:
        return ImportProblem.WRONG_COLUMN_COUNT
    return None


def _shown(column: str, value: str) -> str | None:
    if not value or column == "national_id":
        return None
    pattern = _LIKE_NATIONAL_ID_BESIDE_PHONES if column == "phone" else _LIKE_NATIONAL_ID
    if pattern.search(normalise(value)):
        return None
    return value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"


def _place(problem: RowProblem) -> int:
    return COLUMNS.index(problem.column) if problem.column else -1


class _Reading:
    """Goes through the cells of one row and gathers what is wrong with them."""

    def __init__(self, row: Row, columns: Columns, can_be_left_out: frozenset[str]) -> None:
        self.row = row
        self.columns = columns
        self.can_be_left_out = can_be_left_out
        self.problems: list[RowProblem] = []
        self.left_out: list[RowProblem] = []

    def problems_in_order(self) -> tuple[RowProblem, ...]:
        """What is wrong, in the order of the canonical columns."""
        return tuple(sorted(self.problems, key=_place))

    def text(self, column: str) -> str:
        value = self._cell(column)
        if not value and column in REQUIRED_COLUMNS:
            self._report(column, ImportProblem.MISSING, value)
        if len(value) > LONGEST[column]:
            self._report(column, ImportProblem.TOO_LONG, value)
        return value

    def birth_date(self, today: date) -> date | None:
        value = self._cell("birth_date")
        if not value:
            return None
        try:
            found = parse_date(value)
        except BadDate as error:
            self._report("birth_date", _OF_DATE[error.problem], value)
            return None
        if found > today:
            self._report("birth_date", ImportProblem.BIRTH_IN_FUTURE, value)
            return None
        return found

    def national_id(
        self, today: date, synthetic_allowed: bool, accept_doubtful: bool
    ) -> tuple[str | None, tuple[IdProblem, ...]]:
        value = self._cell("national_id")
        if not value:
            return None, ()
        found = examine(value, today=today)
        doubts = found.doubts(synthetic_allowed=synthetic_allowed)
        for doubt in doubts:
            if not accept_doubtful or doubt is IdProblem.SYNTHETIC:
                self._report("national_id", _OF_NATIONAL_ID[doubt], value)
        if accept_doubtful and len(found.digits) > LONGEST_NATIONAL_ID:
            self._report("national_id", ImportProblem.NATIONAL_ID_LENGTH, value)
        return found.digits or None, doubts

    def made_uniform(
        self, column: str, uniform: Callable[[str], str], problem: ImportProblem
    ) -> str | None:
        value = self._cell(column)
        if not value:
            return None
        try:
            return uniform(value)
        except (BadEmail, BadPhone):
            self._report(column, problem, value)
            return None

    def postcode(self) -> str | None:
        value = self._cell("postcode")
        if value and not _POSTCODE.fullmatch(value):
            self._report("postcode", ImportProblem.BAD_POSTCODE, value)
            return None
        return value or None

    def unit(self, units: Mapping[str, str | None]) -> str | None:
        value = self._cell("employer_unit")
        name = search_form(value)
        if value and units.get(name) is None:
            is_known = name in units
            problem = ImportProblem.AMBIGUOUS_UNIT if is_known else ImportProblem.UNKNOWN_UNIT
            self._report("employer_unit", problem, value)
        return units.get(name) if value else None

    def _cell(self, column: str) -> str:
        position = self.columns.positions.get(column)
        return "" if position is None else tidy(self.row.cells[position])

    def _report(self, column: str, code: ImportProblem, value: str) -> None:
        found = self.left_out if column in self.can_be_left_out else self.problems
        found.append(RowProblem(self.row.line, column, code, _shown(column, value)))
