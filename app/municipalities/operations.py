"""The register in the database: loading what ships with the program, and newer facts from KLASS.

These are an operator's commands, so no actor is asked for; every change is an event in the log of
the installation. A municipality that ends is kept, and stays in use until somebody decides.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import log
from app.enums import LanguageForm
from app.models import County, Municipality, MunicipalityCode
from app.municipalities.changes import RegisterChanges, compare, same_name
from app.municipalities.klass import CodeChange, KlassFact
from app.municipalities.register import County as CountyFact
from app.municipalities.register import MunicipalityFact, Register
from app.municipalities.report import Kind, Report, arrivals, departures, make_report
from app.people.names import search_form
from app.security.actor import current_actor


class Refusal(StrEnum):
    """Why a newer list is not written."""

    UNKNOWN_COUNTY = "unknown_county"
    LOST_LETTERS = "lost_letters"
    NUMBER_TAKEN = "number_taken"


class UpdateRefused(Exception):
    """The newer list can't be written: ``problem`` says why, ``numbers`` for which of them."""

    def __init__(self, problem: Refusal, numbers: tuple[str, ...]) -> None:
        super().__init__(problem.value, numbers)
        self.problem = problem
        self.numbers = numbers


@dataclass(frozen=True)
class Loaded:
    """How many rows were added."""

    counties: int
    municipalities: int


def load(session: Session, register: Register, *, demonstration: bool = False) -> Loaded:
    """Add the counties and municipalities that the database lacks; what it has stays untouched.

    A number that the database has known, in force or not, is not added again: a newer list may
    have changed it since. The id of a municipality is its first number, the same everywhere.
    """
    counties = register.counties + (register.demonstration_counties if demonstration else ())
    new_counties = [one for one in counties if session.get(County, one.number) is None]
    session.add_all(_county_row(one) for one in new_counties)
    session.flush()
    known = _known_numbers(session)
    wanted = [(fact, False) for fact in register.municipalities]
    if demonstration:
        wanted += [(fact, True) for fact in register.demonstration_municipalities]
    new = [(fact, is_made_up) for fact, is_made_up in wanted if fact.number not in known]
    for fact, is_made_up in new:
        _add(session, fact, is_demonstration=is_made_up)
    session.flush()
    _mark_namesakes(session)
    return Loaded(len(new_counties), len(new))


def update_from_klass(
    session: Session,
    newer: Sequence[KlassFact],
    table: Sequence[CodeChange] = (),
    *,
    today: date,
    dry_run: bool = False,
) -> Report:
    """Write what a newer code list of KLASS 131 changes, and tell it; ``table`` says more.

    Renamed and renumbered municipalities keep their id, and so their data. Those that end are
    closed and stay in use if they are. Nothing is written for a list that is not in force yet.

    Raises:
        UpdateRefused: a county is unknown, letters are lost, or a number is taken.
    """
    rows = {row.number: row for row in _in_force(session)}
    changes = compare(_facts(rows.values()), newer, table)
    in_use = {number for number, row in rows.items() if row.is_in_use}
    report = make_report(changes, in_use, today=today)
    _refuse_unfit(session, changes)
    if not dry_run and not report.is_future and report.on is not None:
        _write(session, rows, changes, report.on)
    return report


def _write(
    session: Session, rows: Mapping[str, Municipality], changes: RegisterChanges, on: date
) -> None:
    for number, kind in departures(changes).items():
        _end(session, rows[number], kind, on)
    for moved in changes.renumbered:
        _renumber(session, rows[moved.old.number], moved.new, moved.changed_on or on)
    for renaming in changes.renamed:
        if not renaming.new.has_lost_letters:
            _rename(session, rows[renaming.new.number], renaming.new, on)
    for fact in arrivals(changes):
        _arrive(session, fact, _language_form(changes, fact), on)
    session.flush()
    _mark_namesakes(session)


def _refuse_unfit(session: Session, changes: RegisterChanges) -> None:
    """Refuse the whole list rather than write half of it."""
    moved = [one.new for one in changes.renumbered]
    coming = arrivals(changes) + moved
    counties = set(session.scalars(select(County.number)))
    ended = set(
        session.scalars(select(Municipality.number).where(Municipality.valid_to.is_not(None)))
    )
    for problem, facts in (
        (Refusal.UNKNOWN_COUNTY, [one for one in coming if one.county_number not in counties]),
        (Refusal.LOST_LETTERS, [one for one in coming if one.has_lost_letters]),
        (Refusal.NUMBER_TAKEN, [one for one in moved if one.number in ended]),
    ):
        if facts:
            raise UpdateRefused(problem, tuple(fact.number for fact in facts))


# --- one change ----------------------------------------------------------------------------------


def _end(session: Session, row: Municipality, kind: Kind, on: date) -> None:
    row.valid_to = max(on, row.valid_from)
    _end_code(session, row, on)
    _tell(row, f"municipality:{kind.value}")


def _renumber(session: Session, row: Municipality, fact: KlassFact, on: date) -> None:
    row.number, row.county_number, row.valid_from = fact.number, fact.county_number, on
    _put_names(row, *_names(fact, row.name, row.official_names))
    _begin_code(session, row, on)
    _tell(row, "municipality:renumbered")


def _rename(session: Session, row: Municipality, fact: KlassFact, on: date) -> None:
    _put_names(row, *_names(fact, row.name, row.official_names))
    _begin_code(session, row, on)
    _tell(row, "municipality:renamed")


