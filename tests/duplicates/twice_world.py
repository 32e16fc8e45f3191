"""Logins, participants, plans and units that are kept twice, made by hand for one test each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today, utc_now
from app.db import db
from app.duplicate_tables import DuplicatePair, NotTheSame
from app.enums import MatchBand, NoticeKind, PairState, PlanKind, Role, UnitKind
from app.models import AuditEvent, Membership, Participant, Person, Plan, Unit
from app.security.actor import Actor, acting_as, find_actor, operator
from app.side_tables import Notice
from app.units import operations as units
from tests.plans import garden
from tests.world import LONG_AGO, Place, World, password_hash

numbers = count(1)


@dataclass
class Logins:
    """One human with two logins: ids of accounts, user names, persons and roles."""

    accounts: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    roles: list[list[str]] = field(default_factory=list)

    @property
    def asked(self) -> dict[str, str]:
        """What a form names the two by."""
        return {"first": self.roles[0][0], "second": self.roles[1][0]}


@dataclass(frozen=True)
class TwiceWorld:
    """Makes rows in a municipality, and reads them, each in a context of its own."""

    app: Flask
    world: World

    @contextmanager
    def planting(self, place: Place) -> Iterator[Session]:
        """A transaction in a municipality."""
        with self.app.app_context(), garden.planting(place):
            yield db.session()

    @contextmanager
    def reading(self, place: Place) -> Iterator[Session]:
        """A look at a municipality's rows."""
        with self.app.app_context(), acting_as(db.session(), operator(place.id)):
            yield db.session()

    @contextmanager
    def acting(self, login: str | int, place: Place) -> Iterator[Actor]:
        """The actor of a login of the world, or of an account, in its scope."""
        with self.app.app_context():
            account = self.world.accounts[login] if isinstance(login, str) else login
            actor = find_actor(db.session(), account, place.id, utc_now())
            with acting_as(db.session(), actor):
                yield actor

    # --- logins ----------------------------------------------------------------------------------

    def logins(
        self,
        place: Place,
        *roles: tuple[Role, ...],
        two_persons: bool = False,
        **values: Any,
    ) -> Logins:
        """Two logins with these roles, of one person or of two with the same ``values``."""
        made = Logins()
        with self.planting(place):
            for number, held in enumerate(roles):
                if two_persons or not made.persons:
                    row = garden.person(place, f"twice {next(numbers)}", "Tora", None)
                    for name, value in values.items():
                        setattr(row, name, value)
                    db.session.flush()
                person_id = row.id
                made.persons.append(person_id)
                made.names.append(f"tvilling{next(numbers)}.{number}")
                made.accounts.append(self.account(made.names[-1]))
                made.roles.append([self.role(made.accounts[-1], person_id, one).id for one in held])
        return made

    @staticmethod
    def account(name: str) -> int:
        """A login with the world's password."""
        row = User(
            username=name,
            first_name="",
            last_name="",
            email=f"{name}@account.invalid",
            active=True,
            password=password_hash(),
        )
        db.session.add(row)
        db.session.flush()
        return int(row.id)

    @staticmethod
    def role(account_id: int, person_id: str, role: Role, **values: Any) -> Membership:
        """A role since long ago."""
        row = Membership(
            account_id=account_id,
            person_id=person_id,
            role=role,
            **({"starts_on": LONG_AGO, "created_at": utc_now()} | values),
        )
        db.session.add(row)
        db.session.flush()
        return row

    def held(self, place: Place, account_id: int) -> dict[Role, bool]:
        """The roles of an account in a municipality, and whether they hold today."""
        with self.reading(place) as session:
            rows = session.scalars(
                select(Membership).where(
                    Membership.account_id == account_id, Membership.municipality_id == place.id
                )
            )
            return {row.role: row.is_active(today()) for row in rows}

    def is_open(self, account_id: int) -> bool:
        """Whether the login can be signed in with."""
        with self.app.app_context():
            return bool(db.session.get_one(User, account_id).active)

    # --- pairs of persons, plans, participants ---------------------------------------------------

    def person(self, place: Place, given: str = "Nils", years: int | None = 10) -> str:
        """A person whom nobody else uses; the id."""
        with self.planting(place):
            born = garden.born(years) if years is not None else None
            return str(garden.person(place, f"twice {next(numbers)}", given, born).id)

    def pair(self, place: Place, one: str, other: str, band: MatchBand = MatchBand.PROBABLE) -> str:
        """Two persons who wait to be looked at; the pair's id."""
        first, second = sorted((one, other))
        with self.planting(place) as session:
            row = DuplicatePair(
                first_id=first,
                second_id=second,
                score=20.0,
                band=band,
                state=PairState.OPEN,
                findings=[],
                facts=b"x" * 16,
                found_at=utc_now(),
            )
            session.add(row)
            session.flush()
            return str(row.id)

    def plan(self, place: Place, owner_id: str, kind: PlanKind, **values: Any) -> str:
        """An active plan; the id."""
        number = "strandvik" if place.number == "9901" else "fjellby"
        coordinator_id = place.persons[f"koordinator.{number}"]
        with self.planting(place):
            return str(garden.make_plan(owner_id, coordinator_id, kind=kind, **values).id)

    def participant(self, place: Place, plan_id: str, person_id: str) -> str:
        """Somebody who takes part; the participation's id."""
        with self.planting(place) as session:
            plan = session.get_one(Plan, plan_id)
            return str(garden.add_participant(plan, person_id).id)

    def takes_part(self, place: Place, participant_id: str) -> bool:
        """Whether a participation is not ended."""
        with self.reading(place) as session:
            return session.get_one(Participant, participant_id).ended_at is None

    def told(self, place: Place, plan_id: str, kind: NoticeKind) -> list[tuple[str, str, bool]]:
        """Who was told of a plan: the person, the text, and whether it waits."""
        with self.reading(place) as session:
            rows = session.scalars(
                select(Notice).where(Notice.plan_id == plan_id, Notice.kind == kind)
            )
            return [(row.person_id, row.text, row.settled_at is None) for row in rows]

    # --- units, answers, the log -----------------------------------------------------------------

    def unit(self, place: Place, name: str, kind: UnitKind = UnitKind.KINDERGARTEN) -> str:
        """A unit at the top; the id."""
        with self.planting(place):
            row = Unit(name=name, kind=kind, is_outside=False)
            units.add(operator(place.id), row, None, at=utc_now())
            db.session.flush()
            return str(row.id)

    def units(self, place: Place, name: str) -> list[Unit]:
        """The units in use of a name."""
        with self.reading(place) as session:
            found = select(Unit).where(Unit.name == name, Unit.retired_at.is_(None))
            return list(session.scalars(found))

    def answers(self, place: Place) -> dict[tuple[str, str], NotTheSame]:
        """All answers of a municipality, by the two that they are about."""
        with self.reading(place) as session:
            rows = session.scalars(select(NotTheSame))
            return {(row.first_id, row.second_id): row for row in rows}

    def events(self, place: Place, action: str) -> list[str | None]:
        """Ids of what the log tells an action of."""
        with self.reading(place) as session:
            found = select(AuditEvent.object_id).where(AuditEvent.action == action)
            return list(session.scalars(found))

    def is_retired(self, place: Place, unit_id: str) -> bool:
        """Whether a unit is out of use."""
        with self.reading(place) as session:
            return session.get_one(Unit, unit_id).retired_at is not None

    def named(self, place: Place, person_id: str) -> str:
        """The name of a person."""
        with self.reading(place) as session:
            return session.get_one(Person, person_id).full_name
