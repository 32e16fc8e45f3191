"""Many who write to the log at once while it is sealed: no gap, and no false alarm."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.audit import chain, log
from app.db import db, transaction
from app.jobs import log_rounds
from app.log_tables import AuditLink
from app.security.actor import acting_as, operator
from tests.conftest import with_world
from tests.drills import size, tell

WRITERS = 8
EVENTS = size(40, 10_000)


def _is_written(place, *, has_two):
    """Write to the log. SQLite turns away who has waited fifteen seconds for the others."""
    try:
        with transaction():
            log.record(operator(place), "person:shown")
            if has_two:
                log.record(operator(place), "person:changed", fields=("phone",))
    except OperationalError:
        if db.engine.dialect.name != "sqlite":
            raise
        return False
    return True


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: other logs would be sealed along."""
    return with_world(make_app(database_name))


@pytest.mark.drill
def test_a_log_that_eight_write_to_is_whole(app, world, capsys):
    """H6: every third transaction has two events."""
    place = world.strandvik.id

    def write(number):
        with app.app_context(), acting_as(db.session(), operator(place)):
            for turn in range(EVENTS):
                while not _is_written(place, has_two=turn % 3 == number % 3):
                    pass
            db.session.remove()

    def seal(is_over):
        rounds = 0
        with app.app_context():
            while not is_over.is_set():
                log_rounds.seal_all()
                rounds += 1
            log_rounds.seal_all()
            db.session.remove()
        return rounds

    is_over = Event()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        sealer = pool.submit(seal, is_over)
        try:
            list(pool.map(write, range(WRITERS)))
        finally:
            is_over.set()
        rounds = sealer.result()

    with app.app_context():
        found = log_rounds.verified(place, {})
        highest = db.session.scalar(
            select(func.max(AuditLink.number)).where(chain.of_chain(AuditLink, place))
        )
    tell(capsys, f"chain: {found.links} events, {rounds} rounds, faults: {found.faults}")
    assert (found.faults, found.waiting) == (0, 0)
    assert found.links == highest >= WRITERS * EVENTS
