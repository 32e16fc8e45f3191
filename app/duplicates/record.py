"""What is compared of a person, and the normal form in which it is compared.

The normal form is made once per person; comparing two touches no text that is not in it.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from app.duplicates.spelling import folded, tokens
from app.people.national_id import NUMBER_LENGTH, NationalIdKind, Problem, examine

PHONE_DIGITS = 8
_DIGITS = re.compile(r"[0-9]+")
_HOUSE = re.compile(r"\b([0-9]{1,4})\s*([a-zæøå]?)\b", re.IGNORECASE)
_STREET_ENDS = re.compile(r"(?:veien|vegen|veg|vei|vn|v|gata|gaten|gate|gt|g)$")
_SHARED_MAILBOXES = frozenset(
    {"post", "epost", "mail", "kontor", "kontakt", "info", "firma", "firmapost", "postmottak"}
    | {"resepsjon", "admin", "skole", "barnehage", "noreply", "ukjent", "test", "ingen"}
)
_NO_NAMES = frozenset({"ukjent", "unknown", "navn", "nn", "xx", "xxx", "test", "mangler"})
_BAD_FORM = frozenset(
    {Problem.WRONG_LENGTH, Problem.NOT_DIGITS, Problem.CHECK_DIGITS, Problem.IMPOSSIBLE_DATE}
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person, as registered. ``national_id`` is digits, decrypted."""

    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    national_id: str | None = field(default=None, repr=False)
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    postcode: str | None = None
    unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """An identity number: its digits, what it claims to be, and whether it could be one."""

    digits: str = field(repr=False)
    kind: NationalIdKind
    is_valid: bool
    birth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Record:
    """A person in normal form. Empty text and None stand for what is not known.

    ``given`` and ``family`` are folded words with spaces between. ``birth`` (``yyyymmdd``) is the
    registered date, else the one in a valid number; ``other_birth`` is that of the number where
    they differ. ``phone`` is the last eight digits; ``mailbox`` is folded as names are; ``street``
    is without its ending and ``house``.
    """

    given: str
    family: str
    birth: str
    other_birth: str
    number: Number | None
    phone: str
    email: str
    mailbox: str
    street: str
    house: str
    postcode: str
    unit: str


def record_of(facts: Facts) -> Record:
    """The normal form of what is known of a person."""
    number = _number(facts.national_id)
    birth, other = _births(facts.birth_date, number)
    email, mailbox = _email(facts.email)
    street, house = _address(facts.address)
    return Record(
        given=_name(facts.given_name),
        family=_name(facts.family_name),
        birth=birth,
        other_birth=other,
        number=number,
        phone=_phone(facts.phone),
        email=email,
        mailbox=mailbox,
        street=street,
        house=house,
        postcode=(facts.postcode or "").strip(),
        unit=facts.unit_id or "",
    )


def _name(text: str) -> str:
    return " ".join(word for word in tokens(text) if word not in _NO_NAMES)


def _number(text: str | None) -> Number | None:
    if not text:
        return None
    if len(text) == NUMBER_LENGTH - 1:
        text = f"0{text}"  # Spreadsheets drop the zero in front.
    found = examine(text, today=date.max)
    is_valid = not _BAD_FORM.intersection(found.problems)
    return Number(found.digits, found.kind, is_valid, _day(found.birth_date) if is_valid else "")


def _day(birth: date | None) -> str:
    return f"{birth.year:04}{birth.month:02}{birth.day:02}" if birth else ""


def _births(registered: date | None, number: Number | None) -> tuple[str, str]:
    claimed = number.birth if number else ""
    birth = _day(registered)
    if not birth:
        return claimed, ""
    return birth, claimed if claimed != birth else ""


def _phone(text: str | None) -> str:
    digits = "".join(_DIGITS.findall(text or ""))[-PHONE_DIGITS:]
    is_filler = len(set(digits)) <= 1 or digits == "12345678"
    return digits if len(digits) == PHONE_DIGITS and not is_filler else ""


def _email(text: str | None) -> tuple[str, str]:
    """The whole address, and the part before the sign; a shared mailbox has no such part."""
    whole = (text or "").strip().casefold()
    local, sign, domain = whole.partition("@")
    if not (sign and local and domain):
        return "", ""
    local = local.partition("+")[0]
    return f"{local}@{domain}", "" if local in _SHARED_MAILBOXES else folded(local)


def _address(text: str | None) -> tuple[str, str]:
    """The street without its ending, and the number of the house with its letter."""
    if not text:
        return "", ""
    found = _HOUSE.search(text)
    house = f"{found[1].lstrip('0')}{found[2].casefold()}" if found else ""
    words = tokens(text[: found.start()] if found and found.start() else text)
    words = tuple(word for word in words if not word.isdigit())
    if not words:
        return "", house
    last = _STREET_ENDS.sub("", words[-1])
    return "".join((*words[:-1], last)), house
