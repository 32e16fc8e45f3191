"""The log by the clock and by command: linking its events, and looking its chains through."""

from collections.abc import Iterator
from pathlib import Path

import structlog
from flask import current_app
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.exc import SQLAlchemyError

from app.audit import anchors, chain, verifying
from app.audit.chain import Head
from app.audit.verifying import Checked
from app.clock import utc_now
from app.db import db
from app.log_tables import AuditLink
from app.models import Municipality
from app.people.keyring import keyring

INSTALLATION = 0
"""How the installation's own chain is told of among those of municipalities."""
logger = structlog.get_logger(__name__)


def seal_all() -> dict[int, int | None]:
    """Link the new events of every chain, and tell the heads outside the database.

    How many events were linked, by the id of the municipality; None where it failed.
    """
    counts: dict[int, int | None] = {}
    heads: dict[int | None, Head] = {}
    for place in _places():
        try:
            linked = chain.seal(db.session(), keyring(), place)
        except SQLAlchemyError as error:
            db.session.rollback()
            linked = None
            logger.error("log not sealed", place=place, kind=type(error).__name__)
        counts[place or INSTALLATION] = linked
        if linked:
            heads[place] = chain.head(db.session(), place)
    if heads:
        anchors.tell(_instance(), heads, at=utc_now())
    for place, head in heads.items():
        logger.info("log sealed", place=place, number=head.number, hash=head.hash)
    db.session.rollback()
    return counts


def verify_all() -> dict[int, int | None]:
    """Look every chain through; how many links each has, None where something is wrong."""
    counts: dict[int, int | None] = {}
    for place, checked in verified():
        counts[place or INSTALLATION] = None if checked.faults else checked.links
        for fault in checked.named:
            logger.error(
                "log was changed",
                place=place,
                number=fault.number,
                about=fault.event_id,
                kind=fault.kind.name,
            )
    return counts


def verified(places: list[int | None] | None = None) -> Iterator[tuple[int | None, Checked]]:
    """What is found in the chains of ``places``, or in all; None is the installation's own."""
    told = anchors.read(_instance())
    for one in _places() if places is None else places:
        yield one, verifying.verify(db.session(), keyring(), one, told.get(one, {}))
    db.session.rollback()


def _places() -> list[int | None]:
    """The chains that there are, or that events may wait for: the installation's own is None."""
    found = select(Municipality.id).where(_may_have_events()).order_by(Municipality.id)
    return [None, *db.session.scalars(found)]


def _may_have_events() -> ColumnElement[bool]:
    return or_(
        Municipality.is_in_use,
        Municipality.joined_into_id.is_not(None),
        exists().where(AuditLink.municipality_id == Municipality.id),
    )


def _instance() -> Path:
    folder: Path = current_app.config["SAMVEV"].instance.resolve()
    return folder
