"""DuckDB as the engine of ``nationwide``: in the memory of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb
from splink import DuckDBAPI

from app.duplicates.linkage_engine import DUCKDB, USEFUL_KEYS, Opened, Weighed

MEMORY = "4GB"
AT_ONCE = 10_000


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """DuckDB with the persons in a file of ``linkage_rows``."""
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(DUCKDB)
        connection.execute(_READ, [str(path)])
        connection.execute(f"CREATE TABLE persons AS {USEFUL_KEYS}")
        connection.execute("DROP TABLE lines")
        api = DuckDBAPI(connection=connection)
        yield Opened(api.register("persons"), partial(_rows, connection))


_READ = """
CREATE TABLE lines AS
SELECT * FROM read_csv(?, header = true, all_varchar = true, nullstr = '')
"""


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[Weighed]:
    found = connection.execute(
        f"SELECT unique_id_l, unique_id_r, match_weight FROM {table}"  # noqa: S608 - Splink's name
    )
    while batch := found.fetchmany(AT_ONCE):
        yield from batch
