"""``flask --app run serve``: the web server and the job worker, started and stopped as one."""

import os
import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from app.db import db
from app.security.walls import UnsafeDatabaseRole
from config import ROOT

SUPERVISOR = Path(__file__).with_name("supervisor.py")
FEWEST_WORKERS, MOST_WORKERS = 2, 8


def install(app: Flask) -> None:
    """Add the command to ``app``."""
    app.cli.add_command(serve)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to answer at.")
@click.option("--port", default=8080, show_default=True, help="The port to answer at.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=None,
    envvar="SAMVEV_WORKERS",
    help="How many requests are answered at once; one more than the processors by default.",
)
@with_appcontext
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve the panel and work on its jobs until it is stopped (Ctrl-C)."""
    _refuse_unsafe_database()
    command = supervisor_command(host, port, workers or usual_workers(os.cpu_count()))
    click.echo(f"The panel opens at http://{host}:{port} in a moment. Stop it with Ctrl-C.")
    sys.stdout.flush()
    os.chdir(ROOT)
    # The supervisor takes this process's place: it needs none of the memory the panel holds.
    os.execv(command[0], command)  # noqa: S606 - our own program, by its full path


def _refuse_unsafe_database() -> None:
    """Connect once, so that a database role that could pass the wall stops the start."""
    try:
        with db.engine.connect():
            pass
    except UnsafeDatabaseRole as refused:
        raise click.ClickException(str(refused)) from None
    db.engine.dispose()


def usual_workers(processors: int | None) -> int:
    """The number of web workers for a machine with so many processors."""
    return min(MOST_WORKERS, max(FEWEST_WORKERS, (processors or 1) + 1))


def supervisor_command(host: str, port: int, workers: int) -> list[str]:
    """The command line of the supervisor. ``-P`` keeps this folder off its import path."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [sys.executable, "-P", str(SUPERVISOR), "--bind", address, "--workers", str(workers)]
