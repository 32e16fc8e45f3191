"""Two persons side by side, field by field, in words; and what must be thought of before a merge.

What tells where a shielded person is (address, unit, phone) is neither shown nor compared: that
it is the same as the other's would tell it just as well.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import day_of
from app.duplicate_tables import DuplicatePair
from app.duplicates.spelling import folded, tokens
from app.enums import MatchBand
from app.models import Person
from app.people import operations as people
from app.people.names import tidy
from app.people.national_id import NationalIdKind, examine, mask
from app.screens.fields import show_date
from app.screens.words import words

_GIVEN, _FAMILY = _l("Given name"), _l("Family name")
PROTECTED = _l("Protected, not shown")
OF_AGE = 18


class Likeness(Enum):
    """How a field of the two compares."""

    SAME = "same"
    SPELLED = "spelled"
    DIFFERENT = "different"
    MISSING = "missing"
    HIDDEN = "hidden"


LIKENESS_WORDS: dict[Likeness, Any] = {
    Likeness.SAME: _l("Same"),
    Likeness.SPELLED: _l("Same, written otherwise"),
    Likeness.DIFFERENT: _l("Different"),
    Likeness.MISSING: _l("Missing"),
    Likeness.HIDDEN: _l("Not compared"),
}


@dataclass(frozen=True)
class Line:
    """A field of both: what is shown of each, and how they compare."""

    label: Any
    first: Any
    second: Any
    likeness: Likeness

    @property
    def said(self) -> Any:
        """The likeness in words."""
        return LIKENESS_WORDS[self.likeness]


def lines(first: Person, second: Person) -> list[Line]:
    """What is registered about the two; fields that neither has are left out."""
    is_hidden = first.is_shielded or second.is_shielded
    found = [_line(*one, first, second) for one in _OPEN]
    found += [_hidden(*one, first, second) if is_hidden else _line(*one, first, second)
              for one in _TELLING_PLACE]  # fmt: skip
    return [one for one in found if one is not None]


def _line(label: Any, read: Callable[[Person], Any], first: Person, second: Person) -> Line | None:
    a, b = read(first), read(second)
    if not (a or b):
        return None
    if not (a and b):
        return Line(label, a, b, Likeness.MISSING)
    if tidy(str(a)).casefold() == tidy(str(b)).casefold():
        return Line(label, a, b, Likeness.SAME)
    is_name = label in (_GIVEN, _FAMILY)
    is_spelled = is_name and _spelled(a) == _spelled(b)
    return Line(label, a, b, Likeness.SPELLED if is_spelled else Likeness.DIFFERENT)


def _spelled(name: str) -> list[str]:
    """The words of a name as they are compared."""
    return [folded(word) for word in tokens(name)]


def _hidden(label: Any, read: Callable[[Person], Any], first: Person, second: Person) -> Line:
    # Once the two are one, where the one is tells where the other is.
    is_one = bool(first.merged_into_id or second.merged_into_id)
    a, b = (PROTECTED if is_one or one.is_shielded else read(one) for one in (first, second))
    return Line(label, a, b, Likeness.HIDDEN)


def _address(person: Person) -> str:
    return ", ".join(part for part in (person.address, person.postcode) if part)


_OPEN: tuple[tuple[Any, Callable[[Person], Any]], ...] = (
    (_GIVEN, lambda one: one.given_name),
    (_FAMILY, lambda one: one.family_name),
    (_l("Birth date"), lambda one: show_date(one.birth_date)),
    (_l("E-mail"), lambda one: one.email),
    (_l("Preferred language"), lambda one: words(one.language)),
    (_l("Id in another system"), lambda one: one.external_id),
)
_TELLING_PLACE: tuple[tuple[Any, Callable[[Person], Any]], ...] = (
    (_l("Phone"), lambda one: one.phone),
    (_l("Address"), _address),
    (_l("Unit"), lambda one: one.unit.name if one.unit else ""),
)


READ: dict[str, Callable[[Person], Any]] = {
    "name": lambda one: one.full_name,
    "birth_date": lambda one: show_date(one.birth_date),
    "national_id": lambda one: _masked(one),
    "external_id": lambda one: one.external_id,
    "email": lambda one: one.email,
    "phone": lambda one: one.phone,
    "address": _address,
    "language": lambda one: words(one.language),
    "unit_id": lambda one: one.unit.name if one.unit else "",
}
"""How each field that is chosen in a merge is shown; the caller hides what is protected."""


# --- national ids -------------------------------------------------------------------------------


class NumbersAre(Enum):
    """How the national ids of two persons compare."""

    NOT_BOTH = "not_both"
    SAME = "same"
    REPLACED = "replaced"
    DOUBTFUL = "doubtful"
    TWO_PERSONS = "two_persons"


NUMBER_WORDS: dict[NumbersAre, Any] = {
    NumbersAre.REPLACED: _l("A D-number and a national id of the same birth date"),
    NumbersAre.DOUBTFUL: _l("Different, and one of them looks wrong"),
}


def numbers_of(first: Person, second: Person, *, on: date) -> NumbersAre:
    """How the two numbers compare; they are read, and never shown whole."""
    if first.national_id_hash is None or second.national_id_hash is None:
        return NumbersAre.NOT_BOTH
    if first.national_id_hash == second.national_id_hash:
        return NumbersAre.SAME
    a, b = (examine(people.read_national_id(one) or "", today=on) for one in (first, second))
    if first.national_id_is_doubtful or second.national_id_is_doubtful:
        return NumbersAre.DOUBTFUL
    kinds = {a.kind, b.kind}
    has_grown = kinds == {NationalIdKind.D_NUMBER, NationalIdKind.FODSELSNUMMER}
    if has_grown and a.birth_date == b.birth_date:
        return NumbersAre.REPLACED
    return NumbersAre.TWO_PERSONS


def number_line(first: Person, second: Person, numbers: NumbersAre) -> Line | None:
    """The line of the national ids: six digits of each, and how the whole numbers compare."""
    a, b = _masked(first), _masked(second)
    if not (a or b):
        return None
    if numbers is NumbersAre.NOT_BOTH and (claimed := _claimed_line(first, second)):
        return claimed
    likeness = {NumbersAre.NOT_BOTH: Likeness.MISSING, NumbersAre.SAME: Likeness.SAME}
    return Line(_l("National id"), a, b, likeness.get(numbers, Likeness.DIFFERENT))


def _claimed_line(first: Person, second: Person) -> Line | None:
    """The line where one was registered with a number that another has; None where none was."""
    claimed = [people.read_claimed_id(one) for one in (first, second)]
    if not any(claimed):
        return None
    a, b = (
        people.read_national_id(one) or by_claim
        for one, by_claim in zip((first, second), claimed, strict=True)
    )
    shown = (_masked(first), _masked(second))
    if not (a and b):
        return Line(_l("National id"), *shown, Likeness.MISSING)
    return Line(_l("National id"), *shown, Likeness.SAME if a == b else Likeness.DIFFERENT)


def _masked(person: Person) -> str:
    if digits := people.read_national_id(person):
        return mask(digits)
    claimed = people.read_claimed_id(person)
    return _("%(number)s, which another person has", number=mask(claimed)) if claimed else ""


# --- what must be thought of --------------------------------------------------------------------


class Caution(Enum):
    """Why merging the two takes a second person's approval."""

    TWO_NUMBERS = "two_numbers"
    ADULT_AND_CHILD = "adult_and_child"
    PROTECTED = "protected"


