"""Changing the database: migrations, and the walls put up behind them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import Connection, Engine, text

from app.database import MIGRATIONS, is_current, migration_of
from app.db import db
from app.security import walls
from config import Settings

LOCK_NUMBER = 7_260_001


def migration_config() -> Config:
    """Where Alembic finds the migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def prepare(app: Flask, settings: Settings, revision: str = "head") -> None:
    """Bring the database to ``revision`` with the walls up; safe to repeat, also at once by two.

    All of it is one transaction: a migration that fails half way leaves nothing behind.
    """
    _make_folder(settings)
    owning: Engine = app.extensions["samvev_owner_engine"]
    with owning.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Rebuilding a table drops it; SQLite heeds this only outside a transaction.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            hold(connection)
            go_to(connection, revision)
            put_walls_up(connection, settings)
    if not settings.is_postgresql:
        Path(str(owning.url.database)).chmod(0o600)
    owning.dispose()


def _make_folder(settings: Settings) -> None:
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)


def hold(connection: Connection) -> None:
    """Wait for whoever else changes the database, and keep them away to the transaction's end."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK_NUMBER})


def go_to(connection: Connection, revision: str) -> None:
    """Bring the tables to ``revision``, up or down, with the walls down behind it."""
    walls.take_down(connection)
    config = migration_config()
    config.attributes["connection"] = connection
    if _goes_down(connection, revision):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def put_walls_up(connection: Connection, settings: Settings) -> None:
    """Put the walls up, unless the tables are older than they are made for."""
    if is_current(connection) and "database" in settings.walls:
        walls.put_up(connection)
        if settings.database_owner_url and connection.dialect.name == "postgresql":
            walls.allow_login_role(connection, str(db.engine.url.username))


def draft_migration(owning: Engine, number: str, message: str) -> None:
    """Write a migration from the difference between ``app.models`` and the database."""
    config = migration_config()
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with owning.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=number)


def _goes_down(connection: Connection, revision: str) -> bool:
    """Whether ``revision`` is older than what the database is at; numbers sort by age."""
    now = migration_of(connection)
    return now is not None and (revision == "base" or (revision != "head" and revision < now))
