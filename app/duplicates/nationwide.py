"""The same comparison for a nation: levels as Splink comparisons, run by DuckDB.

Splink is an optional extra (``pip install samvev[linkage]``): only ``duplicates link`` and the
bench import this module. What goes in is the normal form that ``record`` makes, so that spelling is
folded and blocks are found as everywhere else; how much a level says is estimated by Splink from
the batch itself. Interactions (``together``) have no place in its model, so the scores are coarser.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.comparison_level_creator import ComparisonLevelCreator

KEPT_COLUMNS = ("unique_id_l", "unique_id_r", "match_weight")
LARGEST_BLOCK = 300
# Pairs of which Splink looks at some to learn how often chance agrees.
RANDOM_PAIRS = 1e6


def link(path: Path, *, lowest: float, memory: str = "4GB") -> Iterator[tuple[str, str, float]]:
    """The pairs in a file of ``linkage_rows`` that weigh at least ``lowest``, in bits."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute(_READ, [str(path)])
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("persons"), settings(), log_level="WARNING")
    _train(linker)
    found = linker.inference.predict(threshold_match_weight=lowest)
    rows = connection.execute(f"SELECT {', '.join(KEPT_COLUMNS)} FROM {found.physical_name}")  # noqa: S608
    while batch := rows.fetchmany(10_000):
        yield from batch


# Keys that too many share, or one alone, find nobody.
_READ = f"""
CREATE TABLE persons AS WITH read AS (
    SELECT * REPLACE (string_split(keys, ';') AS keys)
    FROM read_csv(?, header = true, all_varchar = true, nullstr = '')
), each AS (
    SELECT unique_id, unnest(keys) AS key FROM read
), useful AS (
    SELECT key FROM each GROUP BY key HAVING count(*) BETWEEN 2 AND {LARGEST_BLOCK}
), kept AS (
    SELECT unique_id, list(key) AS keys FROM each JOIN useful USING (key) GROUP BY unique_id
)
SELECT read.* EXCLUDE (keys), coalesce(kept.keys, []) AS keys
FROM read LEFT JOIN kept USING (unique_id)
"""  # noqa: S608 - a number of ours


def settings() -> SettingsCreator:
    """Splink's model with our levels."""
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            _of("given", levels.JaroWinklerLevel("given", 0.9), _shares_word("given")),
            _of("family", levels.JaroWinklerLevel("family", 0.9), _shares_word("family")),
            _births(),
            _numbers(),
            _of("phone", levels.DamerauLevenshteinLevel("phone", 1)),
            _of("email", levels.ExactMatchLevel("mailbox"), levels.LevenshteinLevel("email", 2)),
            _of("street", _same_house(), levels.ExactMatchLevel("postcode")),
            _of("unit"),
        ],
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
        retain_matching_columns=False,
    )


def _train(linker: Linker) -> None:
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=1)
    for rule in (block_on("phone"), block_on("given", "family", "birth")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)


def _of(column: str, *between: ComparisonLevelCreator) -> comparisons.CustomComparison:
    """A comparison: the same, what lies between, and all else. Rare names say more."""
    same = levels.ExactMatchLevel(column, term_frequency_adjustments=column in _FREQUENCIES)
    return comparisons.CustomComparison(
        [levels.NullLevel(column), same, *between, levels.ElseLevel()], output_column_name=column
    )


_FREQUENCIES = frozenset({"given", "family"})


def _shares_word(column: str) -> levels.CustomLevel:
    words = "list_has_any(string_split({c}_l, ' '), string_split({c}_r, ' '))"
    return levels.CustomLevel(words.format(c=column), "a word in common")


def _same_house() -> levels.CustomLevel:
    return levels.CustomLevel(
        "house_l = house_r AND jaro_winkler_similarity(street_l, street_r) >= 0.88", "same house"
    )


def _births() -> comparisons.CustomComparison:
    swapped = "birth_l[1:4] || birth_l[7:8] || birth_l[5:6] = birth_r"
    return comparisons.CustomComparison(
        [
            levels.NullLevel("birth"),
            levels.CustomLevel("birth_l = birth_r AND birth_l[5:8] = '0101'", "1 January"),
            levels.ExactMatchLevel("birth"),
            levels.CustomLevel(swapped, "day and month swapped"),
            levels.DamerauLevenshteinLevel("birth", 1),
            levels.CustomLevel("birth_l[1:4] = birth_r[1:4]", "same year"),
            levels.ElseLevel(),
        ],
        output_column_name="birth",
    )


def _numbers() -> comparisons.CustomComparison:
    near = "damerau_levenshtein(number_l, number_r) <= 1 AND is_valid_l || is_valid_r <> '11'"
    return comparisons.CustomComparison(
        [
            levels.NullLevel("number"),
            levels.ExactMatchLevel("number"),
            levels.CustomLevel(near, "one digit off, and one not valid"),
            levels.CustomLevel("is_valid_l || is_valid_r <> '11'", "one not valid"),
            levels.CustomLevel("(number_l[1] >= '4') <> (number_r[1] >= '4')", "of two kinds"),
            levels.ElseLevel(),
        ],
        output_column_name="number",
    )