CAUTION_WORDS: dict[Caution, Any] = {
    Caution.TWO_NUMBERS: _l(
        "Both have a valid national id, and the two are different. They are most likely two"
        " persons."
    ),
    Caution.ADULT_AND_CHILD: _l("One is of age and the other is a child."),
    Caution.PROTECTED: _l(
        "The address of one of them is protected. Neither address, unit nor phone is shown of that"
        " person here."
    ),
}


def cautions(first: Person, second: Person, numbers: NumbersAre, *, on: date) -> list[Caution]:
    """What makes a merge of the two a matter for two administrators."""
    found = []
    if numbers is NumbersAre.TWO_PERSONS:
        found.append(Caution.TWO_NUMBERS)
    if {_is_of_age(first, on), _is_of_age(second, on)} == {True, False}:
        found.append(Caution.ADULT_AND_CHILD)
    if first.is_shielded or second.is_shielded:
        found.append(Caution.PROTECTED)
    return found


def _is_of_age(person: Person, on: date) -> bool | None:
    born = person.birth_date
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day)) >= OF_AGE


# --- the pair in a list -------------------------------------------------------------------------


BAND_COLOURS: dict[MatchBand, str] = {
    MatchBand.CERTAIN: "danger",
    MatchBand.PROBABLE: "warning",
    MatchBand.POSSIBLE: "info",
}


def names_of(pair: DuplicatePair) -> str:
    """Both names, as a list begins with them."""
    return " – ".join(f"{one.family_name}, {one.given_name}" for one in (pair.first, pair.second))


def births_of(pair: DuplicatePair) -> str:
    """The birth dates of the two; one where they are the same."""
    born: Iterable[str] = (show_date(one.birth_date) for one in (pair.first, pair.second))
    return " – ".join(dict.fromkeys(one or "?" for one in born))


def registered_on(person: Person) -> str:
    """The day the person was registered."""
    return show_date(day_of(person.created_at))
