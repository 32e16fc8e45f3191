"""Plans to consent to: of a child with two parents, of a sixteen-year-old, of an adult."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask

from app.clock import day_of, utc_now
from app.consent import operations, queries
from app.consent.terms import Choice, add_months, offers
from app.db import db, transaction
from app.enums import Level, PlanKind, PlanState, Role, Section
from app.models import Consent, Participant, Person, Plan
from app.security import plan_access
from app.security.actor import Actor, Holding, acting_as, find_actor
from tests.plans import garden
from tests.world import World

GIVEN = {Section.GOALS: Level.READ, Section.ACTIVITIES: Level.WRITE}
LATER = timedelta(seconds=1)


class Home:
    """A plan in Strandvik, and what is done about consent to it.

    ``mother`` is the login foresatt, ``owner`` planeier, ``teacher`` larer; the father has none.
    """

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world, self.place = app, world, world.strandvik
        persons = self.place.persons
        self.mother, self.teacher = persons["foresatt"], persons["larer"]
        self.coordinator, self.owner = persons["koordinator.strandvik"], persons["planeier"]
        with self.planting():
            self.child = garden.person(self.place, "child", "Lillegutt", garden.born(9)).id
            self.father = garden.person(self.place, "father", "Per", None).id
            db.session.get_one(Person, self.owner).birth_date = garden.born(16)
            self.authority_of_mother = garden.authority(self.child, self.mother).id
            self.authority_of_father = garden.authority(self.child, self.father).id

    @contextmanager
    def planting(self) -> Iterator[None]:
        """A transaction in which rows are made as they stand.

        In a context of its own, like all that is done here: a request must not share one.
        """
        with self.app.app_context(), garden.planting(self.place):
            yield

    def plan(self, owner: str | None = None, **values: Any) -> str:
        """A new plan, of the child when nobody else is named; the teacher takes part."""
        usual = {"kind": PlanKind.RELAY_LOG, "state": PlanState.AWAITING_CONSENT}
        with self.planting():
            plan = garden.make_plan(owner or self.child, self.coordinator, **(usual | values))
            school = self.place.units["school"]
            teacher = garden.add_participant(plan, self.teacher, unit_id=school)
            for section, level in GIVEN.items():
                garden.grant(teacher, section, level)
            return plan.id

    def young_plan(self, **values: Any) -> str:
        """A plan of the sixteen-year-old, who consents alone."""
        return self.plan(self.owner, **values)

    def actor(self, username: str, at: datetime | None = None) -> Actor:
        """Somebody with a login, as they are at an instant."""
        account = self.world.accounts[username]
        with self.app.app_context():
            return find_actor(db.session(), account, self.place.id, at or utc_now())

    def father_as_actor(self, at: datetime | None = None) -> Actor:
        """The father, as if he had a login."""
        return self.as_actor(self.father, at)

    def as_actor(self, person_id: str, at: datetime | None = None) -> Actor:
        """A person without a login, as if they had one."""
        return Actor(
            account_id=self.world.accounts["sentral"],
            municipality_id=self.place.id,
            person_id=person_id,
            holdings=(Holding(Role.PARTICIPANT),),
            at=at or utc_now(),
        )

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[None]:
        """A transaction of this actor's."""
        with self.app.app_context(), acting_as(db.session(), actor), transaction():
            yield

    def give(self, actor: Actor, plan_id: str, *, months: int = 12, services: bool = False) -> str:
        """Consent to all that is offered; the id of the consent to the plan."""
        assert actor.at is not None
        with self.acting(actor):
            plan = held(plan_id)
            choice = everything(plan, day_of(actor.at), months=months, services=services)
            made = operations.give(actor, plan, newest(plan), choice, at=actor.at)
            return made.id

    def sees(self, plan_id: str, at: datetime | None = None) -> dict[Section, Level]:
        """What the teacher sees of a plan."""
        with self.planting():
            plan = db.session.get_one(Plan, plan_id)
            actor = self.actor("larer", at)
            found = {section: plan_access.level(actor, plan, section) for section in Section}
        return {section: level for section, level in found.items() if level is not Level.NONE}

    def state(self, plan_id: str) -> PlanState:
        """The state of a plan."""
        with self.planting():
            return db.session.get_one(Plan, plan_id).state

    def consents(self, plan_id: str) -> list[Consent]:
        """The consents of a plan, in the order they were made."""
        with self.planting():
            found = list(db.session.get_one(Plan, plan_id).consents)
            for one in found:
                _ = one.covers
            db.session.expunge_all()
        return found


def held(plan_id: str) -> Plan:
    """A plan whose row is held."""
    queries.hold(plan_id)
    return db.session.get_one(Plan, plan_id)


def newest(plan: Plan) -> str:
    """The id of the newest text."""
    return queries.texts(plan)[0].id


def everything(plan: Plan, on: date, *, months: int = 12, services: bool = False) -> Choice:
    """All that is offered on a day."""
    offered = offers(plan, on)
    return Choice(
        add_months(on, months),
        {one.participant.id: one.levels for one in offered},
        {one.participant.id: unit_of(one.participant) for one in offered} if services else {},
    )


def unit_of(participant: Participant) -> str:
    """The service of a participant."""
    assert participant.unit_id is not None
    return participant.unit_id
