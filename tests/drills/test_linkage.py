"""Splink's two engines on the same persons: they find the same, and nothing stays in the database.

Needs Splink (the extra ``linkage``), and the address of a scratch database of its own in
SAMVEV_LINKAGE_URL, on a server with PostgreSQL's contrib modules.
"""

import os
import random
import time
from contextlib import closing

import psycopg
import pytest

from app.duplicates import linkage_rows, scratch
from app.duplicates.linkage_engine import DUCKDB, POSTGRESQL
from benchmarks.duplicates import persons_of
from benchmarks.persons import rows
from tests.drills import size, tell

PERSONS = size(3_000, 100_000)
TEXTS = size(2_000, 50_000)
SEED = 2026
ALIKE = 0.02
"""How much of the true pairs may be found by one engine and not by the other."""

EXACT = ("one_slip(a, b)", "within(a, b, 2)", "shares_word(a, b)")
LETTERS = "abcdefgh "

pytestmark = [
    pytest.mark.drill,
    # Of libraries that come with Splink.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture
def where():
    """A scratch database, where there is one and Splink is installed."""
    pytest.importorskip("splink")
    address = os.environ.get("SAMVEV_LINKAGE_URL")
    if not address:
        pytest.skip("SAMVEV_LINKAGE_URL is not set")
    return scratch.ready(address, panel=None)


def test_both_engines_find_the_same_persons_and_leave_nothing(where, tmp_path, capsys):
    from app.duplicates import nationwide

    persons = persons_of(rows(PERSONS, seed=SEED))
    path = tmp_path / "persons.csv"
    linkage_rows.write(path, ((str(place), one) for place, one in enumerate(persons.records)))
    found, text = {}, f"Splink on {PERSONS:,} persons, {persons.pairs:,} true pairs"
    for engine, room in (("DuckDB", None), ("PostgreSQL", where)):
        began = time.perf_counter()
        pairs = [
            tuple(sorted((int(a), int(b))))
            for a, b, _bits in nationwide.link(path, lowest=0, scratch=room)
        ]
        found[engine] = {pair for pair in pairs if persons.is_one(pair)}
        assert len(set(pairs)) == len(pairs)
        text += (
            f"; {engine}: {len(found[engine]):,} of them among {len(pairs):,}"
            f" in {time.perf_counter() - began:.0f} s"
        )
    tell(capsys, text)

    assert len(found["DuckDB"]) > 0.9 * persons.pairs
    assert len(found["DuckDB"] ^ found["PostgreSQL"]) < ALIKE * persons.pairs
    assert leftovers(where) == []


def test_both_engines_answer_alike_of_two_texts(where):
    import duckdb

    choice = random.Random(SEED)
    texts = [pair_of_texts(choice) for _number in range(TEXTS)]
    asked = f"SELECT a, b, {', '.join(EXACT)} FROM texts ORDER BY 1, 2"

    with duckdb.connect() as connection:
        connection.execute(DUCKDB)
        connection.execute("CREATE TABLE texts (a text, b text)")
        connection.executemany("INSERT INTO texts VALUES (?, ?)", texts)
        in_duckdb = connection.execute(asked).fetchall()
    with scratch.schema(where) as schema, schema.connected() as connection:
        connection.execute(POSTGRESQL)
        connection.execute('CREATE TABLE texts (a text COLLATE "C", b text COLLATE "C")')
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO texts VALUES (%s, %s)", texts)
        in_postgresql = connection.execute(asked).fetchall()

    assert in_postgresql == in_duckdb
    for place in range(2, 2 + len(EXACT)):
        assert {row[place] for row in in_duckdb} == {True, False}


def pair_of_texts(choice):
    """A text, and one that is a few edits from it."""
    first = "".join(choice.choices(LETTERS, k=choice.randint(3, 9)))
    second = list(first)
    for _edit in range(choice.randint(0, 3)):
        place = choice.randrange(len(second))
        kind = choice.randrange(4)
        if kind == 0:
            second[place : place + 2] = reversed(second[place : place + 2])
        elif kind == 1:
            second.insert(place, choice.choice(LETTERS))
        elif kind == 2 and len(second) > 1:
            del second[place]
        else:
            second[place] = choice.choice(LETTERS)
    return first, "".join(second)


def leftovers(where):
    """The schemas of runs that are in the database."""
    with closing(psycopg.connect(scratch._plain(where.url))) as connection:
        like = f"{scratch.PREFIX}%"
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [like])
        return found.fetchall()
