"""Offers, choices and dates: pure rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consent.terms import Choice, Offer, add_months, changed_since, latest_end
from app.enums import Level, Section
from app.models import Participant

READ = {Section.GOALS: Level.READ}
WRITE = {Section.GOALS: Level.WRITE}
BOTH = WRITE | {Section.MAPPING: Level.READ}


def participant(key="a", unit="u"):
    return Participant(id=key, unit_id=unit)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 25), 12, date(2027, 11, 25)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), -12, date(2027, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_counted_as_people_count_them(day, months, expected):
    assert add_months(day, months) == expected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_so_many_months_on_is_in_the_month_so_many_on(day, months):
    found = add_months(day, months)

    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day <= day.day


def test_three_years_are_the_longest():
    assert latest_end(date(2026, 11, 25)) == date(2029, 11, 26)


def test_the_code_changes_with_what_is_seen_and_with_nothing_else():
    one = Offer(participant(), READ)
    same = Offer(participant(), dict(READ), {Section.GOALS: date(2027, 1, 1)})

    assert one.code == same.code
    others = [
        Offer(participant(), WRITE),
        Offer(participant(), {Section.MAPPING: Level.READ}),
        Offer(participant(unit="v"), READ),
        Offer(participant(key="b"), READ),
    ]
    assert len({one.code, *(other.code for other in others)}) == 5


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        ([Offer(participant(), READ)], []),
        ([Offer(participant(), WRITE)], ["a"]),
        ([Offer(participant(), READ | {Section.MAPPING: Level.READ})], ["a"]),
        ([Offer(participant(unit="v"), READ)], ["a"]),
        ([Offer(participant("b"), READ)], ["a"]),
        ([], ["a"]),
    ],
)
def test_a_choice_stands_while_just_the_same_is_offered(now, changed):
    choice = Choice(date(2027, 1, 1), {"a": READ}, {"a": "u"})

    assert changed_since(choice, now) == changed


def test_a_service_sees_the_most_that_one_of_its_chosen_people_may():
    choice = Choice(
        date(2027, 1, 1),
        {
            "a": READ,
            "b": WRITE | {Section.MAPPING: Level.READ},
            "c": {Section.MEETINGS: Level.READ},
        },
        {"a": "u", "b": "u"},
    )

    assert choice.by_service() == {"u": BOTH}
    assert ("c", None, Section.MEETINGS, Level.READ) in list(choice.covers())
    assert not [cover for cover in choice.covers() if cover[2] is Section.MEETINGS and cover[1]]


def test_the_seal_is_another_for_another_choice():
    choices = [
        Choice(date(2027, 1, 1)),
        Choice(date(2027, 1, 2)),
        Choice(date(2027, 1, 1), {"a": READ}),
        Choice(date(2027, 1, 1), {"a": WRITE}),
        Choice(date(2027, 1, 1), {"a": READ}, {"a": "u"}),
        Choice(date(2027, 1, 1), {"b": READ}),
    ]

    assert len({one.seal() for one in choices}) == len(choices)
    assert choices[2].seal() == Choice(date(2027, 1, 1), {"a": dict(READ)}).seal()
