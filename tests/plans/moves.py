"""Plans that are about to move from Strandvik to Fjellby, brought as far as a test needs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.clock import day_of, utc_now
from app.db import db, transaction
from app.enums import PlanKind, Section
from app.files import storage
from app.models import Person, Plan
from app.people import operations as people
from app.people.registering import Anyway
from app.plans import arriving, move_consents, moving
from app.plans.arriving import Taken
from app.security.actor import Actor, acting_as, find_actor, operator
from app.side_tables import IncomingPlan, PlanMove
from tests.plans import garden as gardens
from tests.plans.garden import Bed
from tests.world import Place, World

SENDER, RECEIVER = "koordinator.strandvik", "koordinator.fjellby"
ALONG = (Section.GOALS, Section.ABOUT_ME)


@dataclass
class Move:
    """A plan of planeier's in Strandvik, its bed, and what came of it."""

    app: Flask
    world: World
    bed: Bed
    plan_id: str

    # --- acting ----------------------------------------------------------------------------------

    @contextmanager
    def acting(self, username: str, number: str, at: datetime | None = None) -> Iterator[Actor]:
        """A transaction as a login in a municipality."""
        place = self.world.place(number)
        with self.app.app_context():
            account = self.world.accounts[username]
            actor = find_actor(db.session(), account, place.id, at or utc_now())
            with acting_as(db.session(), actor), transaction():
                yield actor

    def begin(self, sections: Iterable[Section] = ALONG) -> None:
        """The coordinator asks for consent to moving to Fjellby."""
        with self.acting(SENDER, "9901") as actor:
            to, plan = self.world.fjellby.id, self.plan()
            moving.begin(actor, plan, to, sections, at=utc_now())

    def agree(self, sections: Iterable[Section] = ALONG, by: str = "planeier") -> None:
        """Somebody agrees."""
        with self.acting(by, "9901") as actor:
            move_consents.give(actor, self.plan(), sections, at=utc_now())

    def send(self) -> str:
        """The coordinator sends what goes along; the package's id."""
        at = utc_now()
        with self.acting(SENDER, "9901") as actor:
            plan = self.plan()
            sections = moving.going_along(plan, self.open_move(), day_of(at))
            mark = moving.preview(plan, sections or ())[2]
            return str(moving.send(actor, plan, mark=mark, at=at).package_id)

    def name(self, package_id: str) -> str:
        """The local administrator of Fjellby names its coordinator."""
        with self.acting("lokal.fjellby", "9902") as actor:
            to = self.world.fjellby.persons[RECEIVER]
            arriving.name_coordinator(actor, package(package_id), to, at=utc_now())
        return package_id

    def arrive(self) -> str:
        """Begun, agreed to, sent, and with a coordinator who answers."""
        self.begin()
        self.agree()
        return self.name(self.send())

    def accept(self, package_id: str, at: datetime | None = None, **taken: Any) -> str:
        """Fjellby's coordinator says yes; the new plan's id."""
        at = at or utc_now()
        anyway = Anyway("The owners of these tests are much alike")
        said = Taken(**({"anyway": anyway} | (taken or {"is_new": True})))
        with self.acting(RECEIVER, "9902", at) as actor, storage.keeping() as keep:
            return str(arriving.accept(actor, package(package_id), said, keep, at=at).id)

    # --- looking ---------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """The plan, asked within a scope."""
        return db.session.get_one(Plan, self.plan_id)

    def open_move(self) -> PlanMove:
        """The move that goes on, asked within a scope."""
        found = select(PlanMove).where(PlanMove.plan_id == self.plan_id)
        return db.session.scalars(found.order_by(PlanMove.id.desc())).first()

    @contextmanager
    def at(self, number: str) -> Iterator[None]:
        """A look at the rows of a municipality."""
        there = operator(self.world.place(number).id)
        with self.app.app_context(), acting_as(db.session(), there):
            yield


def package(package_id: str) -> IncomingPlan:
    """A package, asked within its scope."""
    return db.session.get_one(IncomingPlan, package_id)


def plant(app: Flask, world: World, *, owner: str = "planeier", **values: Any) -> Move:
    """A plan to move, with an entry in each section and a teacher in it."""
    with app.app_context(), gardens.planting(world.strandvik):
        bed = Bed(world.strandvik)
        by = ()
        if owner == "child":
            child = gardens.person(world.strandvik, "moving child", "Lillemor", gardens.born(8))
            world.strandvik.persons["child"] = child.id
            by = [gardens.authority(child.id, world.strandvik.persons["foresatt"])]
        plan = gardens.make_plan(
            world.strandvik.persons[owner],
            world.strandvik.persons[SENDER],
            **({"kind": PlanKind.EDUCATION_PLAN} | values),
        )
        gardens.fill(bed, "moving", plan)
        gardens.teach(bed, "moving", plan, by)
        return Move(app, world, bed, plan.id)


def with_national_id(place: Place, key: str, digits: str) -> None:
    """Give somebody a national id, within their municipality's scope."""
    people.keep_national_id(
        db.session.get_one(Person, place.persons[key]),
        digits,
        people.national_id_hash(digits),
        is_doubtful=False,
    )
