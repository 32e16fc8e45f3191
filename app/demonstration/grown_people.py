"""Registers the people of a municipality that is grown: thousands, drawn as ``crowd`` draws them.

Rows are made as registering would make them, without asking for each number whether somebody has
it: they are drawn so that nobody has.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.columns import new_id
from app.demonstration.accounts import SINCE
from app.demonstration.cast import Sketch
from app.demonstration.crowd import AT_WORK_FROM, GROWN_UP_BEFORE, SEED, Crowd, plain
from app.demonstration.names import Home
from app.demonstration.places import Place, UnitPlan
from app.demonstration.plan_people import years
from app.demonstration.plans import Moment
from app.enums import Language, ProtectionGrade, UnitKind
from app.models import Person, Unit
from app.people import operations as people
from app.people import protection
from app.people.national_id import synthetic
from app.security.actor import Actor
from app.units import operations as units

FIRST_SERIAL = 70
"""Above the national ids of everybody else in the demonstration."""
AT_ONCE = 1_000
WITH_PHONE = 900
ONE_IN_DOUBLE, ONE_IN_SHIELDED = 200, 400


@dataclass(slots=True)
class Known:
    """Somebody who is registered: what the rest needs to know, without the row."""

    id: str
    sketch: Sketch
    unit_id: str | None
    digest: str | None
    is_shielded: bool
    username: str


@dataclass
class Population:
    """Everybody in a municipality that is grown, and its units."""

    place: Place
    units: dict[str, str]
    moment: Moment
    everybody: list[Known] = field(default_factory=list)

    @cached_property
    def homes(self) -> dict[tuple[Home | None, str], list[Known]]:
        """Who lives together under one family name."""
        found: defaultdict[tuple[Home | None, str], list[Known]] = defaultdict(list)
        for one in self.everybody:
            found[one.sketch.home, one.sketch.family].append(one)
        return found

    @cached_property
    def at_work(self) -> dict[UnitKind, list[Known]]:
        """The grown-ups who work in units of each kind."""
        kinds = {unit.name: unit.kind for unit in self.place.units}
        found: defaultdict[UnitKind, list[Known]] = defaultdict(list)
        for one in self.everybody:
            is_grown_up = AT_WORK_FROM <= one.sketch.born < GROWN_UP_BEFORE
            if one.sketch.unit is not None and is_grown_up and not one.is_shielded:
                found[kinds[one.sketch.unit]].append(one)
        return found

    def parents(self, child: Known) -> list[Known]:
        """The grown-ups of the same name and home, old enough: at most two."""
        found = self.homes[child.sketch.home, child.sketch.family]
        return [one for one in found if years(one.sketch.born, child.sketch.born) >= 18][:2]

    def age(self, one: Known) -> int:
        """How old somebody is on the day of growing."""
        return years(one.sketch.born, self.moment.today)


def place_of(session: Session, number: str, language: Language, shape: Place) -> Place:
    """The place as its units in use are, or as ``shape`` where it has none yet."""
    rows = session.scalars(select(Unit).where(Unit.retired_at.is_(None)).order_by(Unit.path)).all()
    if not rows:
        return shape
    plans = tuple(UnitPlan(row.name, row.kind, None, row.is_outside) for row in rows)
    return Place(number, language, plans, frozenset(), {}, shape.persons)


def register(
    session: Session, actor: Actor, place: Place, moment: Moment, count: int
) -> Population:
    """Register so many people in the actor's municipality, with its units if it has none."""
    found = Population(place, _units(session, actor, place, moment), moment)
    drawn = Crowd(place, Counter(), lap=" grown").people(count - count // ONE_IN_DOUBLE)
    sketches = [_made_fit(number, one) for number, one in enumerate(drawn)]
    sketches += _twice(sketches, count // ONE_IN_DOUBLE, Random(f"{SEED} twice {place.number}"))
    for start in range(0, len(sketches), AT_ONCE):
        part = sketches[start : start + AT_ONCE]
        rows = [_row(actor, found, sketch) for sketch in part]
        session.add_all(rows)
        session.flush()
        _shield(actor, rows[::ONE_IN_SHIELDED])
        session.flush()
        found.everybody += [
            _known(row, sketch, f"{place.number[-1]}{number}")
            for number, (row, sketch) in enumerate(zip(rows, part, strict=True), start)
            if sketch.retired_reason is None and not sketch.is_double
        ]
        session.expunge_all()
    _appoint_leaders(session, found)
    return found


def _units(session: Session, actor: Actor, place: Place, moment: Moment) -> dict[str, str]:
    known = session.scalars(select(Unit).where(Unit.retired_at.is_(None))).all()
    made: dict[str, Unit] = {unit.name: unit for unit in known}
    for plan in () if made else place.units:
        unit = Unit(name=plan.name, kind=plan.kind, is_outside=plan.is_outside)
        above = made[plan.above] if plan.above is not None else None
        made[plan.name] = units.add(actor, unit, above, at=moment.before(1_500))
        session.flush()
    return {name: unit.id for name, unit in made.items()}


def _made_fit(number: int, one: Sketch) -> Sketch:
    """Numbers that nobody else in the demonstration has."""
    return replace(
        one,
        serial=None if one.serial is None else one.serial + FIRST_SERIAL,
        phone=one.phone if number < WITH_PHONE else None,
        external_id=None if one.external_id is None else f"G{number:05}",
    )


def _twice(sketches: Sequence[Sketch], count: int, draw: Random) -> list[Sketch]:
    """Some who are registered a second time: without their number, with a slip of the finger."""
    found = []
    for one in draw.sample([each for each in sketches if each.retired_reason is None], count):
        slipped = f"{one.family[:-1]}{one.family[-1] * 2}" if draw.random() < 0.5 else one.family
        given = one.given.split()[0]
        again = replace(one, given=given, family=slipped, serial=None, external_id=None)
        found.append(replace(again, email=None, is_double=True))
    return found


def _row(actor: Actor, population: Population, sketch: Sketch) -> Person:
    at = population.moment.before(1_200)
    person = Person(
        id=new_id(), municipality_id=actor.municipality_id, created_at=at, is_shielded=False
    )
    facts = people.PersonFacts(
        given_name=sketch.given,
        family_name=sketch.family,
        birth_date=sketch.born,
        external_id=sketch.external_id,
        email=sketch.email,
        phone=sketch.phone,
        address=sketch.home.address if sketch.home else None,
        postcode=sketch.home.postcode if sketch.home else None,
        language=sketch.language,
        unit_id=population.units[sketch.unit] if sketch.unit else None,
    )
    people.write_facts(person, facts)
    if sketch.serial is not None:
        digits = synthetic(sketch.born, sketch.serial)
        digest = people.national_id_hash(digits)
        people.keep_national_id(person, digits, digest, is_doubtful=False)
    if sketch.retired_reason is not None:
        person.retired_at, person.retired_reason = at, sketch.retired_reason
    return person


def _known(row: Person, sketch: Sketch, number: str) -> Known:
    username = f"{plain(sketch.given.split()[0])}.{plain(sketch.family)}.{number}"
    return Known(
        row.id, sketch, row.unit_id, row.national_id_hash, row.is_shielded, username.casefold()
    )


def _shield(actor: Actor, rows: Iterable[Person]) -> None:
    for row in rows:
        grade = protection.ProtectionFacts(ProtectionGrade.CONFIDENTIAL, SINCE, unit_id=row.unit_id)
        protection.protect(actor, row, grade)


def _appoint_leaders(session: Session, found: Population) -> None:
    """The first grown-up at work in a unit leads it, where nobody does."""
    first: dict[str | None, str] = {}
    for ones in found.at_work.values():
        for one in ones:
            first.setdefault(one.unit_id, one.id)
    for unit in session.scalars(select(Unit).where(Unit.leader_id.is_(None))):
        unit.leader_id = first.get(unit.id)
    session.flush()
    session.expunge_all()
