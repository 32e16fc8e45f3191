"""Contact data and dates as people type them, made uniform or refused.

Nothing is looked up: a number or address that passes is well formed, not known to be in use.
The errors hold no text of what was typed, because error texts end up in logs.
"""

import re
import unicodedata
from datetime import date
from enum import Enum
from functools import lru_cache

import phonenumbers

HOME_REGION = "NO"
EARLIEST_YEAR = 1850
LATEST_YEAR = 2150
LONGEST_PHONE = 40
LONGEST_EMAIL = 254

_SEPARATOR = r"(?:\s*[./-]\s*|\s+)"
_DAY_FIRST = re.compile(rf"([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{2,4}})")
_YEAR_FIRST = re.compile(rf"([0-9]{{4}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}})")
_EIGHT_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
# Small letters only: some names (``POSTMASTER``) are made small by the full check.
_PLAIN_EMAIL = re.compile(r"([a-z0-9]+(?:[._-][a-z0-9]+)*)@([A-Za-z0-9.-]+)")
# Most numbers are Norwegian mobile numbers; the full parser takes some 60 microseconds each.
_EIGHT_AT_HOME = re.compile(r"(?:\+47|0047)?([0-9]{8})")
# What databases and spreadsheets write behind a date that has no time.
_MIDNIGHT = re.compile(r"(?:T|\s+)00:00(?::00(?:\.0+)?)?$")
_SIX_DIGITS = re.compile(r"[0-9]{6}")


class BadPhone(ValueError):
    """The text is no telephone number that could be called."""


class BadEmail(ValueError):
    """The text is no e-mail address."""


class DateProblem(Enum):
    """Why a text is not taken as a date."""

    NOT_A_DATE = "not_a_date"
    TWO_DIGIT_YEAR = "two_digit_year"
    YEAR_OUT_OF_RANGE = "year_out_of_range"


class BadDate(ValueError):
    """The text is no date we can be sure of; ``problem`` says why."""

    def __init__(self, problem: DateProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def normalise_phone(text: str, *, is_handed_out: bool = True) -> str:
    """The number in E.164 (``+4791234567``); without a country code it is Norwegian.

    Unless it has to be of a series that ``is_handed_out``, a number of the right length will do.

    Raises:
        BadPhone: not a number of any country's plan, or it has letters or an extension,
            which E.164 would drop in silence.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > LONGEST_PHONE or any(c.isalpha() for c in plain):
        raise BadPhone
    found = _EIGHT_AT_HOME.fullmatch("".join(plain.split()))
    if found and _home_mobile().fullmatch(found[1]):
        return f"+47{found[1]}"
    try:
        number = phonenumbers.parse(plain, HOME_REGION)
    except phonenumbers.NumberParseException:
        raise BadPhone from None
    fits = phonenumbers.is_valid_number if is_handed_out else phonenumbers.is_possible_number
    if number.extension or not fits(number):
        raise BadPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=1)
def _home_mobile() -> re.Pattern[str]:
    """What the numbering plan says of Norwegian mobile numbers; matches nothing if silent."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(HOME_REGION)
    pattern = plan.mobile.national_number_pattern if plan and plan.mobile else None
    return re.compile(pattern or r"(?!)")


def tells_place(phone: str | None) -> bool:
    """Whether the number (E.164) could tell where its holder is: anything but a mobile number."""
    if not phone:
        return False
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(phone, HOME_REGION))
    except phonenumbers.NumberParseException:
        return True
    return bool(kind != phonenumbers.PhoneNumberType.MOBILE)


def normalise_email(text: str) -> str:
    """The address with its domain in small letters and Unicode made uniform.

    Raises:
        BadEmail: not an address, or one at a domain that can never receive mail.
    """
    plain = text.strip()
    if len(plain) > LONGEST_EMAIL:
        raise BadEmail
    if found := _PLAIN_EMAIL.fullmatch(plain):
        return f"{found[1]}@{_domain(found[2])}"
    return _checked_email(plain)


@lru_cache(maxsize=1024)
def _domain(domain: str) -> str:
    """The domain made uniform; a file of persons has few, and checking is slow."""
    return _checked_email(f"x@{domain}").removeprefix("x@")


def _checked_email(plain: str) -> str:
    # Loaded with the first address: its tables take long to make, and the start is kept short.
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(plain, check_deliverability=False).normalized
    except EmailNotValidError:
        raise BadEmail from None


@lru_cache(maxsize=8192)
def parse_date(text: str) -> date:
    """A date as Norwegians write it: day first, or year first with four digits.

    Takes ``d.m.yyyy``, ``dd/mm-yyyy``, ``dd mm yyyy``, ``ddmmyyyy``, ``yyyy-mm-dd`` and
    ``yyyymmdd``, each with or without midnight behind it. No eight digits are a date both ways:
    a year ends in no month and day, since they come before 1850.

    Raises:
        BadDate: no such day, a year of two digits (which century?), or a year outside
            1850 to 2150.
    """
    day, month, year = _day_month_year(_MIDNIGHT.sub("", text.strip()))
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise BadDate(DateProblem.YEAR_OUT_OF_RANGE)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDate(DateProblem.NOT_A_DATE) from None


def _day_month_year(text: str) -> tuple[int, int, int]:
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
        return int(day), int(month), int(year)
    found = _EIGHT_DIGITS.fullmatch(text)
    if found and int(found[3]) < EARLIEST_YEAR <= int(text[:4]) <= LATEST_YEAR:
        return int(text[6:]), int(text[4:6]), int(text[:4])
    found = found or _DAY_FIRST.fullmatch(text)
    if _SIX_DIGITS.fullmatch(text) or (found and len(found[3]) == 2):
        raise BadDate(DateProblem.TWO_DIGIT_YEAR)
    if not found or len(found[3]) != 4:
        raise BadDate(DateProblem.NOT_A_DATE)
    return int(found[1]), int(found[2]), int(found[3])
