"""``flask --app run persons import``: the same import, run at once by somebody on the server."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.audit import log
from app.clock import today, utc_now
from app.columns import new_id
from app.db import db, transaction
from app.enums import UnitKind
from app.models import Municipality, Unit
from app.people import import_words, imports
from app.people.import_columns import MappingError, bind, suggest_mapping
from app.people.import_rows import RowProblem
from app.people.imports import CheckedRow, Choices
from app.people.table import Row, TableError
from app.people.tabular import read_table
from app.security.actor import Actor, acting_as, operator
from app.units import operations as units

persons_group = AppGroup("persons", help="Persons of a municipality.")


@persons_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--municipality", required=True, help="The municipality's number, such as 0301.")
@click.option("--dry-run", is_flag=True, help="Check the file and import nothing.")
@click.option(
    "--strict",
    is_flag=True,
    help="Import all rows as they stand, or none. Otherwise rows go in without what can't be used,"
    " units that are not registered are added, and rows that can't be used at all are left out.",
)
def import_persons(file: Path, municipality: str, dry_run: bool, strict: bool) -> None:
    """Import persons from FILE (CSV or XLSX), and tell what was left out of it.

    A national id that another person has is kept with the new one too, to be compared by alone:
    the search for duplicates finds the two.
    """
    choices, rows = _read(file)
    choices = replace(choices, accept_doubtful_ids=not strict, leave_out_bad_cells=not strict)
    actor = operator(_municipality_id(municipality))
    with acting_as(db.session(), actor):
        checked, new_units = _checked(actor, rows, choices, create_units=not strict)
        _print_report(checked, new_units)
        is_whole = all(one.person is not None for one in checked)
        imported = 0
        if not dry_run and (is_whole or not strict):
            imported = _import(actor, checked, new_units, choices, whole=strict)
        elif not dry_run:
            click.echo("Some rows are at fault. Without --strict the others are imported.")
    click.echo(f"{imported} persons imported.")
    if not is_whole and not imported:
        raise SystemExit(1)


def _read(file: Path) -> tuple[Choices, list[Row]]:
    try:
        table = read_table(file.read_bytes(), file.name)
        rows = list(table.rows)
        return Choices(bind(table.header, suggest_mapping(table.header))), rows
    except TableError as error:
        raise click.ClickException(str(import_words.OF_TABLE[error.problem])) from None
    except MappingError as error:
        what = import_words.column(error.column)
        text = f"{what}: {import_words.OF_MAPPING[error.problem]}"
        raise click.ClickException(text) from None


def _municipality_id(number: str) -> int:
    found = db.session.scalar(select(Municipality.id).where(Municipality.number == number))
    if found is None:
        raise click.ClickException(f"No municipality has the number {number[:10]}.")
    return int(found)


def _checked(
    actor: Actor, rows: list[Row], choices: Choices, *, create_units: bool
) -> tuple[list[CheckedRow], dict[str, str]]:
    """The rows, and the units that will be added for them: their ids by their names."""
    checked = _check(actor, rows, choices, {})
    if not create_units:
        return checked, {}
    new_units = {name: new_id() for name in imports.unknown_units(checked, choices.columns)}
    return _check(actor, rows, choices, new_units) if new_units else checked, new_units


def _check(
    actor: Actor, rows: list[Row], choices: Choices, new_units: Mapping[str, str]
) -> list[CheckedRow]:
    checked = imports.check(actor, rows, choices, today=today(), new_units=new_units)
    leaves_out = choices.leave_out_bad_cells
    return [
        one
        for part in imports.slices(checked)
        for one in imports.without_known(part, leaves_out=leaves_out)
    ]


def _import(
    actor: Actor,
    checked: Sequence[CheckedRow],
    new_units: Mapping[str, str],
    choices: Choices,
    *,
    whole: bool,
) -> int:
    """Import what is good: in one transaction, or 500 rows at a time."""
    if whole:
        with transaction() as session:
            _add_units(actor, new_units)
            count = 0
            for part in imports.slices(checked):
                count += _add(actor, part, choices, whole=True)
                session.expunge_all()
            log.record(actor, "person:imported")
        return count
    with transaction():
        _add_units(actor, new_units)
    count = 0
    for part in imports.slices(checked):
        with transaction() as session:
            count += _add(actor, part, choices, whole=False)
        session.expunge_all()
    with transaction():
        log.record(actor, "person:imported")
    return count


def _add(actor: Actor, part: Sequence[CheckedRow], choices: Choices, *, whole: bool) -> int:
    """Register persons whom nobody else has registered since they were checked."""
    now = imports.without_known(part, leaves_out=choices.leave_out_bad_cells)
    if whole and any(one.person is None for one in now):
        raise click.ClickException("Somebody else changed the register. Try again.")
    return imports.add(actor, now, at=utc_now())


def _add_units(actor: Actor, new_units: Mapping[str, str]) -> None:
    for name, unit_id in new_units.items():
        unit = Unit(id=unit_id, name=name[:200], kind=UnitKind.OTHER, is_outside=False)
        units.add(actor, unit, None, at=utc_now())
    db.session.flush()


def _print_report(checked: Sequence[CheckedRow], names: Iterable[str]) -> None:
    failed = [one for one in checked if one.person is None]
    click.echo(f"{len(checked)} rows, {len(checked) - len(failed)} good, {len(failed)} at fault.")
    for name in names:
        click.echo(f"Unit to be added: {name}")
    for one in failed:
        for problem in one.problems:
            click.echo(_told(problem))
    for one in checked:
        for problem in one.person.left_out if one.person is not None else ():
            click.echo(f"{_told(problem)} Left out.")


def _told(problem: RowProblem) -> str:
    where = import_words.column(problem.column)
    shown = f" ({problem.value_shown})" if problem.value_shown else ""
    return f"line {problem.line}: {where}: {import_words.reason(problem)}{shown}"
