"""Plans to be cleaned up, coordinators to give them to, and clean-ups ordered without the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.columns import new_id
from app.db import db
from app.desk.tidy_rules import Search
from app.desk_tables import Job, TidiedPlan
from app.enums import Level, PlanKind, PlanState, Role, Section, TidyAct, TidyRule
from app.jobs import clean_up_undo, clean_up_work, runner
from app.models import Membership, Person, Plan
from app.people.names import search_form
from tests.plans import garden
from tests.plans.scenes import Scene, acting, look, numbers, person, planting, scene
from tests.world import Place, World, password_hash

LOCAL = "lokal.strandvik"
LONG_AGO = utc_now() - timedelta(days=500)
IDLE = (TidyRule.NO_ACTIVITY, 12)


@dataclass(frozen=True)
class Done:
    """What came of a plan in a clean-up."""

    state: str
    because: str | None
    before: Mapping[str, Any]


def idle(app: Flask, world: World, **values: Any) -> Scene:
    """A plan with a consented teacher, in which nothing was done for long."""
    return scene(app, world, **({"last_activity_at": LONG_AGO, "started_at": LONG_AGO} | values))


def coordinator(place: Place, *, active: bool = True, **values: Any) -> str:
    """A new person who is coordinator; call within a scope. The id of the person."""
    name = f"koordinator{next(numbers)}"
    account = User(
        username=name,
        first_name="",
        last_name="",
        email=f"{name}@account.invalid",
        active=active,
        password=password_hash(),
    )
    db.session.add(account)
    db.session.flush()
    row = person(place, "Koordinator", unit_id=place.units["school"])
    held = {
        "role": Role.COORDINATOR,
        "starts_on": today() - timedelta(days=30),
        "created_at": utc_now(),
    }
    db.session.add(Membership(account_id=account.id, person_id=row.id, **(held | values)))
    db.session.flush()
    return row.id


def new_coordinator(app: Flask, world: World, **values: Any) -> str:
    """A coordinator of Strandvik whom nobody else uses."""
    with planting(app, world.strandvik):
        return coordinator(world.strandvik, **values)


def order(
    app: Flask,
    world: World,
    act: TidyAct,
    plans: Mapping[str, str | None],
    *,
    by: tuple[TidyRule | None, int] = IDLE,
    login: str = LOCAL,
    **search: Any,
) -> str:
    """Order a clean-up; the id of its job."""
    with acting(app, world, login) as actor:
        what = clean_up_work.Order(Search(act, *by, **search), "Ryddet")
        return clean_up_work.order(actor, what, plans, title="Rydding", at=utc_now()).id


def run(app: Flask, world: World, job_id: str) -> Job:
    """Do what the worker does with a job; the job as it is then."""
    with app.app_context():
        runner.run_job(job_id, world.strandvik.id)
    return job(app, world, job_id)


def tidy(
    app: Flask, world: World, act: TidyAct, *plan_ids: str, to: str | None = None, **values: Any
) -> str:
    """Order a clean-up of plans and do it; the id of its job."""
    job_id = order(app, world, act, dict.fromkeys(plan_ids, to), **values)
    assert run(app, world, job_id).state == "done"
    return job_id


def undo(app: Flask, world: World, job_id: str, login: str = LOCAL) -> Job:
    """Order the undoing of a clean-up, and do it."""
    with acting(app, world, login) as actor:
        found = db.session.get_one(Job, job_id)
        made = clean_up_undo.order(actor, found, at=utc_now()).id
    return run(app, world, made)


def job(app: Flask, world: World, job_id: str) -> Job:
    """A job as it is."""
    return look(app, world, lambda: db.session.get_one(Job, job_id))


def rows(app: Flask, world: World, job_id: str) -> dict[str, Done]:
    """What came of each plan of a clean-up."""

    def found() -> dict[str, Done]:
        wanted = select(TidiedPlan).where(TidiedPlan.job_id == job_id)
        return {
            one.plan_id: Done(one.state.value, one.left_because, one.before)
            for one in db.session.scalars(wanted)
        }

    return look(app, world, found)


def facts(app: Flask, world: World, plan_id: str) -> dict[str, Any]:
    """All columns of a plan but the number of its version."""
    return all_facts(app, world, [plan_id])[plan_id]


def all_facts(app: Flask, world: World, plan_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The same of many plans."""
    names = [one.key for one in Plan.__table__.columns if one.key != "version"]

    def found() -> dict[str, dict[str, Any]]:
        rows = db.session.scalars(select(Plan).where(Plan.id.in_(plan_ids)))
        return {row.id: {name: getattr(row, name) for name in names} for row in rows}

    return look(app, world, found)


def change(app: Flask, world: World, model: Any, pk: str, **values: Any) -> None:
    """Change a row as if somebody had."""

    def put() -> None:
        row = db.session.get_one(model, pk)
        for name, value in values.items():
            setattr(row, name, value)

    look(app, world, put)


def crowd(app: Flask, world: World, count: int) -> list[str]:
    """Many idle plans, each of its own owner, every third with a consented teacher: their ids."""
    place = world.strandvik
    with planting(app, place):
        made = [_one_of_crowd(place, number) for number in range(count)]
        db.session.flush()
        return made


def _one_of_crowd(place: Place, number: int) -> str:
    owner = Person(
        id=new_id(),
        given_name=f"Eier{number}",
        family_name="Mengdedal",
        search_family=search_form("Mengdedal", f"Eier{number}"),
        search_given=search_form(f"Eier{number}", "Mengdedal"),
        birth_date=garden.born(20),
        unit_id=place.units["school"],
        created_at=LONG_AGO,
    )
    plan = Plan(
        id=new_id(),
        kind=PlanKind.INDIVIDUAL_PLAN,
        state=PlanState.PAUSED if number % 5 == 0 else PlanState.ACTIVE,
        owner_id=owner.id,
        coordinator_id=place.persons["koordinator.strandvik"],
        unit_id=place.units["school"],
        started_at=LONG_AGO,
        last_activity_at=LONG_AGO,
    )
    db.session.add_all([owner, plan])
    if number % 3 == 0:
        db.session.flush()
        row = garden.add_participant(plan, place.persons["larer"])
        garden.grant(row, Section.GOALS, Level.READ)
        garden.consent(plan)
        garden.consent(plan, None, [(row, Section.GOALS, Level.READ)])
        garden.entry(plan, Section.GOALS, "Skrevet")
    return plan.id
