"""``python -m benchmarks.matching``: the search for duplicates, on both databases.

Persons of ``benchmarks.persons`` in one municipality. The scan of all of them and after 1,000
changes, each as the command that users give; then the check while somebody is registered, with
registrations that hold mistakes of people who are there. Ends with status 1 where fewer than 95 of
100 of those are found.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from flask import Flask

from app import create_app
from app.columns import new_id
from app.db import db, transaction
from app.models import Person
from app.people.contact import normalise_email, normalise_phone, parse_date
from app.people.matching import likely
from app.people.names import search_form, tidy
from app.people.operations import PersonFacts
from app.security.actor import acting_as, operator
from app.security.keys import Keyring
from benchmarks import persons
from benchmarks.data import MUNICIPALITY
from benchmarks.database import KINDS, SQLITE, Database, databases
from benchmarks.persons import Row
from benchmarks.samvev import NATIONAL_ID_HASH, Samvev, stored
from benchmarks.server import ROOT
from benchmarks.subject import SECRET, Scale
from config import Mode, Settings

CHANGED = 1_000
LEAST_FOUND = 0.95
COLUMNS = (
    "id municipality_id given_name family_name search_family search_given birth_date"
    " national_id_cipher national_id_hash national_id_is_doubtful email phone address postcode"
    " is_shielded created_at version"
)


@dataclass
class Planted:
    """Who is in the database: ids of everybody by human, and registrations that are not there."""

    ids: dict[int, list[str]] = field(default_factory=dict)
    held_out: list[Row] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, scan, ask, and print what it took."""
    parser = argparse.ArgumentParser(prog="benchmarks.matching", description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--databases", default=",".join(KINDS))
    options = parser.parse_args(arguments)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    folder = Path(tempfile.mkdtemp(prefix="samvev-matching-"))
    found = []
    try:
        for kind in options.databases.split(","):
            with databases(kind, folder) as create:
                found.append(_on(create("matching"), folder, options.persons, options.samples))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(min(found) < LEAST_FOUND)


def _on(database: Database, folder: Path, count: int, samples: int) -> float:
    """Measure on one database; the share of registrations whose human was found."""
    program = Samvev().prepare(database, folder, Scale(1))
    keyring = Keyring(program.environment["SAMVEV_ENCRYPTION_KEY"])
    planted = _plant(database, keyring, count, samples)
    database.settle()
    name = f"{database.kind}, {count:,} persons"
    _scan(f"{name}: scan of all, keys made on the way", program.environment)
    database.settle()
    settings = Settings(
        mode=Mode.TEST,
        instance=Path(program.environment["SAMVEV_INSTANCE"]),
        database_url=database.url,
        secret_key=SECRET,
        encryption_key=program.environment["SAMVEV_ENCRYPTION_KEY"],
    )
    app = create_app(settings)
    _change(app, planted)
    _scan(f"{name}: scan after {CHANGED:,} changes", program.environment)
    return _ask(name, app, planted)


# --- filling --------------------------------------------------------------------------------------


def _plant(database: Database, keyring: Keyring, count: int, samples: int) -> Planted:
    database = replace(database, answers=(("samvev_municipality", MUNICIPALITY),))
    planted = Planted()
    rows = _stored(database, keyring, planted, count, samples)
    database.fill("person", COLUMNS.split(), rows)
    return planted


def _stored(
    database: Database, keyring: Keyring, planted: Planted, count: int, samples: int
) -> Iterator[tuple[object, ...]]:
    """The rows of the table of persons; some second registrations of a human are held out."""
    now = "2026-01-01 00:00:00.000000" + ("" if database.kind == SQLITE else "+00")
    numbers: set[str] = set()
    every = max(1, count // 12 // samples)
    seen = 0
    for row in persons.rows(count, seed=2026):
        if row.human in planted.ids and len(planted.held_out) < samples:
            seen += 1
            if seen % every == 0:
                planted.held_out.append(row)
                continue
        number = row.national_id if row.national_id not in numbers else ""
        numbers.add(number)
        facts, person_id = _facts(row), new_id()
        planted.ids.setdefault(row.human, []).append(person_id)
        yield (
            stored(database, person_id),
            MUNICIPALITY,
            facts.given_name,
            facts.family_name,
            search_form(facts.family_name, facts.given_name),
            search_form(facts.given_name, facts.family_name),
            facts.birth_date.isoformat() if facts.birth_date else None,
            keyring.encrypt(number) if number else None,
            keyring.keyed_hash(NATIONAL_ID_HASH, number) if number else None,
            False,
            facts.email,
            facts.phone,
            facts.address,
            facts.postcode,
            False,
            now,
            1,
        )


def _facts(row: Row) -> PersonFacts:
    """What the panel makes of a row; contact data that it would not take are left out."""
    phone = email = birth = None
    with suppress(ValueError):
        phone = normalise_phone(row.phone)
    with suppress(ValueError):
        email = normalise_email(row.email)
    with suppress(ValueError):
        birth = parse_date(row.birth_date)
    return PersonFacts(
        tidy(row.given_name)[:100] or "?",
        tidy(row.family_name)[:100] or "?",
        birth,
        email=email,
        phone=phone,
        address=tidy(row.address)[:200] or None,
        postcode=row.postcode if len(row.postcode) == 4 and row.postcode.isdigit() else None,
    )


# --- measuring ------------------------------------------------------------------------------------


def _scan(name: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "--app", "run", "duplicates", "scan"]
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read().strip()
    _pid, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    assert status == 0, said
    _tell(
        f"| {name} | {wall:.1f} s | processor {used.ru_utime + used.ru_stime:.1f} s"
        f" | peak {used.ru_maxrss / 1024:.0f} MB | {said.partition(': ')[2]} |"
    )


def _change(app: Flask, planted: Planted) -> None:
    """Give some persons another given name."""
    draw = random.Random(7)
    chosen = draw.sample([ids[0] for ids in planted.ids.values()], CHANGED)
    with app.app_context(), acting_as(db.session(), operator(MUNICIPALITY)), transaction():
        for person_id in chosen:
            person = db.session.get(Person, person_id)
            assert person is not None
            person.given_name = f"{person.given_name} {draw.choice('ABDEFGHIJKLM')}."


def _ask(name: str, app: Flask, planted: Planted) -> float:
    times, found = [], 0
    with app.app_context(), acting_as(db.session(), operator(MUNICIPALITY)) as actor:
        for row in [*planted.held_out[:20], *planted.held_out]:
            facts = _facts(row)
            begun = time.perf_counter()
            answer = likely(actor, facts, national_id_text=row.national_id)
            times.append(time.perf_counter() - begun)
            db.session.rollback()
            found += any(one.person_id in planted.ids[row.human] for one in answer)
    times = sorted(times[20:])
    share = found / (len(times) + 20)
    _tell(
        f"| {name}: check while typing | median {statistics.median(times) * 1000:.1f} ms"
        f" | 95th percentile {times[len(times) * 95 // 100] * 1000:.1f} ms"
        f" | longest {times[-1] * 1000:.1f} ms | {share:.1%} of {len(times)} found |"
    )
    return share


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
