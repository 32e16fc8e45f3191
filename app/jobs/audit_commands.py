"""``flask --app run audit``: whether the log is as it was written."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.audit.verifying import Checked
from app.db import db
from app.jobs import log_rounds
from app.models import Municipality

audit_group = AppGroup("audit", help="The log: whether it is as it was written.")


@audit_group.command("verify")
@click.option("--municipality", help="The municipality's number, such as 0301; else all of them.")
def verify(municipality: str | None) -> None:
    """Look through the chains of the log: was anything changed, removed or cut off?

    Ends with an error when something was. Events of the last hour may wait to be linked; they are
    counted, and nothing can be said of them yet.
    """
    names = {one.id: f"{one.number} {one.name}" for one in db.session.scalars(select(Municipality))}
    places: list[int | None] | None = [_id_of(municipality)] if municipality else None
    faults = 0
    for where, checked in log_rounds.verified(places):
        click.echo(f"{names.get(where or 0, 'The installation')}: {_said(checked)}")
        for fault in checked.named:
            about = f", event {fault.event_id}" if fault.event_id else ""
            click.echo(f"  number {fault.number}: {fault.kind.value}{about}")
        if checked.faults > len(checked.named):
            click.echo(f"  and {checked.faults - len(checked.named)} more")
        faults += checked.faults
    if faults:
        raise click.ClickException(f"{faults} faults: the log is not as it was written.")


def _id_of(number: str) -> int:
    found = db.session.scalar(select(Municipality.id).where(Municipality.number == number))
    if found is None:
        raise click.ClickException(f"No municipality has the number {number}.")
    return found


def _said(checked: Checked) -> str:
    state = f"{checked.faults} faults" if checked.faults else "as written"
    return f"{checked.links} events linked, {state}; {checked.waiting} wait to be linked"
