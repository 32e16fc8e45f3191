"""A unit of Strandvik that is to go to Fjellby: what belongs to it, and how it is brought on."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.clock import utc_now
from app.db import db
from app.enums import PlanKind, PlanState, UnitKind
from app.jobs import runner, unit_moving
from app.joining import unit_answers, unit_moves
from app.joining_tables import IncomingUnits, UnitMove
from app.models import AuditEvent, Membership, Plan, Unit
from app.security.actor import Actor, operator
from app.units import operations as units
from tests.plans import garden as gardens
from tests.plans import moves
from tests.plans.garden import planting
from tests.plans.moves import SENDER, Move
from tests.world import World

FROM, TO = "lokal.strandvik", "lokal.fjellby"
WITHOUT_LOGIN = "other"


@dataclass
class Leaving:
    """What is in the units: plans by name, and the move of a plan that can be brought on."""

    app: Flask
    world: World
    move: Move
    plans: dict[str, str]
    group: str

    @contextmanager
    def acting(self, username: str, number: str) -> Iterator[Actor]:
        """A transaction as a login in a municipality."""
        with self.move.acting(username, number) as actor:
            yield actor

    def at(self, number: str) -> Any:
        """A look at the rows of a municipality."""
        return self.move.at(number)

    def propose(self, unit_id: str, to_id: int | None = None) -> str:
        """Strandvik asks Fjellby, or another; the id on both sides."""
        with self.acting(FROM, "9901") as actor:
            unit = db.session.get_one(Unit, unit_id)
            to = to_id or self.world.fjellby.id
            return unit_moves.propose(actor, unit, to, at=utc_now()).id

    def accept(self, pk: str, under: str | None = None) -> str:
        """Fjellby says yes; the topmost new unit."""
        with self.acting(TO, "9902") as actor:
            parent = None if under is None else db.session.get_one(Unit, under)
            return unit_answers.accept(actor, incoming(pk), parent, at=utc_now()).id

    def decline(self, pk: str, reason: str) -> None:
        """Fjellby says no."""
        with self.acting(TO, "9902") as actor:
            unit_answers.decline(actor, incoming(pk), reason=reason, at=utc_now())

    def order(self, pk: str) -> str:
        """Strandvik lets the coordinators be told; the job, which waits."""
        with self.acting(FROM, "9901") as actor:
            return unit_moves.order(actor, leaving(pk), at=utc_now()).id

    def finish(self, pk: str) -> None:
        """Strandvik takes the units out of use."""
        with self.acting(FROM, "9901") as actor:
            unit_moves.finish(actor, leaving(pk), at=utc_now())

    def take_back(self, pk: str) -> None:
        """Strandvik ends it before."""
        with self.acting(FROM, "9901") as actor:
            unit_moves.take_back(actor, leaving(pk), at=utc_now())

    def run(self, job_id: str) -> None:
        """Let the worker do what was ordered in Strandvik."""
        with self.app.app_context():
            runner.run_job(job_id, self.world.strandvik.id)

    def unit(self, name: str) -> str:
        """A new unit of Strandvik, under its top."""
        with self.app.app_context(), planting(self.world.strandvik):
            top = db.session.get_one(Unit, self.world.strandvik.units["top"])
            row = Unit(name=name, kind=UnitKind.OTHER, is_outside=False)
            return units.add(operator(self.world.strandvik.id), row, top, at=utc_now()).id

    def events(self, number: str, what: str) -> list[str]:
        """What the log of a municipality tells of one kind of thing, in order."""
        with self.at(number):
            found = select(AuditEvent.action).where(AuditEvent.object_type == what)
            return list(db.session.scalars(found.order_by(AuditEvent.id)))


def leaving(pk: str) -> UnitMove:
    """The move, asked in the scope of the municipality that the unit leaves."""
    return db.session.get_one(UnitMove, pk)


def incoming(pk: str) -> IncomingUnits:
    """The units, asked in the scope of the municipality that they come to."""
    return db.session.get_one(IncomingUnits, pk)


def plant(app: Flask, world: World) -> Leaving:
    """A school with a group below it; five open plans and a draft; a role that is limited to it."""
    place = world.strandvik
    school = place.units["school"]
    with app.app_context():
        gardens.build(world)
        with planting(place):
            for plan in db.session.scalars(select(Plan)):
                plan.unit_id = None
    move = moves.plant(app, world, unit_id=school)
    with app.app_context(), planting(place):
        top = db.session.get_one(Unit, school)
        group = Unit(name="Måkeskrik gruppe", kind=UnitKind.OTHER, is_outside=False)
        units.add(operator(place.id), group, top, at=utc_now())
        db.session.flush()
        hidden = gardens.person(place, "hidden", "Skjult", gardens.born(20))
        hidden.is_shielded = True
        db.session.flush()
        owner, at = place.persons["foresatt"], {"unit_id": group.id}
        plans = {"moving": move.plan_id}
        for name, owner_id, coordinator, kind in (
            ("second", owner, SENDER, PlanKind.FAMILY_PLAN),
            ("third", owner, SENDER, PlanKind.DEVELOPMENT_PLAN),
            ("without", owner, WITHOUT_LOGIN, PlanKind.EDUCATION_PLAN),
            ("shielded", hidden.id, SENDER, PlanKind.EDUCATION_PLAN),
        ):
            row = gardens.make_plan(owner_id, place.persons[coordinator], kind=kind, **at)
            plans[name] = row.id
        draft = gardens.make_plan(
            owner, place.persons[SENDER], kind=PlanKind.RELAY_LOG, state=PlanState.DRAFT, **at
        )
        plans["draft"] = draft.id
        member = db.session.get_one(Membership, place.memberships["larer"])
        member.unit_id = school
        return Leaving(app, world, move, plans, group.id)


def close(scene: Leaving, *names: str) -> None:
    """Close plans, as far as rows go."""
    with scene.app.app_context(), planting(scene.world.strandvik):
        for name in names:
            plan = db.session.get_one(Plan, scene.plans[name])
            plan.state, plan.closed_at = PlanState.CLOSED, utc_now()


def limited(scene: Leaving, unit_id: str | None) -> None:
    """Let Strandvik's local administrator administer a unit alone; None is all of it."""
    with scene.app.app_context(), planting(scene.world.strandvik):
        pk = scene.world.strandvik.memberships[FROM]
        db.session.get_one(Membership, pk).unit_id = unit_id


def killed_after(scene: Leaving, plans: int, job_id: str) -> int:
    """Run the job in a process that is killed when so many plans are seen to; its signal."""
    with scene.app.app_context():
        db.session.remove()
    child = os.fork()
    if child == 0:
        try:
            seen = iter(range(plans))
            see_to = unit_moving._see_to
            unit_moving._see_to = lambda *facts: (
                see_to(*facts) if next(seen, None) is not None else _die()
            )
            scene.run(job_id)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _die() -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return ""
