"""Households of made-up humans: who lives together, and who is called what."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from operator import mul
from random import Random

from app.people.national_id import FIRST_WEIGHTS, SECOND_WEIGHTS, TENOR_MONTH
from config import ROOT

DATA = ROOT / "app" / "duplicates" / "data"
_PLACES = ROOT / "benchmarks" / "places.txt"
COLUMNS = (
    "external_id",
    "given_name",
    "family_name",
    "birth_date",
    "national_id",
    "email",
    "phone",
    "address",
    "postcode",
    "employer_unit",
)


@dataclass(frozen=True)
class Rates:
    """How often things happen. The default is meant to be harsh but like a municipality."""

    twice: float = 0.105  # Humans who are registered more than once.
    thrice: float = 0.12  # Of those, more than twice.
    with_number: float = 0.5
    mistakes: float = 1.3  # On average in one registration that came later.
    first_mistakes: float = 0.15
    missing: float = 0.7  # Times what the sources lack.
    twins: float = 0.04
    same_name_son: float = 0.04
    namesakes: float = 0.012
    new_year: float = 0.03
    shared_contact: float = 0.35
    long_tail: float = 0.45  # Family names that no list holds.
    professionals: float = 0.2
    units: int = 400
    weights: dict[str, float] = field(default_factory=dict)  # Of single mistakes; else 1.


@dataclass(frozen=True, slots=True)
class Human:
    """A human as they are. ``work`` is an e-mail, a phone and a unit; empty for most."""

    given: str
    family: str
    maiden: str
    is_woman: bool
    birth: date
    number: str
    phone: str
    email: str
    address: str
    postcode: str
    work: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One registration, as a line of the import's CSV, and whose it is."""

    external_id: str
    given_name: str
    family_name: str
    birth_date: str
    national_id: str
    email: str
    phone: str
    address: str
    postcode: str
    employer_unit: str
    human: int

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells in the order of ``COLUMNS``."""
        return tuple(getattr(self, column) for column in COLUMNS)


class Draw:
    """A list of words, some likelier than others."""

    def __init__(self, shares: dict[str, float]) -> None:
        self.words = list(shares)
        self._sums = list(accumulate(shares.values()))

    def one(self, random: Random) -> str:
        """A word."""
        return self.words[bisect(self._sums, random.random() * self._sums[-1])]


def _shares(name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in (DATA / name).read_text().splitlines():
        if line and not line.startswith("#"):
            count, *words = line.split()
            # Within a line the first are more common than the last.
            found |= {w: int(count) * (1.15 - 0.3 * i / len(words)) for i, w in enumerate(words)}
    return found


GIVEN = Draw(_shares("given_names.txt"))
FAMILY = Draw(_shares("family_names.txt"))
FARM_STARTS, FARM_ENDS, STREETS = map(str.split, _PLACES.read_text().split("\n\n"))
MAIL = ("gmail.com", "hotmail.com", "online.no", "outlook.com", "live.no", "icloud.com", "yahoo.no")
NAMESAKES_KEPT = 400


def households(random: Random, rates: Rates) -> Iterator[Human]:
    """Households one after the other, for ever."""
    kept: list[Human] = []
    while True:
        home = _household(random, rates)
        for human in home:
            yield human
            if random.random() < rates.namesakes and kept:
                yield _namesake(random.choice(kept), random, rates)
        kept = (kept + home)[-NAMESAKES_KEPT:]


def _household(random: Random, rates: Rates) -> list[Human]:
    address, postcode = place(random)
    mother = _adult(random, rates, address, postcode, is_woman=True)
    if random.random() < 0.3:
        return [mother] if random.random() < 0.5 else [replace(mother, is_woman=False)]
    father = _adult(random, rates, address, postcode, is_woman=False)
    if random.random() < 0.6:
        mother = replace(mother, family=father.family)
    elif random.random() < 0.3:
        mother = replace(mother, family=f"{mother.maiden} {father.family}")
    if random.random() < rates.shared_contact / 3:
        mother = replace(mother, phone=father.phone)
    if random.random() < rates.shared_contact / 4:
        mother = replace(mother, email=father.email)
    return [mother, father, *_children(mother, father, random, rates)]


def _adult(random: Random, rates: Rates, address: str, postcode: str, *, is_woman: bool) -> Human:
    given, family = given_name(random), family_name(random, rates)
    birth = _birth(random, rates, 1935, 2005)
    human = Human(
        given, family, family, is_woman, birth, number_of(birth, random), mobile(random),
        email_of(given, family, random), address, postcode,
    )  # fmt: skip
    if random.random() < rates.professionals:
        unit = random.randrange(rates.units)
        local = f"{given.split()[0]}.{family.split()[-1]}".lower()
        desk = f"{5 + unit % 3}{unit * 7919 % 10**7:07}"
        return replace(
            human, work=(ascii_of(f"{local}@strandvik.kommune.no"), desk, f"Enhet {unit}")
        )
    return human


def _children(mother: Human, father: Human, random: Random, rates: Rates) -> list[Human]:
    found: list[Human] = []
    for _ in range(random.choice((0, 0, 1, 1, 2, 2, 3))):
        parent = random.choice((mother, father))
        given, birth = given_name(random), _birth(random, rates, 1985, 2024)
        if found and random.random() < rates.twins * 2:
            birth = found[-1].birth
            if random.random() < 0.2:  # Names of twins are often alike.
                given = found[-1].given[:2] + given[2:]
        is_woman = random.random() < 0.5
        if not is_woman and random.random() < rates.same_name_son:
            given, parent = father.given, father
        shares = random.random() < rates.shared_contact
        found.append(
            Human(
                given,
                random.choice((father.family, father.family, mother.family)),
                father.family,
                is_woman,
                birth,
                number_of(birth, random),
                parent.phone if shares else mobile(random),
                parent.email if shares else email_of(given, father.family, random),
                *((parent.address, parent.postcode) if random.random() < 0.8 else place(random)),
            )  # fmt: skip
        )
    return found


def _namesake(human: Human, random: Random, rates: Rates) -> Human:
    """Another human of one name, often of one year, sometimes of one date."""
    address, postcode = place(random)
    other = _adult(random, rates, address, postcode, is_woman=human.is_woman)
    birth = human.birth if random.random() < 0.35 else _in_year(human.birth.year, random)
    return replace(
        other, given=human.given, family=human.family, maiden=human.family, birth=birth,
        number=number_of(birth, random), email=email_of(human.given, human.family, random),
    )  # fmt: skip


def _birth(random: Random, rates: Rates, first: int, last: int) -> date:
    year = random.randint(first, last)
    return date(year, 1, 1) if random.random() < rates.new_year else _in_year(year, random)


def _in_year(year: int, random: Random) -> date:
    return date(year, 1, 1) + timedelta(days=random.randrange(365))


def number_of(birth: date, random: Random) -> str:
    """A synthetic identity number (month + 80) of somebody born that day."""
    lowest = 0 if birth.year < 2000 else 500
    start = f"{birth.day:02}{birth.month + TENOR_MONTH}{birth.year % 100:02}"
    while True:
        if number := checked(f"{start}{lowest + random.randrange(500):03}"):
            return number


def checked(nine: str) -> str:
    """Nine digits with their check digits; empty where there are none."""
    digits = [int(digit) for digit in nine]
    first = -sum(map(mul, FIRST_WEIGHTS, digits)) % 11
    second = -sum(map(mul, SECOND_WEIGHTS, [*digits, first])) % 11
    return f"{nine}{first}{second}" if first < 10 and second < 10 else ""


def given_name(random: Random) -> str:
    """One given name, or two, sometimes with a hyphen."""
    first = GIVEN.one(random)
    if random.random() < 0.3:
        return f"{first}{'-' if random.random() < 0.25 else ' '}{GIVEN.one(random)}"
    return first


def family_name(random: Random, rates: Rates) -> str:
    """A family name; one in eight is double."""
    first = _single_family_name(random, rates)
    if random.random() < 0.12:
        return f"{first}{'-' if random.random() < 0.3 else ' '}{_single_family_name(random, rates)}"
    return first


def _single_family_name(random: Random, rates: Rates) -> str:
    if random.random() < rates.long_tail:
        return random.choice(FARM_STARTS) + random.choice(FARM_ENDS)
    return FAMILY.one(random)


def mobile(random: Random) -> str:
    """Eight digits of a mobile phone."""
    return f"{random.choice('49')}{random.randrange(10**7):07}"


def place(random: Random) -> tuple[str, str]:
    """A street with a number, and a postcode."""
    letter = random.choice("ABC") if random.random() < 0.2 else ""
    street = random.choice(STREETS).replace("_", " ")
    if random.random() < 0.5:
        street = f"{random.choice(FARM_STARTS)}{random.choice(('veien', 'vegen', 'gata'))}"
    return f"{street} {random.randint(1, 120)}{letter}", f"{random.randrange(1, 999) * 10:04}"


def email_of(given: str, family: str, random: Random) -> str:
    """An address made of a name in one of the usual ways."""
    first, last = given.split()[0].lower(), family.split()[-1].lower()
    local = random.choice((
        f"{first}.{last}", f"{first}.{last}", f"{first}{last}", f"{first}_{last}",
        f"{first[:1]}{last}", f"{first}{random.randrange(1940, 2015)}",
        f"{first}.{last}{random.randrange(100)}", f"{last}.{first}{random.randrange(10)}",
        f"{random.choice(FARM_STARTS).lower()}{first[:3]}{random.randrange(1000)}",
    ))  # fmt: skip
    return ascii_of(f"{local}@{random.choice(MAIL)}")


def ascii_of(text: str) -> str:
    """``text`` as in an e-mail address."""
    for letter, plain in (("æ", "ae"), ("ø", "o"), ("å", "a"), (" ", "."), ("'", "")):
        text = text.replace(letter, plain)
    return text.encode("ascii", "ignore").decode()
