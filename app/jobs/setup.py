"""``flask --app run setup``: everything an installation needs before it serves."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.accounts import central
from app.accounts.commands import link
from app.accounts.queries import account_by_name
from app.clock import utc_now
from app.db import db, transaction
from app.demonstration import world
from app.demonstration.accounts import LOGINS
from app.jobs import demo
from app.municipalities import operations as municipalities
from app.municipalities.register import load_register
from app.templating import national_stock
from config import Settings


def install(app: Flask) -> None:
    """Add the command to ``app``."""
    app.cli.add_command(setup)


@click.command("setup")
@click.option(
    "--welcome",
    is_flag=True,
    help="Also load the demonstration world into an empty database (SAMVEV_DEMO), or print the"
    " link that makes the first central administrator.",
)
@click.pass_context
@with_appcontext
def setup(context: click.Context, welcome: bool) -> None:
    """Bring the database to the newest migration and the municipalities into it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.config["SAMVEV"]
    # Loaded here, for a serving process has no use for Alembic and starts sooner without it.
    from app import migrating

    migrating.prepare(app, settings)
    has_room = settings.demo and world.is_empty(db.session())
    with transaction() as session:
        municipalities.load(session, load_register(), demonstration=has_room)
        national_stock.renew(session, at=utc_now())
    if not welcome:
        click.echo("Ready. Start with: make run")
    elif settings.demo:
        _welcome_to_demonstration()
    elif not central.active_appointments():
        db.session.rollback()
        click.echo("Make the first central administrator here; the link works once, for a week:")
        context.invoke(link)


def _welcome_to_demonstration() -> None:
    demo.load_when_empty()
    if account_by_name(LOGINS[0].username) is not None:
        demo.print_logins()
