"""The commands of the register: load what ships with the program, and read newer lists."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.clock import today
from app.db import transaction
from app.municipalities import operations
from app.municipalities.klass import CodeChange, KlassFact, KlassFileError, read_changes, read_codes
from app.municipalities.operations import Refusal, UpdateRefused
from app.municipalities.register import load_register
from app.municipalities.report import lines

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
REFUSED = {
    Refusal.UNKNOWN_COUNTY: "The register lacks the county of {}. Load a newer register first.",
    Refusal.LOST_LETTERS: "Letters are lost in the names of {}. Fetch the file as UTF-8.",
    Refusal.NUMBER_TAKEN: "The number {} was another municipality's. See to it by hand.",
}

municipalities_group = AppGroup("municipalities", help="The national register of municipalities.")


@municipalities_group.command("load")
@click.option("--demo", is_flag=True, help="The made-up municipalities 9901 and 9902 too.")
def load(demo: bool) -> None:
    """Add the municipalities and counties that the database lacks."""
    with transaction() as session:
        added = operations.load(session, load_register(), demonstration=demo)
    click.echo(f"{added.municipalities} municipalities and {added.counties} counties added")


@municipalities_group.command("update")
@click.argument("file", type=FILE)
@click.option("--changes", type=FILE, help="The change table that belongs to the list.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and write nothing.")
def update(file: Path, changes: Path | None, dry_run: bool) -> None:
    """Read FILE, a code list of SSB KLASS 131 as CSV, and write what changed."""
    codes, table = _read(file, changes)
    try:
        with transaction() as session:
            report = operations.update_from_klass(
                session, codes, table, today=today(), dry_run=dry_run
            )
    except UpdateRefused as refused:
        raise click.ClickException(_refusal(refused)) from None
    for line in lines(report):
        click.echo(line)
    if dry_run:
        click.echo("A dry run: nothing is written.")


def _read(file: Path, changes: Path | None) -> tuple[list[KlassFact], list[CodeChange]]:
    at = file
    try:
        codes = read_codes(file.read_bytes())
        at = changes or file
        return codes, read_changes(changes.read_bytes()) if changes is not None else []
    except KlassFileError as error:
        what = error.problem.value.replace("_", " ")
        raise click.ClickException(f"{at.name}, line {error.line}: {what}") from None


def _refusal(refused: UpdateRefused) -> str:
    return REFUSED[refused.problem].format(", ".join(refused.numbers))
