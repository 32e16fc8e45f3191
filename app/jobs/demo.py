"""``flask --app run demo``: the demonstration world and its logins."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import today, utc_now
from app.db import db, transaction
from app.demonstration import doubles, grown_places, growth, world
from app.demonstration.accounts import LOGINS, PASSWORD
from app.duplicate_tables import DuplicatePair
from app.jobs.duplicate_scan import scan_now
from app.models import Municipality, Person
from app.security.actor import acting_as, operator
from config import Settings

demo_group = AppGroup("demo", help="A made-up world to try the panel in.")


class RefusedInProduction(click.ClickException):
    """Demonstration logins have a known password."""

    def __init__(self) -> None:
        super().__init__("The demonstration world is never loaded where real people's data are.")


def install(app: Flask) -> None:
    """Add the commands to ``app``."""
    app.cli.add_command(demo_group)


@demo_group.command("load")
def load() -> None:
    """Load the demonstration world into an empty database; into any other, nothing."""
    load_when_empty()


@demo_group.command("logins")
def logins() -> None:
    """Print the demonstration logins."""
    print_logins()


@demo_group.command("grow")
@click.option("--municipality", default=grown_places.NUMBER, help="A made-up one, by its number.")
@click.option("--persons", type=int, default=growth.PERSONS, show_default=True)
@click.option("--plans", type=int, default=growth.PLANS, show_default=True)
@click.option("--without-scan", is_flag=True, help="Don't search for duplicates afterwards.")
def grow(municipality: str, persons: int, plans: int, without_scan: bool) -> None:
    """Make a municipality as large as a town: thousands of people, three years of plans."""
    settings: Settings = current_app.config["SAMVEV"]
    if settings.is_production or not settings.demo:
        raise RefusedInProduction
    try:
        with transaction(is_durable=False) as session:
            grown = growth.grow(
                session,
                municipality,
                persons=persons,
                plans=plans,
                at=utc_now(),
                today=today(),
            )
    except growth.CannotGrow as refusal:
        raise click.ClickException(str(refusal)) from None
    if not without_scan:
        scan_now(grown.municipality_id, processes=1)
    click.echo(f"Grew {grown.name}: {grown.persons} persons, {grown.plans} plans.")
    click.echo(f"Logins, with the password {PASSWORD}: {', '.join(grown.logins)}")


def load_when_empty() -> None:
    """Load the world if nobody is registered, and say what was done.

    Raises:
        RefusedInProduction: real people's data are kept here.
    """
    settings: Settings = current_app.config["SAMVEV"]
    if settings.is_production:
        raise RefusedInProduction
    if not world.is_empty(db.session()):
        click.echo("Somebody is registered already; the demonstration world was not loaded.")
        return
    with transaction() as session:
        loaded = world.load(session, at=utc_now(), today=today())
    look_for_doubles()
    click.echo(
        f"Loaded the demonstration world: {loaded.persons} persons, {loaded.units} units,"
        f" {loaded.plans} plans, {loaded.logins} logins."
    )


def look_for_doubles() -> None:
    """Let a scan find who is registered twice, as it does every night."""
    session = db.session()
    in_use = select(Municipality.id).where(Municipality.is_in_use.is_(True))
    for municipality_id in session.scalars(in_use).all():
        scan_now(municipality_id, processes=1)
        with acting_as(session, operator(municipality_id)), transaction():
            _say_why_anyway(session)


def _say_why_anyway(session: Session) -> None:
    """Put the reason that was given for registering a second record with the pair."""
    registered = select(Person.id).where(Person.external_id == doubles.REGISTERED_ANYWAY)
    either = or_(DuplicatePair.first_id.in_(registered), DuplicatePair.second_id.in_(registered))
    for pair in session.scalars(select(DuplicatePair).where(either)):
        pair.registered_reason, pair.registered_at = doubles.REASON, pair.found_at


def print_logins() -> None:
    """Print who can sign in, and the password they share."""
    width = max(len(login.username) for login in LOGINS)
    click.echo(f"Demonstration logins, all with the password {PASSWORD}:")
    for login in LOGINS:
        click.echo(f"  {login.username:{width}}  {login.what}")
