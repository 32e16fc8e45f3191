"""What joining two municipalities would do, before anything is done: numbers, and what stops it.

The same questions are asked for the dry run, in the scope of each municipality, and by the job,
when everything is held. They load ids and hashes, never a name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.db import db
from app.enums import JobState, PlanKind, Role
from app.joining import logins, references
from app.joining.outlook import Findings, Outlook, Settled, Stop, Top
from app.joining_tables import UNIT_MOVES
from app.models import (
    AgeRule,
    ApiToken,
    ConsentText,
    Job,
    Membership,
    Municipality,
    Person,
    Plan,
    PlanType,
    StandardRole,
    Unit,
)
from app.security.tenancy import Scope, asking
from app.set_up_tables import Template
from app.side_tables import IncomingPlan, PlanMove, SavedView
from app.units.operations import DEEPEST

Question = Any
"""A statement, without the condition that says of which municipality."""

Ask = Callable[[Question, int], Sequence[Any]]
UNFINISHED = (JobState.WAITING, JobState.RUNNING, JobState.READY)


def ask_here(statement: Question, municipality_id: int) -> Sequence[Any]:
    """Ask the request's own session, in the scope of the municipality."""
    with asking(Scope(municipality_id)):
        return db.session.execute(statement).all()


@dataclass
class Looking:
    """Two municipalities while they are looked at."""

    ask: Ask
    old: Municipality
    new: Municipality
    on: date
    findings: Findings = field(default_factory=Findings)
    settled: Counter[Settled] = field(default_factory=Counter)
    stops: Counter[Stop] = field(default_factory=Counter)
    ages_left: int = 0

    def both(self, statement: Question, model: Any) -> tuple[Sequence[Any], Sequence[Any]]:
        """The answer of the one that goes, and of the one that takes over."""
        return self.of(self.old.id, statement, model), self.of(self.new.id, statement, model)

    def of(self, municipality_id: int, statement: Question, model: Any) -> Sequence[Any]:
        """The answer of one of them."""
        return self.ask(statement.where(model.municipality_id == municipality_id), municipality_id)

    def goes(self, statement: Question, model: Any) -> Sequence[Any]:
        """The answer of the one that goes."""
        return self.of(self.old.id, statement, model)


def look(ask: Ask, old: Municipality, new: Municipality, on: date) -> Outlook:
    """What moves, what is settled how often, and what stops it."""
    two = Looking(ask, old, new, on)
    _both_in_use(two)
    _work(two)
    _national_ids(two)
    logins.look(two)
    _set_up(two)
    _kinds(two)
    _lists(two)
    _tree(two)
    _roles(two)
    rows = {
        model.__tablename__: two.goes(select(func.count()).select_from(model), model)[0][0]
        for model in references.moving()
    }
    rows[PlanType.__tablename__] -= len(two.findings.kinds_kept)
    rows[AgeRule.__tablename__] -= two.ages_left
    return Outlook(rows, dict(+two.settled), dict(+two.stops), two.findings)


def _both_in_use(two: Looking) -> None:
    two.stops[Stop.NOT_IN_USE] = sum(not one.is_in_use for one in (two.old, two.new))


def _work(two: Looking) -> None:
    """Work that is not finished, plans on their way between the two, and units to or from any."""
    open_jobs = select(func.count()).select_from(Job).where(Job.state.in_(UNFINISHED))
    two.stops[Stop.WORK_UNFINISHED] = two.goes(open_jobs, Job)[0][0]
    moves = select(func.count()).select_from(PlanMove).where(PlanMove.ended_at.is_(None))
    for place, other in ((two.old, two.new), (two.new, two.old)):
        between = moves.where(PlanMove.to_municipality_id == other.id)
        two.stops[Stop.PLANS_ON_THE_WAY] += two.of(place.id, between, PlanMove)[0][0]
    # On both sides of a border a move of units has one id.
    on_the_way: set[str] = set()
    for model in UNIT_MOVES:
        for rows in two.both(select(model.id).where(_goes_on(model)), model):
            on_the_way |= {str(row.id) for row in rows}
    two.stops[Stop.UNITS_ON_THE_WAY] = len(on_the_way)


