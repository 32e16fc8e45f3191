"""``flask --app run worker``: takes jobs from the queue until it is told to stop.

Killing it loses nothing: a job is taken up again where its row says it is.
"""

import logging
from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import click
import structlog
from flask import Flask, current_app

from app.db import db, refresh_statistics
from app.jobs import queue, runner, schedule

THREADS = 2
TOUCH_SECONDS = 5
LONGEST_PAUSE = 2


def install(app: Flask) -> None:
    """Add the command to ``app``."""
    app.cli.add_command(worker)


@click.command("worker")
@click.option("--threads", default=THREADS, show_default=True, help="How many jobs run at once.")
def worker(threads: int) -> None:
    """Work on jobs until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    # Huey tells of each message; what matters is in our own log, without arguments.
    logging.getLogger("huey").setLevel(logging.CRITICAL)
    stop = Event()
    prepare(app)
    sign = Thread(target=_show_life, args=(app, stop), daemon=True)
    sign.start()
    structlog.get_logger(__name__).info("worker started")
    try:
        queue.queue().huey.create_consumer(
            workers=threads, max_delay=LONGEST_PAUSE, check_worker_health=True
        ).run()
    finally:
        stop.set()


def prepare(app: Flask) -> None:
    """Tell the queue how jobs are run in this process, and what is done by the clock."""
    queue.on_job(_within(app, runner.run_job))
    # Loaded here, for a process that serves pages has no use for it.
    from huey import crontab

    huey = queue.queue().huey
    every_minute = crontab(minute="*")
    huey.periodic_task(every_minute, name="resume")(_within(app, runner.resume_unfinished))
    for one in schedule.REGULAR:
        when = crontab(minute=str(one.minute), hour="*" if one.hour is None else str(one.hour))
        huey.periodic_task(when, name=one.name)(_within(app, partial(schedule.run, one)))
    before_morning = crontab(minute="27", hour="3")
    huey.periodic_task(before_morning, name="statistics")(_within(app, _refresh_statistics))
    huey.on_startup(name="statistics")(_within(app, _refresh_statistics))
    huey.on_startup(name="resume")(_within(app, runner.resume_unfinished))


def _refresh_statistics() -> None:
    refresh_statistics(db.engine)


def _within(app: Flask, work: Callable[..., object]) -> Callable[..., None]:
    def run(*arguments: object) -> None:
        with app.app_context():
            work(*arguments)

    return run


def _show_life(app: Flask, stop: Event) -> None:
    with app.app_context():
        queue.tell_alive()
        while not stop.wait(TOUCH_SECONDS):
            queue.tell_alive()
