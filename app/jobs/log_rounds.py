"""The log by the clock and by command: linking its events, and looking its chains through."""

from pathlib import Path

import structlog
from flask import current_app
from sqlalchemy import select

from app.audit import anchors, chain, verifying
from app.audit.chain import START, Head
from app.audit.verifying import Checked, Fault, FaultKind
from app.clock import utc_now
from app.db import db
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
    told = anchors.read(heads_file())
    for place in _places():
        try:
            counts[place or INSTALLATION] = chain.seal(db.session(), keyring(), place)
            head = chain.head(db.session(), place)
        except Exception as error:
            # What can't be read in one log keeps no other from being sealed.
            db.session.rollback()
            counts[place or INSTALLATION] = None
            logger.error("log not sealed", place=place, kind=type(error).__name__)
            continue
        if head != START and told.get(place, {}).get(head.number) is None:
            heads[place] = head
    db.session.rollback()
    if heads:
        anchors.tell(heads_file(), heads, at=utc_now())
    for place, head in heads.items():
        logger.info("log sealed", place=place, number=head.number, hash=head.hash)
    return counts


def verify_all() -> dict[int, int | None]:
    """Look every chain through; how many links each has, None where something is wrong."""
    told = anchors.read(heads_file())
    places = dict.fromkeys((*_places(), *told))
    counts: dict[int, int | None] = {}
    for place in places:
        checked = verified(place, told)
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


def verified(place: int | None, told: anchors.Told) -> Checked:
    """What is found in the chain of a municipality, or of the installation (None)."""
    # What is told must not be newer than what is read.
    db.session.rollback()
    try:
        return verifying.verify(db.session(), keyring(), place, told.get(place, {}))
    except Exception as error:
        logger.error("log not read", place=place, kind=type(error).__name__)
        unread = Checked()
        unread.add(Fault(FaultKind.UNREADABLE, 0))
        return unread
    finally:
        db.session.rollback()


def heads_file() -> Path:
    """Where the heads of the chains are told."""
    folder: Path = current_app.config["SAMVEV"].instance.resolve()
    return folder / anchors.NAME


def _places() -> list[int | None]:
    """Whose chains there are: the installation's own is None."""
    return [None, *db.session.scalars(select(Municipality.id).order_by(Municipality.id))]
