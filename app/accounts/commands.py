"""Commands about central administrators: ``flask --app run central ...``."""

import os

import click
from flask.cli import AppGroup

from app.accounts import central
from app.clock import utc_now
from app.db import transaction
from app.errors import DomainError

central_group = AppGroup("central", help="Make the first central administrator, or end one.")


@central_group.command("link")
def link() -> None:
    """Print a one-time link that makes the first central administrator."""
    try:
        with transaction():
            secret = central.first_link(at=utc_now())
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    port = os.environ.get("PORT", "8080")
    click.echo(f"http://127.0.0.1:{port}/first-administrator/{secret}")


@central_group.command("end")
@click.argument("username")
def end(username: str) -> None:
    """End the appointment of USERNAME; for when a colleague is gone and only two are left."""
    try:
        with transaction():
            central.end_from_command(username, at=utc_now())
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    click.echo("ended")


@central_group.command("vacate")
@click.argument("number")
def vacate(number: str) -> None:
    """End all local administrators of municipality NUMBER; for when none can be reached."""
    try:
        with transaction():
            ended = central.vacate(number, at=utc_now())
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{ended} roles ended; a central administrator can appoint the first one anew")
