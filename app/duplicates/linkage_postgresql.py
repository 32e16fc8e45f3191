"""PostgreSQL as the engine of ``nationwide``: in a scratch database, maybe on a bigger machine.

Splink would load persons by an extension of DuckDB that it fetches from the net; here they are
copied in, and Splink is given the table. Nothing of persons reaches the server's journal, and its
copies: no table is logged, and only columns that say nothing of them are sampled for the planner,
which keeps what it samples in a table that is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from psycopg import Connection
from splink.backends.postgres import PostgresAPI
from splink.internals.dialects import PostgresDialect
from splink.internals.pipeline import CTEPipeline
from sqlalchemy import Engine, create_engine

from app.duplicates import scratch
from app.duplicates.linkage_engine import POSTGRESQL, USEFUL_KEYS, Opened, Weighed
from app.duplicates.linkage_rows import COLUMNS
from app.duplicates.scratch import Schema, Scratch

AT_ONCE = 1 << 20
"""Bytes of a file sent at a time."""


@contextmanager
def opened(path: Path, where: Scratch) -> Iterator[Opened]:
    """PostgreSQL with the persons in a file of ``linkage_rows``, who are gone from it afterwards.

    Raises:
        Unusable: see ``scratch.schema``.
    """
    with scratch.schema(where) as schema:
        # Splink looks for a table by its name alone, in all schemas: it has that of the schema.
        persons = schema.name
        with schema.connected() as connection:
            connection.execute(POSTGRESQL)
            _load(connection, path, persons)
        engine = create_engine(
            schema.url,
            connect_args={"options": schema.options, "application_name": schema.name},
            hide_parameters=True,
            max_overflow=0,
        )
        try:
            api = _Api(engine, schema)
            yield Opened(api.register(persons), partial(_rows, schema))
        finally:
            engine.dispose()


TABLE = "CREATE UNLOGGED TABLE {} WITH (autovacuum_enabled = false)"
"""How all tables are made: none is logged, and the server samples none by itself."""


def _load(connection: Connection, path: Path, persons: str) -> None:
    # In plain byte order, which is quicker to sort than that of a language.
    columns = ", ".join(f'{name} text COLLATE "C"' for name in COLUMNS)
    connection.execute(TABLE.format(f"lines ({columns})"))
    with (
        path.open("rb") as file,
        connection.cursor().copy("COPY lines FROM STDIN (FORMAT csv, HEADER true)") as copy,
    ):
        while some := file.read(AT_ONCE):
            copy.write(some)
    connection.execute(f"{TABLE.format(persons)} AS {USEFUL_KEYS}")
    connection.execute("DROP TABLE lines")
    connection.execute(f"ANALYZE {persons} (unique_id)")


def _rows(schema: Schema, table: str) -> Iterator[Weighed]:
    found = f"SELECT unique_id_l, unique_id_r, match_weight::float8 FROM {table}"  # noqa: S608
    with (
        schema.connected() as connection,
        connection.cursor().copy(f"COPY ({found}) TO STDOUT") as copy,
    ):
        copy.set_types(["text", "text", "float8"])
        yield from copy.rows()


_TYPES = {int: "bigint", float: "float8", str: "text"}


class _Dialect(PostgresDialect):
    """Splink's, with what it lacks: a row for each key of a list."""

    def explode_arrays_sql(
        self, tbl_name: str, columns_to_explode: Sequence[str], other_columns_to_retain: list[str]
    ) -> str:
        [column] = columns_to_explode
        kept = ", ".join([f"unnest({column}) AS {column}", *other_columns_to_retain])
        return f"SELECT {kept} FROM {tbl_name}"  # noqa: S608 - names of Splink's and ours


# Splink says all it wants in one query. PostgreSQL would work out a step anew wherever the next one
# names it, levels hundreds of times for each pair, and share none of it between its processes. The
# steps on the left are made tables when that on the right follows.
_KEPT_BEFORE = {
    "__splink__df_concat_unnested": "__splink__marginal_exploded_ids_blocking_rule_mk_0",
    "__splink__df_concat_with_tf": "blocked_with_cols",
    "__splink__df_comparison_vectors": "__splink__df_match_weight_parts",
    "__splink__df_match_weight_parts": "__splink__df_predict",
}


# How columns begin that hold numbers of a run, levels and weights.
_SAYS_NOTHING = ("unique_id", "join_key", "keys", "match_", "gamma_", "mw_", "tf_")


class _Api(PostgresAPI):
    """Splink's, with our tables and steps."""

    sql_dialect = _Dialect()

    def __init__(self, engine: Engine, schema: Schema) -> None:
        self.schema = schema
        super().__init__(engine, schema.name, [schema.functions_in])

    def _create_log2_function(self) -> None:
        """Splink's takes a decimal way to it; ours is among the functions of the engine."""

    def _table_registration(
        self, input: Sequence[Mapping[str, int | float | str]], table_name: str
    ) -> None:
        """Make a table of figures that Splink has added up here."""
        columns = {name: _TYPES[type(value)] for name, value in input[0].items()}
        with self.schema.connected() as connection:
            made = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"CREATE UNLOGGED TABLE {table_name} ({made})")
            with connection.cursor().copy(f"COPY {table_name} FROM STDIN") as copy:
                for row in input:
                    copy.write_row([row[name] for name in columns])

    def sql_pipeline_to_splink_dataframe(self, pipeline: CTEPipeline) -> Any:
        """What comes of the steps of ``pipeline``, some of which are made tables on the way."""
        names = [step.output_table_name for step in pipeline.queue]
        for place, name in enumerate(names, 1):
            if _KEPT_BEFORE.get(name) in names[place:]:
                kept = super().sql_pipeline_to_splink_dataframe(_part(pipeline, 0, place))
                rest = _part(pipeline, place, len(names))
                rest.append_input_dataframe(kept)
                found = self.sql_pipeline_to_splink_dataframe(rest)
                kept.drop_table_from_database_and_remove_from_cache()
                return found
        return super().sql_pipeline_to_splink_dataframe(pipeline)

    def _setup_for_execute_sql(self, sql: str, physical_name: str) -> str:
        self.delete_table_from_database(physical_name)
        return f"{TABLE.format(physical_name)} AS\n{sql}"

    def _cleanup_for_execute_sql(self, table: Any, templated_name: str, physical_name: str) -> Any:
        made = super()._cleanup_for_execute_sql(table, templated_name, physical_name)
        names = [column.unquote().name for column in made.columns]
        if sampled := [name for name in names if name.startswith(_SAYS_NOTHING)]:
            self._execute_sql_against_backend(f"ANALYZE {physical_name} ({', '.join(sampled)})")
        return made


def _part(pipeline: CTEPipeline, start: int, end: int) -> CTEPipeline:
    part = CTEPipeline(list(pipeline.input_dataframes))
    part.queue = pipeline.queue[start:end]
    return part
