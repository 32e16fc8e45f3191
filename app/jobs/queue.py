"""The queue that hands jobs to the worker: huey, kept in a file of the data folder.

The queue only rings the bell: what is to be done stands in the job's row. A message that is lost
is made up for by the worker, which looks for unfinished jobs every minute.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from flask import current_app

from app.clock import utc_now
from config import Settings

if TYPE_CHECKING:
    from huey import SqliteHuey

ALIVE_SECONDS = 60
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Queue:
    """A queue, and the message that asks for a job to be run."""

    huey: "SqliteHuey"
    run_job: Callable[[str, int], Any]


_runners: list[Callable[[str, int], None]] = []


def on_job(run: Callable[[str, int], None]) -> None:
    """Make this process one that runs jobs: ``run`` gets the ids of job and municipality."""
    _runners[:] = [run]


def _run_job(job_id: str, municipality_id: int) -> None:
    _runners[0](job_id, municipality_id)


@lru_cache(maxsize=8)
def queue_at(path: Path) -> Queue:
    """The queue kept at ``path``."""
    # Loaded with the first job: it brings a database driver and more, which most workers never use.
    from huey import SqliteHuey

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    huey = SqliteHuey("samvev", filename=str(path), fsync=True, results=False)
    return Queue(huey, huey.task(name="run_job")(_run_job))


def queue() -> Queue:
    """The queue of the running installation."""
    return queue_at(_settings().instance.resolve() / "queue.db")


def send(job_id: str, municipality_id: int) -> None:
    """Ask the worker to run a job whose row is committed."""
    try:
        queue().run_job(job_id, municipality_id)
    except sqlite3.Error as error:
        logger.warning("job not sent, the worker will find it", kind=type(error).__name__)


def sign_of_life() -> Path:
    """The file that the worker touches while it lives."""
    return _settings().instance.resolve() / "worker.alive"


def tell_alive() -> None:
    """Show that the worker is at work."""
    sign_of_life().touch(mode=0o600)


def worker_is_alive() -> bool:
    """Whether a worker has shown itself in the last minute."""
    sign = sign_of_life()
    return sign.exists() and utc_now().timestamp() - sign.stat().st_mtime < ALIVE_SECONDS


def _settings() -> Settings:
    settings: Settings = current_app.config["SAMVEV"]
    return settings
