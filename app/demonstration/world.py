"""Loads the demonstration world into an empty database, in one transaction of the caller's."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import operations as accounts
from app.accounts.holding import Terms, add_account, keep_identifiers
from app.accounts.passwords import make_hash
from app.demonstration import cast, crowd, doubles, kept_twice, method, plans
from app.demonstration.accounts import ENDED_ON, LOGINS, PASSWORD, SINCE, Login
from app.demonstration.cast import Sketch
from app.demonstration.places import FJELLBY, STRANDVIK, Place
from app.demonstration.plan_people import People
from app.demonstration.plans import Holder, Moment
from app.enums import Role
from app.models import CentralAppointment, Municipality, Person, Unit
from app.people import operations as people
from app.people import protection
from app.people.national_id import synthetic
from app.security.actor import Actor, acting_as, operator
from app.units import operations as units

COORDINATORS = {"9901": "koordinator.strandvik", "9902": "koordinator.fjellby"}
LOGIN = {login.username: login for login in LOGINS}


@dataclass(frozen=True)
class Loaded:
    """How much was loaded."""

    units: int
    persons: int
    logins: int
    plans: int


def is_empty(session: Session) -> bool:
    """Whether nobody is registered: no account, and no person in any municipality."""
    if session.scalar(select(User.id).limit(1)) is not None:
        return False
    for municipality_id in session.scalars(select(Municipality.id)).all():
        with acting_as(session, operator(municipality_id)):
            if session.scalar(select(Person.id).limit(1)) is not None:
                return False
    return True


def load(session: Session, *, at: datetime, today: date) -> Loaded:
    """Fill both municipalities, which the register has brought, and make the logins.

    The same people come out every time; only those whose age matters are born relative to
    ``today``.
    """
    moment, planted = Moment(at, today), 0
    logins = {login.username: _make_account(session, login, moment) for login in LOGINS}
    populations = population(today)
    for place, sketches in populations:
        municipality = session.scalars(
            select(Municipality).where(Municipality.number == place.number)
        ).one()
        municipality.is_in_use = True
        session.flush()
        with acting_as(session, operator(municipality.id)) as actor:
            planted += _Filling(session, actor, place, moment).fill(sketches, logins)
    return Loaded(
        units=sum(len(place.units) for place, _people in populations),
        persons=sum(len(sketches) for _place, sketches in populations),
        logins=len(logins),
        plans=planted,
    )


def population(today: date) -> tuple[tuple[Place, list[Sketch]], ...]:
    """Everybody, by place."""
    serials: Counter[date] = Counter()
    parts = cast.strandvik(today)
    strandvik = crowd.Crowd(STRANDVIK, serials).people(STRANDVIK.persons - len(parts))
    also = crowd.known_here_too(strandvik, FJELLBY)
    local_parts = cast.fjellby(today)
    rest = FJELLBY.persons - len(also) - len(local_parts)
    fjellby = crowd.Crowd(FJELLBY, serials).people(rest)
    twice = doubles.of_strandvik(today)
    return (STRANDVIK, [*parts, *strandvik, *twice]), (FJELLBY, [*local_parts, *also, *fjellby])


def _make_account(session: Session, login: Login, moment: Moment) -> int:
    """An account with the known password, which is shorter than the panel lets anyone choose."""
    account = add_account(login.username)
    account.password = make_hash(PASSWORD)
    if login.is_central:
        session.add(
            CentralAppointment(account_id=account.id, proposed_at=moment.at, approved_at=moment.at)
        )
    session.flush()
    return int(account.id)


class _Filling:
    """Fills one municipality."""

    def __init__(self, session: Session, actor: Actor, place: Place, moment: Moment) -> None:
        self.session = session
        self.actor = actor
        self.place = place
        self.moment = moment
        self.units: dict[str, Unit] = {}

    def fill(self, sketches: Sequence[Sketch], logins: dict[str, int]) -> int:
        """Units first, then people, then who leads what and who may what, then plans; how many."""
        self._add_units()
        registered = [(self._register(sketch), sketch) for sketch in sketches]
        self.session.flush()
        for person, sketch in registered:
            self._finish(person, sketch, logins)
        self._appoint_leaders(person for person, _sketch in registered)
        self._retire_units()
        self.session.flush()
        holders, planted = self._plant([one for one in registered if not one[1].is_double], logins)
        persons = [person for person, sketch in registered if sketch.is_double]
        if not persons:
            return planted
        return planted + kept_twice.plant(
            kept_twice.Setting(self.session, self.actor, self.units, persons, holders, self.moment)
        )

    def _plant(
        self, registered: Sequence[tuple[Person, Sketch]], logins: dict[str, int]
    ) -> tuple[list[Holder], int]:
        """The plans, once those are there who coordinate them; those, and how many plans."""
        people = People(self.place, registered, self.moment.today)
        username = COORDINATORS[self.place.number]
        holders = [Holder(people.with_login(username), logins[username])]
        for person, sketch in people.colleagues(plans.COLLEAGUES[self.place.number]):
            account = add_account(f"{crowd.plain(sketch.given)}.{crowd.plain(sketch.family)}")
            terms = Terms(Role.COORDINATOR, SINCE)
            accounts.give_role(self.actor, person, account, terms, at=self.moment.at)
            keep_identifiers(account, person)
            holders.append(Holder(person, int(account.id)))
        here = self.actor.municipality_id or 0
        planted = plans.plant(self.session, people, holders, self.moment, here)
        coordinators = [one.person for one in holders]
        method.plant(
            method.Setting(self.session, self.place.language, coordinators, self.moment.at)
        )
        return holders, planted

    def _add_units(self) -> None:
        for plan in self.place.units:
            unit = Unit(name=plan.name, kind=plan.kind, is_outside=plan.is_outside)
            above = self.units[plan.above] if plan.above is not None else None
            self.units[plan.name] = units.add(self.actor, unit, above, at=self.moment.at)
            self.session.flush()

    def _register(self, sketch: Sketch) -> Person:
        number = None
        if sketch.serial is not None:
            number = synthetic(sketch.born, sketch.serial, is_d_number=sketch.has_d_number)
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
            unit_id=self.units[sketch.unit].id if sketch.unit else None,
        )
        return people.register(
            self.actor,
            facts,
            national_id_text=number,
            at=self.moment.at,
            today=self.moment.today,
        )

    def _finish(self, person: Person, sketch: Sketch, logins: dict[str, int]) -> None:
        if sketch.protection is not None:
            facts = protection.ProtectionFacts(sketch.protection, SINCE, unit_id=person.unit_id)
            protection.protect(self.actor, person, facts)
        if sketch.retired_reason is not None:
            person.retired_at = self.moment.at
            person.retired_reason = sketch.retired_reason
        if sketch.login is not None:
            self._give_role(person, LOGIN[sketch.login], logins[sketch.login])

    def _give_role(self, person: Person, login: Login, account_id: int) -> None:
        account = self.session.get_one(User, account_id)
        ends_on = ENDED_ON if login.has_ended else None
        terms = Terms(login.roles[self.place.number], SINCE, ends_on)
        accounts.give_role(self.actor, person, account, terms, at=self.moment.at)
        keep_identifiers(account, person)
        if login.is_withdrawn:
            accounts.withdraw_account(self.actor, person, at=self.moment.at)

    def _appoint_leaders(self, persons: Iterable[Person]) -> None:
        """The first grown-up at work in a unit leads it."""
        at_work = {
            person.unit_id: person.id
            for person in reversed(list(persons))
            if person.birth_date is not None
            and person.birth_date < crowd.GROWN_UP_BEFORE
            and not person.is_shielded
            and person.retired_at is None
        }
        for unit in self.units.values():
            unit.leader_id = at_work.get(unit.id)

    def _retire_units(self) -> None:
        at = self.moment.at
        for name in sorted(self.place.retired):
            taken_over_by = self.place.merged.get(name)
            if taken_over_by is None:
                units.retire(self.actor, self.units[name], at=at)
            else:
                units.merge(self.actor, self.units[name], self.units[taken_over_by], at=at)
