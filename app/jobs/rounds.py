"""What is done by the clock in every municipality in use, one after another.

What fails in one is told without data, and stops none of the others.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import click
import structlog
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.consent import reminders
from app.db import db
from app.jobs import duplicate_scan
from app.models import Municipality
from app.plans import move_rounds

Round = Callable[[Session, int, datetime], int]
Counts = Mapping[int, int | None]
"""What was counted, by the id of the municipality; None where the round failed."""
logger = structlog.get_logger(__name__)
consents_group = AppGroup("consents", help="Consents that run out, and owners who come of age.")


def install(app: Flask) -> None:
    """Add the commands to ``app``."""
    app.cli.add_command(consents_group)


@consents_group.command("remind")
def remind() -> None:
    """Tell of consents that run out and of birthdays. The worker does it too, every hour."""
    click.echo(f"plans with something to tell: {remind_all()}")


def remind_all() -> int:
    """Go the round of reminders; how many plans had something to tell of."""
    return total(go(reminders.run))


def expire_all() -> int:
    """End moves that nobody answered in time, or that no consent carries; how many that was."""
    return total(go(move_rounds.run))


def scan_all() -> int:
    """Search for duplicates among persons who are new or changed; how many persons they were."""
    return total(go(duplicate_scan.nightly))


def total(counts: Counts) -> int:
    """The sum of what was counted."""
    return sum(one or 0 for one in counts.values())


def go(one_round: Round) -> Counts:
    """Do ``one_round`` in each municipality in use; what it counts."""
    at, counts = utc_now(), dict[int, int | None]()
    in_use = select(Municipality.id).where(Municipality.is_in_use).order_by(Municipality.id)
    for municipality_id in db.session.scalars(in_use).all():
        try:
            counts[municipality_id] = one_round(db.session(), municipality_id, at)
        except SQLAlchemyError as error:
            db.session.rollback()
            counts[municipality_id] = None
            logger.error("round failed", place=municipality_id, kind=type(error).__name__)
    return counts
