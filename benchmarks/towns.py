"""The people of a made-up town, for ``benchmarks.registers``: who lives with whom."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from config import ROOT

_PARTS = (ROOT / "benchmarks" / "towns.txt").read_text().split("\n\n")
MEN, WOMEN, FAMILIES, STARTS, ENDS, STREETS, DOMAINS, PLACES = map(str.split, _PARTS[:8])
SHORT = {line.split()[0]: line.split()[1:] for line in _PARTS[8].splitlines()}
_FIRST, _SECOND = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
KEPT = 600
TEST_MONTH, D_DAY = 80, 40


@dataclass(frozen=True)
class Mix:
    """What a register is like. ``twice`` and ``more`` are the shares of people with a second entry
    and with yet another, ``mistakes`` is their mean in a later entry."""

    missing: float = 0.4
    numbered: float = 0.45
    alike: float = 1.0
    mistakes: float = 1.3
    first_mistakes: float = 0.15
    rare_names: float = 0.35
    twice: float = 0.11
    more: float = 0.15


MIXES = {
    "mid": Mix(),
    "full": Mix(missing=0.1, numbered=0.5),
    "poor": Mix(missing=0.6, numbered=0.25, mistakes=1.0),
    "alike": Mix(missing=0.3, alike=4.0, first_mistakes=0.2, twice=0.1),
    "easy": Mix(missing=0.25, numbered=0.5, alike=0.3, mistakes=0.9, first_mistakes=0.05),
    "common": Mix(missing=0.35, alike=1.5, rare_names=0.0, twice=0.1),
    "dirty": Mix(missing=0.3, numbered=0.5, mistakes=2.6, first_mistakes=0.5, twice=0.12),
    "often": Mix(missing=0.35, first_mistakes=0.2, rare_names=0.3, twice=0.28, more=0.4),
}


@dataclass(frozen=True, slots=True)
class Someone:
    """A human as they are. ``temporary`` is a D-number from before the number was given."""

    is_woman: bool
    given: str
    family: str
    maiden: str
    born: date
    number: str
    temporary: str
    phone: str
    email: str
    home: tuple[str, str]
    unit: str
    work_email: str


class Town:
    """Draws households, one after the other."""

    def __init__(self, mix: Mix, random: Random) -> None:
        self.mix, self.random = mix, random
        self._farms = [start + end for start in STARTS for end in ENDS]
        self.units = [f"{place} {start}" for place in PLACES for start in STARTS]
        self._numbers: set[str] = set()
        self._postcodes = [f"{random.randrange(100, 9990):04}" for _ in range(350)]
        self._streets = {code: [self._street() for _ in range(40)] for code in self._postcodes}

    def people(self) -> Iterator[Someone]:
        """Everybody, those of one household together, and namesakes of some."""
        kept: list[Someone] = []
        while True:
            home = self._household()
            yield from home
            kept = (kept + home)[-KEPT:]
            if self.random.random() < 0.04 * self.mix.alike:
                yield self._namesake(self.random.choice(kept))

    # --- names, places and numbers ---

    def ranked(self, words: list[str], flat: int) -> str:
        """A word, those in front more often; the flatter, the less so."""
        place = int(flat * ((1 + len(words) / flat) ** self.random.random() - 1))
        return words[min(place, len(words) - 1)]

    def given(self, *, is_woman: bool) -> str:
        """One given name, or two."""
        words = WOMEN if is_woman else MEN
        first, second = self.ranked(words, 12), self.ranked(words, 12)
        if self.random.random() > 0.28 or first == second:
            return first
        return f"{first}{'-' if self.random.random() < 0.2 else ' '}{second}"

    def family(self) -> str:
        """A family name; some are those of a farm."""
        if self.random.random() < self.mix.rare_names:
            return self.random.choice(self._farms)
        return self.ranked(FAMILIES, 15)

    def address(self) -> tuple[str, str]:
        """A street with a number, and a postcode."""
        code = self.random.choice(self._postcodes)
        house = min(199, 1 + int(self.random.expovariate(1 / 25)))
        letter = self.random.choice("ABCD") if self.random.random() < 0.15 else ""
        return f"{self.random.choice(self._streets[code])} {house}{letter}", code

    def _street(self) -> str:
        if self.random.random() < 0.6:
            return self.random.choice(STREETS).replace("_", " ")
        end = self.random.choice(("veien", "vegen", "gata", "lia", "bakken"))
        return self.random.choice(STARTS) + end

    def phone(self, first: str = "4499") -> str:
        """Eight digits; a mobile number unless asked for others."""
        return f"{self.random.choice(first)}{self.random.randrange(10**7):07}"

    def email(self, given: str, family: str, born: date) -> str:
        """An address, made of the name in some way or of nothing."""
        one, other = plain(given.split()[0]), plain(family.split()[-1])
        letters = "".join(self.random.choices("abcdefghijklmnoprstuvy", k=7))
        local = self.random.choice((
            f"{one}.{other}", f"{one}.{other}", f"{one}.{other}", f"{one}{other}",
            f"{one[0]}{other}", f"{one}{born.year % 100:02}",
            f"{one}_{other}{self.random.randrange(100)}",
            f"{other}{one[:2]}{self.random.randrange(10)}", f"{one[:3]}{other[:3]}{born.year}",
            f"{letters}{self.random.randrange(100)}",
        ))  # fmt: skip
        return f"{local}@{self.random.choice(DOMAINS)}"

    def number(self, born: date, *, is_temporary: bool = False) -> str:
        """A synthetic number that nobody has; empty when a day has hardly any left."""
        day, least = born.day + D_DAY * is_temporary, 500 * (born.year > 1999)
        start = f"{day:02}{born.month + TEST_MONTH}{born.year % 100:02}"
        for _ in range(200):
            found = _checked(f"{start}{least + self.random.randrange(500):03}")
            if found and found not in self._numbers:
                self._numbers.add(found)
                return found
        return ""

    def born(self, first: int, last: int, *, is_foreign: bool = False) -> date:
        """A date; of those who came from abroad many are put down as of 1 January."""
        year = self.random.randint(first, last)
        if self.random.random() < (0.25 if is_foreign else 0.002):
            return date(year, 1, 1)
        return date(year, 1, 1) + timedelta(days=self.random.randrange(365))

    # --- who lives together ---

    def _someone(
        self, born: date, family: str, home: tuple[str, str], *, is_woman: bool, is_foreign: bool
    ) -> Someone:
        given = self.given(is_woman=is_woman)
        is_working = born.year < 2005 and self.random.random() < 0.5
        unit = self.random.choice(self.units) if is_working else ""
        has_temporary = self.random.random() < (0.6 if is_foreign else 0.01)
        work = f"{plain(given.split()[0])}.{plain(family.split()[-1])}@etat.no"
        return Someone(
            is_woman, given, family, family, born, self.number(born),
            self.number(born, is_temporary=True) if has_temporary else "", self.phone(),
            self.email(given, family, born), home, unit,
            work if unit and self.random.random() < 0.5 else "",
        )  # fmt: skip

    def _household(self) -> list[Someone]:
        is_foreign, home = self.random.random() < 0.16, self.address()
        born = self.born(1935, 1998, is_foreign=is_foreign)
        father = self._someone(born, self.family(), home, is_woman=False, is_foreign=is_foreign)
        if self.random.random() < 0.35:
            return [father]
        mother = self._mother(father, is_foreign=is_foreign)
        home_of = [father, mother]
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 2, 2, 3, 4))):
            home_of.append(self._child(home_of))
        return home_of

    def _mother(self, father: Someone, *, is_foreign: bool) -> Someone:
        """A wife, with her own name or his or both, sometimes on his phone or e-mail."""
        born = father.born + timedelta(days=self.random.randint(-2500, 2500))
        mother = self._someone(
            born, self.family(), father.home, is_woman=True, is_foreign=is_foreign
        )
        both = (f"{mother.maiden} {father.family}", f"{mother.maiden}-{father.family}")
        names = (father.family, *both, mother.maiden)
        mother = replace(mother, family=self.random.choices(names, (55, 15, 5, 25))[0])
        if self.random.random() < 0.1 * self.mix.alike:
            mother = replace(mother, phone=father.phone)
        if self.random.random() < 0.07 * self.mix.alike:
            mother = replace(mother, email=father.email)
        return mother

    def _child(self, home: list[Someone]) -> Someone:
        father, mother, *others = home
        oldest = max(father.born.year, mother.born.year)
        family = self.random.choices((father.family, mother.family), (82, 18))[0]
        is_twin = bool(others) and self.random.random() < min(0.5, 0.05 * self.mix.alike)
        born = others[-1].born if is_twin else self.born(min(2020, oldest + 19), 2024)
        lives = father.home if self.random.random() < 0.85 else self.address()
        is_woman = self.random.random() < 0.5
        child = self._someone(born, family, lives, is_woman=is_woman, is_foreign=False)
        if is_twin:
            child = replace(child, family=others[-1].family, home=others[-1].home)
        elif not is_woman and self.random.random() < min(0.3, 0.025 * self.mix.alike):
            child = replace(child, given=father.given, family=father.family)
        parent = self.random.choice((father, mother))
        if self.random.random() < 0.3:
            child = replace(child, phone=parent.phone)
        return replace(child, email=parent.email) if self.random.random() < 0.3 else child

    def _namesake(self, other: Someone) -> Someone:
        """Somebody else of that name: of that date, of that year, or born a few years off."""
        year = other.born.year
        near = self.born(year - 3, min(2024, year + 3))
        born = self.random.choices((other.born, self.born(year, year), near), (3, 5, 2))[0]
        found = self._someone(
            born, other.family, self.address(), is_woman=other.is_woman, is_foreign=False
        )
        return replace(found, given=other.given, maiden=other.maiden)


def plain(text: str) -> str:
    """``text`` as in an e-mail address."""
    for letter, other in zip("æøåáčđŋšž -", "eoaacdnsz..", strict=True):
        text = text.lower().replace(letter, other)
    return text


def _checked(nine: str) -> str:
    """Nine digits with their check digits; empty where there are none."""
    digits = [int(digit) for digit in nine]
    for weights in (_FIRST, _SECOND):
        digits.append(-sum(a * b for a, b in zip(digits, weights, strict=True)) % 11)
    return "".join(map(str, digits)) if max(digits) < 10 else ""
