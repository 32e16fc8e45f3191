"""How the panel itself is filled and walked through, by a local administrator of one municipality.

The rows are put straight into the tables, as the panel would have written them: searchable forms
of the names, national ids encrypted and hashed. All three walls stand.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

from werkzeug.security import generate_password_hash

from app.people.names import prefix_range, search_form
from app.security.keys import Keyring
from benchmarks.data import (
    EXPORTED_NAME,
    MUNICIPALITY,
    SEARCHED_NAME,
    SEARCHED_PREFIX,
    Person,
    people,
    units,
)
from benchmarks.database import SQLITE, Database
from benchmarks.server import ROOT
from benchmarks.subject import PAGE_SIZE, PASSWORD, SECRET, Page, Program, Scale, Tour

ACCOUNT = 1
ADMINISTRATOR = 1
COUNTY = "98"
NATIONAL_ID_HASH = "national id"
UNIT_SERIES, PERSON_SERIES, MEMBERSHIP_SERIES = 0x019A, 0x019B, 0x019C
ROW = r'href="/person/show/([0-9a-f-]{36})"'
LOOKUP_HITS = 20
WRITERS = 2
RAW_EXPORT = (
    "SELECT family_name, given_name, birth_date, person.phone, person.email, unit.name "
    "FROM person JOIN unit ON unit.id = person.unit_id "
    f"WHERE person.municipality_id = {MUNICIPALITY} AND given_name = '{EXPORTED_NAME}' "
    f"AND search_given >= '{search_form(EXPORTED_NAME)}' "
    f"AND search_given < '{search_form(EXPORTED_NAME)}~' ORDER BY search_family, person.id"
)


class Samvev:
    """The panel of this repository."""

    title = "Samvev"

    def prepare(self, database: Database, folder: Path, scale: Scale) -> Program:
        """Migrate by the panel's own command, then load a municipality and its people."""
        environment = {
            "SAMVEV_DATABASE_URL": database.url,
            "SAMVEV_INSTANCE": str(folder / f"instance-{database.kind}"),
            "SAMVEV_SECRET_KEY": SECRET,
            "SAMVEV_ENCRYPTION_KEY": f"{SECRET}-encryption",
        }
        command = [sys.executable, "-m", "flask", "--app", "run", "database", "prepare"]
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, check=True, capture_output=True
        )
        load_samvev(database, scale, Keyring(environment["SAMVEV_ENCRYPTION_KEY"]))
        return Program("run:app", environment, "/login/", "bench")

    def tour(self, database: Database, scale: Scale) -> Tour:
        """The pages, with the ids that the database says they must show."""
        listed = Listed(database)
        deep = listed.ids(offset=scale.deep_page * PAGE_SIZE - 1, limit=2)
        record = identifier(PERSON_SERIES, 7)
        found = f"/person/list/?family_name={SEARCHED_NAME}"
        exported = f"/person/export?format=csv&given_name={EXPORTED_NAME}"
        begun = f"/person/list/?family_name={SEARCHED_PREFIX}"
        return Tour(
            first=rows_page("/person/list/", listed.ids()[0]),
            deep=rows_page(f"/person/list/?after={deep[0]}", deep[1]),
            equals=rows_page(found, listed.ids(SEARCHED_NAME)[0]),
            prefix=rows_page(begun, listed.ids(SEARCHED_PREFIX)[0]),
            record=Page(f"/person/show/{record}", r"\.7@example\.com", 1),
            edit=Page(f"/person/edit/{record}", r'value="[^"]+\.7@example\.com', 1),
            choice=Page("/unit/add", r'name="leader_id_search"', 1, ('name="leader_id"',)),
            lookup=Page(
                f"/person/choices?q={SEARCHED_PREFIX}", r'"id": ?"([0-9a-f-]{36})"', LOOKUP_HITS
            ),
            export=Page(exported, r"\n", scale.exported + 1),
            raw_export=RAW_EXPORT,
        )


