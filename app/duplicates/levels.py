"""How two persons compare, field by field: one of a few named levels each.

A level is what a reviewer can be told in a sentence. How much it says is in ``weights``.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from app.duplicates.record import Number, Record

NEAR_NAME = 0.88
A_GENERATION = 15


class Field(StrEnum):
    """What of two persons is compared; ``TOGETHER`` is how several fields look together."""

    NATIONAL_ID = "national_id"
    BIRTH_DATE = "birth_date"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    UNIT = "unit"
    TOGETHER = "together"


class Level(StrEnum):
    """How a field compares. A field that one of them lacks has no level."""

    ID_SAME = "id_same"
    ID_NEAR = "id_near"
    ID_REPLACED = "id_replaced"
    ID_DOUBTFUL_DIFFERS = "id_doubtful_differs"
    ID_DIFFERS = "id_differs"
    BIRTH_SAME = "birth_same"
    BIRTH_SAME_NEW_YEAR = "birth_same_new_year"
    BIRTH_SWAPPED = "birth_swapped"
    BIRTH_NEAR = "birth_near"
    BIRTH_NEW_YEAR = "birth_new_year"
    BIRTH_DIFFERS = "birth_differs"
    BIRTH_GENERATION = "birth_generation"
    GIVEN_SAME = "given_same"
    GIVEN_NICKNAME = "given_nickname"
    GIVEN_PART = "given_part"
    GIVEN_NEAR = "given_near"
    GIVEN_DIFFERS = "given_differs"
    FAMILY_SAME = "family_same"
    FAMILY_PART = "family_part"
    FAMILY_NEAR = "family_near"
    FAMILY_DIFFERS = "family_differs"
    NAMES_SWAPPED = "names_swapped"
    PHONE_SAME = "phone_same"
    PHONE_NEAR = "phone_near"
    PHONE_DIFFERS = "phone_differs"
    EMAIL_SAME = "email_same"
    EMAIL_NEAR = "email_near"
    EMAIL_MAILBOX = "email_mailbox"
    EMAIL_DIFFERS = "email_differs"
    ADDRESS_SAME = "address_same"
    ADDRESS_NEAR = "address_near"
    ADDRESS_POSTCODE = "address_postcode"
    ADDRESS_DIFFERS = "address_differs"
    UNIT_SAME = "unit_same"
    UNIT_DIFFERS = "unit_differs"
    TWINS = "twins"
    GENERATIONS = "generations"
    HOUSEHOLD = "household"


def national_id_level(a: Number | None, b: Number | None) -> Level | None:
    """How two identity numbers compare."""
    if a is None or b is None:
        return None
    if a.digits == b.digits:
        return Level.ID_SAME
    if not (a.is_valid and b.is_valid):
        is_near = OSA.distance(a.digits, b.digits, score_cutoff=1) <= 1
        return Level.ID_NEAR if is_near else Level.ID_DOUBTFUL_DIFFERS
    if a.kind is b.kind or a.birth != b.birth:
        return Level.ID_DIFFERS
    return Level.ID_REPLACED


def birth_level(a: date | None, b: date | None) -> Level | None:
    """How two birth dates compare."""
    if a is None or b is None:
        return None
    if a == b:
        is_new_year = a.day == 1 and a.month == 1
        return Level.BIRTH_SAME_NEW_YEAR if is_new_year else Level.BIRTH_SAME
    if a.year == b.year and (a.day, a.month) == (b.month, b.day):
        return Level.BIRTH_SWAPPED
    if OSA.distance(a.isoformat(), b.isoformat(), score_cutoff=1) <= 1:
        return Level.BIRTH_NEAR
    if a.year == b.year and ((a.day, a.month) == (1, 1) or (b.day, b.month) == (1, 1)):
        return Level.BIRTH_NEW_YEAR
    if abs(a.year - b.year) >= A_GENERATION:
        return Level.BIRTH_GENERATION
    return Level.BIRTH_DIFFERS


@lru_cache(maxsize=1 << 16)
def name_levels(a_given: str, a_family: str, b_given: str, b_family: str) -> tuple[Level, ...]:
    """How two names compare: a level each for given and family name, or one for both."""
    if a_given != b_given and a_given == b_family and b_given == a_family:
        return (Level.NAMES_SWAPPED,)
    given, family = _name_level(a_given, b_given), _name_level(a_family, b_family)
    found = [_GIVEN[given]] if given else []
    return (*found, _FAMILY[family]) if family else tuple(found)


_GIVEN = {
    "same": Level.GIVEN_SAME, "part": Level.GIVEN_PART, "near": Level.GIVEN_NEAR,
    "differs": Level.GIVEN_DIFFERS,
}  # fmt: skip
_FAMILY = {
    "same": Level.FAMILY_SAME, "part": Level.FAMILY_PART, "near": Level.FAMILY_NEAR,
    "differs": Level.FAMILY_DIFFERS,
}  # fmt: skip


def _name_level(a: str, b: str) -> str:
    if not (a and b):
        return ""
    if a == b:
        return "same"
    if set(a.split()) & set(b.split()):
        return "part"
    return "near" if JaroWinkler.similarity(a, b) >= NEAR_NAME else "differs"


def phone_level(a: str, b: str) -> Level | None:
    """How two telephone numbers compare."""
    if not (a and b):
        return None
    if a == b:
        return Level.PHONE_SAME
    is_near = OSA.distance(a, b, score_cutoff=1) <= 1
    return Level.PHONE_NEAR if is_near else Level.PHONE_DIFFERS


def email_level(a: Record, b: Record) -> Level | None:
    """How two e-mail addresses compare."""
    if not (a.email and b.email):
        return None
    if a.email == b.email:
        return Level.EMAIL_SAME
    if a.mailbox and a.mailbox == b.mailbox:
        return Level.EMAIL_MAILBOX
    is_near = OSA.distance(a.email, b.email, score_cutoff=2) <= 2
    return Level.EMAIL_NEAR if is_near else Level.EMAIL_DIFFERS


def address_level(a: Record, b: Record) -> Level | None:
    """How two addresses compare."""
    if not (a.street and b.street):
        return Level.ADDRESS_POSTCODE if a.postcode and a.postcode == b.postcode else None
    if a.house == b.house and a.street == b.street:
        return Level.ADDRESS_SAME
    if a.house == b.house and JaroWinkler.similarity(a.street, b.street) >= NEAR_NAME:
        return Level.ADDRESS_NEAR
    return Level.ADDRESS_POSTCODE if a.postcode == b.postcode else Level.ADDRESS_DIFFERS


def unit_level(a: str, b: str) -> Level | None:
    """Whether both belong to one unit."""
    if not (a and b):
        return None
    return Level.UNIT_SAME if a == b else Level.UNIT_DIFFERS


FIELD_OF = {
    level: next(f for p, f in (
        ("id_", Field.NATIONAL_ID), ("birth_", Field.BIRTH_DATE), ("given_", Field.GIVEN_NAME),
        ("family_", Field.FAMILY_NAME), ("names_", Field.GIVEN_NAME), ("phone_", Field.PHONE),
        ("email_", Field.EMAIL), ("address_", Field.ADDRESS), ("unit_", Field.UNIT),
        ("", Field.TOGETHER),
    ) if level.startswith(p))
    for level in Level
}  # fmt: skip
