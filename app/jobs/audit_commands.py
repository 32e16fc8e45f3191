"""``flask --app run audit``: whether the log is as it was written."""

from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.audit import anchors
from app.audit.verifying import Checked
from app.db import db
from app.jobs import log_rounds
from app.models import Municipality

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

audit_group = AppGroup("audit", help="The log: whether it is as it was written.")


@audit_group.command("verify")
@click.option("--municipality", help="The municipality's number, such as 0301; else all of them.")
@click.option("--heads", type=FILE, help="A copy of audit-heads.jsonl that is kept elsewhere.")
def verify(municipality: str | None, heads: Path | None) -> None:
    """Look through the chains of the log: was anything changed, removed or cut off?

    Ends with an error when something was. Events of the last hour may wait to be linked; they are
    counted, and nothing can be said of them yet.
    """
    names = {one.id: f"{one.number} {one.name}" for one in db.session.scalars(select(Municipality))}
    told = anchors.read(heads or log_rounds.heads_file())
    places = [_id_of(municipality)] if municipality else [None, *dict.fromkeys((*names, *told))]
    faults = 0
    for place in dict.fromkeys(places):
        checked = log_rounds.verified(place, told)
        if checked.links or checked.waiting or checked.faults or municipality:
            name = "The installation" if place is None else names.get(place, f"Number {place}")
            click.echo(f"{name}: {_said(checked)}")
        _tell_faults(checked)
        faults += checked.faults
    if faults:
        raise click.ClickException(f"{faults} faults: the log is not as it was written.")


def _tell_faults(checked: Checked) -> None:
    for fault in checked.named:
        about = f", event {fault.event_id}" if fault.event_id else ""
        click.echo(f"  number {fault.number}: {fault.kind.value}{about}")
    if checked.faults > len(checked.named):
        click.echo(f"  and {checked.faults - len(checked.named)} more")


def _id_of(number: str) -> int:
    found = db.session.scalar(select(Municipality.id).where(Municipality.number == number))
    if found is None:
        raise click.ClickException(f"No municipality has the number {number}.")
    return found


def _said(checked: Checked) -> str:
    state = f"{checked.faults} faults" if checked.faults else "as written"
    return (
        f"{checked.links} events linked, {state}; compared with {checked.compared} heads;"
        f" {checked.waiting} wait to be linked"
    )
