"""What a third person says of two."""

import pytest

from app.duplicates.levels import Level
from app.duplicates.thirds import MOST_NEAR, Pair, asked, heard
from app.duplicates.weights import SHIPPED


def told(scores: dict[Pair, float], others: dict[Pair, float]) -> dict[Pair, tuple[Level, float]]:
    found = heard(scores, others, SHIPPED)
    return {pair: (finding.level, finding.bits) for pair, finding in found.items()}


def test_who_is_the_same_as_a_third_is_as_sure_as_the_weaker_of_the_two():
    scores = {("a", "b"): 9.0, ("b", "c"): 2.0}

    found = told(scores, {("a", "c"): -3.0})

    assert asked(scores) == {("a", "c")}
    assert found == {("a", "c"): (Level.THIRD_SAME, 5.0)}


def test_a_third_lifts_no_further_than_it_may():
    found = told({("a", "b"): 20.0, ("b", "c"): 20.0, ("a", "c"): -3.0}, {})

    assert found == {("a", "c"): (Level.THIRD_SAME, SHIPPED.bits[Level.THIRD_SAME])}


def test_nobody_is_certain_by_a_third_alone():
    (found,) = told({("a", "b"): 20.0, ("b", "c"): 20.0}, {("a", "c"): 2.0}).values()

    assert 2.0 + found[1] < SHIPPED.certain


@pytest.mark.parametrize("link", [-0.5, -3.0])
def test_who_may_or_may_not_be_the_third_says_nothing(link: float):
    assert told({("a", "b"): 9.0, ("b", "c"): link}, {("a", "c"): -3.0}) == {}


def test_who_is_more_surely_somebody_who_differs_is_less_likely_the_other():
    found = told({("a", "b"): 9.0, ("b", "c"): 1.0}, {("a", "c"): -12.0})

    assert found[("b", "c")] == (Level.THIRD_DIFFERS, SHIPPED.bits[Level.THIRD_DIFFERS])
    assert found[("a", "b")][1] == pytest.approx(-1.58, abs=0.01)
    assert ("a", "c") not in found


def test_doubt_leaves_a_pair_that_somebody_should_look_at():
    found = told({("a", "b"): 9.0, ("b", "c"): SHIPPED.possible + 1}, {})

    assert found[("b", "c")] == (Level.THIRD_DIFFERS, -1.0)


def test_who_resembles_very_many_tells_of_nobody():
    near = {("a", f"b{number:02}"): 9.0 for number in range(MOST_NEAR + 1)}

    assert asked(near) == set()
