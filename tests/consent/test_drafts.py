"""What somebody has chosen so far: whether it is a choice yet, and how it is kept."""

from datetime import date, timedelta

import pytest

from app.consent.drafts import Draft, _as_json, _from_json
from app.consent.terms import Choice, latest_end
from app.enums import Level, Section

ON = date(2026, 11, 25)
DAY = timedelta(days=1)
SHARED = {"a": {Section.GOALS: Level.READ}}


@pytest.mark.parametrize(
    "draft",
    [
        Draft(),
        Draft(months=6),
        Draft(last_day=ON),
        Draft(with_nobody=True),
        Draft("text", SHARED, {"a": "unit"}, months=12),
    ],
)
def test_a_draft_is_kept_as_it_is(draft):
    assert _from_json(_as_json(draft)) == draft
    assert draft.is_begun is (draft != Draft())
    assert not Draft().with_nobody
    assert _from_json({}) == Draft()


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft(), None),
        (Draft(months=6), date(2027, 5, 25)),
        (Draft(last_day=ON), ON + DAY),
        (Draft(months=6, last_day=ON), date(2027, 5, 25)),
    ],
)
def test_it_ends_after_so_many_months_or_with_the_last_day(draft, expected):
    assert draft.ends_on(ON) == expected


@pytest.mark.parametrize(
    ("last_day", "is_choice"),
    [
        (None, False),
        (ON - DAY, False),
        (ON, True),
        (latest_end(ON) - DAY, True),
        (latest_end(ON), False),
    ],
)
def test_it_is_a_choice_with_an_end_from_today_to_three_years_on(last_day, is_choice):
    found = Draft(shared=SHARED, last_day=last_day).choice(ON)

    assert found == (Choice(last_day + DAY, SHARED) if is_choice else None)


@pytest.mark.parametrize(
    ("shared", "with_nobody", "is_choice"),
    [(SHARED, False, True), ({}, True, True), ({}, False, False), (SHARED, True, False)],
)
def test_it_is_a_choice_when_either_somebody_or_nobody_is_chosen(shared, with_nobody, is_choice):
    draft = Draft(shared=shared, with_nobody=with_nobody, months=6)

    assert (draft.choice(ON) is not None) is is_choice
