"""Panels to back up and to restore into, and a close look at what is in them."""

import os
import signal

from sqlalchemy import create_engine, inspect, select, table, text

from app import create_app
from app.columns import new_id
from app.db import db
from app.enums import Section
from app.files import storage
from app.models import Plan
from tests.conftest import test_settings
from tests.plans import garden as gardens

KEY = "a key that the tests of backups share, and nothing else"
RULES = {
    "sqlite": ("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'",),
    "postgresql": (
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies",
        "SELECT tgrelid::regclass, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'samvev_runtime'",
    ),
}
CONTENT = b"%PDF-1.7\nInnhold"


def fill(app):
    """Plant plans, and a document with its file; the key of the file."""
    world = app.extensions["test_world"]
    gardens.build(world)
    key = storage.keep(CONTENT)
    file = {"key": key, "type": "application/pdf", "size": len(CONTENT)}
    with gardens.planting(world.strandvik):
        plan = db.session.scalars(select(Plan).limit(1)).one()
        gardens.entry(plan, Section.DOCUMENTS, "brev", title="brev", details={"file": file})
    db.session.remove()
    return key


def never_set_up(databases, kind, folder):
    """A panel on an empty database that belongs to a role without any privilege but to make roles,
    as in production."""
    url = databases.make(kind)
    app = create_app(test_settings(folder, url, encryption_key=KEY))
    if kind == "postgresql":
        owner = f"eier_{new_id().replace('-', '')}"
        superuser = app.extensions["samvev_owner_engine"]
        with superuser.begin() as connection:
            connection.execute(text(f"CREATE ROLE {owner} NOSUPERUSER NOBYPASSRLS CREATEROLE"))
            name = connection.scalar(text("SELECT current_database()"))
            connection.execute(text(f'ALTER DATABASE "{name}" OWNER TO {owner}'))
        superuser.dispose()
        app.extensions["past_the_walls"] = superuser
        options = {"connect_args": {"options": f"-c role={owner}"}}
        app.extensions["samvev_owner_engine"] = create_engine(superuser.url, **options)
    return app


def looking(app):
    """A connection that sees every row."""
    engine = app.extensions.get("past_the_walls") or app.extensions["samvev_owner_engine"]
    return engine.connect()


def contents(app):
    """Every row of every table, in an order of their own."""
    with looking(app) as connection:
        return {
            name: sorted(map(repr, connection.execute(select(text("*")).select_from(table(name)))))
            for name in inspect(connection).get_table_names()
        }


def rules(app):
    """What the database holds its rows to: references, other rules, indexes, and the walls."""
    with looking(app) as connection:
        asked = RULES[connection.dialect.name]
        return {one: sorted(map(repr, connection.execute(text(one)))) for one in asked}


def counters(app):
    """Where PostgreSQL's counters stand."""
    with looking(app) as connection:
        if connection.dialect.name == "sqlite":
            return {}
        found = connection.execute(text("SELECT sequencename, last_value FROM pg_sequences"))
        return {name: last for name, last in found if last is not None}


def in_a_child_that_dies(work):
    """Run ``work`` in a process of its own, which is killed or fails; how it ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die(*_arguments, **_more):
    """Be killed, with no warning."""
    os.kill(os.getpid(), signal.SIGKILL)


def end_everything(app):
    """Let go of all connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for name in ("samvev_owner_engine", "past_the_walls"):
        if name in app.extensions:
            app.extensions[name].dispose()