class Listed:
    """The order of the list, asked of the database itself."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def ids(self, prefix: str = "", *, offset: int = 0, limit: int = 1) -> list[str]:
        """Ids of persons in the order of names, from the first that begins as ``prefix``."""
        low, _high = prefix_range(prefix)
        found = self.database.rows(
            f"SELECT id FROM person WHERE municipality_id = {MUNICIPALITY} "
            f"AND search_family >= '{low}' ORDER BY search_family, id LIMIT {limit} OFFSET {offset}"
        )
        return [str(UUID(str(row[0]))) for row in found]


def rows_page(path: str, expected: str) -> Page:
    """A full page of the list that shows the person ``expected``."""
    return Page(path, ROW, PAGE_SIZE, (f"/person/show/{expected}",))


def identifier(series: int, number: int) -> str:
    """A UUID of version 7, the same in each run."""
    return str(UUID(int=series << 112 | 7 << 76 | 2 << 62 | number))


def stored(database: Database, id_: str) -> str:
    """A UUID as the database keeps it: without hyphens on SQLite."""
    return id_.replace("-", "") if database.kind == SQLITE else id_


def load_samvev(database: Database, scale: Scale, keyring: Keyring) -> None:
    """Fill municipality, units, persons, and the account that measures."""
    database = replace(database, answers=(("samvev_municipality", MUNICIPALITY),))
    now = "2026-01-01 00:00:00.000000" + ("" if database.kind == SQLITE else "+00")
    _load_municipality(database)
    unit_columns = "id municipality_id name search_name kind is_outside path created_at version"
    database.fill("unit", unit_columns.split(), _unit_rows(database, now))
    person_columns = (
        "id municipality_id given_name family_name search_family search_given birth_date "
        "national_id_cipher national_id_hash national_id_is_doubtful email phone address "
        "postcode unit_id is_shielded created_at version"
    )
    row = partial(_person_row, database, keyring, now)
    # Encrypting takes longer than inserting, so processes of its own do it.
    with get_context("fork").Pool(WRITERS, _end_quietly) as pool:
        rows = pool.imap(row, people(scale.persons), chunksize=2000)
        database.fill("person", person_columns.split(), rows)
    _load_account(database, now)


def _end_quietly() -> None:
    """Let a helper process end at a signal; the one that started it reports."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_DFL)


def _load_municipality(database: Database) -> None:
    """A county and municipality that no register holds."""
    since = "2024-01-01"
    database.fill(
        "county",
        ["number", "name", "official_names", "valid_from"],
        [(COUNTY, "Målefylket", "{}", since)],
    )
    municipality_columns = (
        "id number name search_name official_names language_form county_number valid_from "
        "is_in_use is_demonstration has_namesake version"
    )
    row = (MUNICIPALITY, "9899", "Målevik", search_form("Målevik"), "{}", "bokmal", COUNTY, since)
    database.fill("municipality", municipality_columns.split(), [(*row, True, False, False, 1)])


def _unit_rows(database: Database, now: str) -> Iterator[tuple[object, ...]]:
    for number, municipality, name in units():
        id_ = identifier(UNIT_SERIES, number)
        kept = (stored(database, id_), municipality, name, search_form(name))
        yield (*kept, "school", False, f"/{id_}/", now, 1)


def _person_row(
    database: Database, keyring: Keyring, now: str, person: Person
) -> tuple[object, ...]:
    return (
        stored(database, identifier(PERSON_SERIES, person.id)),
        person.municipality_id,
        person.given_name,
        person.family_name,
        search_form(person.family_name, person.given_name),
        search_form(person.given_name, person.family_name),
        person.birth_date,
        keyring.encrypt(person.national_id),
        keyring.keyed_hash(NATIONAL_ID_HASH, person.national_id),
        False,
        person.email,
        person.phone,
        person.address,
        person.postcode,
        stored(database, identifier(UNIT_SERIES, person.unit_id)),
        False,
        now,
        1,
    )


def _load_account(database: Database, now: str) -> None:
    """A local administrator of the whole municipality, known there as person 1."""
    columns = "id first_name last_name username password active email login_count fail_login_count"
    password = generate_password_hash(PASSWORD)
    row = (ACCOUNT, "Bench", "User", "bench", password, True, "bench@example.com", 0, 0)
    database.fill("ab_user", columns.split(), [row])
    membership_columns = "id municipality_id account_id person_id role starts_on created_at version"
    membership = (
        stored(database, identifier(MEMBERSHIP_SERIES, 1)),
        MUNICIPALITY,
        ACCOUNT,
        stored(database, identifier(PERSON_SERIES, ADMINISTRATOR)),
        "local_administrator",
        "2026-01-01",
        now,
        1,
    )
    database.fill("membership", membership_columns.split(), [membership])
