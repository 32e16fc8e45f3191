"""What Splink's engines say each in its own way; all else of the comparison is in ``nationwide``.

DuckDB and PostgreSQL answer a few questions about two texts by functions of the same names, so that
the model is one text. All but the first two of them mean the same in both:

* ``like_name(a, b)``, ``like_street(a, b)``: nearly the same. DuckDB asks Jaro and Winkler, whose
  measure PostgreSQL lacks. There it is edit distance, of at most a quarter of the letters of the
  longer (one in short ones), or that one begins with the other: short forms and initials are what
  Jaro-Winkler forgives most. Of pairs that share a key and whose names differ, the two agree about
  nine in ten that are of one person, and 19 in 20 that are not. Edit distance is done in C; written
  in PostgreSQL's own language, Jaro-Winkler would take many times as long for each pair.
* ``one_slip(a, b)``: a letter too many, missing or wrong, or two neighbours swapped, which is what
  DuckDB calls a Damerau-Levenshtein distance of one. PostgreSQL has Levenshtein's alone, and looks
  for swapped neighbours where that is two.
* ``within(a, b, edits)``: no more edits apart.
* ``shares_word(a, b)``: a word in common.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.duplicates.linkage_rows import COLUMNS

LARGEST_BLOCK = 300
_KEPT = ", ".join(COLUMNS[:-1])

Weighed = tuple[str, str, float]
"""The ids of two persons, and how much says that they are one, in bits."""


@dataclass(frozen=True)
class Opened:
    """An engine that holds the persons.

    ``persons`` is Splink's handle of them. ``rows`` gives what a table of pairs holds: two ids and
    a weight.
    """

    persons: Any
    rows: Callable[[str], Iterator[Weighed]]


# Keys that too many share, or one alone, find nobody. The others become numbers, which are shorter
# than keys and say nothing of persons.
USEFUL_KEYS = f"""
WITH each_key AS (
    SELECT unique_id, unnest(string_to_array(keys, ';')) AS key FROM lines
), useful AS (
    SELECT key, row_number() OVER () AS number FROM each_key
    GROUP BY key HAVING count(*) BETWEEN 2 AND {LARGEST_BLOCK}
), kept AS (
    SELECT unique_id, array_agg(number) AS keys FROM each_key JOIN useful USING (key)
    GROUP BY unique_id
)
SELECT {_KEPT}, coalesce(kept.keys, CAST(ARRAY[] AS bigint[])) AS keys
FROM lines LEFT JOIN kept USING (unique_id)
"""  # noqa: S608 - a number and columns of ours
"""The persons of the table ``lines``, which holds a file of ``linkage_rows``, each with a list of
the numbers of their keys; read alike by both engines."""

DUCKDB = """
CREATE MACRO like_name(a, b) AS jaro_winkler_similarity(a, b) >= 0.9;
CREATE MACRO like_street(a, b) AS jaro_winkler_similarity(a, b) >= 0.88;
CREATE MACRO one_slip(a, b) AS damerau_levenshtein(a, b) <= 1;
CREATE MACRO shares_word(a, b) AS list_has_any(string_split(a, ' '), string_split(b, ' '));
CREATE MACRO within(a, b, edits) AS levenshtein(a, b) <= edits;
"""

LONGEST = 255
"""Letters of a text that PostgreSQL's edit distance takes; it fails on longer ones."""

_PURE = "LANGUAGE sql IMMUTABLE PARALLEL SAFE"

# All but the search for swapped neighbours become part of the query that asks.
POSTGRESQL = f"""
CREATE FUNCTION within(a text, b text, edits int) RETURNS boolean {_PURE} AS $$
    SELECT levenshtein_less_equal(left(a, {LONGEST}), left(b, {LONGEST}), edits) <= edits
$$;
CREATE FUNCTION neighbours_swapped(a text, b text) RETURNS boolean {_PURE} AS $$
    SELECT EXISTS (
        SELECT FROM generate_series(1, length(a) - 1) AS place
        WHERE overlay(a PLACING reverse(substr(a, place, 2)) FROM place FOR 2) = b
    )
$$;
CREATE FUNCTION one_slip(a text, b text) RETURNS boolean {_PURE} AS $$
    SELECT within(a, b, 1)
        OR length(a) = length(b) AND within(a, b, 2) AND neighbours_swapped(a, b)
$$;
CREATE FUNCTION like_name(a text, b text) RETURNS boolean {_PURE} AS $$
    SELECT within(a, b, greatest(1, greatest(length(a), length(b)) / 4))
        OR length(a) >= 3 AND starts_with(b, a)
        OR length(b) >= 3 AND starts_with(a, b)
$$;
CREATE FUNCTION like_street(a text, b text) RETURNS boolean {_PURE} AS $$
    SELECT like_name(a, b)
$$;
CREATE FUNCTION shares_word(a text, b text) RETURNS boolean {_PURE} AS $$
    SELECT string_to_array(a, ' ') && string_to_array(b, ' ')
$$;
CREATE FUNCTION log2(number float8) RETURNS float8 {_PURE} AS $$
    SELECT ln(number) / ln(CAST(2 AS float8))
$$;
"""  # noqa: S608 - a number of ours
