"""A small municipality of its own for each test, so that no test meets another's rows."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import LanguageForm, Role, UnitKind
from app.models import AuditEvent, CentralAppointment, County, Membership, Municipality, Unit
from app.people import operations as people
from app.people.names import search_form
from app.people.national_id import synthetic
from app.security.actor import Actor, acting_as, find_actor, operator
from app.units import operations as units
from tests.conftest import Client
from tests.world import LONG_AGO, PASSWORD, password_hash

NUMBERS = count(7000)
NAMES = count(1)
SERIALS = iter(range(100, 400))
BORN = date(2001, 3, 4)


@dataclass
class Town:
    """A municipality with a tree of three units, and an administrator of it all."""

    app: Flask
    id: int
    number: str
    units: dict[str, str] = field(default_factory=dict)
    admin: str = ""

    def member(
        self,
        role: Role,
        unit: str | None = None,
        *,
        username: str | None = None,
        starts_on: date | None = None,
    ) -> str:
        """The user name of a new member, or of one who gets one role more."""
        with self.app.app_context():
            name = username or new_account(role.value[:5])
            person_id = self.person()
            with self.inside(), transaction() as session:
                account = session.scalars(select(User).where(User.username == name)).one()
                session.add(
                    Membership(
                        account_id=account.id,
                        person_id=person_id,
                        role=role,
                        unit_id=self.units[unit] if unit else None,
                        starts_on=starts_on or today() - timedelta(days=9),
                        created_at=utc_now(),
                    )
                )
        return name

    def person(self, unit: str | None = None, *, serial: int | None = None) -> str:
        """The id of a new person; ``serial`` gives a national id, the same in every town."""
        with self.app.app_context(), self.inside(), transaction():
            person = people.register(
                operator(self.id),
                people.PersonFacts(
                    "Test",
                    f"Navn{next(NAMES)}",
                    BORN,
                    unit_id=self.units[unit] if unit else None,
                ),
                national_id_text=synthetic(BORN, serial) if serial is not None else None,
                at=utc_now(),
                today=today(),
            )
            return str(person.id)

    def inside(self):
        """The scope of a command in the municipality."""
        return acting_as(db.session(), operator(self.id))

    def roles_of(self, username: str) -> list[Membership]:
        """The roles of an account here, as rows that belong to no session."""
        with self.app.app_context(), self.inside():
            return list(
                db.session.scalars(
                    select(Membership)
                    .join(User, User.id == Membership.account_id)
                    .where(User.username == username, Membership.municipality_id == self.id)
                )
            )

    def actor(self, username: str) -> Actor:
        """Who the account is here now."""
        with self.app.app_context():
            return find_actor(db.session(), account_id(username), self.id, utc_now())

    def events(self) -> list[str]:
        """What the log of the municipality holds."""
        with self.app.app_context(), self.inside():
            return list(
                db.session.scalars(
                    select(AuditEvent.action).where(AuditEvent.municipality_id == self.id)
                )
            )


def new_account(stem: str = "navn") -> str:
    """The user name of a new account; call within an application context."""
    name = f"{stem}.{next(NAMES)}"
    with transaction() as session:
        session.add(
            User(
                username=name,
                first_name="",
                last_name="",
                email=f"{name}@account.invalid",
                active=True,
                password=password_hash(),
            )
        )
    return name


def new_central() -> str:
    """The user name of a new central administrator; call within an application context."""
    name = new_account("sentral")
    with transaction() as session:
        session.add(
            CentralAppointment(
                account_id=account_id(name), proposed_at=utc_now(), approved_at=utc_now()
            )
        )
    return name


def account_id(username: str) -> int:
    """The id of an account; call within an application context."""
    return int(db.session.scalars(select(User.id).where(User.username == username)).one())


def is_active(app: Flask, username: str) -> bool:
    """Whether the account can be signed in with."""
    with app.app_context():
        return bool(db.session.scalars(select(User.active).where(User.username == username)).one())


def new_town(app: Flask) -> Town:
    """A municipality that nobody else knows."""
    number = str(next(NUMBERS))
    with app.app_context():
        with transaction() as session:
            if session.get(County, "70") is None:
                session.add(
                    County(number="70", name="Prøvefylket", official_names={}, valid_from=LONG_AGO)
                )
                session.flush()
            row = Municipality(
                number=number,
                name=f"Prøve{number}",
                search_name=search_form(f"Prøve{number}"),
                official_names={},
                language_form=LanguageForm.NEUTRAL,
                county_number="70",
                valid_from=LONG_AGO,
            )
            session.add(row)
            session.flush()
            town = Town(app, row.id, number)
        with town.inside() as actor, transaction() as session:
            above = None
            for name in ("top", "school", "class"):
                unit = Unit(name=f"{name} {number}", kind=UnitKind.SCHOOL, is_outside=False)
                units.add(actor, unit, above, at=utc_now())
                session.flush()
                town.units[name], above = unit.id, unit
        town.admin = town.member(Role.LOCAL_ADMINISTRATOR)
    return town


def sign_in(app: Flask, username: str, password: str = PASSWORD) -> FlaskClient:
    """A browser with a signed-in session."""
    app.test_client_class = Client
    client = app.test_client()
    client.enter(username, password)
    return client
