"""Two municipalities to be joined, what collides in them, and what the database holds."""

import os
import signal
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, inspect, select, text

from app.clock import today, utc_now
from app.columns import new_id
from app.db import db, transaction
from app.duplicates import index
from app.enums import DuplicateKind, MatchBand, PairState
from app.jobs import runner
from app.joining import carrying, operations
from app.models import (
    TENANT_MODELS,
    ApiToken,
    DuplicatePair,
    NotTheSame,
    Plan,
    SavedView,
    StandardRole,
)
from app.people import operations as people
from app.people.national_id import synthetic
from app.security import policy
from app.security.actor import Actor, acting_as, find_actor, open_municipalities, operator
from app.security.plan_rights import ACTIONS, Basis
from app.security.roles import Action
from tests.plans.garden import planting
from tests.world import Place, World

Rows = dict[tuple[str, str], dict[str, Any]]
Access = dict[tuple[str, str, str], Any]
BORN = date(1980, 3, 4)
OPEN = (Action.READ, Action.COMMENT, Action.WRITE, Action.MANAGE)
BESIDE = tuple(ACTIONS[Basis.COORDINATOR] | ACTIONS[Basis.OWNER] | ACTIONS[Basis.AUTHORITY])


def plant_collisions(world: World) -> dict[str, str]:
    """What two municipalities can have the same of; ids by number and name."""
    ids: dict[str, str] = {}
    for place in (world.strandvik, world.fjellby):
        with planting(place):
            found = _same(world, place)
        ids |= {f"{place.number} {name}": one for name, one in found.items()}
    return ids


def _same(world: World, place: Place) -> dict[str, str]:
    account_id, at = world.accounts["larer"], utc_now()
    rows = []
    for name, external_id, serial in (("Lik", "hr-1", 77), ("Ulik", "hr-2", None)):
        facts = people.PersonFacts("Tvilling", name, BORN)
        row = people.register(
            operator(place.id),
            facts,
            national_id_text=synthetic(BORN, serial) if serial else None,
            is_confirmed=True,
            at=at,
            today=today(),
        )
        row.external_id = external_id
        rows.append(row)
    db.session.flush()
    first, second = sorted(rows, key=lambda one: one.id)
    maker = index.hashes(place.id)
    kept: dict[str, Any] = {
        "pair": DuplicatePair(
            first_id=first.id,
            second_id=second.id,
            score=9.0,
            band=MatchBand.PROBABLE,
            findings=[],
            state=PairState.NOT_SAME,
            found_at=at,
            facts=maker.of_both(maker.digest_of(first), maker.digest_of(second)),
        ),
        "role": StandardRole(
            key=f"kontakt_{place.number}",
            names={"nb": f"Kontakt {place.number}"},
            kinds=["relay_log"],
            national_id=db.session.scalar(
                select(StandardRole.national_id).where(StandardRole.key == "laerer")
            ),
            national_number=1,
        ),
        "view": SavedView(account_id=account_id, list_name="units", name="Mine", created_at=at),
        "answer": NotTheSame(
            what=DuplicateKind.ACCOUNT,
            first_id="1",
            second_id="2",
            answered_at=at,
            answered_by=account_id,
        ),
        "token": ApiToken(
            account_id=account_id,
            municipality_id=place.id,
            name="Koblingen",
            secret_hash=new_id(),
            made_at=at,
            expires_at=at + timedelta(days=9),
        ),
    }
    for row in kept.values():
        row.id = new_id()
        db.session.add(row)
    db.session.flush()
    return {"twin": rows[0].id, "hr": rows[1].id} | {name: row.id for name, row in kept.items()}


def rows_of(app: Flask) -> Rows:
    """Every row of every municipality, by table and id, past the walls."""
    found: Rows = {}
    with app.extensions["past_the_walls"].connect() as connection:
        for model in TENANT_MODELS:
            table = model.__table__
            for row in connection.execute(select(table)):
                key = ":".join(str(row._mapping[one.name]) for one in table.primary_key)
                found[table.name, key] = dict(row._mapping)
    return found


def access_of(world: World, *, but: tuple[str, ...] = ()) -> Access:
    """What each login may do in each plan, wherever it works: sections by what is done in them."""
    found: Access = {}
    at = utc_now()
    for name, account_id in world.accounts.items():
        if name in but:
            continue
        for place in open_municipalities(db.session(), account_id, today()):
            actor = find_actor(db.session(), account_id, place, at)
            with acting_as(db.session(), actor):
                for plan in db.session.scalars(select(Plan)).all():
                    found |= _in_plan(name, actor, plan)
            db.session.rollback()
    return found


def _in_plan(name: str, actor: Actor, plan: Plan) -> Access:
    found: Access = {}
    for action in OPEN:
        sections = policy.open_sections(actor, action, plan)
        if sections:
            found[name, plan.id, action] = sorted(sections)
    for action in BESIDE:
        if policy.decide(actor, action, plan):
            found[name, plan.id, action] = True
    return found


def order(world: World, *, approver: str = "lokal.strandvik") -> str:
    """Propose and approve; the id of the job, which waits."""
    at = utc_now()
    sentral = find_actor(db.session(), world.accounts["sentral"], None, at)
    with acting_as(db.session(), sentral), transaction():
        joining = operations.propose(sentral, world.fjellby.id, world.strandvik.id, at=at)
    local = find_actor(db.session(), world.accounts[approver], world.strandvik.id, at)
    with acting_as(db.session(), local), transaction():
        row = db.session.get_one(type(joining), joining.id)
        return operations.approve(local, row, has_backup=True, at=at).id


def actor(world: World, name: str, place: Place) -> Actor:
    """A login at work in a municipality."""
    return find_actor(db.session(), world.accounts[name], place.id, utc_now())


def with_plain_owner(app: Flask) -> None:
    """Let PostgreSQL's tables belong to a role that is no superuser, as in production; what looks
    past the walls in a test goes on doing so."""
    db.session.remove()
    superuser = app.extensions["samvev_owner_engine"]
    app.extensions["past_the_walls"] = superuser
    if superuser.dialect.name != "postgresql":
        return
    owner = f"eier_{new_id().replace('-', '')}"
    with superuser.begin() as connection:
        connection.execute(text(f"CREATE ROLE {owner} NOSUPERUSER NOBYPASSRLS"))
        connection.execute(text(f"GRANT ALL ON SCHEMA public TO {owner}"))
        for name in inspect(connection).get_table_names():
            connection.execute(text(f'ALTER TABLE "{name}" OWNER TO {owner}'))
    options = {"connect_args": {"options": f"-c role={owner}"}}
    app.extensions["samvev_owner_engine"] = create_engine(superuser.url, **options)


def killed_at_work(job_id: str, municipality_id: int) -> int:
    """Run a joining in a process that is killed when all but the end is done; its signal."""
    db.session.remove()
    child = os.fork()
    if child == 0:
        try:
            carrying._close = lambda _task: os.kill(os.getpid(), signal.SIGKILL)
            runner.run_job(job_id, municipality_id)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
