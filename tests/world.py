"""Two small municipalities with everyone the demonstration logins stand for.

Each municipality's texts hold a word of its own, which must never be seen in the other.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from flask_appbuilder.security.sqla.models import User
from werkzeug.security import generate_password_hash

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import LanguageForm, Role, UnitKind
from app.models import (
    CentralAppointment,
    County,
    Membership,
    Municipality,
    Person,
    Unit,
)
from app.people import operations as people
from app.people.names import search_form
from app.people.national_id import synthetic
from app.security.actor import acting_as, operator
from app.units import operations as units

PASSWORD = "samvev-demo"
LONG_AGO = date(2024, 1, 1)
CANARY = {"9901": "Måkeskrik", "9902": "Ravnetind"}

LOGINS: dict[str, dict[str, Role]] = {
    "sentral": {},
    "lokal.strandvik": {"9901": Role.LOCAL_ADMINISTRATOR},
    "lokal.fjellby": {"9902": Role.LOCAL_ADMINISTRATOR},
    "koordinator.strandvik": {"9901": Role.COORDINATOR},
    "koordinator.fjellby": {"9902": Role.COORDINATOR},
    "planeier": {"9901": Role.PARTICIPANT},
    "foresatt": {"9901": Role.PARTICIPANT},
    "larer": {"9901": Role.PARTICIPANT, "9902": Role.PARTICIPANT},
    "utgatt": {"9901": Role.PARTICIPANT},
    "sperret": {"9901": Role.PARTICIPANT},
}


@dataclass
class Place:
    """One municipality of the world: its id and the ids of what is in it."""

    id: int
    number: str
    units: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    memberships: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """Both municipalities and the account ids by user name."""

    strandvik: Place
    fjellby: Place
    accounts: dict[str, int]
    garden: Any = None  # What tests/matrix has planted of tests/plans/garden.py.

    def place(self, number: str) -> Place:
        """The municipality of this number."""
        return self.strandvik if number == "9901" else self.fjellby


@lru_cache(maxsize=1)
def password_hash() -> str:
    """One hash for all; making one is slow."""
    return generate_password_hash(PASSWORD, "scrypt:1024:8:1")


def build() -> World:
    """Fill an empty database; call within an application context."""
    with transaction():
        places = _municipalities()
        accounts = {name: _account(name) for name in LOGINS}
        db.session.add(
            CentralAppointment(
                account_id=accounts["sentral"], proposed_at=utc_now(), approved_at=utc_now()
            )
        )
    for place in places:
        with acting_as(db.session(), operator(place.id)), transaction():
            _fill(place, accounts)
    return World(*places, accounts)


def _municipalities() -> list[Place]:
    db.session.add(
        County(number="99", name="Demonstrasjonsfylket", official_names={}, valid_from=LONG_AGO)
    )
    db.session.flush()
    rows = []
    for number, name, form in (
        ("9901", "Strandvik", LanguageForm.BOKMAL),
        ("9902", "Fjellby", LanguageForm.NYNORSK),
    ):
        row = Municipality(
            number=number,
            name=name,
            search_name=search_form(name),
            official_names={},
            language_form=form,
            county_number="99",
            valid_from=LONG_AGO,
            is_in_use=True,
            is_demonstration=True,
        )
        db.session.add(row)
        rows.append(row)
    db.session.flush()
    return [Place(row.id, row.number) for row in rows]


def _account(name: str) -> int:
    account = User(
        username=name,
        first_name="",
        last_name="",
        email=f"{name}@account.invalid",
        active=name != "sperret",
        password=password_hash(),
    )
    db.session.add(account)
    db.session.flush()
    return int(account.id)


def _fill(place: Place, accounts: dict[str, int]) -> None:
    actor, canary = operator(place.id), CANARY[place.number]
    top = _unit(place, "top", f"{canary} kommune", UnitKind.MUNICIPALITY, None)
    school = _unit(place, "school", f"{canary} skole", UnitKind.SCHOOL, top)
    _unit(place, "nav", f"NAV {canary}", UnitKind.NAV, top)
    _unit(place, "old", f"{canary} gamle skole", UnitKind.SCHOOL, top).retired_at = utc_now()
    db.session.flush()
    for key, given, serial in (("own", "Kari", 1), ("other", "Per", 2), ("retired", "Odd", 3)):
        person = people.register(
            actor,
            people.PersonFacts(given, f"{canary}sen", date(2010, 5, 17), unit_id=school.id),
            national_id_text=synthetic(date(2010, 5, 17), serial + place.id * 10),
            is_confirmed=True,
            at=utc_now(),
            today=today(),
        )
        place.persons[key] = person.id
        person.retired_at = utc_now() if key == "retired" else None
    for name, roles in LOGINS.items():
        if place.number in roles:
            _member(place, name, accounts[name], roles[place.number])


def _unit(place: Place, key: str, name: str, kind: UnitKind, parent: Unit | None) -> Unit:
    unit = Unit(name=name, kind=kind, is_outside=False)
    units.add(operator(place.id), unit, parent, at=utc_now())
    place.units[key] = unit.id
    db.session.flush()
    return unit


def _member(place: Place, name: str, account_id: int, role: Role) -> None:
    person = people.register(
        operator(place.id),
        people.PersonFacts(name.partition(".")[0].title(), f"{CANARY[place.number]}stad"),
        at=utc_now(),
        today=today(),
    )
    db.session.flush()
    place.persons[name] = person.id
    has_ended = name in ("utgatt", "sperret")
    membership = Membership(
        account_id=account_id,
        person_id=person.id,
        role=role,
        starts_on=today() - timedelta(days=400),
        ends_on=today() - timedelta(days=30) if name == "utgatt" else None,
        ended_at=utc_now() if name == "sperret" else None,
        created_at=utc_now(),
    )
    db.session.add(membership)
    db.session.flush()
    assert has_ended or membership.is_active(today())
    place.memberships[name] = membership.id


__all__ = ["CANARY", "LOGINS", "PASSWORD", "Person", "Place", "World", "build"]
