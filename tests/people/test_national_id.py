"""Identity numbers: all data are synthetic (month + 80) or made from synthetic ones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.national_id import (
    NationalIdKind,
    Problem,
    control_digits_fit,
    examine,
    mask,
    normalise,
    synthetic,
)

TODAY = date(2026, 11, 1)
FITS_TODAY = "01812090026"
FITS_FROM_2032 = "01812090034"
NEVER_FITS = "01812090069"


def control_digits_by_formula(nine: str) -> list[str]:
    """Skatteetaten's published formulas, written out: every pair that fits the nine digits."""
    d1, d2, m1, m2, y1, y2, i1, i2, i3 = map(int, nine)
    first_sum = 3 * d1 + 7 * d2 + 6 * m1 + 1 * m2 + 8 * y1 + 9 * y2 + 4 * i1 + 5 * i2 + 2 * i3
    second_sum = 5 * d1 + 4 * d2 + 3 * m1 + 2 * m2 + 7 * y1 + 6 * y2 + 5 * i1 + 4 * i2 + 3 * i3
    pairs = []
    for start in (11, 12, 13, 14):
        k1 = (start - first_sum % 11) % 11
        if k1 != 10:
            k2 = (11 - (second_sum + 2 * k1) % 11) % 11
            if k2 != 10:
                pairs.append(f"{k1}{k2}")
    return pairs


def fitting_today(beginnings: list[str]) -> str:
    """The first of the nine-digit beginnings that has control digits by today's rule, whole."""
    for nine in beginnings:
        for pair in control_digits_by_formula(nine):
            weighted = zip((3, 7, 6, 1, 8, 9, 4, 5, 2), nine, strict=True)
            if (sum(weight * int(digit) for weight, digit in weighted) + int(pair[0])) % 11 == 0:
                return nine + pair
    raise AssertionError("none of the beginnings fits")


def number_from(date_part: str) -> str:
    """A number with these six first digits that fits today's rule."""
    return fitting_today([f"{date_part}{individual}" for individual in range(900, 960)])


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        pytest.param(FITS_TODAY, True, id="today's rule"),
        pytest.param(FITS_FROM_2032, True, id="only the rule of 2032"),
        pytest.param(NEVER_FITS, False, id="neither rule"),
    ],
)
def test_control_digits_fit_by_either_rule(number, fits):
    assert control_digits_fit(number) is fits


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_the_fitting_control_digits_are_those_of_the_published_formulas(nine):
    fitting = [f"{k:02}" for k in range(100) if control_digits_fit(f"{nine}{k:02}")]

    assert sorted(fitting) == sorted(control_digits_by_formula(nine))


@pytest.mark.parametrize("text", ["", "0181209002", "018120900260", "0181209002x", "٠١٨١٢٠٩٠٠٢٦"])
def test_control_digits_need_eleven_digits_and_the_error_hides_the_number(text):
    with pytest.raises(ValueError, match="exactly eleven") as raised:
        control_digits_fit(text)

    assert not text or text not in str(raised.value)


@pytest.mark.parametrize(
    ("date_part", "kind", "is_synthetic", "birth_date"),
    [
        pytest.param("018120", NationalIdKind.FODSELSNUMMER, True, date(2020, 1, 1), id="test"),
        pytest.param("418120", NationalIdKind.D_NUMBER, True, date(2020, 1, 1), id="test D-number"),
        pytest.param("014120", NationalIdKind.H_NUMBER, False, date(2020, 1, 1), id="help number"),
        pytest.param("414120", NationalIdKind.D_NUMBER, True, date(2020, 1, 1), id="both marks"),
        pytest.param(
            "016620", NationalIdKind.FODSELSNUMMER, True, date(2020, 1, 1), id="health test"
        ),
        pytest.param("812345", NationalIdKind.H_NUMBER, False, None, id="shared help number"),
    ],
)
def test_the_marks_on_day_and_month_tell_the_kind(date_part, kind, is_synthetic, birth_date):
    found = examine(number_from(date_part), today=TODAY)

    assert (found.kind, found.is_synthetic) == (kind, is_synthetic)
    assert found.birth_date == birth_date
    assert found.problems == ((Problem.SYNTHETIC,) if is_synthetic else ())


def test_an_unmarked_number_is_a_fodselsnummer_and_an_unmarked_month_a_d_number():
    # Wrong control digits, so that nobody's number stands here.
    plain, marked_day = (examine(digits, today=TODAY) for digits in ("01012000000", "41012000000"))

    assert (plain.kind, plain.is_synthetic) == (NationalIdKind.FODSELSNUMMER, False)
    assert (marked_day.kind, marked_day.is_synthetic) == (NationalIdKind.D_NUMBER, False)
    assert plain.problems == marked_day.problems == (Problem.CHECK_DIGITS,)


