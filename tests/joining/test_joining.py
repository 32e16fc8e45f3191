"""Joining two municipalities: everything moves, nothing else changes, nobody sees more or less."""

import signal
from contextlib import nullcontext
from dataclasses import dataclass

import pytest
from flask_appbuilder import Model
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import db
from app.enums import JobState
from app.errors import TenantViolation
from app.jobs import log_rounds, runner
from app.joining import references
from app.joining_tables import JoiningState, MunicipalityJoining
from app.models import (
    ApiToken,
    AuditEvent,
    ConsentText,
    DuplicatePair,
    Job,
    Membership,
    Municipality,
    Person,
    Plan,
    SavedView,
    StandardRole,
    Unit,
)
from app.security import policy, scope, tenancy, walls
from app.security.actor import acting_as, find_actor, operator
from app.security.lifting import inner_references, lifted
from app.security.roles import Action
from app.templating import setup
from tests.conftest import with_world
from tests.joining import towns
from tests.plans import garden as gardens

HERE = "municipality_id"
STAYED = {"audit_event", "plan_type", "age_rule", "not_the_same"}
GONE = {"match_key", "match_state"}
ADDED = {"job", "audit_event"}
CHANGED = {
    "person": {"merged_into_id", "retired_at", "claimed_id_cipher", "national_id_cipher",
               "national_id_hash", "external_id"},
    "unit": {"path", "parent_id"},
    "membership": {"unit_id", "person_id"},
    "consent_text": {"number"},
    "standard_role": {"key", "retired_at", "national_id", "national_number"},
    "template": {"key", "retired_at", "national_id", "national_number"},
    "saved_view": {"name"},
    "duplicate_pair": {"facts"},
    "job": {"state", "report", "started_at", "ended_at", "done", "total", "version"}
    | {"run_id", "seen_at"},
    "participant": {"person_id"},
    "notice": {"person_id"},
}  # fmt: skip
"""What may be otherwise in a row that went along, and in the job that did it."""


