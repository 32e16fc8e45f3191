"""Persons written for ``nationwide``: their normal form and their keys, as CSV."""

import csv
from collections.abc import Iterable
from pathlib import Path

from app.duplicates.keys import keys_of
from app.duplicates.record import Record

COLUMNS = (
    *("unique_id", "given", "family", "birth", "number", "is_valid", "phone", "email", "mailbox"),
    *("street", "house", "postcode", "unit", "keys"),
)


def write(path: Path, records: Iterable[tuple[str, Record]]) -> None:
    """Write persons (id and record) in the form that ``link`` reads."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(_cells(identity, record) for identity, record in records)


def _cells(identity: str, record: Record) -> tuple[str, ...]:
    number = record.number
    return (
        *(identity, record.given, record.family, record.birth),
        *((number.digits, str(int(number.is_valid))) if number else ("", "")),
        *(record.phone, record.email, record.mailbox, record.street, record.house),
        *(record.postcode, record.unit, ";".join(sorted(k.decode() for k in keys_of(record)))),
    )
