"""The wall in the database: what each kind of database is told, and what SQLite's triggers stop.

What PostgreSQL's policies stop is shown in ``tests/matrix`` and ``tests/audit``.
"""

from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError

from app.models import TENANT_MODELS, AuditEvent
from app.security import tenancy, walls
from app.security.published import VERSIONS, fixed_columns
from app.security.tenancy import Scope


class Connection:
    """Keeps what it is told."""

    def __init__(self, kind, answers=()):
        self.dialect = SimpleNamespace(name=kind)
        self.told, self.answers = [], answers

    def execute(self, statement):
        self.told.append(str(statement))
        return SimpleNamespace(scalars=lambda: iter(self.answers))


def test_each_kind_of_database_gets_its_own_wall():
    sqlite, postgresql = Connection("sqlite"), Connection("postgresql")
    walls.put_up(sqlite)
    walls.put_up(postgresql)

    assert all(one.startswith("CREATE TRIGGER") for one in sqlite.told)
    assert len(sqlite.told) == 4 * len(TENANT_MODELS) + 4 + len(VERSIONS)
    triggers = [one for one in postgresql.told if one.startswith("CREATE TRIGGER")]
    assert len(triggers) == len(VERSIONS)
    forced = [one for one in postgresql.told if "FORCE ROW LEVEL SECURITY" in one]
    assert len(forced) == len(TENANT_MODELS)
    [changed] = [one for one in postgresql.told if one.startswith("GRANT UPDATE (")]
    assert "name" in changed
    assert walls.JOINED not in changed
    assert any(
        one.startswith("REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_link FROM")
        for one in postgresql.told
    )


def test_a_migration_reaches_every_row_through_a_wall_that_is_down():
    sqlite, postgresql = Connection("sqlite", ["wall_a"]), Connection("postgresql", ["person"])
    assert walls.take_down(sqlite)
    assert walls.take_down(postgresql)
    assert not walls.take_down(Connection("sqlite"))

    assert sqlite.told[1:] == ['DROP TRIGGER "wall_a"']
    assert postgresql.told[1:] == ['ALTER TABLE "person" NO FORCE ROW LEVEL SECURITY']


def test_only_an_event_may_belong_to_no_municipality():
    event_table = AuditEvent.__tablename__
    for one in walls._sqlite_statements():
        if "NEW.municipality_id IS NOT NULL" in one:
            assert one.split()[9] == event_table
            assert one.endswith("END")
    found = [one for one in walls._sqlite_statements() if "municipality_id IS NOT NULL" in one]
    assert len(found) == 3


# --- on SQLite itself ----------------------------------------------------------------------------


@pytest.fixture
def database():
    """Behind the wall, two rows of a table: one of municipality 1, one of 2."""
    table = next(m for m in TENANT_MODELS if m is not AuditEvent).__tablename__
    engine = create_engine("sqlite://")
    walls.install(engine, checks_role=True)
    with engine.begin() as connection:
        for model in {*TENANT_MODELS, *VERSIONS}:
            kept = "".join(f", {one}" for one in fixed_columns(model)) if model in VERSIONS else ""
            columns = f"municipality_id INTEGER, a INTEGER{kept}"
            connection.execute(text(f"CREATE TABLE {model.__tablename__} ({columns})"))
        connection.execute(text("CREATE TABLE municipality (id INTEGER, joined_into_id INTEGER)"))
        connection.execute(
            text("CREATE TABLE audit_link (municipality_id INTEGER, number INTEGER)")
        )
        connection.execute(text(f"INSERT INTO {table} VALUES (1, 0), (2, 0)"))
        connection.execute(text("INSERT INTO audit_event VALUES (1, 0)"))
        connection.execute(text("INSERT INTO audit_link VALUES (1, 1)"))
        walls.put_up(connection)
        walls.put_up(connection)
        yield connection, table


@pytest.mark.parametrize(
    ("statement", "is_stopped"),
    [
        ("INSERT INTO {} VALUES (1, 1)", False),
        ("INSERT INTO {} VALUES (2, 1)", True),
        ("INSERT INTO {} VALUES (NULL, 1)", True),
        ("UPDATE {} SET a = 1 WHERE municipality_id = 1", False),
        ("UPDATE {} SET a = 1 WHERE municipality_id = 2", True),
        ("UPDATE {} SET municipality_id = 2 WHERE municipality_id = 1", True),
        ("UPDATE {} SET municipality_id = 1 WHERE municipality_id = 2", True),
        ("DELETE FROM {} WHERE municipality_id = 1", True),
        ("INSERT INTO audit_event VALUES (1, 1)", False),
        ("INSERT INTO audit_event VALUES (NULL, 1)", False),
        ("INSERT INTO audit_event VALUES (2, 1)", True),
        ("UPDATE audit_event SET a = 1", True),
        ("DELETE FROM audit_event", True),
        ("INSERT INTO audit_link VALUES (2, 1)", False),
        ("UPDATE audit_link SET number = 2", True),
        ("DELETE FROM audit_link", True),
    ],
)
def test_sqlite_stops_what_crosses_from_one_municipality_to_another(
    database, statement, is_stopped
):
    connection, table = database
    with tenancy.asking(Scope(1)):
        if not is_stopped:
            connection.execute(text(statement.format(table)))
            return
        with pytest.raises(IntegrityError):
            connection.execute(text(statement.format(table)))


# --- the role that PostgreSQL is asked by --------------------------------------------------------


@pytest.mark.parametrize("checks_role", [True, False])
def test_the_role_is_looked_at_on_postgresql_where_the_settings_say_so(checks_role):
    engine = create_engine("postgresql+psycopg://nowhere")
    walls.install(engine, checks_role=checks_role)

    assert event.contains(engine, "connect", walls._refuse_unsafe_role) is checks_role
    assert not event.contains(engine, "connect", walls._add_sqlite_function)


@pytest.mark.parametrize(("answer", "is_safe"), [((False,), True), ((True,), False), (None, False)])
def test_a_role_that_could_pass_the_wall_or_is_not_known_is_refused(answer, is_safe):
    cursor = SimpleNamespace(
        execute=lambda _statement: None, fetchone=lambda: answer, close=lambda: None
    )
    connection = SimpleNamespace(cursor=lambda: cursor, rollback=lambda: None)
    if is_safe:
        walls._refuse_unsafe_role(connection, None)
        return
    with pytest.raises(walls.UnsafeDatabaseRole):
        walls._refuse_unsafe_role(connection, None)