def _arrive(session: Session, fact: KlassFact, form: LanguageForm, on: date) -> None:
    """Add a municipality; one that ended under this number takes it up again."""
    row = session.scalar(select(Municipality).where(Municipality.number == fact.number))
    since = fact.valid_from or on
    if row is None:
        name, others = _names(fact, fact.names[0], {})
        names = tuple(others.items())
        new = MunicipalityFact(fact.number, name, names, form, fact.county_number, since)
        _add(session, new)
        return
    row.valid_to = None
    _put_names(row, *_names(fact, row.name, row.official_names))
    _begin_code(session, row, since)
    _tell(row, "municipality:reopened")


def _language_form(changes: RegisterChanges, fact: KlassFact) -> LanguageForm:
    """The written Norwegian of all that went into it, which KLASS does not say; else neutral."""
    forms = {
        old.language_form
        for merger in changes.merged
        if merger.new.number == fact.number
        for old in merger.old
    }
    return forms.pop() if len(forms) == 1 else LanguageForm.NEUTRAL


def _names(fact: KlassFact, name: str, official: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The Norwegian name and the others by language, as far as it is known which is which.

    KLASS does not say. A name that was known stays what it was; of the rest the first is taken
    for the Norwegian one, if that is missing, and the others are of language "und".
    """
    left, others = list(fact.names), {}
    for language, known in official.items():
        if match := next((one for one in left if same_name(one, known)), None):
            left.remove(match)
            others[language] = known
    own = next((one for one in left if same_name(one, name)), left[0] if left else name)
    left = [one for one in left if one != own]
    for position, other in enumerate(left, start=1):
        others["und" if position == 1 else f"und-x-{position}"] = other
    return own, others


def _tell(row: Municipality, action: str) -> None:
    log.record(current_actor(), action, row, fields=log.changed_fields(row))


# --- rows ----------------------------------------------------------------------------------------


def _known_numbers(session: Session) -> set[str]:
    """Every number that a municipality has or has had."""
    numbers = set(session.scalars(select(Municipality.number)))
    return numbers | set(session.scalars(select(MunicipalityCode.number)))


def _in_force(session: Session) -> Sequence[Municipality]:
    """The municipalities of today, the made-up ones not among them, by number."""
    return session.scalars(
        select(Municipality)
        .where(Municipality.valid_to.is_(None), Municipality.is_demonstration.is_(False))
        .order_by(Municipality.number)
    ).all()


def _add(
    session: Session, fact: MunicipalityFact, *, is_demonstration: bool = False
) -> Municipality:
    """Add a municipality, not in use, with its number and name in the history of codes."""
    row = Municipality(
        id=_free_id(session, fact.number),
        number=fact.number,
        language_form=fact.language_form,
        county_number=fact.county_number,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        is_in_use=False,
        is_demonstration=is_demonstration,
        has_namesake=False,
    )
    _put_names(row, fact.name, dict(fact.official_names))
    session.add(row)
    session.flush()
    session.add(_code(row, fact.valid_from))
    return row


def _put_names(row: Municipality, name: str, official_names: dict[str, str]) -> None:
    """Give a municipality its Norwegian name and its others by language, and the search form."""
    row.name = name
    row.official_names = official_names
    row.search_name = search_form(name, *official_names.values())


def _begin_code(session: Session, row: Municipality, on: date) -> None:
    """Close the code that the municipality has had, and begin the one that it has now.

    One that begins on a day that the same number began on before is that one again.
    """
    _end_code(session, row, on)
    with session.no_autoflush:
        same = session.scalar(
            select(MunicipalityCode).where(
                MunicipalityCode.municipality_id == row.id,
                MunicipalityCode.number == row.number,
                MunicipalityCode.valid_from == on,
            )
        )
    if same is None:
        session.add(_code(row, on))
    else:
        same.name, same.valid_to = row.name, None


def _end_code(session: Session, row: Municipality, on: date) -> None:
    with session.no_autoflush:
        open_codes = session.scalars(
            select(MunicipalityCode).where(
                MunicipalityCode.municipality_id == row.id, MunicipalityCode.valid_to.is_(None)
            )
        ).all()
    for code in open_codes:
        code.valid_to = max(on, code.valid_from)


def _mark_namesakes(session: Session) -> None:
    """Mark the municipalities in force whose name another one has too: Herøy and Våler."""
    rows = _in_force(session)
    shared = {name for name, times in Counter(row.name for row in rows).items() if times > 1}
    for row in rows:
        if row.has_namesake != (row.name in shared):
            row.has_namesake = row.name in shared


def _facts(rows: Iterable[Municipality]) -> list[MunicipalityFact]:
    """Rows as the plain facts that newer ones are compared with."""
    return [
        MunicipalityFact(
            number=row.number,
            name=row.name,
            official_names=tuple(row.official_names.items()),
            language_form=LanguageForm(row.language_form),
            county_number=row.county_number,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    ]


def _free_id(session: Session, number: str) -> int:
    """The number as the id; the next one above all ids where the number was another's first."""
    wanted = int(number)
    if session.get(Municipality, wanted) is None:
        return wanted
    highest = session.scalar(select(func.max(Municipality.id))) or 0
    return max(highest, 9999) + 1


def _code(row: Municipality, on: date) -> MunicipalityCode:
    return MunicipalityCode(municipality_id=row.id, number=row.number, name=row.name, valid_from=on)


def _county_row(fact: CountyFact) -> County:
    names = dict(fact.official_names)
    if fact.name_nynorsk != fact.name:
        names["nn"] = fact.name_nynorsk
    return County(
        number=fact.number,
        name=fact.name,
        official_names=names,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
    )
