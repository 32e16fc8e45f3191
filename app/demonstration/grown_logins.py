"""The logins of a municipality that is grown: who holds a key role, who takes part, who has been in
it, and those who come from the other municipalities of the demonstration.

Nobody has chosen a password but those whose user name is printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from uuid import uuid4

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.passwords import make_hash
from app.accounts.queries import NATIONAL_ID
from app.clock import OSLO
from app.columns import new_id
from app.demonstration.accounts import PASSWORD
from app.demonstration.cast import Sketch
from app.demonstration.crowd import AT_WORK_FROM, GROWN_UP_BEFORE, SEED, plain
from app.demonstration.grown_people import Known, Population
from app.demonstration.plans import Moment
from app.enums import Role, UnitKind
from app.models import AccountIdentifier, AccountProfile, Membership, Municipality, Person
from app.people import operations as people
from app.people.operations import read_national_id
from app.security.actor import acting_as, operator

COORDINATORS, FORMER, OUTSIDERS_EACH = 60, 6, 12
COORDINATE = (
    UnitKind.COORDINATING_UNIT,
    UnitKind.HEALTH_CENTRE,
    UnitKind.PPT,
    UnitKind.SCHOOL,
    UnitKind.HOME_CARE,
    UnitKind.MENTAL_HEALTH,
)
LONG_AGO = 1_100


@dataclass(frozen=True)
class Wanted:
    """A login to be made, and the role it holds here."""

    known: Known
    role: Role
    starts_on: date
    ends_on: date | None = None
    last_login_at: datetime | None = None
    is_withdrawn: bool = False
    username: str | None = None
    unit_id: str | None = None
    account_id: int | None = None
    """The account that somebody from elsewhere has already."""


@dataclass(frozen=True)
class KeyRoles:
    """Who holds the key roles: those who administer, who coordinate now, and who did."""

    administrators: Sequence[Known]
    coordinators: Sequence[Known]
    former: Sequence[Known]
    recorder_id: int

    @property
    def ids(self) -> set[str]:
        """The persons who hold or held a key role."""
        everybody = (*self.administrators, *self.coordinators, *self.former)
        return {one.id for one in everybody}


def appoint(session: Session, population: Population, town: str) -> KeyRoles:
    """Local administrators and coordinators, with logins ``lokal.`` and ``koordinator.`` and the
    name of the town."""
    draw = Random(f"{SEED} roles {population.place.number}")
    able = [one for kind in COORDINATE for one in population.at_work[kind]]
    chosen = draw.sample(able, min(len(able), COORDINATORS + FORMER + 3))
    coordinators, rest = chosen[3 : 3 + COORDINATORS], chosen[3 + COORDINATORS :]
    wanted = [
        *_administrators(population, chosen[:3], town),
        *_coordinators(population.moment, draw, coordinators, town),
        *_former(population.moment, rest),
    ]
    accounts = give(session, wanted)
    return KeyRoles(chosen[:3], coordinators, rest, accounts[0])


def _administrators(population: Population, three: Sequence[Known], town: str) -> list[Wanted]:
    """One of the whole municipality, and one each of two departments."""
    starts_on, at = population.moment.day(-LONG_AGO), population.moment.before(1)
    departments = [one.name for one in population.place.units if one.kind is UnitKind.DEPARTMENT]
    parts = [None, *(population.units[name] for name in departments[:2])]
    return [
        Wanted(
            known,
            Role.LOCAL_ADMINISTRATOR,
            starts_on,
            last_login_at=at,
            username=f"lokal.{town}" if part is None else None,
            unit_id=part,
        )
        for known, part in zip(three, parts, strict=False)
    ]


def _coordinators(
    moment: Moment, draw: Random, coordinators: Sequence[Known], town: str
) -> list[Wanted]:
    """Most are in the panel every week; some never were, some not for long, and some leave."""
    found = []
    for number, known in enumerate(coordinators):
        days: int | None = draw.randint(0, 30)
        if number % 12 == 5:
            days = None
        elif number % 12 == 9:
            days = draw.randint(200, 500)
        found.append(
            Wanted(
                known,
                Role.COORDINATOR,
                moment.day(-draw.randint(40, LONG_AGO)),
                ends_on=moment.day(draw.randint(5, 55)) if number % 15 == 7 else None,
                last_login_at=None if days is None else moment.before(days),
                username=f"koordinator.{town}" if number == 0 else None,
            )
        )
    return found


def _former(moment: Moment, former: Sequence[Known]) -> list[Wanted]:
    """Those who left and still stand as coordinators, every third with a withdrawn account."""
    return [
        Wanted(
            known,
            Role.COORDINATOR,
            moment.day(-LONG_AGO),
            ends_on=moment.day(-40 * (number + 1)),
            last_login_at=moment.before(45 * (number + 1)),
            is_withdrawn=number % 3 == 2,
        )
        for number, known in enumerate(former)
    ]


def give(session: Session, wanted: Sequence[Wanted]) -> list[int]:
    """Make the logins, with the roles they hold; the ids of the accounts."""
    users = [_user(one) for one in wanted]
    session.add_all(user for user in users if user is not None)
    session.flush()
    ids = [
        int(user.id) if user is not None else int(one.account_id or 0)
        for user, one in zip(users, wanted, strict=True)
    ]
    for account_id, one in zip(ids, wanted, strict=True):
        session.add(
            Membership(
                account_id=account_id,
                person_id=one.known.id,
                role=one.role,
                unit_id=one.unit_id,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                created_at=datetime.combine(one.starts_on, datetime.min.time(), OSLO),
            )
        )
        if one.account_id is None:
            session.add_all(_beside(account_id, one))
    session.flush()
    session.expunge_all()
    return ids


def _user(one: Wanted) -> User | None:
    """A new account, or None for one that is there already."""
    if one.account_id is not None:
        return None
    return User(
        username=one.username or one.known.username,
        first_name="",
        last_name="",
        email=f"{uuid4()}@account.invalid",
        active=not one.is_withdrawn,
        password=None if one.username is None else make_hash(PASSWORD),
    )


def _beside(account_id: int, one: Wanted) -> list[AccountProfile | AccountIdentifier]:
    """What is kept beside an account: when it was used last, and what it is found by."""
    rows: list[AccountProfile | AccountIdentifier] = [
        AccountProfile(account_id=account_id, last_login_at=one.last_login_at)
    ]
    if one.known.digest is not None:
        found_by = {"kind": NATIONAL_ID, "hash": one.known.digest}
        rows.append(AccountIdentifier(account_id=account_id, **found_by))
    return rows


# --- from the other municipalities ----------------------------------------------------------------


@dataclass(frozen=True)
class Outsider:
    """Somebody who works in another municipality and has a login there."""

    sketch: Sketch
    national_id: str
    account_id: int


def outsiders(session: Session, population: Population) -> list[Known]:
    """Some who work in the other municipalities of the demonstration, registered here as well, with
    the login that they have there."""
    moment, found = population.moment, list[Wanted]()
    for one in _elsewhere(session, population):
        known = _register(session, moment, one)
        ends_on = moment.day(20 + 9 * len(found)) if len(found) % 3 == 0 else None
        account = one.account_id
        found.append(Wanted(known, Role.PARTICIPANT, moment.day(-500), ends_on, account_id=account))
    session.flush()
    give(session, found)
    return [one.known for one in found]


def _register(session: Session, moment: Moment, one: Outsider) -> Known:
    person = Person(id=new_id(), created_at=moment.before(600), is_shielded=False)
    sketch, digest = one.sketch, people.national_id_hash(one.national_id)
    people.write_facts(person, people.PersonFacts(sketch.given, sketch.family, sketch.born))
    people.keep_national_id(person, one.national_id, digest, is_doubtful=False)
    session.add(person)
    return Known(person.id, sketch, None, digest, is_shielded=False, username="")


def _elsewhere(session: Session, population: Population) -> list[Outsider]:
    others = session.scalars(
        select(Municipality.id)
        .where(
            Municipality.is_demonstration,
            Municipality.is_in_use,
            Municipality.number != population.place.number,
        )
        .order_by(Municipality.number)
    ).all()
    return [one for id_ in others for one in _from(session, id_, population.moment)]


def _from(session: Session, municipality_id: int, moment: Moment) -> list[Outsider]:
    """Some grown-ups at work in a municipality, each with a login there from now on."""
    with acting_as(session, operator(municipality_id)):
        wanted = select(Person).where(
            Person.unit_id.is_not(None),
            Person.birth_date >= AT_WORK_FROM,
            Person.birth_date < GROWN_UP_BEFORE,
            Person.retired_at.is_(None),
            Person.is_shielded.is_(False),
            Person.national_id_hash.not_in(select(AccountIdentifier.hash)),
            Person.id.not_in(select(Membership.person_id)),
        )
        found = wanted.order_by(Person.search_family, Person.id).limit(OUTSIDERS_EACH)
        rows = session.scalars(found).all()
        numbers = [read_national_id(row) or "" for row in rows]
        knowns = [_known_there(row, number) for number, row in enumerate(rows)]
        at = moment.before(3)
        logins = [
            Wanted(one, Role.PARTICIPANT, moment.day(-700), last_login_at=at) for one in knowns
        ]
        ids = give(session, logins)
    triples = zip(knowns, numbers, ids, strict=True)
    return [Outsider(known.sketch, number, id_) for known, number, id_ in triples]


def _known_there(row: Person, number: int) -> Known:
    sketch = Sketch(row.given_name, row.family_name, row.birth_date or AT_WORK_FROM)
    name = f"{plain(sketch.given.split()[0])}.{plain(sketch.family)}.{row.municipality_id}{number}"
    return Known(row.id, sketch, row.unit_id, row.national_id_hash, False, name.casefold())
