"""A table read from a file, as plain data: header, rows, and what can be wrong with either.

No reading here (``tabular``), and no meaning: what a column holds is ``import_rows``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

MAX_ROWS = 200_000
MAX_COLUMNS = 100
MAX_BYTES = 50_000_000


class TableProblem(Enum):
    """Why a file can't be read as a table."""

    EMPTY = "empty"
    NO_ROWS = "no_rows"
    UNSUPPORTED_TYPE = "unsupported_type"
    PASSWORD_PROTECTED = "password_protected"
    NOT_A_TABLE = "not_a_table"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    EXPANDS_TOO_MUCH = "expands_too_much"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"


class TableError(ValueError):
    """The file as a whole can't be read; ``problem`` says why, without any of its content."""

    def __init__(self, problem: TableProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class RowFault(Enum):
    """Why one row can't be read while the rest of the file can."""

    WRONG_ENCODING = "wrong_encoding"
    UNCLOSED_QUOTE = "unclosed_quote"
    LINE_TOO_LONG = "line_too_long"


@dataclass(frozen=True, slots=True)
class Row:
    """One record. ``line`` is where it begins in the file, counted from 1, header included.

    With a ``fault``, the cells are a best guess for showing the row, not for using it.
    """

    line: int
    cells: tuple[str, ...] = field(repr=False)
    fault: RowFault | None = None


@dataclass(frozen=True)
class Table:
    """A header and the rows under it. The rows can be gone through once.

    Going through them may raise ``TableError(TOO_MANY_ROWS)``.
    """

    header: tuple[str, ...]
    rows: Iterator[Row]