def _goes_on(model: Any) -> ColumnElement[bool]:
    is_open: ColumnElement[bool] = model.ended_at.is_(None)
    return is_open


def _national_ids(two: Looking) -> None:
    """The same number in both: both rows stay, and the queue of duplicates asks."""
    known = select(Person.national_id_hash, Person.id).where(
        Person.retired_at.is_(None), Person.national_id_hash.is_not(None)
    )
    goes, stays = two.both(known, Person)
    there = {row.national_id_hash: row.id for row in stays}
    same = {row.id: there[row.national_id_hash] for row in goes if row.national_id_hash in there}
    two.settled[Settled.SAME_NATIONAL_ID] = len(same)
    owners = select(Plan.owner_id).where(
        Plan.kind == PlanKind.INDIVIDUAL_PLAN, Plan.closed_at.is_(None)
    )
    goes, stays = two.both(owners, Plan)
    have_one = {row.owner_id for row in stays}
    two.settled[Settled.TWO_OPEN_PLANS] = sum(same.get(row.owner_id) in have_one for row in goes)
    ids = select(Person.external_id).where(
        Person.external_id.is_not(None), Person.retired_at.is_(None)
    )
    goes, stays = two.both(ids, Person)
    if {row.external_id for row in goes} & {row.external_id for row in stays}:
        two.findings.prefixes_external_ids = True
        two.settled[Settled.EXTERNAL_IDS] = len(goes)


def _set_up(two: Looking) -> None:
    """Standard roles and templates: of the same key or origin, the one there holds. What was
    copied from it here under a name of its own comes along."""
    for model, what, kept in (
        (StandardRole, Settled.ROLES_RETIRED, two.findings.roles),
        (Template, Settled.TEMPLATES_RETIRED, two.findings.templates),
    ):
        goes, stays = two.both(select(model.id, model.key, model.national_id), model)
        keys = {row.key for row in stays if row.key}
        same = _first_copies(goes) & {row.id for row in goes if row.national_id in _origins(stays)}
        kept += [row.id for row in goes if row.key in keys or row.id in same]
        two.settled[what] = len(kept)
    numbers = select(ConsentText.kind, ConsentText.number)
    goes, stays = two.both(numbers, ConsentText)
    first = _lowest(stays)
    for kind in {row.kind for row in goes} & first.keys():
        last = max(row.number for row in goes if row.kind == kind)
        two.findings.text_shifts[kind] = last - (first[kind] - 1)
    two.settled[Settled.CONSENT_TEXTS] = sum(row.kind in two.findings.text_shifts for row in goes)


def _origins(rows: Iterable[Any]) -> set[str]:
    return {row.national_id for row in rows if row.national_id}


def _first_copies(rows: Iterable[Any]) -> set[str]:
    """The first copy of each national original; ids are in the order in which they were made."""
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: str(row.id)):
        found.setdefault(row.national_id or row.id, row.id)
    return set(found.values())


def _lowest(rows: Iterable[Any]) -> dict[PlanKind, int]:
    found: dict[PlanKind, int] = {}
    for row in rows:
        found[row.kind] = min(row.number, found.get(row.kind, row.number))
    return found