@pytest.mark.parametrize(
    ("year", "individual", "birth_year"),
    [
        ("54", "749", 1854),
        ("99", "500", 1899),
        ("00", "499", 1900),
        ("99", "000", 1999),
        ("40", "999", 1940),
        ("99", "900", 1999),
        ("00", "999", 2000),
        ("39", "500", 2039),
        ("45", "800", None),
        ("53", "600", None),
    ],
)
def test_the_individual_number_tells_the_century(year, individual, birth_year):
    number = fitting_today([f"{day:02}81{year}{individual}" for day in range(1, 29)])

    found = examine(number, today=date(2040, 1, 1))

    assert (found.birth_date.year if found.birth_date else None) == birth_year
    assert found.problems == (Problem.SYNTHETIC,)


def test_a_number_of_the_2032_rule_tells_no_birth_date():
    found = examine(FITS_FROM_2032, today=TODAY)

    assert found.birth_date is None
    assert found.problems == (Problem.SYNTHETIC,)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (FITS_TODAY, (Problem.SYNTHETIC,)),
        ("018120 90026", (Problem.SYNTHETIC,)),
        ("018120\u00a0900-26", (Problem.SYNTHETIC,)),
        (NEVER_FITS, (Problem.CHECK_DIGITS, Problem.SYNTHETIC)),
        ("", (Problem.WRONG_LENGTH,)),
        ("1812090026", (Problem.WRONG_LENGTH,)),
        ("0181209002O", (Problem.NOT_DIGITS,)),
        ("ukjent", (Problem.WRONG_LENGTH, Problem.NOT_DIGITS)),
        ("٠١٨١٢٠٩٠٠٢٦", (Problem.NOT_DIGITS,)),
    ],
)
def test_what_is_odd_is_told(text, problems):
    assert examine(text, today=TODAY).problems == problems


@pytest.mark.parametrize("date_part", ["318220", "308220", "019320", "008120", "018020"])
def test_a_day_that_no_calendar_has_is_told(date_part):
    found = examine(number_from(date_part), today=TODAY)

    assert found.problems == (Problem.IMPOSSIBLE_DATE, Problem.SYNTHETIC)
    assert found.birth_date is None


def test_29_february_is_possible_in_leap_years_only():
    leap, common = (examine(number_from(part), today=TODAY) for part in ("298220", "298221"))

    assert leap.birth_date == date(2020, 2, 29)
    assert common.problems == (Problem.IMPOSSIBLE_DATE, Problem.SYNTHETIC)


def test_a_birth_after_today_is_told_and_one_today_is_not():
    number = synthetic(TODAY, 0)

    assert Problem.FUTURE_BIRTH not in examine(number, today=TODAY).problems
    assert Problem.FUTURE_BIRTH in examine(number, today=date(2026, 10, 31)).problems


@given(st.text(), st.dates())
def test_examining_never_raises(text, today):
    assert examine(text, today=today).digits == normalise(text)


def test_synthetic_numbers_are_a_doubt_only_where_they_are_unwelcome():
    found = examine(FITS_TODAY, today=TODAY)

    assert found.doubts(synthetic_allowed=True) == ()
    assert found.doubts(synthetic_allowed=False) == (Problem.SYNTHETIC,)


@given(st.dates(date(1854, 1, 1), date(2039, 12, 31)), st.integers(0, 150))
def test_a_synthetic_number_fits_today_and_tells_its_birth_date(birth_date, serial):
    number = synthetic(birth_date, serial)

    found = examine(number, today=date(2040, 1, 1))
    assert found.birth_date == birth_date
    assert found.problems == (Problem.SYNTHETIC,)


def test_synthetic_numbers_of_a_day_all_differ_and_repeat():
    numbers = [synthetic(date(1972, 5, 17), serial) for serial in range(450)]

    assert len(set(numbers)) == 450
    assert numbers[449] == synthetic(date(1972, 5, 17), 449)


@pytest.mark.parametrize(
    ("birth_date", "serial"),
    [
        (date(1853, 12, 31), 0),
        (date(2040, 1, 1), 0),
        (date(1990, 1, 1), -1),
        (date(2010, 1, 1), 500),
    ],
)
def test_a_synthetic_number_that_does_not_exist_is_refused(birth_date, serial):
    with pytest.raises(ValueError, match="serial|synthetic"):
        synthetic(birth_date, serial)


def test_a_masked_number_shows_the_date_and_nothing_of_a_wrong_one():
    assert mask(FITS_TODAY) == "018120•••••"
    assert mask("12345") == "•••••"


def test_repr_holds_no_digits():
    assert "018120" not in repr(examine(FITS_TODAY, today=TODAY))


def test_normalising_takes_away_what_people_put_between_digits():
    assert normalise(" 018120\u2011900\u200b26\u202f") == FITS_TODAY
    assert normalise("０１８１２０９００２６") == FITS_TODAY
