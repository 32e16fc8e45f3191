"""Nobody is learned of from what is told: an attacker puts reports together and gets nowhere."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports import suppression
from app.reports.suppression import STEP, Told, flow, one_way, share, told, two_way
from tests.reports.attacker import Attacker, fewest_possible

QUICK = settings(max_examples=80, deadline=None)
COUNTS = st.one_of(
    st.sampled_from([0, 0, 1, 3, 4, 4, 8, 9, 9, 14, 59]), st.integers(min_value=0, max_value=40)
)
"""Mostly at the upper edge of a step, where sums tell most."""
PARTS = st.lists(COUNTS, min_size=2, max_size=8)
TABLES = st.tuples(st.integers(2, 5), st.integers(2, 4)).flatmap(
    lambda size: st.lists(
        st.lists(COUNTS, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)
MONTHS = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=24)
FEWEST_IN_MONTHS = STEP - 1


@dataclass(frozen=True)
class Plan:
    """What reports divide a plan by."""

    kind: int
    state: int
    unit: int
    age: int
    consent: int


SIZES = (3, 3, 4, 5, 3)
PLANS = st.builds(Plan, *(st.integers(0, size - 1) for size in SIZES))
WORLDS = st.lists(PLANS, min_size=0, max_size=45)


def _by(plans, name, size):
    return [sum(getattr(one, name) == value for one in plans) for value in range(size)]


def _read(attacker, plans, day):
    """All reports of a day, of the whole and of one unit."""
    table = [
        [sum((one.kind, one.state) == (kind, state) for one in plans) for state in range(SIZES[1])]
        for kind in range(SIZES[0])
    ]
    attacker.reads_table(two_way(table), f"kinds {day}", ("total", day))
    for name, size in (("unit", SIZES[2]), ("age", SIZES[3]), ("consent", SIZES[4])):
        attacker.reads_parts(one_way(_by(plans, name, size)), f"{name} {day}", ("total", day))


def test_a_number_is_told_as_the_step_of_five_that_it_lies_in():
    assert told(0) == told(4) == Told(0, 4)
    assert told(5) == told(9) == Told(5, 9)
    assert told(1235) == Told(1235, 1239)


def test_a_share_is_told_from_what_is_told_of_part_and_whole_alone():
    assert share(told(62), told(121)) == (48, 54)
    assert share(told(3), told(121)) is None
    assert share(suppression.WITHHELD, told(121)) is None


@QUICK
@given(PARTS)
def test_parts_and_their_total_leave_five_values_for_every_number(counts):
    attacker = Attacker()

    attacker.reads_parts(one_way(counts), "part", "total")

    least = STEP if len(counts) > 2 else FEWEST_IN_MONTHS
    assert fewest_possible(attacker.concludes()) >= least


@pytest.mark.parametrize("most", [(9, 9), (9, 9, 9), (19, 4, 4, 4), (19, 4, 4, 4, 4)])
def test_who_knows_the_method_finds_three_values_for_every_small_number(most):
    by_told = defaultdict(list)
    for counts in product(*(range(one + 1) for one in most)):
        if sum(counts) < 25:  # Of larger groups, some that are told alike are not among these.
            by_told[one_way(counts)].append(counts)

    for found, possible in by_told.items():
        for place, cell in enumerate(found.cells):
            values = {counts[place] for counts in possible}
            assert len(values) >= 3 or not (cell.is_few or max(values) < STEP)


@QUICK
@given(TABLES)
def test_rows_columns_and_totals_leave_five_values_for_every_number(counts):
    attacker = Attacker()

    attacker.reads_table(two_way(counts), "cell", "total")

    assert fewest_possible(attacker.concludes()) >= STEP


@QUICK
@given(TABLES)
def test_the_total_of_a_row_that_another_report_tells_is_never_withheld(counts):
    assert not two_way(counts, {0}).rows[0].is_withheld
    assert not two_way(counts).total.is_withheld


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param([[4, 4], [4, 4]], id="all at the upper edge"),
        pytest.param([[9, 4], [4, 0]], id="one beside small ones"),
        pytest.param([[5, 0], [0, 5]], id="nothing across"),
    ],
)
def test_of_small_tables_that_could_be_meant_none_rules_out_more(counts):
    found = two_way(counts)

    same = [
        table
        for flat in product(range(12), repeat=4)
        for table in [(flat[:2], flat[2:])]
        if _fits(found, table)
    ]

    for i, j in product(range(2), repeat=2):
        assert len({table[i][j] for table in same}) >= STEP


def _fits(found, table):
    """Whether a table is one that what is told could be about."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    numbers = [*table[0], *table[1], *rows, *columns, sum(rows)]
    said = [*found.cells[0], *found.cells[1], *found.rows, *found.columns, found.total]
    return all(
        one.low <= number <= (99 if one.high is None else one.high)
        for number, one in zip(numbers, said, strict=True)
    )


