"""What an import does with rows that resemble somebody registered, or an earlier row.

Finding them is part of the check; what the user chose is applied while the rows are imported.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.db import db
from app.duplicates import in_file
from app.duplicates.in_file import Earlier
from app.duplicates.learned import weights_of
from app.duplicates.lookup import described, weightiest
from app.duplicates.record import Record, record_of
from app.enums import MatchBand
from app.models import Person
from app.people import imports, matching
from app.people.import_alike import AlikeRow, AlikeTo, Choice, Chosen, What
from app.people.import_rows import ImportProblem, PersonRow, RowProblem
from app.people.imports import CheckedRow
from app.people.matching import Asked, Likely
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action

MOST_SHOWN = 3


# --- finding them --------------------------------------------------------------------------------


def among_themselves(
    actor: Actor,
    checked: Sequence[CheckedRow],
    on_progress: Callable[[int], None] = lambda _done: None,
) -> dict[int, AlikeTo]:
    """By its position, the earlier line that a good row resembles most."""
    good = [one for one in checked if one.person is not None]
    weights = weights_of(actor.municipality_id or 0)
    records = (_record(one.person) for one in good if one.person is not None)
    found = in_file.resembling(records, weights, on_progress)
    return {good[one.place].position: _to_line(good, one) for one in found}


def _record(row: PersonRow) -> Record:
    return record_of(described(imports.facts_in(row), row.national_id))


def _to_line(good: Sequence[CheckedRow], found: Earlier) -> AlikeTo:
    comparison = found.comparison
    band = comparison.band or MatchBand.POSSIBLE
    found_most = weightiest(comparison.findings)
    findings = tuple((str(one.field), str(one.level), one.bits) for one in found_most)
    return AlikeTo(None, good[found.earlier].row.line, band, comparison.score, findings)


def with_registered(
    actor: Actor, part: Sequence[CheckedRow], in_the_file: Mapping[int, AlikeTo]
) -> list[AlikeRow]:
    """The rows among some hundred that resemble somebody registered, or an earlier line."""
    good = [(one.position, one.person) for one in part if one.person is not None]
    asked = [Asked(imports.facts_in(row), row.national_id) for _position, row in good]
    found = matching.likely_each(actor, asked, limit=MOST_SHOWN) if asked else []
    alike = []
    for (position, row), likely in zip(good, found, strict=True):
        others = _others(likely, in_the_file.get(position))
        if others:
            name = f"{row.given_name} {row.family_name}"
            alike.append(AlikeRow(position, row.line, name, row.birth_date, others))
    return alike


def _others(likely: Iterable[Likely], line: AlikeTo | None) -> tuple[AlikeTo, ...]:
    """Whom a row resembles, likeliest first; all whom one may not see are told as one.

    Who is only possible is mostly another, and no file is to wait for that.
    """
    likely = [one for one in likely if one.band is not MatchBand.POSSIBLE]
    found = [
        AlikeTo(one.person_id, None, one.band, one.score, one.findings)
        for one in likely
        if one.person_id is not None
    ]
    found += [line] if line is not None and line.band is not MatchBand.POSSIBLE else []
    found.sort(key=lambda one: -one.score)
    unseen = [one for one in likely if one.person_id is None]
    return (*found, *([AlikeTo(None, None, MatchBand.POSSIBLE, 0.0)] if unseen else []))


# --- doing what was chosen -----------------------------------------------------------------------


@dataclass
class Applied:
    """Rows after the choices: ``rows`` are as before but for those that are not registered.

    ``left_out`` are such rows with why, which is no fault of theirs; ``used`` counts rows for
    which somebody registered was used; ``reasons`` says why others are registered.
    """

    rows: list[CheckedRow] = field(default_factory=list)
    left_out: list[CheckedRow] = field(default_factory=list)
    used: int = 0
    reasons: dict[int, str] = field(default_factory=dict)


def apply(
    actor: Actor,
    part: Sequence[CheckedRow],
    alike: Mapping[int, AlikeRow],
    chosen: Chosen,
) -> Applied:
    """Do what was chosen for rows that were looked up in this transaction.

    A person who is used is not changed, but for the id in another system where it has none.
    """
    meant = {
        one.position: _meant(alike[one.position], chosen.of(alike[one.position]))
        for one in part
        if one.person is not None and one.position in alike
    }
    persons = _usable(actor, [one.person_id for one in meant.values() if one.person_id])
    applied = Applied()
    for one in part:
        choice = meant.get(one.position)
        if choice is None:
            applied.rows.append(one)
        elif choice.what is What.REGISTER:
            applied.rows.append(one)
            applied.reasons[one.position] = choice.reason
        elif choice.what is What.USE and choice.person_id in persons:
            _use(persons[choice.person_id], one.person)
            applied.used += 1
        else:
            applied.left_out.append(_without(one, choice))
    return applied


def _meant(row: AlikeRow, choice: Choice) -> Choice:
    """The choice with whom to use, where it only says that somebody is used: the likeliest.

    A row that resembles an earlier one alone, or somebody unseen, is left out.
    """
    if choice.what is not What.USE or choice.person_id is not None:
        return choice
    likeliest = next((one for one in row.others if one.person_id or one.line), None)
    if likeliest is None or likeliest.person_id is None:
        return Choice(What.LEAVE_OUT)
    return replace(choice, person_id=likeliest.person_id)


def _usable(actor: Actor, ids: Sequence[str | None]) -> dict[str | None, Person]:
    """The persons of these ids who are in use, and the actor's to change."""
    if not ids:
        return {}
    wanted = scope.rows(actor, Person, Action.EDIT).where(
        Person.id.in_(ids), Person.retired_at.is_(None)
    )
    return {person.id: person for person in db.session.scalars(wanted)}


def _use(person: Person, row: PersonRow | None) -> None:
    if row is not None and person.external_id is None:
        person.external_id = row.external_id


def _without(one: CheckedRow, choice: Choice) -> CheckedRow:
    is_gone = choice.what is What.USE
    code = ImportProblem.CHOSEN_GONE if is_gone else ImportProblem.RESEMBLES
    return replace(one, person=None, problems=(RowProblem(one.row.line, None, code),))
