"""The scan for possible duplicates, as a job that somebody orders and as a round at night."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import log
from app.clock import utc_now
from app.columns import new_id
from app.db import db, transaction
from app.duplicates import index, linking, scanning
from app.duplicates.linking import Engine
from app.duplicates.scanning import Counts
from app.enums import JobKind, JobState
from app.jobs import locks
from app.jobs.records import OPEN, JobRef, Stopped, at_work
from app.models import Job, MatchState
from app.security import policy
from app.security.actor import Actor, acting_as, operator
from app.security.roles import Action, Resource
from config import Settings

if TYPE_CHECKING:
    from app.duplicates.scratch import Scratch

COUNTED = ("persons", "compared", "found", "new", "reopened", "faded")
LINES: dict[str, Any] = {
    "persons": _l("Persons who are new or changed"),
    "compared": _l("Pairs of persons compared"),
    "found": _l("Pairs who may be the same person"),
    "new": _l("Of them new"),
    "reopened": _l("Of them asked again, since what is registered has changed"),
    "faded": _l("No longer alike"),
}


def queue_scan(actor: Actor, *, at: datetime) -> Job:
    """A scan of the actor's municipality, to be sent when it is committed; the one that waits or
    runs when there is one.

    Raises:
        NotAllowed: the actor may not let a scan find duplicates.
    """
    policy.require_open(actor, Action.ADD, Resource.DUPLICATE)
    policy.require_open(actor, Action.ADD, Resource.JOB)
    going = db.session.scalar(
        select(Job).where(
            Job.municipality_id == actor.municipality_id,
            Job.kind == JobKind.DUPLICATE_SCAN,
            Job.state.in_(OPEN),
        )
    )
    if going is not None:
        return going
    job = Job(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kind=JobKind.DUPLICATE_SCAN,
        state=JobState.WAITING,
        account_id=actor.account_id,
        title=_("Search for duplicates"),
        report=dict.fromkeys(COUNTED, 0),
        created_at=at,
    )
    db.session.add(job)
    db.session.flush()
    log.record(actor, "job:added", job)
    return job


def run(ref: JobRef, _job: Job) -> None:
    """Scan, in short transactions of the job.

    Raises:
        Stopped, Cancelled, NotRunning: see ``records.at_work``.
    """
    with only_one(ref.municipality_id) as is_ours:
        if not is_ours:
            raise Stopped("scan_runs_already")
        counts = scanning.scan(ref.municipality_id, _turns(ref))
    with at_work(ref) as (actor, job):
        _tell(job, counts)
        job.state, job.ended_at = JobState.DONE, utc_now()
        log.record(actor, "duplicate_pair:scanned", job)


def _turns(ref: JobRef) -> scanning.Turn:
    @contextmanager
    def turn() -> Iterator[Callable[[Counts], None]]:
        with at_work(ref) as (_actor, job):
            yield lambda counts: _tell(job, counts)

    return turn


def _tell(job: Job, counts: Counts) -> None:
    job.done, job.total = counts.done, counts.total
    found = asdict(counts)
    job.report = {**job.report, **{name: found[name] for name in COUNTED}}


def scan_now(municipality_id: int, *, processes: int, anew: bool = False) -> Counts | None:
    """Scan a municipality at once, for the operator; None when a scan of it runs already."""
    with only_one(municipality_id) as is_ours:
        if not is_ours:
            return None
        turn = scanning.plainly(municipality_id)
        counts = scanning.scan(municipality_id, turn, processes=processes, anew=anew)
    _tell_scanned(municipality_id)
    return counts


def link_now(municipality_id: int, *, processes: int, engine: Engine) -> Counts | None:
    """As ``scan_now`` of everybody, with pairs that Splink finds.

    Raises:
        NotInstalled: Splink is an optional extra, and is not there.
        Unusable: the database for ``engine`` can't be used.
    """
    linking.require_splink()
    with only_one(municipality_id) as is_ours:
        if not is_ours:
            return None
        room = _scratch() if engine is Engine.POSTGRESQL else None
        counts = scanning.compare_linked(
            municipality_id,
            scanning.plainly(municipality_id),
            partial(linking.pairs, _folder(), scratch=room),
            processes=processes,
        )
    _tell_scanned(municipality_id)
    return counts


def _scratch() -> "Scratch":
    """The database of ``SAMVEV_LINKAGE_URL``, which must be another one than the panel's."""
    settings: Settings = current_app.config["SAMVEV"]
    panel = None
    if settings.is_postgresql:
        with db.engine.connect() as connection:
            started, name = connection.execute(
                select(func.pg_postmaster_start_time(), func.current_database())
            ).one()
        panel = (started, name)
    return linking.scratch_at(settings.linkage_url, panel=panel)


def _tell_scanned(municipality_id: int) -> None:
    actor = operator(municipality_id)
    with acting_as(db.session(), actor), transaction():
        log.record(actor, "duplicate_pair:scanned")


def nightly(_session: Session, municipality_id: int, _at: datetime) -> int:
    """The round: scan where somebody has changed; how many persons that were."""
    turn = scanning.plainly(municipality_id)
    scanning.make_keys(municipality_id, turn)
    with acting_as(db.session(), operator(municipality_id)):
        changed = select(MatchState.person_id).where(
            MatchState.municipality_id == municipality_id, index.is_unscanned()
        )
        is_due = db.session.scalar(changed.limit(1)) is not None
        db.session.rollback()
    counts = scan_now(municipality_id, processes=1) if is_due else None
    return counts.persons if counts is not None else 0


def only_one(municipality_id: int) -> AbstractContextManager[bool]:
    """Whether this is the only scan of the municipality; held to the end of the block."""
    return locks.held(f"scan-{municipality_id}")


def _folder() -> Path:
    folder = Path(current_app.instance_path) / "scans"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
