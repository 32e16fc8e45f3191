"""The commands of the panel: ``flask --app run GROUP COMMAND``."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.accounts.commands import central_group
from app.jobs import demo, documents, rounds, serve, setup, worker
from app.jobs.audit_commands import audit_group
from app.jobs.backup_commands import backup_group
from app.jobs.duplicate_commands import duplicates_group
from app.jobs.import_command import persons_group
from app.municipalities.commands import municipalities_group

database_group = AppGroup("database", help="Set up and change the database.")


@database_group.command("prepare")
@click.option("--revision", default="head", show_default=True, help="The migration to stop at.")
def prepare(revision: str) -> None:
    """Bring the database to the newest migration, with the walls in it up."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    # Loaded here, for a serving process has no use for Alembic and starts sooner without it.
    from app import migrating

    migrating.prepare(app, app.config["SAMVEV"], revision)
    click.echo(f"database at {revision}")


@database_group.command("revision")
@click.argument("number")
@click.argument("message")
def revision(number: str, message: str) -> None:
    """Write migration NUMBER from the difference between the tables and the database."""
    from app import migrating

    migrating.draft_migration(current_app.extensions["samvev_owner_engine"], number, message)


def install(app: Flask) -> None:
    """Add every group of commands to ``app``."""
    app.cli.add_command(database_group)
    app.cli.add_command(audit_group)
    app.cli.add_command(backup_group)
    app.cli.add_command(persons_group)
    app.cli.add_command(duplicates_group)
    app.cli.add_command(central_group)
    app.cli.add_command(municipalities_group)
    rounds.install(app)
    worker.install(app)
    demo.install(app)
    documents.install(app)
    serve.install(app)
    setup.install(app)
