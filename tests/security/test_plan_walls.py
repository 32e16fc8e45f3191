"""The wall in the database round plans: cases D17 and D18 of the catalogue (``security.md``)."""

from contextlib import suppress

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import db
from app.errors import TenantViolation
from app.models import Plan
from app.security import tenancy, walls
from app.security.tenancy import Scope

ALL = frozenset({"policy", "session", "database"})


@pytest.fixture(scope="module")
def app(wooded):
    """An installation that is read alone."""
    return wooded


@pytest.fixture
def database_alone(context):
    """PostgreSQL with no other wall standing."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row level security: there the gate stops what has no scope")
    tenancy.set_walls(frozenset({"database"}))
    yield db.engine
    tenancy.set_walls(ALL)


def plans_seen(connection, number):
    """How many plans of a municipality a connection sees."""
    counted = text("SELECT count(*) FROM plan WHERE municipality_id = :number")
    return connection.scalar(counted, {"number": number})


def scope_of(connection):
    """The municipality that a connection stands in."""
    return connection.scalar(text("SELECT current_setting('samvev.municipality', true)")) or None


@pytest.mark.parametrize("said", [None, "", "0", "-1", "2", "abc", "1 OR 1=1", "1,2", "NaN"])
def test_d17_without_the_right_municipality_no_plan_is_seen(database_alone, world, said):
    here = world.strandvik.id
    with database_alone.connect() as connection:
        if said is not None:
            said = str(world.fjellby.id) if said == "2" else said
            told = text("SELECT set_config('samvev.municipality', :said, true)")
            connection.execute(told, {"said": said})
        with suppress(DBAPIError):  # Junk is no number, which stops the question.
            assert plans_seen(connection, here) == 0

    with Session(database_alone) as session, tenancy.applied(session, Scope(here)):
        assert plans_seen(session.connection(), here) > 0


ENDS = {
    "commit": lambda session: session.commit(),
    "rollback": lambda session: session.rollback(),
    "an error": lambda session: session.execute(text("SELECT 1/0")),
    "a timeout": lambda session: session.execute(
        text("SET LOCAL statement_timeout = 20; SELECT pg_sleep(1)")
    ),
    "the end of a block": lambda session: None,
}


@pytest.mark.parametrize("end", ENDS)
def test_d17_a_connection_that_is_used_again_stands_nowhere(database_alone, world, end):
    with Session(database_alone) as session, tenancy.applied(session, Scope(world.strandvik.id)):
        connection = session.connection()
        process = connection.scalar(text("SELECT pg_backend_pid()"))
        assert scope_of(connection) == str(world.strandvik.id)
        try:
            ENDS[end](session)
        except DBAPIError:
            session.rollback()

    with database_alone.connect() as again:
        assert again.scalar(text("SELECT pg_backend_pid()")) == process
        assert scope_of(again) is None
        assert plans_seen(again, world.strandvik.id) == 0


def test_d17_without_a_scope_no_plan_is_found_whatever_asks(context):
    with Session(db.engine) as session:
        assert session.query(Plan).all() == []
        with pytest.raises(TenantViolation):
            session.execute(text("SELECT id FROM plan"))


ROLES = {
    "a superuser": None,
    "one who passes by": "CREATE ROLE {0} NOSUPERUSER BYPASSRLS",
    "the owner of a table": "CREATE ROLE {0} NOSUPERUSER; GRANT CREATE ON SCHEMA public TO {0};"
    " SET ROLE {0}; CREATE TABLE {0} (id integer); RESET ROLE",
    "who may do neither": "CREATE ROLE {0} NOSUPERUSER",
}


@pytest.mark.parametrize("name", ROLES)
def test_d18_a_database_role_that_passes_the_wall_stops_the_start(app, database_alone, name):
    role, made = name.replace(" ", "_"), ROLES[name]
    if made is not None:
        with app.extensions["samvev_owner_engine"].begin() as connection:
            connection.execute(text(made.format(role)))
    options = {} if made is None else {"options": f"-c role={role}"}
    engine = create_engine(app.config["SAMVEV"].database_url, connect_args=options)
    walls.install(engine, checks_role=True)

    try:
        if name == "who may do neither":
            engine.connect().close()
        else:
            with pytest.raises(walls.UnsafeDatabaseRole):
                engine.connect()
    finally:
        engine.dispose()
