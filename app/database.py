"""Connecting to the database: the engines, the walls on them, and whether it is up to date.

Migrations are in ``app.migrating``, which a serving process never loads.
"""

import os
from weakref import WeakSet

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from app.audit import log
from app.db import configure_postgresql, configure_sqlite, db
from app.people import folding
from app.security import published, tenancy, walls
from config import ROOT, Settings

SESSION_LIMITS = (
    "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
    # Making machine code of a condition for access takes longer than answering it ever does.
    " -c jit=off"
)
MIGRATIONS = ROOT / "migrations"


def engine_options(settings: Settings) -> dict[str, object]:
    """Options for the engine that serves requests; parameters never reach a log."""
    # The connection used last is used next: its cache is warm, and a second one seldom needed.
    options: dict[str, object] = {"hide_parameters": True, "pool_use_lifo": True}
    if settings.is_postgresql:
        options["pool_pre_ping"] = True
        role = "" if settings.database_owner_url else f" -c role={walls.RUNTIME_ROLE}"
        if "database" not in settings.walls:
            role = ""
        options["connect_args"] = {"options": SESSION_LIMITS + role}
    else:
        options["connect_args"] = {"timeout": 15}
    return options


_listening: list[type[Session]] = []


def guard_sessions() -> None:
    """Put audit and walls on every session of the process, once."""
    if not _listening:
        log.follow_changes(Session)
        tenancy.install(Session)
        published.install(Session)
        _listening.append(Session)


_engines: WeakSet[Engine] = WeakSet()


def _forget_connections() -> None:
    """Leave connections to the process that opened them; a fork opens its own."""
    for engine in _engines:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)


def connect(app: Flask, settings: Settings) -> None:
    """Give ``app`` its two engines: one that serves, one that owns the tables."""
    guard_sessions()
    db.init_app(app)
    with app.app_context():
        serving: Engine = db.engine
    walls.install(serving, checks_role="database" in settings.walls)
    tenancy.install_gate(serving)
    folding.teach(serving)
    owning = create_engine(
        settings.database_owner_url or settings.database_url, hide_parameters=True
    )
    for engine in (serving, owning):
        _engines.add(engine)
        configure = configure_sqlite if engine.dialect.name == "sqlite" else configure_postgresql
        configure(engine)
    app.extensions["samvev_owner_engine"] = owning


def newest_migration() -> str:
    """The number of the newest migration there is."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def migration_of(connection: Connection) -> str | None:
    """The number of the migration that the database is at; None when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    number: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return number


def is_current(connection: Connection) -> bool:
    """Whether the database is at the newest migration."""
    return migration_of(connection) == newest_migration()
