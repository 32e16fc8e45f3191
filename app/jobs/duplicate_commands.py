"""``flask --app run duplicates``: searching for duplicates, and writing what was found."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.audit import log
from app.db import db, transaction
from app.duplicates import exporting, scanning
from app.duplicates.linking import Engine, NotInstalled, Unusable
from app.duplicates.scanning import Counts
from app.jobs import duplicate_scan
from app.models import Municipality, Person
from app.security.actor import acting_as, operator

HEADER = ("external_id_a", "external_id_b", "score", "state")
MUNICIPALITY = click.option(
    "--municipality", help="The municipality's number, such as 0301; else all of them."
)
PROCESSES = click.option(
    "--processes", type=click.IntRange(1), help="How many at once; else one for each processor."
)

duplicates_group = AppGroup("duplicates", help="Persons who may be registered twice.")


@duplicates_group.command("scan")
@MUNICIPALITY
@PROCESSES
@click.option("--anew", is_flag=True, help="Compare everybody again, not only who has changed.")
def scan(municipality: str | None, processes: int | None, anew: bool) -> None:
    """Compare persons who are new or changed with all others, and keep who may be the same."""
    processes = processes or scanning.processors()
    for place in _places(municipality):
        counts = duplicate_scan.scan_now(place.id, processes=processes, anew=anew)
        click.echo(f"{place.number} {place.name}: {_said(counts)}")


@duplicates_group.command("link")
@MUNICIPALITY
@PROCESSES
@click.option(
    "--engine",
    type=click.Choice([engine.value for engine in Engine]),
    default=Engine.DUCKDB.value,
    show_default=True,
    help="What compares: DuckDB on this machine, or the PostgreSQL of SAMVEV_LINKAGE_URL.",
)
def link(municipality: str | None, processes: int | None, engine: str) -> None:
    """Compare everybody with pairs that Splink finds: for batches of a nation's size.

    Needs the optional extra: pip install 'samvev[linkage]'.

    The engine postgresql works in the database whose address is in SAMVEV_LINKAGE_URL
    (postgresql://role:password@host/database), which must be one of its own and not the panel's.
    What is compared of persons lies there while the command runs, in a schema that is dropped at
    the end. The role must be allowed to make schemas, and the server have the extension
    fuzzystrmatch.
    """
    processes = processes or scanning.processors()
    for place in _places(municipality):
        try:
            counts = duplicate_scan.link_now(place.id, processes=processes, engine=Engine(engine))
        except NotInstalled:
            raise click.ClickException(
                "Splink is not installed. It comes with: pip install 'samvev[linkage]'"
            ) from None
        except Unusable as problem:
            raise click.ClickException(str(problem)) from None
        click.echo(f"{place.number} {place.name}: {_said(counts)}")


def _said(counts: Counts | None) -> str:
    if counts is None:
        return "a scan runs already"
    return (
        f"{counts.persons} persons and {counts.compared} pairs compared,"
        f" {counts.found} pairs may be the same, {counts.new} of them new;"
        f" {counts.reopened} opened again, {counts.faded} faded"
    )


@duplicates_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@MUNICIPALITY
def export(file: Path, municipality: str | None) -> None:
    """Write every pair of persons who may be the same to FILE, as CSV.

    The columns are external_id_a, external_id_b, score and state. Persons without an id in
    another system are named by the panel's own. The score is in bits: one more doubles the odds
    that the two are one person. The state of a pair that nobody has answered is how sure the
    program is:

    \b
    certain    at least 99 of 100 such pairs are one person
    probable   more likely one person than not
    possible   worth a look

    and of one that is answered, what was answered:

    \b
    later      put off
    not_same   two persons
    merged     one person, and made one
    """
    count = 0
    part = file.with_name(f"{file.name}.part")
    with open(part, "w", encoding="utf-8", newline="", opener=_private) as out:
        for place in _places(municipality):
            count += _export(out, place.id, is_first=out.tell() == 0)
    part.replace(file)
    click.echo(f"{count} pairs written to {file}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _export(out: TextIO, municipality_id: int, *, is_first: bool) -> int:
    writer = csv.writer(out, lineterminator="\n")
    if is_first:
        writer.writerow(HEADER)
    actor, count = operator(municipality_id), 0
    with acting_as(db.session(), actor):
        for rows in exporting.pairs(municipality_id):
            writer.writerows(rows)
            count += len(rows)
        with transaction():
            log.record(actor, "duplicate_pair:exported")
    return count


def _places(number: str | None) -> Iterator[Municipality]:
    """The municipality of the number, or all where anybody is registered."""
    found = select(Municipality).order_by(Municipality.number)
    if number is not None:
        found = found.where(Municipality.number == number)
    rows = db.session.scalars(found).all()
    if number is not None and not rows:
        raise click.ClickException(f"No municipality has the number {number[:10]}.")
    for row in rows:
        with acting_as(db.session(), operator(row.id)):
            somebody = db.session.scalar(select(Person.id).limit(1))
            db.session.rollback()
        if number is not None or somebody is not None:
            yield row
