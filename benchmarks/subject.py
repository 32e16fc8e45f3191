"""What the probes need to know about a panel: how it is filled, started and walked through."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.data import (
    EXPORT_SHARE,
    EXPORTED_NAME,
    SEARCHED_NAME,
    SEARCHED_PREFIX,
    Person,
    people,
    slug,
    units,
)
from benchmarks.database import Database

PAGE_SIZE = 25
PASSWORD = "benchmark-only-9901"
SECRET = "known-to-all-used-for-measuring-only"
EXPORT_COLUMNS = ("family_name", "given_name", "birth_date", "phone", "email", "unit")
FORM_COLUMNS = (*EXPORT_COLUMNS, "national_id", "address", "postcode")


@dataclass(frozen=True)
class Scale:
    """How many persons; the deep page and the export follow from it."""

    persons: int

    @property
    def from_end(self) -> int:
        """How many rows from the end the deep page starts."""
        return min(20_000, self.persons // 2)

    @property
    def deep_page(self) -> int:
        """The number of that page, counted from zero."""
        return (self.persons - self.from_end) // PAGE_SIZE

    @property
    def exported(self) -> int:
        """How many rows the export holds: the persons with one given name."""
        return self.persons // EXPORT_SHARE


@dataclass(frozen=True)
class Page:
    """An address and what proves its answer: a pattern with its number of distinct matches.

    ``shows`` are texts that must be in the answer as well.
    """

    path: str
    pattern: str
    matches: int
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tour:
    """The pages of one panel; None where the panel has no such request."""

    first: Page
    deep: Page
    equals: Page
    prefix: Page
    record: Page
    edit: Page
    choice: Page
    lookup: Page | None
    export: Page
    raw_export: str
    changed_field: str = "phone"


@dataclass(frozen=True)
class Program:
    """How a panel is served: a gunicorn application, its settings and its login page."""

    application: str
    environment: dict[str, str]
    login_page: str
    username: str


class Subject(Protocol):
    """A panel that can be measured."""

    title: str

    def prepare(self, database: Database, folder: Path, scale: Scale) -> Program:
        """Make the tables and the user, and load the people."""
        ...

    def tour(self, database: Database, scale: Scale) -> Tour:
        """The pages to ask for, with what each must show."""
        ...


def load_plain(database: Database, scale: Scale) -> None:
    """Fill ``unit`` and ``person`` as both peers have them."""
    database.fill("unit", ["id", "municipality_id", "name"], units())
    database.fill("person", Person._fields, people(scale.persons))


@dataclass(frozen=True)
class PlainRows:
    """What the peers' pages must show, asked of the database itself."""

    database: Database
    scale: Scale

    def row_at(self, offset: int) -> str:
        """The family name ``offset`` rows into the list, as its e-mail address holds it."""
        rows = "SELECT family_name FROM person WHERE municipality_id = 1"
        name = self.database.text(f"{rows} ORDER BY family_name, id LIMIT 1 OFFSET {offset}")
        return f".{slug(name)}."

    @property
    def searched(self) -> str:
        """A pattern that only rows with the searched family name match."""
        return rf"\.{slug(SEARCHED_NAME)}\.\d+@"

    @property
    def prefixed(self) -> str:
        """A pattern that only rows with the searched prefix match."""
        return rf"\.{slug(SEARCHED_PREFIX)}[a-z]*\.\d+@"


RAW_EXPORT = (
    "SELECT family_name, given_name, birth_date, phone, email, unit.name "
    "FROM person JOIN unit ON unit.id = person.unit_id "
    f"WHERE person.municipality_id = 1 AND given_name = '{EXPORTED_NAME}' "
    "ORDER BY family_name, person.id"
)
