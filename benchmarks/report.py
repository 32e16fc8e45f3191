"""The results as a Markdown table for people and as JSON for comparing runs."""

import json
import platform
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

import psycopg

from benchmarks.probes import MILLISECONDS, Measurement

FOLDER = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Column:
    """What one panel gave on one database."""

    database: str
    title: str
    measurements: Sequence[Measurement]


def markdown(columns: Sequence[Column], persons: int) -> str:
    """One table per database: a row per measurement, a column per panel, medians."""
    parts = [f"{persons:,} persons in one municipality, one client, medians. {_machine()}"]
    for database in dict.fromkeys(column.database for column in columns):
        parts += ["", *_table([column for column in columns if column.database == database])]
    problems = [
        f"* {column.title} on {column.database}, {found.row}: {found.note}"
        for column in columns
        for found in column.measurements
        if found.failed
    ]
    return "\n".join([*parts, *(["", "**Failed**", "", *problems] if problems else [])]) + "\n"


def write(columns: Sequence[Column], persons: int) -> Path:
    """Write ``latest.md`` and ``latest.json``, and give back the former's path."""
    FOLDER.mkdir(exist_ok=True)
    page = FOLDER / "latest.md"
    page.write_text(markdown(columns, persons), encoding="utf-8")
    facts = {
        "persons": persons,
        "machine": _machine(),
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "columns": [asdict(column) for column in columns],
    }
    (FOLDER / "latest.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return page


def _table(columns: Sequence[Column]) -> list[str]:
    cells = [{found.row: _cell(found) for found in column.measurements} for column in columns]
    rows = dict.fromkeys(row for column in cells for row in column)
    head = " | ".join(column.title for column in columns)
    lines = [f"| {columns[0].database} | {head} |", "| --- |" + " ---: |" * len(columns)]
    for row in rows:
        lines.append(f"| {row} | " + " | ".join(column.get(row, "-") for column in cells) + " |")
    return lines


def _cell(found: Measurement) -> str:
    if found.failed:
        return "FAILED"
    if found.note:
        return found.note
    if found.unit == MILLISECONDS and found.median >= 10_000:
        return f"{found.median / 1000:.1f} s"
    digits = 1 if found.median < 100 else 0
    return f"{found.median:,.{digits}f} {found.unit}"


def _machine() -> str:
    names = ("Flask-AppBuilder", "Django", "SQLAlchemy", "gunicorn")
    parts = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    parts += [f"psycopg {psycopg.__version__}", *(f"{name} {version(name)}" for name in names)]
    return f"{cpu_count()} cores; {', '.join(parts)}."
