"""Who has a part in the demonstration's plans: owners, parents, professionals, coordinators."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.demonstration.cast import Sketch
from app.demonstration.places import Place
from app.demonstration.plan_recipes import YEARS, Age, Recipe
from app.enums import UnitKind
from app.models import Person

GROWN_UP = 18
COORDINATE = (UnitKind.HEALTH_CENTRE, UnitKind.PPT, UnitKind.SCHOOL)
Registered = tuple[Person, Sketch]


def years(born: date, on: date) -> int:
    """Full years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass
class People:
    """Everybody in one place who can have a part, and who owns a plan already."""

    place: Place
    registered: Sequence[Registered]
    today: date
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.in_use = [one for one in self.registered if one[1].retired_reason is None]
        self.names = Counter(person.full_name for person, _sketch in self.registered)

    def with_login(self, username: str) -> Person:
        """The person behind a demonstration login."""
        return next(person for person, sketch in self.in_use if sketch.login == username)

    def named(self, name: str) -> Registered:
        """The person of a full name that nobody else has."""
        return next(one for one in self.in_use if one[0].full_name == name)

    def owner(self, recipe: Recipe, parents: int) -> Registered:
        """Whom a plan is about: the first who is not taken, of the age or nearest to it, with so
        many parents at home."""
        if recipe.owner is not None:
            return self.named(recipe.owner)
        free = [one for one in self.in_use if self._may_own(one)]
        if recipe.age in (Age.SMALL, Age.CHILD, Age.YOUNG):
            free = [one for one in free if len(self.parents(one)) >= parents] or free
        found = min(free, key=lambda one: self._distance(one[1], recipe.age))
        self.taken.add(found[0].id)
        return found

    def _may_own(self, one: Registered) -> bool:
        person, sketch = one
        is_free = person.id not in self.taken and not person.is_shielded
        has_part = sketch.login is not None or sketch.family in ("Havnes", "Hætta")
        return is_free and not has_part and self.names[person.full_name] == 1

    def _distance(self, sketch: Sketch, age: Age) -> int:
        youngest, oldest = YEARS[age]
        found = years(sketch.born, self.today)
        return max(youngest - found, found - oldest, 0)

    def parents(self, owner: Registered) -> list[Person]:
        """The grown-ups of the same name and home, old enough: at most two."""
        _person, child = owner
        found = [
            person
            for person, sketch in self.in_use
            if child.home is not None
            and sketch.home == child.home
            and sketch.family == child.family
            and years(sketch.born, child.born) >= GROWN_UP
        ]
        return found[:2]

    def professional(self, kind: UnitKind, number: int, owner: Person) -> Registered | None:
        """Somebody at work in a unit of this kind, another one for each number."""
        units = self.place.named(kind)
        found = [
            one
            for one in self.in_use
            if one[1].unit in units
            and years(one[1].born, self.today) >= GROWN_UP
            and one[0].id != owner.id
            and not one[0].is_shielded
            and one[1].login is None
        ]
        return found[number % len(found)] if found else None

    def colleagues(self, count: int) -> list[Registered]:
        """Those who coordinate beside the one with a login, and have not chosen a password yet."""
        found: list[Registered] = []
        for one in self.in_use:
            kinds = [kind for kind in COORDINATE if one[1].unit in self.place.named(kind)]
            is_old_enough = years(one[1].born, self.today) >= GROWN_UP
            if kinds and is_old_enough and one[1].login is None and len(found) < count:
                found.append(one)
        self.taken.update(person.id for person, _sketch in found)
        return found
