"""Migrations build exactly the tables of the models, with the walls up, in both directions."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from app import migrating
from app.accounts import link_requests
from app.accounts.holding import Terms
from app.clock import today, utc_now
from app.columns import new_id
from app.database import MIGRATIONS, is_current, migration_of
from app.db import db, transaction
from app.enums import JobKind, JobState, Role, Section
from app.joining_tables import UnitMove, UnitMoveState
from app.models import TENANT_MODELS, AccountLinkRequest, Job, Person
from app.security import tenancy
from app.security.actor import acting_as, operator
from app.security.walls import RUNTIME_ROLE
from app.side_tables import PlanEntryVersion
from tests import world as worlds
from tests.joining.towns import with_plain_owner
from tests.plans import garden as gardens


@pytest.fixture
def installation(database_name, make_app):
    """An installation of its own, with the small world in it."""
    app = make_app(database_name)
    with app.app_context():
        world = worlds.build()
        db.session.remove()
        yield app, world


def owning(app):
    """A connection as the role that owns the tables."""
    return app.extensions["samvev_owner_engine"].connect()


def test_the_migrations_build_the_tables_of_the_models(installation):
    app, _world = installation

    with owning(app) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Model.metadata)
        assert is_current(connection)

    assert [d for d in differences if "alembic_version" not in str(d)] == []


def of_the_newest_kinds(world):
    """A job of a kind that the database has not known for long, and what it is about."""
    account_id, place = world.accounts["lokal.strandvik"], world.strandvik
    job = Job(
        id=new_id(),
        kind=JobKind.UNIT_MOVE,
        state=JobState.DONE,
        account_id=account_id,
        title="x",
        created_at=utc_now(),
    )
    yield job
    yield UnitMove(
        unit_id=place.units["nav"],
        to_municipality_id=world.fjellby.id,
        state=UnitMoveState.ACCEPTED,
        unit_ids=[place.units["nav"]],
        proposed_by_id=account_id,
        proposed_at=utc_now(),
        job_id=job.id,
    )


def test_going_down_and_up_again_with_data_works(installation):
    app, world = installation
    settings = app.config["SAMVEV"]
    with acting_as(db.session(), operator(world.strandvik.id)), transaction():
        for row in of_the_newest_kinds(world):
            db.session.add(row)
            db.session.flush()
    db.session.remove()

    migrating.prepare(app, settings, "0012")
    with owning(app) as connection:
        assert connection.scalar(text("SELECT count(*) FROM job")) == 0
        columns = {one["name"] for one in inspect(connection).get_columns("incoming_plan")}
        assert "unit_id" not in columns
    migrating.prepare(app, settings, "base")
    with owning(app) as connection:
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
        assert left == set()
        assert migration_of(connection) is None
    migrating.prepare(app, settings)

    with owning(app) as connection:
        assert is_current(connection)


@pytest.mark.parametrize("since", ["0013", "0015"], ids=["none told", "some told nothing"])
def test_a_migration_changes_the_rows_of_every_municipality(installation, since):
    """Also as the owner of the tables, whom row level security is forced on as on everybody."""
    app, world = installation
    own = world.strandvik.persons["own"]
    with gardens.planting(world.strandvik):
        plan = gardens.make_plan(own, own)
        entry = gardens.entry(plan, Section.GOALS, "mål")
        of = {"plan_id": plan.id, "entry_id": entry.id, "number": 1, "values": {}}
        db.session.add(PlanEntryVersion(**of, at=utc_now()))
        plan_id = plan.id
    with_plain_owner(app)

    with owning(app) as connection, connection.begin():
        migrating.go_to(connection, since)
        if since == "0015":
            connection.execute(text("UPDATE plan_entry_version SET plan_id = NULL"))
        migrating.go_to(connection, "head")
    app.extensions["past_the_walls"].dispose()

    with tenancy.applied(db.session(), tenancy.Scope(world.strandvik.id)):
        assert db.session.scalars(select(PlanEntryVersion.plan_id)).all() == [plan_id]


def test_preparing_again_changes_nothing(installation):
    app, world = installation

    migrating.prepare(app, app.config["SAMVEV"])

    with tenancy.applied(db.session(), tenancy.Scope(world.strandvik.id)):
        assert db.session.get(Person, world.strandvik.persons["own"]) is not None


def test_every_table_of_a_municipality_stands_behind_the_wall(installation):
    """D19."""
    app, _world = installation
    tables = {model.__tablename__ for model in TENANT_MODELS}

    with owning(app) as connection:
        if connection.dialect.name == "postgresql":
            guarded = connection.execute(
                text(
                    "SELECT relname FROM pg_class c WHERE relrowsecurity AND relforcerowsecurity"
                    " AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)"
                )
            )
            walls = set(guarded.scalars())
        else:
            names = connection.execute(
                text("SELECT tbl_name || ' ' || name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars()
            found = [name.split() for name in names]
            walls = {t for t, _ in found if (t, f"wall_{t}_insert_new") in map(tuple, found)}

    assert tables <= walls


def test_the_runtime_role_can_change_nothing_of_the_database_itself(installation):
    """D18."""
    app, _world = installation
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no roles")

    with db.engine.connect() as connection:
        role = connection.scalar(text("SELECT current_user"))
    refused = []
    for statement in (
        "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY municipality ON person",
        "TRUNCATE person",
        "DROP TABLE submitted_form",
        "CREATE TABLE mine (id integer)",
        "DELETE FROM audit_event",
        "UPDATE audit_event SET action = 'x'",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = 'x'",
    ):
        refused.append(is_refused(app, statement))

    assert role == RUNTIME_ROLE
    assert all(refused)


def is_refused(app, statement):
    """Whether PostgreSQL itself refuses the statement, with the walls of the code taken down."""
    tenancy.set_walls(frozenset({"database"}))
    try:
        with db.engine.connect() as connection:
            connection.execute(text(statement))
    except DBAPIError:
        return True
    finally:
        tenancy.set_walls(frozenset({"policy", "session", "database"}))
    return False


def test_search_columns_sort_by_their_bytes_wherever_the_database_was_made(installation):
    app, _world = installation

    with owning(app) as connection:
        if connection.dialect.name != "postgresql":
            pytest.skip("SQLite sorts by bytes unless told otherwise")
        found = connection.execute(
            text(
                "SELECT table_name || '.' || column_name FROM information_schema.columns"
                " WHERE collation_name = 'C' AND table_schema = 'public'"
            )
        ).scalars()
        sorted_by_bytes = set(found)

    assert {
        "person.search_family",
        "person.search_given",
        "unit.search_name",
        "unit.path",
        "municipality.search_name",
    } <= sorted_by_bytes


def test_migrations_are_numbered_say_why_and_import_nothing_of_ours():
    files = sorted((MIGRATIONS / "versions").glob("*.py"))

    assert files
    for file in files:
        text_of = file.read_text(encoding="utf-8")
        assert re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", file.name)
        assert "Safe while" in text_of
        assert not re.search(r"^(from|import) (app|config)\b", text_of, re.MULTILINE)


def test_both_languages_columns_take_north_sami_and_nothing_unknown(installation):
    app, _world = installation

    with owning(app) as connection:
        for table, check in (
            ("person", "person_language"),
            ("account_profile", "account_language"),
        ):
            rules = {
                one["name"]: one["sqltext"]
                for one in inspect(connection).get_check_constraints(table)
            }
            assert "'se'" in rules[check]
            assert "'nb'" in rules[check]
            names = [one["name"] for one in inspect(connection).get_check_constraints(table)]
            assert len(names) == len(set(names))


def test_an_open_request_from_before_codes_stays_and_has_none(installation):
    app, world = installation
    place, settings = world.strandvik, app.config["SAMVEV"]
    with acting_as(db.session(), operator(place.id)) as actor, transaction():
        person = db.session.get_one(Person, place.persons["own"])
        account = db.session.get_one(User, world.accounts["larer"])
        link_requests.ask(actor, person, account, Terms(Role.PARTICIPANT, today()), at=utc_now())
    db.session.remove()

    migrating.prepare(app, settings, "0003")
    with owning(app) as connection:
        before = {one["name"] for one in inspect(connection).get_columns("account_link_request")}
    migrating.prepare(app, settings)

    assert before.isdisjoint({"code_hash", "wrong_codes"})
    with tenancy.applied(db.session(), tenancy.Scope(place.id)):
        [kept] = db.session.scalars(select(AccountLinkRequest)).all()
        assert (kept.code_hash, kept.wrong_codes, kept.answered_at) == (None, 0, None)
        assert kept.account_id == world.accounts["larer"]