def _kinds(two: Looking) -> None:
    """How kinds of plans are set up. What would open or close a part of a plan, or let another
    consent, is for people to agree on first."""
    used = {row.kind for row in two.goes(select(Plan.kind).distinct(), Plan)}
    goes, stays = two.both(select(PlanType.kind, PlanType.sections), PlanType)
    there = {row.kind: row.sections for row in stays}
    two.findings.kinds_kept = {row.kind for row in goes if row.kind in there}
    two.settled[Settled.KINDS_KEPT] = len(two.findings.kinds_kept)
    two.stops[Stop.PARTS_LACK] = sum(
        row.kind in used and not set(row.sections) <= set(there.get(row.kind, row.sections))
        for row in goes
    )
    ages = select(AgeRule.kind, AgeRule.valid_from, AgeRule.own_consent_age)
    goes, stays = two.both(ages.order_by(AgeRule.valid_from), AgeRule)
    two.findings.ages_kept = {row.kind for row in stays}
    two.ages_left = sum(row.kind in two.findings.ages_kept for row in goes)
    two.stops[Stop.AGES_DIFFER] = sum(
        _ages(goes, kind, two.on) != _ages(stays, kind, two.on)
        for kind in used & two.findings.ages_kept
    )


def _ages(rules: Iterable[Any], kind: PlanKind, on: date) -> list[tuple[date, int]]:
    """The age that holds today, and those that are to hold later."""
    of_kind = [row for row in rules if row.kind == kind]
    now = [(on, row.own_consent_age) for row in of_kind if row.valid_from <= on][-1:]
    return now + [(row.valid_from, row.own_consent_age) for row in of_kind if row.valid_from > on]


def _lists(two: Looking) -> None:
    views = select(SavedView.id, SavedView.account_id, SavedView.list_name, SavedView.name).where(
        SavedView.ended_at.is_(None)
    )
    goes, stays = two.both(views, SavedView)
    taken = {tuple(row)[1:] for row in stays}
    two.findings.views = [row.id for row in goes if tuple(row)[1:] in taken]
    two.settled[Settled.VIEWS_RENAMED] = len(two.findings.views)
    waiting = select(func.count()).select_from(IncomingPlan).where(IncomingPlan.ended_at.is_(None))
    two.settled[Settled.PLANS_WAITING] = two.goes(waiting, IncomingPlan)[0][0]


def _tree(two: Looking) -> None:
    """Where the units come to stand: under the top of the one that takes over, if it has one."""
    units = select(
        Unit.id, Unit.name, Unit.path, Unit.parent_id, Unit.is_outside, Unit.retired_at
    ).order_by(Unit.path)
    goes, stays = two.both(units, Unit)
    above = [row for row in stays if _is_own_top(row)]
    tops = [row for row in goes if _is_own_top(row)]
    roots = [row for row in goes if row.parent_id is None and not row.is_outside]
    top = Top(above[0].id, above[0].path) if len(above) == 1 else Top(None, "/")
    top.only = tops[0].id if len(tops) == 1 else None
    top.roots = [(row.id, row.path) for row in roots]
    two.findings.top = top
    paths = tuple(path for _id, path in top.roots)
    lowest = max((row.path.count("/") for row in goes if row.path.startswith(paths)), default=0)
    # One step for what is above, and one more for those that come under the new top.
    deepest = lowest - 2 + top.path.count("/") - 1 + (len(top.roots) > 1 or top.only is None)
    two.stops[Stop.TOO_DEEP] = int(bool(paths) and deepest > DEEPEST)


def _is_own_top(row: Any) -> bool:
    return row.parent_id is None and not row.is_outside and row.retired_at is None


def _roles(two: Looking) -> None:
    """Who administered all of the one that goes administers that part from then on."""
    whole = (
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.role == Role.LOCAL_ADMINISTRATOR,
            Membership.unit_id.is_(None),
            Membership.ended_at.is_(None),
            or_(Membership.ends_on.is_(None), Membership.ends_on > two.on),
        )
    )
    two.settled[Settled.ADMINISTRATORS_LIMITED] = two.goes(whole, Membership)[0][0]
    placed = select(func.count()).select_from(Plan).where(Plan.unit_id.is_(None))
    two.settled[Settled.PLANS_PLACED] = two.goes(placed, Plan)[0][0]
    tokens = select(func.count()).select_from(ApiToken).where(ApiToken.revoked_at.is_(None))
    two.settled[Settled.TOKENS_ENDED] = two.goes(tokens, ApiToken)[0][0]
