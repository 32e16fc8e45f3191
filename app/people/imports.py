"""Importing persons from a table: what each row would become, and registering the good ones.

Knows neither jobs nor files; whoever calls opens the transaction and says how many rows at a
time. Ids that are known in the municipality are looked up once for many rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, select

from app.columns import new_id
from app.db import db
from app.errors import NotAllowed
from app.models import Person, Unit
from app.people import matching
from app.people import operations as people
from app.people.import_columns import Columns
from app.people.import_rows import (
    ImportProblem,
    PersonRow,
    RowProblem,
    check_row,
    find_repeats,
    without_number,
)
from app.people.names import search_form, tidy
from app.people.table import Row
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import ROLE_RIGHTS, Action, Resource

AT_ONCE = 500


@dataclass(frozen=True)
class Choices:
    """What the user decided for the whole file.

    ``accept_doubtful_ids``: odd national ids are meant so, and are marked as doubtful.
    ``leave_out_bad_cells``: rows are wanted without contact data and dates that can't be used, and
    without a national id that is another person's.
    """

    columns: Columns
    accept_doubtful_ids: bool = False
    leave_out_bad_cells: bool = False


@dataclass(frozen=True)
class CheckedRow:
    """A row and what it would become: a person, or problems, never both. Positions from 0."""

    position: int
    row: Row
    person: PersonRow | None = field(repr=False)
    problems: tuple[RowProblem, ...] = ()


def check(
    actor: Actor,
    rows: Iterable[Row],
    choices: Choices,
    *,
    today: date,
    new_units: Mapping[str, str] = MappingProxyType({}),
    on_progress: Callable[[int], None] = lambda _done: None,
) -> list[CheckedRow]:
    """Every row of the table, checked on its own and against the other rows.

    ``new_units`` are names of units that will be added before the rows are, with the ids that
    they will have. ``on_progress`` is told how many rows are done, every now and then.

    Raises:
        NotAllowed: the actor may not import persons.
        TableError: the table turns out to be too long.
    """
    policy.require_open(actor, Action.IMPORT, Resource.PERSON)
    added = {search_form(name): unit_id for name, unit_id in new_units.items()}
    known = added | units_by_name(actor)
    needs_unit = not _reaches_all(actor)
    synthetic_allowed = people.allows_synthetic()
    checked = []
    for position, row in enumerate(rows):
        found = check_row(
            row,
            choices.columns,
            today=today,
            synthetic_allowed=synthetic_allowed,
            units=known,
            accept_doubtful_ids=choices.accept_doubtful_ids,
            leave_out_bad_cells=choices.leave_out_bad_cells,
        )
        checked.append(_outcome(position, row, found, needs_unit=needs_unit))
        if position % AT_ONCE == AT_ONCE - 1:
            on_progress(position + 1)
    return _without_repeats(checked, leaves_out=choices.leave_out_bad_cells)


def _outcome(
    position: int, row: Row, found: PersonRow | tuple[RowProblem, ...], *, needs_unit: bool
) -> CheckedRow:
    if not isinstance(found, PersonRow):
        return CheckedRow(position, row, None, found)
    if needs_unit and found.unit is None:
        missing = RowProblem(row.line, "employer_unit", ImportProblem.MISSING)
        return CheckedRow(position, row, None, (missing,))
    return CheckedRow(position, row, found)


def _without_repeats(checked: list[CheckedRow], *, leaves_out: bool) -> list[CheckedRow]:
    repeats: dict[int, list[RowProblem]] = {}
    for problem in find_repeats(one.person for one in checked if one.person is not None):
        repeats.setdefault(problem.line, []).append(problem)
    return [
        one
        if one.row.line not in repeats
        else _without(one, repeats[one.row.line], leaves_out=leaves_out)
        for one in checked
    ]


def _without(one: CheckedRow, problems: Sequence[RowProblem], *, leaves_out: bool) -> CheckedRow:
    """A row that says what another says already: at fault, or without the number of another."""
    if one.person is None:
        return one
    if leaves_out and {found.column for found in problems} == {"national_id"}:
        found = problems[0]
        return replace(one, person=without_number(one.person, found.code, found.first_line))
    return replace(one, person=None, problems=tuple(problems))


def _reaches_all(actor: Actor) -> bool:
    """Whether the actor may import persons outside every unit."""
    return any(
        holding.unit_path is None
        and Action.IMPORT in ROLE_RIGHTS[holding.role].get(Resource.PERSON, ())
        for holding in actor.holdings
    )


def units_by_name(actor: Actor) -> dict[str, str | None]:
    """Ids of the units that the actor may choose, by the search form of their name.

    None where several units have the name.
    """
    found: dict[str, str | None] = {}
    for unit in db.session.scalars(_choosable_units(actor)):
        name = search_form(unit.name)
        found[name] = None if name in found else unit.id
    return found


def _choosable_units(actor: Actor) -> Select[tuple[Unit]]:
    return scope.rows(actor, Unit, Action.CHOOSE).where(Unit.retired_at.is_(None))


def unknown_units(checked: Iterable[CheckedRow], columns: Columns) -> list[str]:
    """Names of units that are in no register and are all that is wrong with some rows."""
    names: dict[str, str] = {}
    for one in checked:
        if [problem.code for problem in one.problems] == [ImportProblem.UNKNOWN_UNIT]:
            name = tidy(one.row.cells[columns.positions["employer_unit"]])
            names.setdefault(search_form(name), name)
    return list(names.values())


def slices(checked: Sequence[CheckedRow], start: int = 0) -> Iterator[list[CheckedRow]]:
    """The rows from ``start`` on, 500 at a time."""
    rest = islice(checked, start, None)
    while part := list(islice(rest, AT_ONCE)):
        yield part


def without_known(checked: Sequence[CheckedRow], *, leaves_out: bool = False) -> list[CheckedRow]:
    """The rows, those with an id that is registered in the municipality already at fault.

    ``leaves_out``: where it is the national id alone, the row is wanted without it.
    """
    persons = [one.person for one in checked if one.person is not None]
    external_ids = _known_external_ids([p.external_id for p in persons if p.external_id])
    hashes = _known_hashes([_hash(p) for p in persons if p.national_id])
    return [_if_unknown(one, external_ids, hashes, leaves_out=leaves_out) for one in checked]


def _if_unknown(
    one: CheckedRow, external_ids: set[str], hashes: set[str], *, leaves_out: bool
) -> CheckedRow:
    if one.person is None:
        return one
    found = []
    if one.person.external_id in external_ids:
        found.append("external_id")
    if one.person.national_id and _hash(one.person) in hashes:
        found.append("national_id")
    problems = tuple(
        RowProblem(one.row.line, column, ImportProblem.ALREADY_REGISTERED) for column in found
    )
    return _without(one, problems, leaves_out=leaves_out) if problems else one


def _hash(row: PersonRow) -> str:
    return people.national_id_hash(row.national_id or "")


def _known_external_ids(values: list[str]) -> set[str]:
    return _known(Person.external_id, values)


def _known_hashes(values: list[str]) -> set[str]:
    return _known(Person.national_id_hash, values)


def _known(column: Any, values: list[str]) -> set[str]:
    """Those of the values that somebody in use has, or had before they were merged into one.

    Asked apart, so that each question has an index of its own.
    """
    found = select(column).where(column.in_(values))
    asked = (
        found.where(Person.retired_at.is_(None)),
        found.where(Person.merged_into_id.is_not(None)),
    )
    return {one for each in asked for one in db.session.scalars(each)} if values else set()


def add(
    actor: Actor,
    checked: Iterable[CheckedRow],
    *,
    reasons: Mapping[int, str] = MappingProxyType({}),
    at: datetime,
) -> int:
    """Register the persons of the good rows at ``at`` (UTC); how many they were.

    The rows were looked up by ``without_known`` in the same transaction. ``reasons`` says, by
    the positions of rows, why somebody is registered whom others resemble.

    Raises:
        NotAllowed: the actor may not import persons, or no longer into the units of these.
    """
    policy.require_open(actor, Action.IMPORT, Resource.PERSON)
    persons, why = [], {}
    for one in checked:
        if one.person is not None:
            person = _person(actor, one.person, at)
            persons.append(person)
            if reason := reasons.get(one.position):
                why[person.id] = reason
    _require_reach(actor, persons)
    db.session.add_all(persons)
    db.session.flush()
    if why:
        matching.keep_registered(actor, why, at=at)
    return len(persons)


def _require_reach(actor: Actor, persons: Iterable[Person]) -> None:
    """Raise ``NotAllowed`` if the role was narrowed after the rows were checked."""
    if _reaches_all(actor):
        return
    own = set(db.session.scalars(_choosable_units(actor).with_only_columns(Unit.id)))
    if any(person.unit_id not in own for person in persons):
        raise NotAllowed


def _person(actor: Actor, row: PersonRow, at: datetime) -> Person:
    person = Person(
        id=new_id(),
        municipality_id=actor.municipality_id,
        created_at=at,
        is_shielded=False,
        national_id_is_doubtful=False,
    )
    people.write_facts(person, facts_in(row))
    if row.national_id:
        people.keep_national_id(
            person, row.national_id, _hash(row), is_doubtful=bool(row.national_id_doubts)
        )
    elif row.claimed_id:
        people.keep_claimed_id(person, row.claimed_id)
    return person


def facts_in(row: PersonRow) -> people.PersonFacts:
    """The facts that a row holds."""
    return people.PersonFacts(
        given_name=row.given_name,
        family_name=row.family_name,
        birth_date=row.birth_date,
        external_id=row.external_id,
        email=row.email,
        phone=row.phone,
        address=row.address,
        postcode=row.postcode,
        unit_id=row.unit,
    )
