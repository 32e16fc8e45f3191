"""What comes by the clock: when, what it counts, and how it went last.

Each has one row for the whole installation, so that two workers, on one machine or two, do not do
the same round twice. What it counted is told by municipality, to each its own alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.clock import utc_now
from app.consent import reminders
from app.db import db, transaction
from app.desk_tables import RoundRun
from app.jobs import duplicate_scan, locks, log_rounds, rounds, runner
from app.jobs.rounds import Counts
from app.plans import move_rounds, tidy_rounds

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGEST = timedelta(hours=6)
AGAIN = _l("It is tried again next time. If it fails again, tell those who run the panel.")
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Regular:
    """A piece of work that comes every hour at a minute, or every day at an hour (UTC) too."""

    name: str
    label: Any
    counted: Any
    work: Callable[[], Counts]
    minute: int
    hour: int | None = None
    failed: Any = AGAIN
    """What is said where it failed: what to do now."""

    @property
    def interval(self) -> timedelta:
        """How long it is from one to the next."""
        return HOUR if self.hour is None else DAY

    def next_after(self, at: datetime) -> datetime:
        """When it comes the next time after an instant."""
        found = at.replace(minute=self.minute, second=0, microsecond=0)
        if self.hour is not None:
            found = found.replace(hour=self.hour)
        return found if found > at else found + self.interval


REGULAR: tuple[Regular, ...] = (
    Regular(
        "remind",
        _l("Reminders of consents that end and of birthdays"),
        _l("Plans with something to tell"),
        lambda: rounds.go(reminders.run),
        minute=37,
    ),
    Regular(
        "expire_moves",
        _l("Ending moves of plans that nobody answered"),
        _l("Moves that were ended"),
        lambda: rounds.go(move_rounds.run),
        minute=47,
    ),
    Regular(
        "seal_log",
        _l("Sealing the log, so that changes to it are found"),
        _l("Events sealed"),
        log_rounds.seal_all,
        minute=57,
    ),
    Regular(
        "verify_log",
        _l("Checking that the log is as it was written"),
        _l("Events checked"),
        log_rounds.verify_all,
        minute=12,
        hour=2,
        failed=_l(
            "The log is not as it was written, or could not be checked. Tell those who run the"
            " panel at once: the command audit verify says what is wrong."
        ),
    ),
    Regular(
        "scan_duplicates",
        _l("Search for duplicates among new and changed persons"),
        _l("Persons read and compared"),
        lambda: rounds.go(duplicate_scan.nightly),
        minute=7,
        hour=1,
    ),
    Regular(
        "forget_clean_ups",
        _l("Forgetting what clean-ups older than 30 days would need to be undone"),
        _l("Plans that can't be brought back any more"),
        lambda: rounds.go(tidy_rounds.run),
        minute=27,
    ),
    Regular(
        "clean_up",
        _l("Removing what is kept for a while only"),
        _l("Imports emptied of their rows at fault"),
        runner.clean_up,
        minute=17,
    ),
)


@dataclass(frozen=True)
class Told:
    """How a regular piece of work went last, as one municipality is told it.

    ``count`` is None where it failed here, or has not been here yet.
    """

    regular: Regular
    started_at: datetime | None
    count: int | None
    has_failed: bool
    is_running: bool
    next_at: datetime


def run(regular: Regular) -> bool:
    """Do it, unless somebody else does or has just done so; whether it was done."""
    with locks.held(f"round-{regular.name}") as is_ours:
        if not is_ours or not _begin(regular, utc_now()):
            return False
        try:
            counts = regular.work()
        except Exception as error:
            # Told on the page, and raised again: huey goes on with what else there is.
            db.session.rollback()
            logger.error("round failed", name=regular.name, kind=type(error).__name__)
            _end(regular, {}, is_whole=False)
            raise
        _end(regular, counts)
        return True


def _begin(regular: Regular, at: datetime) -> bool:
    """Say that it begins; False when it has been done for this time."""
    with transaction() as session:
        row = session.get(RoundRun, regular.name, populate_existing=True)
        if row is None:
            row = RoundRun(name=regular.name, started_at=at, counts={})
            session.add(row)
        elif row.ended_at is not None and at - row.started_at < regular.interval / 2:
            return False
        row.started_at, row.ended_at = at, None
    return True


def _end(regular: Regular, counts: Counts, *, is_whole: bool = True) -> None:
    with transaction() as session:
        row = session.get_one(RoundRun, regular.name)
        row.ended_at, row.counted = utc_now(), rounds.total(counts)
        row.failed = sum(one is None for one in counts.values()) + (not is_whole)
        row.counts = {str(place): one for place, one in counts.items()}


def told(municipality_id: int | None, at: datetime) -> list[Told]:
    """All that comes by the clock, as a municipality is told it."""
    rows = {one.name: one for one in db.session.scalars(select(RoundRun))}
    return [_told(one, rows.get(one.name), str(municipality_id), at) for one in REGULAR]


def _told(regular: Regular, row: RoundRun | None, place: str, at: datetime) -> Told:
    next_at = regular.next_after(at)
    if row is None:
        return Told(regular, None, None, has_failed=False, is_running=False, next_at=next_at)
    is_over = row.ended_at is not None
    is_running = not is_over and at - row.started_at < LONGEST
    was_cut_off = not is_over and not is_running
    did_nothing = is_over and bool(row.failed) and not row.counts
    failed_here = place in row.counts and row.counts[place] is None
    return Told(
        regular,
        row.started_at,
        row.counts.get(place) if is_over else None,
        has_failed=was_cut_off or did_nothing or (is_over and failed_here),
        is_running=is_running,
        next_at=next_at,
    )