@QUICK
@given(COUNTS, MONTHS)
def test_months_and_what_was_there_at_the_end_of_each_leave_four_values(before, months):
    came, went, stock = [], [], before
    for more, fewer in months:
        fewer = min(fewer, stock + more)
        came, went, stock = [*came, more], [*went, fewer], stock + more - fewer
    attacker = Attacker()

    attacker.reads_months(flow(before, came, went), told(before))

    assert fewest_possible(attacker.concludes()) >= FEWEST_IN_MONTHS


@QUICK
@given(COUNTS, MONTHS, st.integers(1, 24))
def test_a_report_told_the_same_of_a_month_when_later_ones_were_not_known(before, months, number):
    came, went = [more for more, _fewer in months], [fewer for _more, fewer in months]

    earlier = flow(before, came[:number], went[:number])

    assert earlier.came == flow(before, came, went).came[:number]
    assert earlier.went == flow(before, came, went).went[:number]


@settings(max_examples=50, deadline=None)
@given(WORLDS)
def test_all_reports_of_a_day_together_leave_five_values_for_every_number(plans):
    attacker = Attacker()

    _read(attacker, plans, 1)

    assert fewest_possible(attacker.concludes()) >= STEP


@settings(max_examples=50, deadline=None)
@given(WORLDS, PLANS, PLANS, st.sampled_from(["added", "closed", "changed"]))
def test_two_reports_that_differ_by_one_plan_do_not_tell_that_nor_which(plans, one, other, what):
    before = plans if what == "added" else [*plans, one]
    after = plans if what == "closed" else [*plans, other if what == "changed" else one]
    attacker = Attacker()

    for day, rows in enumerate((before, after)):
        _read(attacker, rows, day)

    found = attacker.concludes()
    assert fewest_possible(found) >= STEP
    for name, (low, high) in found.items():
        if isinstance(name, tuple) and str(name[0]).endswith(" 0"):
            later = found[(f"{name[0][:-1]}1", *name[1:])]
            # How much more there are may be anything among nine values, none of them the change.
            assert later[1] - low - (later[0] - high) + 1 >= 2 * STEP - 1


@QUICK
@given(WORLDS, st.integers(0, SIZES[2] - 1))
def test_the_report_of_a_unit_beside_that_of_the_whole_does_not_tell_of_the_rest(plans, unit):
    within = [one for one in plans if one.unit == unit]

    for name, size in (("age", SIZES[3]), ("consent", SIZES[4])):
        attacker = Attacker()
        attacker.reads_parts(one_way(_by(plans, name, size)), "whole", "all")
        attacker.reads_parts(one_way(_by(within, name, size)), "part", "in unit")
        for value in range(size):
            attacker.knows(("whole", value), [("part", value), ("rest", value)])
        attacker.knows("all", ["in unit", "elsewhere"])

        assert fewest_possible(attacker.concludes()) >= STEP


@pytest.mark.parametrize(
    "tell",
    [
        pytest.param(lambda counts: tuple(map(told, counts)), id="steps, and nothing withheld"),
        pytest.param(
            lambda counts: tuple(
                Told(0, STEP - 1) if count < STEP else Told(count, count) for count in counts
            ),
            id="small ones hidden, the others exact",
        ),
    ],
)
def test_the_attacker_finds_what_a_report_without_secondary_suppression_gives_away(tell):
    counts = [4, 4, 4, 4, 4]
    attacker = Attacker()

    attacker.reads_parts(suppression.OneWay(tell(counts), tell([sum(counts)])[0]), "part", "total")

    assert fewest_possible(attacker.concludes()) == 1


def test_a_mutant_that_never_withholds_is_caught(monkeypatch):
    monkeypatch.setattr(suppression, "_lacks_room", lambda *_args: False)
    monkeypatch.setattr(suppression, "_relieving", lambda *_args: [])
    attacker, months = Attacker(), Attacker()

    attacker.reads_table(two_way([[4, 4, 4], [9, 4, 4], [4, 9, 4]]), "cell", "total")
    unaware = [told(4)] * 5
    months.reads_months(
        suppression.Flow(
            tuple(unaware), (told(0),) * 5, tuple(told(4 + 4 * n) for n in range(1, 6))
        ),
        told(4),
    )

    assert fewest_possible(attacker.concludes()) < STEP
    assert fewest_possible(months.concludes()) < FEWEST_IN_MONTHS
