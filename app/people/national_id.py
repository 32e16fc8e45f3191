"""Norwegian identity numbers: what a typed number may be, and what is odd about it.

Holds fødselsnummer, D-number and help number (H-number), today's check digits and those of
2032, and the making of synthetic numbers for demonstration and tests. Does not know whether a
number was ever issued (only Folkeregisteret does), and does not decide: an odd number is a
warning that a user may confirm. A person's birth date is its own field and never read from here.

Sources: Skatteetaten, "Nytt fødselsnummer fra 2032"
(https://skatteetaten.github.io/folkeregisteret-api-dokumentasjon/nytt-fodselsnummer-fra-2032/);
Direktoratet for e-helse, "Identifikatorer for personer" (HIS 1001) for series and help numbers.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from itertools import islice
from operator import mul

NUMBER_LENGTH = 11
D_NUMBER_DAY = 40
HELP_MONTH = 40
TENOR_MONTH = 80
# Month + 65 is a test series of the health network; no issued number has the months 66 to 77.
HEALTH_TEST_MONTH = 65

FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
FIRST_REMAINDERS = frozenset({0, 1, 2, 3})

# (first year, last year, individual numbers in the order they are handed out).
SERIES = (
    (1854, 1899, range(749, 499, -1)),
    (1900, 1999, range(499, -1, -1)),
    (1940, 1999, range(999, 899, -1)),
    (2000, 2039, range(999, 499, -1)),
)


class NationalIdKind(Enum):
    """What sort of identity number the digits claim to be."""

    FODSELSNUMMER = "fodselsnummer"
    D_NUMBER = "d_number"
    H_NUMBER = "h_number"
    UNKNOWN = "unknown"


class Problem(Enum):
    """What is odd about an identity number; each is a warning, none is a verdict."""

    WRONG_LENGTH = "wrong_length"
    NOT_DIGITS = "not_digits"
    CHECK_DIGITS = "check_digits"
    IMPOSSIBLE_DATE = "impossible_date"
    FUTURE_BIRTH = "future_birth"
    SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class NationalId:
    """An examined identity number. ``digits`` stays out of ``repr``, which ends up in logs.

    ``birth_date`` is what the number claims, for comparison only; ``None`` when it claims none.
    """

    digits: str = field(repr=False)
    kind: NationalIdKind
    is_synthetic: bool
    birth_date: date | None = field(repr=False)
    problems: tuple[Problem, ...]

    def doubts(self, *, synthetic_allowed: bool) -> tuple[Problem, ...]:
        """The problems a user must confirm, where test numbers are or are not welcome."""
        if not synthetic_allowed:
            return self.problems
        return tuple(problem for problem in self.problems if problem is not Problem.SYNTHETIC)


@dataclass(frozen=True)
class _Claim:
    """What the first six digits say, with the marks of D-, help and test numbers taken off."""

    kind: NationalIdKind
    is_synthetic: bool
    day: int
    month: int
    has_date: bool = True


def normalise(text: str) -> str:
    """``text`` without white space, hyphens, dashes and invisible characters.

    Full-width characters are made plain. What is left may still be anything.
    """
    if text.isascii() and text.isdigit():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not (c.isspace() or unicodedata.category(c) in ("Pd", "Cf")))


def mask(digits: str) -> str:
    """An identity number as it is shown until somebody asks: the date part, then bullets.

    A number of another length shows nothing, since its first digits may be all it has.
    """
    shown = digits[:6] if len(digits) == NUMBER_LENGTH else ""
    return shown + "•••••"


def control_digits_fit(number: str) -> bool:
    """Whether the last two digits of an identity number fit the first nine.

    Accepts today's numbers and those issued from 1 January 2032, whose first check may
    leave 0, 1, 2 or 3 (modulo 11) where today's leaves 0. A fit does not prove that the
    number was ever issued; only Folkeregisteret knows that.

    Raises:
        ValueError: ``number`` is not exactly eleven digits. The message leaves the
            number out, because error messages end up in logs.

    Source: Skatteetaten, "Nytt fødselsnummer fra 2032".
    """
    if not _is_eleven_digits(number):
        raise ValueError("an identity number has exactly eleven digits")
    return _first_remainder(number) in FIRST_REMAINDERS and _second_remainder(number) == 0


def examine(text: str, *, today: date) -> NationalId:
    """What the typed identity number claims to be and what is odd about it. Never raises.

    A help number shared between health services (first digit 8 or 9) holds no date. A number
    that fits only the 2032 rule has a day and a month, but no century and so no birth date.
    """
    digits = normalise(text)
    if not _is_eleven_digits(digits):
        form = _problems_of_form(digits)
        return NationalId(digits, NationalIdKind.UNKNOWN, False, None, form)
    claim = _read_claim(digits)
    birth_date = _birth_date(digits, claim)
    problems = _problems_of_number(digits, claim, birth_date, today)
    return NationalId(digits, claim.kind, claim.is_synthetic, birth_date, problems)


def synthetic(birth_date: date, serial: int, *, is_d_number: bool = False) -> str:
    """The synthetic number (month + 80) number ``serial``, from 0, of everybody born that day.

    The same arguments always give the same number, and it fits today's check digits. A day
    has some four hundred numbers, and as many D-numbers (day + 40).

    Raises:
        ValueError: born outside 1854 to 2039, or the day has no number ``serial``.

    Source: Skatteetaten's test population Tenor adds 80 to the month.
    """
    if serial < 0:
        raise ValueError("serial numbers start at 0")
    for number in islice(_synthetic_numbers(birth_date, is_d_number), serial, None):
        return number
    raise ValueError("no such synthetic number on that day")


def _is_eleven_digits(text: str) -> bool:
    return len(text) == NUMBER_LENGTH and text.isascii() and text.isdigit()


def _problems_of_form(digits: str) -> tuple[Problem, ...]:
    found = []
    if len(digits) != NUMBER_LENGTH:
        found.append(Problem.WRONG_LENGTH)
    if digits and not (digits.isascii() and digits.isdigit()):
        found.append(Problem.NOT_DIGITS)
    return tuple(found)


def _weighted_remainder(number: str, weights: tuple[int, ...]) -> int:
    """The weighted sum modulo 11; digits that are not there yet count as nothing."""
    total: int = sum(map(mul, map(int, number), weights))
    return total % 11


def _first_remainder(number: str) -> int:
    return _weighted_remainder(number, FIRST_WEIGHTS)


def _second_remainder(number: str) -> int:
    return _weighted_remainder(number, SECOND_WEIGHTS)


def _read_claim(digits: str) -> _Claim:
    day, month = int(digits[:2]), int(digits[2:4])
    if day >= 2 * D_NUMBER_DAY:
        return _Claim(NationalIdKind.H_NUMBER, False, day, month, has_date=False)
    month, is_synthetic, has_help_mark = _unmark_month(month)
    if day > D_NUMBER_DAY:
        # No real number carries both marks: with a help mark it is a test D-number.
        marked = is_synthetic or has_help_mark
        return _Claim(NationalIdKind.D_NUMBER, marked, day - D_NUMBER_DAY, month)
    kind = NationalIdKind.H_NUMBER if has_help_mark else NationalIdKind.FODSELSNUMMER
    return _Claim(kind, is_synthetic, day, month)


def _unmark_month(month: int) -> tuple[int, bool, bool]:
    """The plain month, whether it was marked synthetic, whether it was marked as help number."""
    if month > TENOR_MONTH:
        return month - TENOR_MONTH, True, False
    if month > HEALTH_TEST_MONTH:
        return month - HEALTH_TEST_MONTH, True, False
    if month > HELP_MONTH:
        return month - HELP_MONTH, False, True
    return month, False, False


def _birth_date(digits: str, claim: _Claim) -> date | None:
    # A number of the 2032 rule does not tell the century.
    if not claim.has_date or _first_remainder(digits) != 0:
        return None
    year = _birth_year(int(digits[4:6]), int(digits[6:9]))
    return None if year is None else _real_date(year, claim.month, claim.day)


def _birth_year(two_digits: int, individual: int) -> int | None:
    for first, last, numbers in SERIES:
        for century in (1800, 1900, 2000):
            if first <= century + two_digits <= last and individual in numbers:
                return century + two_digits
    return None


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _problems_of_number(
    digits: str, claim: _Claim, birth_date: date | None, today: date
) -> tuple[Problem, ...]:
    found = []
    if not control_digits_fit(digits):
        found.append(Problem.CHECK_DIGITS)
    if claim.has_date and birth_date is None and not _could_be_a_date(digits, claim):
        found.append(Problem.IMPOSSIBLE_DATE)
    if birth_date is not None and birth_date > today:
        found.append(Problem.FUTURE_BIRTH)
    if claim.is_synthetic:
        found.append(Problem.SYNTHETIC)
    return tuple(found)


def _could_be_a_date(digits: str, claim: _Claim) -> bool:
    """Whether the day exists in the year the number tells, or in any century if it tells none."""
    two_digits = int(digits[4:6])
    known = _birth_year(two_digits, int(digits[6:9])) if _first_remainder(digits) == 0 else None
    years = (known,) if known else (1800 + two_digits, 1900 + two_digits, 2000 + two_digits)
    return any(_real_date(year, claim.month, claim.day) for year in years)


def _synthetic_numbers(birth_date: date, is_d_number: bool) -> Iterator[str]:
    day = birth_date.day + (D_NUMBER_DAY if is_d_number else 0)
    start = f"{day:02}{birth_date.month + TENOR_MONTH}{birth_date.year % 100:02}"
    for first, last, numbers in SERIES:
        if first <= birth_date.year <= last:
            for individual in numbers:
                yield from _with_control_digits(f"{start}{individual:03}")


def _with_control_digits(nine: str) -> Iterator[str]:
    """The one number that fits today's rule; none where a control digit would be ten."""
    first = -_first_remainder(nine) % 11
    second = -_second_remainder(f"{nine}{first}") % 11 if first < 10 else 10
    if second < 10:
        yield f"{nine}{first}{second}"
