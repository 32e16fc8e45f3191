"""Files of persons for import tests: 10,000 rows, some of them at fault in a known way."""

from datetime import date, timedelta
from io import BytesIO
from random import Random
from zlib import crc32

from xlsxwriter import Workbook

from app.people.import_columns import COLUMNS
from app.people.import_rows import ImportProblem as Problem
from app.people.national_id import synthetic

FIRST_DAY = date(1950, 1, 1)
DAYS = 20_011
SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "dy", "fø", "gå", "ha", "jo")
# Each prefix has national ids of its own, however many tests share a database.
_SERIALS: dict[str, int] = {}
Cells = dict[str, str]


def good_row(number: int, unit: str, prefix: str) -> Cells:
    """Row ``number`` of somebody whom nobody else resembles."""
    chance = Random(f"{prefix}{number}")
    born = FIRST_DAY + timedelta(days=(number * 97 + crc32(prefix.encode())) % DAYS)
    family = word(chance, 5)
    return {
        "external_id": f"{prefix}-{number}",
        "given_name": f"Å{word(chance, 4).lower()}",
        "family_name": family,
        "birth_date": born.strftime("%d.%m.%Y"),
        "national_id": synthetic(born, _SERIALS.setdefault(prefix, len(_SERIALS))),
        "email": f"{family.lower()}@strandvik.example",
        "phone": f"40{chance.randrange(10**6):06d}",
        "address": f"{word(chance, 4)}gata {chance.randrange(99) + 1}",
        "postcode": f"{chance.randrange(1, 9990):04d}",
        "employer_unit": unit,
    }


def word(chance: Random, syllables: int) -> str:
    """A word that is no name."""
    return "".join(chance.choice(SYLLABLES) for _one in range(syllables)).title()


def rows(count: int, unit: str, prefix: str) -> list[Cells]:
    """So many good rows; the prefix keeps them apart from those of other tests."""
    return [good_row(number, unit, prefix) for number in range(count)]


def line(cells: Cells) -> str:
    """One CSV line with semicolons."""
    return ";".join(cells[name] for name in COLUMNS)


def csv(table: list[Cells]) -> bytes:
    """The table as CSV in UTF-8."""
    return "\r\n".join([";".join(COLUMNS), *map(line, table), ""]).encode()


def xlsx(table: list[Cells]) -> bytes:
    """The table as a workbook of text."""
    buffer = BytesIO()
    with Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for place, name in enumerate(COLUMNS):
            sheet.write_string(0, place, name)
        for number, cells in enumerate(table, start=1):
            for place, name in enumerate(COLUMNS):
                sheet.write_string(number, place, cells[name])
    return buffer.getvalue()


def _spoil(kind: int, cells: Cells, before: Cells) -> tuple[str | None, Problem, str]:
    """The column and problem of a fault of this kind, and the line that has it."""
    if kind in (5, 6):
        text = line(cells) + ";extra;more" if kind == 5 else line(cells).replace(";", ",")
        return None, Problem.WRONG_COLUMN_COUNT, text
    if kind == 4:
        return None, Problem.WRONG_ENCODING, line(cells | {"given_name": "BLÅ"})
    number = cells["national_id"]
    column, problem, value = (
        ("birth_date", Problem.NOT_A_DATE, "31.02.2010"),
        (
            "national_id",
            Problem.NATIONAL_ID_CHECK_DIGITS,
            number[:-1] + str((int(number[-1]) + 1) % 10),
        ),
        ("employer_unit", Problem.UNKNOWN_UNIT, "Ukjent"),
        ("external_id", Problem.DUPLICATE_LINE, before["external_id"]),
    )[kind]
    return column, problem, line(cells | {column: value})


def with_faults(table: list[Cells]) -> tuple[bytes, dict[int, tuple[str | None, Problem]]]:
    """The table with 37 rows at fault, and by line what is wrong with each and where."""
    lines = [line(cells).encode() for cells in table]
    expected: dict[int, tuple[str | None, Problem]] = {}
    for number in range(1, 38):
        at = number * (len(table) // 40)
        column, problem, text = _spoil(number % 7, table[at], table[at - 1])
        lines[at] = text.encode("cp1252" if problem is Problem.WRONG_ENCODING else "utf-8")
        expected[at + 2] = (column, problem)
    return b"\r\n".join([";".join(COLUMNS).encode(), *lines, b""]), expected
