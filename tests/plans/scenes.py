"""Small scenes for tests of who takes part and who sees what: one plan each, made anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Level, PlanKind, PlanState, Section
from app.models import Participant, Person, Plan, StandardRole, Unit
from app.security import plan_access
from app.security.actor import Actor, acting_as, find_actor
from app.side_tables import Notice
from tests.plans import garden
from tests.world import Place, World

numbers = count(1)


@dataclass
class Scene:
    """One plan of Strandvik, and those around it, by id."""

    plan: str
    owner: str
    teacher: str
    newcomer: str
    guardian: str | None = None
    participant: str = ""
    other: str = ""
    roles: dict[str, str] = field(default_factory=dict)


@contextmanager
def planting(app: Flask, place: Place) -> Iterator[None]:
    """A transaction in a municipality, with an application context of its own."""
    with app.app_context(), garden.planting(place):
        yield


def person(place: Place, given: str, years: int | None = None, **values: Any) -> Person:
    """A person whom nobody else uses."""
    number = next(numbers)
    row = garden.person(
        place, f"scene {number}", f"{given}{number}", garden.born(years) if years else None
    )
    for name, value in values.items():
        setattr(row, name, value)
    db.session.flush()
    return row


def scene(app: Flask, world: World, *, owner: str = "planeier", **values: Any) -> Scene:
    """A plan of ``owner`` (a login, or a child of foresatt), with a consented teacher in it.

    The teacher reads goals, and writes activities and comments.
    """
    place = world.strandvik
    with planting(app, place):
        usual = {"kind": PlanKind.DEVELOPMENT_PLAN, "unit_id": place.units["school"]}
        is_child = owner == "child"
        owner_id = person(place, "Barn", 9).id if is_child else place.persons[owner]
        if owner == "planeier":
            db.session.get_one(Person, owner_id).birth_date = garden.born(16)
        by = garden.authority(owner_id, place.persons["foresatt"]) if is_child else None
        coordinator = values.pop("coordinator_id", place.persons["koordinator.strandvik"])
        plan = garden.make_plan(owner_id, coordinator, **(usual | values))
        teacher = place.persons["larer"]
        row = garden.add_participant(plan, teacher, function="læreren")
        levels = {
            Section.GOALS: Level.READ,
            Section.ACTIVITIES: Level.WRITE,
            Section.COMMENTS: Level.WRITE,
        }
        for section, level in levels.items():
            garden.grant(row, section, level)
        garden.consent(plan, by)
        garden.consent(plan, by, [(row, s, level) for s, level in levels.items()])
        return Scene(
            plan.id,
            owner_id,
            teacher,
            person(place, "Ny").id,
            guardian=by.id if by else None,
            participant=row.id,
            roles=_roles(),
        )


def _roles() -> dict[str, str]:
    return {one.names["nb"]: one.id for one in db.session.scalars(select(StandardRole))}


@contextmanager
def acting(app: Flask, world: World, login: str, number: str = "9901") -> Iterator[Actor]:
    """A transaction of somebody with a login, at this moment."""
    with app.app_context():
        place = world.place(number)
        actor = find_actor(db.session(), world.accounts[login], place.id, utc_now())
        with acting_as(db.session(), actor), transaction():
            yield actor


def levels_of(app: Flask, world: World, one: Scene) -> dict[Section, Level]:
    """What the scene's participant sees now."""
    return look(app, world, lambda: _seen(one.participant))


def _seen(pk: str) -> dict[Section, Level]:
    participant = db.session.get_one(Participant, pk)
    return dict(plan_access.shared_levels(participant.plan, participant, today()))


def look(app: Flask, world: World, question: Callable[[], Any], number: str = "9901") -> Any:
    """The answer to a question about rows of a municipality, in a context of its own."""
    with app.app_context(), garden.planting(world.place(number)):
        return question()


def notices(app: Flask, world: World, plan: str) -> list[tuple[str, str]]:
    """(person, kind) of what waits for anybody in a plan."""

    def found() -> list[tuple[str, str]]:
        wanted = select(Notice).where(Notice.plan_id == plan, Notice.settled_at.is_(None))
        return [(one.person_id, str(one.kind)) for one in db.session.scalars(wanted)]

    return look(app, world, found)


def set_state(app: Flask, world: World, plan: str, state: PlanState) -> None:
    """Put a plan in a state as it is, without the operations."""

    def put() -> None:
        row = db.session.get_one(Plan, plan)
        row.state = state
        row.closed_at = utc_now() if state is PlanState.CLOSED else None

    look(app, world, put)


def unit(place: Place, name: str) -> Unit:
    """A unit of the world."""
    return db.session.get_one(Unit, place.units[name])