@dataclass
class Joined:
    """What was before, and what is after."""

    job_id: str
    ids: dict[str, str]
    access: towns.Access
    before: towns.Rows
    after: towns.Rows
    between: towns.Rows
    ended_by: int


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation in which Fjellby has been joined into Strandvik."""
    app = with_world(make_app(database_name))
    with app.app_context():
        world = app.extensions["test_world"]
        gardens.build(world)
        ids = towns.plant_collisions(world)
        access = towns.access_of(world)
        towns.with_plain_owner(app)
        job_id = towns.order(world)
        before = towns.rows_of(app)
        ended_by = towns.killed_at_work(job_id, world.strandvik.id)
        between = towns.rows_of(app)
        runner.run_job(job_id, world.strandvik.id)
        after = towns.rows_of(app)
    joined = Joined(job_id, ids, access, before, after, between, ended_by)
    app.extensions["joined"] = joined
    yield app
    for name in ("samvev_owner_engine", "past_the_walls"):
        app.extensions[name].dispose()


@pytest.fixture
def joined(app):
    """What was before, and what is after."""
    return app.extensions["joined"]


@pytest.fixture
def here(context, world):
    """The scope of the one that took over."""
    with acting_as(db.session(), operator(world.strandvik.id)):
        yield db.session


def test_work_that_is_killed_leaves_everything_as_it_was(joined):
    """K1: the signal came when all rows had changed and nothing was committed."""
    assert joined.ended_by == -signal.SIGKILL
    changed = {key for key, row in joined.before.items() if joined.between[key] != row}
    assert changed == {("job", joined.job_id)}
    assert joined.between.keys() == joined.before.keys()
    assert joined.between["job", joined.job_id]["state"] is JobState.RUNNING


def test_the_walls_stand_again_afterwards(app, context, world):
    with app.extensions["past_the_walls"].connect() as connection:
        if connection.dialect.name == "postgresql":
            for left in (
                "pg_class WHERE relrowsecurity AND NOT relforcerowsecurity",
                "pg_constraint WHERE condeferrable",
            ):
                assert connection.scalar(text(f"SELECT count(*) FROM {left}")) == 0
        else:
            found = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
            assert connection.scalar(text(found)) == len(list(walls._sqlite_statements()))
    with acting_as(db.session(), operator(world.fjellby.id)):
        assert db.session.scalars(select(Person)).all() == []


def test_references_hold_again_afterwards(app, context):
    with app.extensions["past_the_walls"].connect() as connection:
        found = {
            (table, one["name"], *one["constrained_columns"], *one["referred_columns"])
            for table in {key.table.name for key in inner_references()}
            for one in inspect(connection).get_foreign_keys(table)
        }
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1

    for key in inner_references():
        there = [one.column.name for one in key.elements]
        assert (key.table.name, key.name, *key.column_keys, *there) in found


def test_rows_cross_while_the_walls_are_lifted_and_not_afterwards(app, context, world):
    owning, table = app.extensions["samvev_owner_engine"], Plan.__table__
    there, back = (
        update(table).values(municipality_id=one.id) for one in (world.fjellby, world.strandvik)
    )
    with lifted(owning) as connection:
        assert connection.execute(there).rowcount > 0
        assert connection.execute(back).rowcount > 0

    is_sqlite = owning.dialect.name == "sqlite"
    wall = pytest.raises(DBAPIError, match="samvev_municipality")
    stopped = wall if is_sqlite else nullcontext()
    with owning.connect() as connection, stopped:
        assert connection.execute(there).rowcount == 0


def test_a_reference_that_would_lead_nowhere_takes_all_of_it_back(app, context, world):
    owning, table = app.extensions["samvev_owner_engine"], Plan.__table__
    astray = update(table).values(municipality_id=world.fjellby.id)

    with pytest.raises(IntegrityError), lifted(owning) as connection:
        assert connection.execute(astray).rowcount > 0

    with app.extensions["past_the_walls"].connect() as connection:
        assert set(connection.scalars(select(table.c.municipality_id))) == {world.strandvik.id}


def test_the_role_that_serves_can_neither_lift_a_wall_nor_open_a_log(app, context, world):
    opening = update(Municipality.__table__).values(joined_into_id=world.strandvik.id)
    with db.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(opening)

    # SQLite has no roles; there no session's statement on a municipality's table comes past the
    # gate, whatever is lifted. On PostgreSQL it is taken down, to see the database refuse.
    is_sqlite = db.engine.dialect.name == "sqlite"
    tenancy.set_walls(frozenset({"policy", "session", "database"} if is_sqlite else {"database"}))
    refused = TenantViolation if is_sqlite else DBAPIError
    try:
        with pytest.raises(refused), lifted(db.engine) as connection:
            connection.execute(select(Person.__table__))
    finally:
        tenancy.set_walls(frozenset({"policy", "session", "database"}))


def test_every_row_goes_along_and_is_otherwise_as_it_was(joined, world):
    old, new = world.fjellby.id, world.strandvik.id
    odd = {}

    for (table, key), row in joined.before.items():
        if table in GONE:
            continue
        now = joined.after[table, key]
        differs = {name for name in row if row[name] != now[name]}
        belonged = row[HERE]
        allowed = CHANGED.get(table, set()) if belonged == old or table == "job" else set()
        if belonged == old and table not in STAYED:
            assert now[HERE] == new, f"a row of {table} was left behind"
            differs -= {HERE}
        if not differs <= allowed:
            odd[table, key] = differs - allowed

    assert odd == {}
    added = {table for table, key in joined.after.keys() - joined.before.keys()}
    assert added - GONE == ADDED


def test_no_reference_leads_out_of_its_municipality(joined):
    places = {}
    for (table, _key), row in joined.after.items():
        if "id" in row:
            places[table, row["id"]] = row[HERE]
    dangling = []

    for key in inner_references():
        column = next(one for one in key.column_keys if one != HERE)
        for (table, pk), row in joined.after.items():
            wanted = row.get(column) if table == key.table.name else None
            if wanted is not None and places.get((key.referred_table.name, wanted)) != row[HERE]:
                dangling.append((table, pk, column))

    assert dangling == []


def test_everybody_may_do_in_each_plan_what_they_could_before(joined, world, context):
    after = towns.access_of(world)

    gained = {key: what for key, what in after.items() if joined.access.get(key) != what}
    lost = {key: what for key, what in joined.access.items() if after.get(key) != what}

    # The municipality that takes over administers its new plans, without a word of their content.
    assert {name for name, _plan, _action in gained} == {"lokal.strandvik"}
    assert {action for _name, _plan, action in gained} == {
        action for name, _plan, action in after if name == "lokal.fjellby"
    }
    assert lost == {}


def test_who_administered_all_of_the_old_one_administers_that_part(world, context):
    actor = towns.actor(world, "lokal.fjellby", world.strandvik)

    with acting_as(db.session(), actor):
        units = set(db.session.scalars(scope.rows(actor, Unit).with_only_columns(Unit.id)))
        top = db.session.get_one(Unit, world.fjellby.units["top"])

    assert {one.unit_path for one in actor.holdings} == {top.path}
    assert top.parent_id == world.strandvik.units["top"]
    assert units == set(world.fjellby.units.values())


def test_one_login_in_both_is_one_person(joined, world, here):
    gone = here.get_one(Person, world.fjellby.persons["larer"])
    roles = here.scalars(select(Membership).where(Membership.account_id == world.accounts["larer"]))

    assert gone.merged_into_id == world.strandvik.persons["larer"]
    assert gone.retired_at is not None
    assert {one.person_id for one in roles} == {world.strandvik.persons["larer"]}


def test_one_number_in_both_keeps_both_rows_and_becomes_a_question(joined, world, here, app):
    first = here.get_one(Person, joined.ids["9901 twin"])
    second = here.get_one(Person, joined.ids["9902 twin"])
    scan = here.scalar(select(Job).where(Job.kind == "duplicate_scan"))

    assert first.national_id_hash is not None
    assert second.national_id_hash is None
    assert second.claimed_id_cipher == joined.before["person", second.id]["national_id_cipher"]
    twins = {first.id, second.id}
    runner.run_job(scan.id, world.strandvik.id)
    with acting_as(db.session(), operator(world.strandvik.id)):
        pairs = db.session.scalars(select(DuplicatePair)).all()
        assert twins in [{one.first_id, one.second_id} for one in pairs]
        # What was answered before holds: the facts are the same under the other key.
        answered = db.session.get_one(DuplicatePair, joined.ids["9902 pair"])
        assert answered.state == "not_same"


def test_the_set_up_of_the_one_that_takes_over_holds(joined, world, here):
    text = setup.consent_text(here(), "individual_plan")
    texts = here.scalars(select(ConsentText.number).where(ConsentText.kind == "individual_plan"))
    roles = here.scalars(select(StandardRole)).all()
    of_old = [
        one for one in roles if joined.before["standard_role", one.id][HERE] != world.strandvik.id
    ]

    assert joined.before["consent_text", text.id][HERE] == world.strandvik.id
    assert sorted(texts) == [0, 1]
    own = joined.ids["9902 role"]
    assert [one.id for one in of_old if one.retired_at is None] == [own]
    assert len({one.key for one in roles}) == len(roles)
    assert here.get_one(SavedView, joined.ids["9902 view"]).name == "Mine (Fjellby)"
    assert here.get_one(Person, joined.ids["9902 hr"]).external_id == "9902:hr-2"


def test_the_log_of_the_old_one_is_closed_and_read_by_those_who_administer_it_now(
    joined, world, context
):
    actor = towns.actor(world, "lokal.strandvik", world.strandvik)
    other = towns.actor(world, "koordinator.strandvik", world.strandvik)

    with acting_as(db.session(), actor):
        events = db.session.scalars(scope.rows(actor, AuditEvent)).all()
        of_old = [one for one in events if one.municipality_id == world.fjellby.id]
        assert all(policy.decide(actor, Action.SHOW, one) for one in of_old)
    with acting_as(db.session(), other):
        assert db.session.scalars(scope.rows(other, AuditEvent)).all() == []

    was = [key for key, row in joined.before.items() if key[0] == "audit_event"
           and row[HERE] == world.fjellby.id]  # fmt: skip
    assert len(of_old) == len(was) + 1
    assert max(of_old, key=lambda one: one.id).action == "municipality:joined"


def test_both_logs_are_as_they_were_written(context, world, joined):
    log_rounds.seal_all()

    counts = log_rounds.verify_all()

    assert None not in counts.values()
    assert counts[world.fjellby.id] > counts[log_rounds.INSTALLATION]


def test_the_old_one_is_out_of_use_for_good(world, context, joined):
    old = db.session.get_one(Municipality, world.fjellby.id)
    joining = db.session.scalars(select(MunicipalityJoining)).one()
    tokens = db.session.scalars(
        select(ApiToken.revoked_at).where(ApiToken.municipality_id == old.id)
    )

    assert (old.is_in_use, old.joined_into_id) == (False, world.strandvik.id)
    assert joining.state is JoiningState.DONE
    assert joining.outcome["same_national_id"] == 1
    assert None not in tokens.all()
    actor = find_actor(db.session(), world.accounts["lokal.fjellby"], old.id, towns.utc_now())
    assert actor.municipality_id is None
    assert {one.role for one in actor.holdings} == set()


def test_old_links_lead_where_they_did(client_as, world):
    local = client_as("lokal.fjellby")

    answer = local.get(f"/unit/show/{world.fjellby.units['school']}")

    assert answer.status_code == 200
    assert client_as("lokal.strandvik").get("/audit-event/list/").status_code == 200


# --- the tables ----------------------------------------------------------------------------------


def test_every_column_that_names_a_municipality_is_thought_of():

    from app.models import TENANT_MODELS

    tenant = {model.__table__ for model in TENANT_MODELS}
    named = {
        (table.name, column.name)
        for table in Model.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "municipality" for key in column.foreign_keys)
        and not (table in tenant and column.name == HERE)
    }

    assert named == set(references.OTHER_PLACES)


def test_every_key_that_two_municipalities_can_share_is_settled():
    assert {one.name for one in references.shared_keys()} == set(references.COLLIDES)
