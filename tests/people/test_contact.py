import contextlib
from datetime import date

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from app.people.contact import (
    BadDate,
    BadEmail,
    BadPhone,
    DateProblem,
    normalise_email,
    normalise_phone,
    parse_date,
)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("91234567", "+4791234567"),
        (" 912 34 567 ", "+4791234567"),
        ("0047 912 34 567", "+4791234567"),
        ("(+47) 22-22.22 22", "+4722222222"),
        ("９１２３４５６７", "+4791234567"),
        ("+46 70 123 45 67", "+46701234567"),
    ],
)
def test_telephone_numbers_become_e164(written, number):
    assert normalise_phone(written) == number


@pytest.mark.parametrize(
    "written", ["", "12345", "112", "91234567 x12", "RING-MEG", "+4791", "9" * 41, "=1+1", "\x00"]
)
def test_what_cannot_be_called_is_refused_without_repeating_it(written):
    with pytest.raises(BadPhone) as raised:
        normalise_phone(written)

    assert str(raised.value) == ""


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" kari@Strandvik.Example ", "kari@strandvik.example"),
        ("blåbær@strandvik.kommune.no", "blåbær@strandvik.kommune.no"),
    ],
)
def test_addresses_are_made_uniform(written, address):
    assert normalise_email(written) == address


@pytest.mark.parametrize("written", ["", "kari", "kari@", "a@b@c.no", "a b@c.no", "a" * 300])
def test_what_is_no_address_is_refused_without_repeating_it(written):
    with pytest.raises(BadEmail) as raised:
        normalise_email(written)

    assert str(raised.value) == ""


@pytest.mark.parametrize(
    "written",
    ["02.01.2010", "2.1.2010", "02/01/2010", "2-1-2010", "2 1 2010", "2. 1. 2010", "02012010",
     "2010-01-02", "2010.1.2", " 02.01.2010 ", "20100102", "2010-01-02 00:00:00",
     "2010-01-02T00:00:00.000", "02.01.2010 00:00"],
)  # fmt: skip
def test_the_ways_norwegians_write_a_date(written):
    assert parse_date(written) == date(2010, 1, 2)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("2.1.10", DateProblem.TWO_DIGIT_YEAR),
        ("020110", DateProblem.TWO_DIGIT_YEAR),
        ("29.02.2021", DateProblem.NOT_A_DATE),
        ("31.04.2010", DateProblem.NOT_A_DATE),
        ("01.13.2010", DateProblem.NOT_A_DATE),
        ("2.1.201", DateProblem.NOT_A_DATE),
        ("i fjor", DateProblem.NOT_A_DATE),
        ("", DateProblem.NOT_A_DATE),
        ("2010-01-02 12:30:00", DateProblem.NOT_A_DATE),
        ("20101302", DateProblem.NOT_A_DATE),
        ("01011066", DateProblem.YEAR_OUT_OF_RANGE),
        ("٠٢.٠١.٢٠١٠", DateProblem.NOT_A_DATE),
        ("01.01.0001", DateProblem.YEAR_OUT_OF_RANGE),
        ("31.12.1849", DateProblem.YEAR_OUT_OF_RANGE),
        ("01.01.2151", DateProblem.YEAR_OUT_OF_RANGE),
        ("9999-12-31", DateProblem.YEAR_OUT_OF_RANGE),
    ],
)
def test_dates_we_cannot_be_sure_of_are_refused(written, problem):
    with pytest.raises(BadDate) as raised:
        parse_date(written)

    assert raised.value.problem is problem


@given(st.dates(date(1850, 1, 1), date(2150, 12, 31)))
def test_every_date_of_the_range_is_read_back(day):
    assert parse_date(f"{day:%d.%m.%Y}") == parse_date(f"{day:%d%m%Y}") == day
    assert parse_date(day.isoformat()) == parse_date(f"{day:%Y%m%d}") == day


@given(st.text(max_size=50))
def test_any_text_is_a_value_or_the_right_error(text):
    for read, error in (
        (normalise_phone, BadPhone),
        (normalise_email, BadEmail),
        (parse_date, BadDate),
    ):
        with contextlib.suppress(error):
            assert read(text)


@given(st.from_regex(r"(\+47 ?|0047)?[2-9][0-9]{2} ?[0-9]{2} ?[0-9]{3,4}", fullmatch=True))
def test_norwegian_numbers_are_judged_as_the_numbering_plan_does(written):
    parsed = phonenumbers.parse(written, "NO")

    if phonenumbers.is_valid_number(parsed):
        in_e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        assert normalise_phone(written) == in_e164
    else:
        with pytest.raises(BadPhone):
            normalise_phone(written)


@given(st.from_regex(r"[a-zA-Z0-9._-]{1,70}@[a-zA-Z0-9-]{1,5}(\.[a-z]{1,3})?", fullmatch=True))
def test_plain_addresses_are_judged_as_the_standard_does(written):
    try:
        expected = validate_email(written, check_deliverability=False).normalized
    except EmailNotValidError:
        with pytest.raises(BadEmail):
            normalise_email(written)
        return

    assert normalise_email(written) == expected
