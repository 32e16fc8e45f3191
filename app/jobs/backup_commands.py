"""``flask --app run backup``: taking backups of the whole panel, and restoring one."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

from app.clock import utc_now

if TYPE_CHECKING:
    from app.backups.stored import Reconciled

PROBLEMS = (OSError, OperationalError, sqlite3.OperationalError)
FOLDER = click.Path(file_okay=False, path_type=Path)

backup_group = AppGroup("backup", help="Back the whole panel up, and restore it.")


@backup_group.command("create")
@click.argument("folder", metavar="DIR", type=FOLDER)
def create(folder: Path) -> None:
    """Put a new backup into a folder of its own below DIR, also while the panel runs.

    It holds the database and the uploaded files, sealed with SAMVEV_ENCRYPTION_KEY, which it does
    not hold: without that key nobody can read it. Nothing is overwritten.
    """
    # Loaded here, for a serving process has no use for it and starts sooner without.
    from app.backups import taking
    from app.backups.refusals import Refused

    try:
        taken = taking.take(folder, at=utc_now())
    except (Refused, *PROBLEMS) as problem:
        raise click.ClickException(f"{_said(problem)} No backup was taken.") from None
    told = taken.manifest
    size = sum(part.size for part in told.parts)
    click.echo(
        f"{taken.folder}: {sum(told.rows.values())} rows and {told.files} files"
        f" as of {_moment(told.taken_at)}, {size} bytes"
    )
    _tell_of_files(taken.files)


@backup_group.command("restore")
@click.argument("folder", metavar="DIR", type=FOLDER)
def restore(folder: Path) -> None:
    """Restore the backup DIR, or the newest one below DIR, into an empty panel.

    All of it is examined first; then all of it is restored, or nothing. Stop the panel before.
    """
    from app.backups import restoring
    from app.backups.refusals import Refused

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        restored = restoring.restore(app, folder, at=utc_now())
    except (Refused, *PROBLEMS) as problem:
        raise click.ClickException(f"{_said(problem)} Nothing was restored.") from None
    told = restored.manifest
    click.echo(
        f"{restored.folder}: {sum(told.rows.values())} rows and {told.files} files are restored;"
        " counts, references and walls were checked."
    )
    _tell_of_files(restored.files)
    click.echo(
        f"{restored.ended} sessions, tokens and links are ended: everybody signs in anew.\n"
        f"The panel is as it was at {_moment(told.taken_at)}. What was done after that is gone:\n"
        "consents withdrawn, participations ended, roles lost and accounts closed since then hold"
        " again.\nLet each municipality go through these before anybody works in the panel."
    )


def _tell_of_files(files: "Reconciled") -> None:
    if files.missing:
        click.echo(f"Files that rows point at and that are not there: {len(files.missing)}")
        for key in files.missing:
            click.echo(f"  {key}")
    if files.orphans:
        click.echo(f"Files that no row points at: {len(files.orphans)}")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _said(problem: Exception) -> str:
    """Why it did not go: the refusal itself, or what the system says of a disk or a database."""
    if isinstance(problem, OSError):
        return f"{problem.strerror or 'It failed'}: {problem.filename or 'the disk'}."
    if isinstance(problem, PROBLEMS):
        return "The database does not answer, or its disk is full."
    return str(problem)
