"""The same comparison for a nation: levels as Splink comparisons, run by DuckDB or PostgreSQL.

Splink is an optional extra (``pip install samvev[linkage]``): only ``duplicates link`` and the
bench import this module. What goes in is the normal form that ``record`` makes, so that spelling is
folded and blocks are found as everywhere else; how much a level says is estimated by Splink from
the batch itself. Interactions (``together``) have no place in its model, so the scores are coarser.

The levels are said once, in words of SQL that both engines know; ``like_name`` and other functions
that each answers in its own way are in ``linkage_engine``.
"""

from collections.abc import Generator
from contextlib import AbstractContextManager
from pathlib import Path

import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import Linker, SettingsCreator, block_on
from splink.internals.comparison_level_creator import ComparisonLevelCreator

from app.duplicates import linkage_duckdb, linkage_postgresql
from app.duplicates.linkage_engine import Opened, Weighed
from app.duplicates.scratch import Scratch

# Pairs of which Splink looks at some to learn how often chance agrees.
RANDOM_PAIRS = 1e6


def link(path: Path, *, lowest: float, scratch: Scratch | None = None) -> Generator[Weighed]:
    """The pairs in a file of ``linkage_rows`` that weigh at least ``lowest``, in bits.

    DuckDB compares them, or PostgreSQL in the database of ``scratch``.
    """
    with _opened(path, scratch) as engine:
        linker = Linker(engine.persons, settings(), log_level="WARNING")
        _train(linker)
        found = linker.inference.predict(threshold_match_weight=lowest)
        yield from engine.rows(found.physical_name)


def _opened(path: Path, scratch: Scratch | None) -> AbstractContextManager[Opened]:
    if scratch is None:
        return linkage_duckdb.opened(path)
    return linkage_postgresql.opened(path, scratch)


def settings() -> SettingsCreator:
    """Splink's model with our levels."""
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            _of("given", _like_name("given"), _shares_word("given")),
            _of("family", _like_name("family"), _shares_word("family")),
            _births(),
            _numbers(),
            _of("phone", _one_slip("phone")),
            _of("email", levels.ExactMatchLevel("mailbox"), _nearly_same_email()),
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


def _like_name(column: str) -> levels.CustomLevel:
    return levels.CustomLevel(f"like_name({column}_l, {column}_r)", "nearly the same")


def _shares_word(column: str) -> levels.CustomLevel:
    return levels.CustomLevel(f"shares_word({column}_l, {column}_r)", "a word in common")


def _one_slip(column: str) -> levels.CustomLevel:
    return levels.CustomLevel(f"one_slip({column}_l, {column}_r)", "one slip")


def _nearly_same_email() -> levels.CustomLevel:
    return levels.CustomLevel("within(email_l, email_r, 2)", "two letters off")


def _same_house() -> levels.CustomLevel:
    return levels.CustomLevel("house_l = house_r AND like_street(street_l, street_r)", "same house")


def _births() -> comparisons.CustomComparison:
    swapped = "substr(birth_l, 1, 4) || substr(birth_l, 7, 2) || substr(birth_l, 5, 2) = birth_r"
    return comparisons.CustomComparison(
        [
            levels.NullLevel("birth"),
            levels.CustomLevel("birth_l = birth_r AND substr(birth_l, 5, 4) = '0101'", "1 January"),
            levels.ExactMatchLevel("birth"),
            levels.CustomLevel(swapped, "day and month swapped"),
            _one_slip("birth"),
            levels.CustomLevel("substr(birth_l, 1, 4) = substr(birth_r, 1, 4)", "same year"),
            levels.ElseLevel(),
        ],
        output_column_name="birth",
    )


def _numbers() -> comparisons.CustomComparison:
    near = "one_slip(number_l, number_r) AND is_valid_l || is_valid_r <> '11'"
    return comparisons.CustomComparison(
        [
            levels.NullLevel("number"),
            levels.ExactMatchLevel("number"),
            levels.CustomLevel(near, "one digit off, and one not valid"),
            levels.CustomLevel("is_valid_l || is_valid_r <> '11'", "one not valid"),
            levels.CustomLevel(
                "(substr(number_l, 1, 1) >= '4') <> (substr(number_r, 1, 1) >= '4')", "of two kinds"
            ),
            levels.ElseLevel(),
        ],
        output_column_name="number",
    )
