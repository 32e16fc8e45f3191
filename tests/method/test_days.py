"""Rules that need neither a page nor a database: days, groups and shares."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.enums import PulseAnswer
from app.people.training import Training, lapses_on, newest_that_lapsed, standing
from app.plans import pulse_sums
from app.plans.pen_share import Pen
from app.plans.pulse import is_heard
from app.plans.pulse_sums import Answered
from app.reports.success_people import Held, Staff
from app.reports.success_values import Met, Share, looked_up, moments, protected

ON = date(2026, 11, 26)
AT = datetime.combine(ON, time(12), UTC)
LONG_AGO = date(2020, 1, 1)
YES = (PulseAnswer.GOOD,) * 3
NO = (PulseAnswer.BAD,) * 3


@pytest.mark.parametrize(
    ("certified_on", "since", "wanted", "until"),
    [
        (date(2024, 11, 26), LONG_AGO, Training.UNTRAINED, None),
        (date(2024, 11, 27), LONG_AGO, Training.DUE_SOON, date(2026, 11, 27)),
        (date(2025, 1, 24), LONG_AGO, Training.DUE_SOON, date(2027, 1, 24)),
        (date(2025, 1, 25), LONG_AGO, Training.TRAINED, date(2027, 1, 25)),
        (ON, LONG_AGO, Training.TRAINED, date(2028, 11, 26)),
        (None, ON - timedelta(days=59), Training.NEW, ON + timedelta(days=1)),
        (None, ON - timedelta(days=60), Training.UNTRAINED, None),
        (date(2024, 11, 26), ON, Training.NEW, ON + timedelta(days=60)),
    ],
    ids=[
        "24 months to the day: no longer",
        "one day less than 24 months: one day left",
        "59 days left, over a new year",
        "60 days left is not soon",
        "certified today",
        "new for 59 days",
        "60 days in the role are enough",
        "new again, with a certificate that is too old",
    ],
)
def test_a_coordinator_stands_so(certified_on, since, wanted, until):
    found = standing(certified_on, since, ON)

    assert found.training is wanted
    assert found.until == until


def test_a_certificate_lapses_on_the_same_day_for_one_and_for_many():
    for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(1500)):
        newest = newest_that_lapsed(day)

        assert lapses_on(newest) <= day < lapses_on(newest + timedelta(days=1))


def test_a_certificate_of_a_leap_day_lasts_to_the_end_of_february():
    assert lapses_on(date(2024, 2, 29)) == date(2026, 3, 1)


def test_a_child_is_heard_from_the_twelfth_birthday():
    born = date(2014, 11, 27)

    assert not is_heard(born, ON)
    assert is_heard(born, ON + timedelta(days=1))
    assert not is_heard(None, ON)


# --- the pulse -----------------------------------------------------------------------------------


def answered(*said, first=0):
    """One answer a day, each of another person."""
    return [Answered(str(first + n), AT + timedelta(days=n), one) for n, one in enumerate(said)]


def test_four_answers_are_not_told_and_five_are():
    assert pulse_sums.groups(answered(YES, YES, NO, YES)) == []
    (told,) = pulse_sums.groups(answered(YES, YES, NO, YES, YES))

    assert told.count == 5
    assert told.good(0) == 0.8


@pytest.mark.parametrize("number", range(5, 20))
def test_two_sums_never_differ_by_one_answer(number):
    """What is told changes by whole groups of five alone, whatever the next one answers."""
    before = answered(*[YES] * number)

    told = pulse_sums.together(pulse_sums.groups(before))
    after = [
        pulse_sums.together(pulse_sums.groups([*before, *answered(said, first=number)]))
        for said in (YES, NO)
    ]

    for one in after:
        assert one.count - told.count in (0, 5)
    if (number + 1) % 5:
        assert after == [told, told]


def test_a_group_holds_five_different_persons():
    twice = [Answered("a", AT, YES), Answered("a", AT, NO), *answered(YES, YES, YES)]

    assert pulse_sums.groups(twice) == []
    (told,) = pulse_sums.groups([*twice, Answered("b", AT, YES)])
    assert told.count == 6
    assert told.on == ON


# --- shares --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(4, 4, None), (4, 5, 80), (5, 5, 100), (999, 1000, 99), (1, 1000, 1), (0, 7, 0)],
    ids=[
        "fewer than five: no percentage",
        "five are enough",
        "all",
        "nearly all is not all",
        "a few are not none",
        "none",
    ],
)
def test_a_share_of_what_can_be_looked_up(part, whole, percent):
    found = looked_up(part, whole)

    assert (found.low, found.high) == (percent, percent)
    assert (found.part, found.whole) == (part, whole)


@pytest.mark.parametrize("whole", [23, 60, 412])
def test_a_protected_share_tells_no_single_one(whole):
    """It is the same for four others in five, and holds no numbers."""
    found = [protected(part, whole) for part in range(whole + 1)]

    assert all(one.part is None and one.whole is None for one in found)
    for start in range(0, whole - 5, 5):
        assert len(set(found[start : start + 5])) == 1


def test_a_protected_share_of_fewer_than_five_is_not_told():
    assert protected(4, 4) == Share()


def test_a_goal_is_met_missed_or_near():
    assert looked_up(4, 5).meets(80) is Met.YES
    assert looked_up(3, 5).meets(80) is Met.NO
    assert Share(75, 85).meets(80) is Met.NEAR
    assert Share().meets(80) is Met.UNKNOWN


@pytest.mark.parametrize(
    ("pen", "is_met"),
    [(Pen(4, 4), None), (Pen(7, 10), False), (Pen(69, 100), True), (Pen(5, 5), False)],
    ids=["too little to tell", "70 per cent is not under 70", "69 per cent", "all of it"],
)
def test_others_hold_the_pen_when_the_coordinator_writes_under_70_per_cent(pen, is_met):
    assert pen.is_met is is_met


def test_measures_are_told_for_a_year_ago_four_quarters_and_today():
    assert moments(ON) == [
        date(2025, 11, 26),
        date(2025, 12, 31),
        date(2026, 3, 31),
        date(2026, 6, 30),
        date(2026, 9, 30),
        ON,
    ]
    assert moments(date(2028, 2, 29))[0] == date(2027, 2, 28)


def test_new_coordinators_are_trained_in_time_by_a_course_before_60_days_have_passed():
    first = ON - timedelta(days=100)
    roles = [Held(who, first, None, None) for who in ("in time", "late", "never", "before")]
    certificates = {
        "in time": [first + timedelta(days=59)],
        "late": [first + timedelta(days=60)],
        "before": [first - timedelta(days=300)],
    }

    found = Staff(roles, certificates).new_and_trained(ON)

    assert (found.part, found.whole) == (2, 4)


def test_who_lost_the_role_since_was_coordinator_then():
    ended = datetime(2026, 6, 1, 12, tzinfo=UTC)
    staff = Staff([Held("a", date(2026, 1, 1), None, ended)], {"a": [date(2026, 2, 1)]})

    assert staff.coordinators(date(2026, 5, 31)) == {"a"}
    assert staff.coordinators(date(2026, 6, 1)) == set()
    assert not staff.is_trained("a", date(2026, 1, 31))
    assert staff.is_trained("a", date(2026, 2, 1))
