"""The rest of the people: households drawn one by one, the same ones in every run."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from app.demonstration.cast import Sketch
from app.demonstration.names import Names
from app.demonstration.places import Place
from app.enums import Language, UnitKind

SEED = 20_240_101
BORN_LAST = date(2025, 6, 30)
IN_KINDERGARTEN_FROM, AT_SCHOOL_FROM = date(2020, 1, 1), date(2010, 1, 1)
GROWN_UP_BEFORE, AT_WORK_FROM = date(2006, 1, 1), date(1959, 1, 1)
ANY_GROWN_UP = date(1938, 1, 1), date(2000, 12, 31)
YOUNG_PARENTS = date(1976, 1, 1), date(1996, 12, 31)
KNOWN_IN_BOTH = 11
RETIRED_EACH = 3
REASONS = {Language.NB: "Flyttet fra kommunen", Language.NN: "Flytta frå kommunen"}
PLAIN_LETTERS = str.maketrans("æøåđŋŧ ", "eoadnt.")
NOT_WORKPLACES = (UnitKind.MUNICIPALITY,)


class Crowd:
    """Draws the people of one place. ``serials`` counts the national ids used on each day, over
    all places; another ``lap`` draws other people."""

    def __init__(self, place: Place, serials: Counter[date], lap: str = "") -> None:
        self.place = place
        self.serials = serials
        self.draw = Random(f"{SEED} {place.number}{lap}")
        self.names = Names(place.number, self.draw)
        self.kindergartens = place.named(UnitKind.KINDERGARTEN)
        self.schools = place.named(UnitKind.SCHOOL)
        self.workplaces = place.named(*(set(UnitKind) - set(NOT_WORKPLACES)))

    def people(self, count: int) -> list[Sketch]:
        """So many people, household by household; a few at the end are not in use any more."""
        found: list[Sketch] = []
        while len(found) < count:
            found += self._household()
        found = [self._with_contact(number, one) for number, one in enumerate(found[:count])]
        reason = REASONS[self.place.language]
        moved = [replace(one, retired_reason=reason, unit=None) for one in found[-RETIRED_EACH:]]
        return found[:-RETIRED_EACH] + moved

    def _household(self) -> list[Sketch]:
        home, family = self.names.home(), self.names.family()
        is_sami = self.draw.random() < 0.05
        found: list[Sketch] = []
        for born in self._births():
            given = self.names.given(born, taken=[one.given.split()[0] for one in found])
            name = family if self.draw.random() < 0.9 else self.names.family()
            if is_sami:
                given, name = self.names.sami()
            serial = None if self.draw.random() < 0.05 else self._serial(born)
            found.append(Sketch(given, name, born, serial, self._unit(born), home))
        return found

    def _births(self) -> Iterator[date]:
        """The birth dates of one or two grown-ups and of their children at home."""
        has_young = self.draw.random() < 0.6
        oldest = self._day(*(YOUNG_PARENTS if has_young else ANY_GROWN_UP))
        yield oldest
        if self.draw.random() < 0.65:
            yield oldest + timedelta(days=self.draw.randint(0, 1500))
        born = oldest + timedelta(days=self.draw.randint(24 * 365, 33 * 365))
        for _ in range(self._children(oldest)):
            if born <= BORN_LAST:
                yield born
            born += timedelta(days=self.draw.randint(600, 1600))

    def _children(self, oldest: date) -> int:
        return self.draw.choice((0, 1, 2, 2, 3)) if oldest.year >= 1974 else 0

    def _serial(self, born: date) -> int:
        self.serials[born] += 1
        return self.serials[born] - 1

    def _unit(self, born: date) -> str | None:
        if born >= IN_KINDERGARTEN_FROM:
            return self.draw.choice(self.kindergartens)
        if born >= AT_SCHOOL_FROM:
            return self.draw.choice(self.schools)
        if AT_WORK_FROM <= born < GROWN_UP_BEFORE and self.draw.random() < 0.5:
            return self.draw.choice(self.workplaces)
        return None

    def _with_contact(self, number: int, one: Sketch) -> Sketch:
        external = f"{self.place.number}-{number:04}" if number % 2 == 0 else None
        if one.born >= GROWN_UP_BEFORE:
            return replace(one, external_id=external)
        # A range of numbers as small as can be; nothing is ever sent to them.
        phone = f"+4799999{(number + int(self.place.number[-1]) * 300) % 1000:03}"
        email = f"{plain(one.given)}.{plain(one.family)}{number}@epost.example"
        language = self.draw.choice((None, None, self.place.language, Language.EN))
        return replace(
            one,
            external_id=external,
            phone=phone if self.draw.random() < 0.8 else None,
            email=email if self.draw.random() < 0.6 else None,
            language=language,
        )

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.draw.randint(0, (last - first).days))


def known_here_too(people: Sequence[Sketch], place: Place) -> list[Sketch]:
    """Some of another place's people who are known in ``place`` as well: the same national id,
    but contact data and work as this place has them."""
    draw = Random(f"{SEED} both {place.number}")
    workplaces = place.named(UnitKind.HEALTH_CENTRE, UnitKind.NAV, UnitKind.SCHOOL)
    grown = [
        one
        for one in people
        if AT_WORK_FROM <= one.born < GROWN_UP_BEFORE
        and one.serial is not None
        and one.retired_reason is None
    ]
    return [
        replace(one, unit=draw.choice(workplaces), home=None, phone=None, external_id=None)
        for one in draw.sample(grown, KNOWN_IN_BOTH)
    ]


def plain(name: str) -> str:
    """A name as it stands in an e-mail address: small letters from a to z."""
    letters = unicodedata.normalize("NFKD", name.casefold().translate(PLAIN_LETTERS))
    return "".join(c for c in letters if c.isascii() and (c.isalnum() or c in ".-")).strip(".-")
