"""The queue of possible duplicates: its filters and orders, where a pair stands in it, what comes
after it, and which pairs hang together. Nothing is changed here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from app.clock import OSLO, today, utc_now
from app.db import db
from app.duplicate_tables import DuplicatePair, PersonMerge
from app.enums import JobKind, JobState, MatchBand, PairState
from app.models import AuditEvent, Job, Membership, Person, Plan
from app.people.search import find_persons
from app.screens.listing import BadFilterValue, Filter, ListRequest, OneOfFilter, Order, YesNoFilter
from app.screens.searching import SearchFilter
from app.screens.words import options
from app.security import scope
from app.security.actor import Actor, current_actor
from app.security.roles import Action

COUNT_UP_TO = 1_000
LONGEST_CHAIN = 12
UNANSWERED = (PairState.OPEN, PairState.LATER)
ALL_STATES = "all"
SCANNED = "duplicate_pair:scanned"


def find_pairs(text: str) -> ColumnElement[bool]:
    """Pairs where one of the two is found by what was typed.

    Raises:
        BadFilterValue: it is a national id, which must not stand in an address.
    """
    return _either_in(select(Person.id).where(find_persons(text)).correlate(None))


def _either_in(ids: Select[Any]) -> ColumnElement[bool]:
    return or_(DuplicatePair.first_id.in_(ids), DuplicatePair.second_id.in_(ids))


@dataclass(frozen=True)
class StateFilter:
    """Pairs by their answer: those not answered unless asked otherwise."""

    label: Any
    kind: str = "choice"
    default: str = PairState.OPEN

    @property
    def options(self) -> Sequence[tuple[str, Any]]:
        """(value, words) pairs."""
        return [*options(PairState), (ALL_STATES, _l("All"))]

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """Equality with the chosen answer.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if value == ALL_STATES:
            return None
        return OneOfFilter(self.label, DuplicatePair.state, options(PairState)).condition(
            value or self.default
        )


LIKELY = "likely"
_BANDS = (MatchBand.CERTAIN, MatchBand.PROBABLE)


@dataclass(frozen=True)
class BandFilter:
    """Pairs by how sure it is that they are one; certain and probable ones also together."""

    label: Any
    kind: str = "choice"

    @property
    def options(self) -> Sequence[tuple[str, Any]]:
        """(value, words) pairs."""
        return [(LIKELY, _l("Certain or probable")), *options(MatchBand)]

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the band.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if value == LIKELY:
            return DuplicatePair.band.in_(_BANDS)
        return OneOfFilter(self.label, DuplicatePair.band, options(MatchBand)).condition(value)


@dataclass(frozen=True)
class AgeFilter:
    """Pairs by how long ago they were found."""

    label: Any
    options: Sequence[tuple[str, Any]] = (
        ("new", _l("The last 7 days")),
        ("month", _l("More than 30 days ago")),
        ("quarter", _l("More than 90 days ago")),
    )
    kind: str = "choice"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on when the pair was found.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        days = {"new": 7, "month": 30, "quarter": 90}.get(value)
        if days is None:
            raise BadFilterValue("choice")
        edge = utc_now() - timedelta(days=days)
        found_at = DuplicatePair.found_at
        return found_at >= edge if value == "new" else found_at < edge


@dataclass(frozen=True)
class UseFilter:
    """Pairs where one of the two is in use for something that a merge would touch."""

    label: Any
    options: Sequence[tuple[str, Any]] = (
        ("plan", _l("Owns or coordinates a plan")),
        ("role", _l("Has a role, and so a login")),
    )
    kind: str = "choice"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on what either is in use for, as far as the actor sees it.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        actor = current_actor()
        if value == "plan":
            seen = scope.visible(actor, Plan)
            return or_(*(_either_in(select(one).where(seen).correlate(None)) for one in _OF_PLAN))
        if value == "role":
            held = Membership.active(today()) & scope.visible(actor, Membership)
            return _either_in(select(Membership.person_id).where(held).correlate(None))
        raise BadFilterValue("choice")


_OF_PLAN = (Plan.owner_id, Plan.coordinator_id)


@dataclass(frozen=True)
class AnsweredFilter:
    """Pairs by the month in which they were answered."""

    label: Any
    options: Sequence[tuple[str, Any]] = (
        ("this_month", _l("This month")),
        ("last_month", _l("Last month")),
    )
    kind: str = "choice"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on when the pair was answered.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        start = today().replace(day=1)
        before = (start - timedelta(days=1)).replace(day=1)
        if value == "this_month":
            return DuplicatePair.answered_at >= _midnight(start)
        if value == "last_month":
            return DuplicatePair.answered_at.between(_midnight(before), _midnight(start))
        raise BadFilterValue("choice")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OSLO)


YES_NO = (("yes", _l("Yes")), ("no", _l("No")))
FILTERS: dict[str, Filter] = {
    "q": SearchFilter(_l("Search"), find_pairs, _l("Beginnings of the name, or birth date")),
    "state": StateFilter(_l("Answer")),
    "band": BandFilter(_l("How sure")),
    "age": AgeFilter(_l("Found")),
    "registered_anyway": YesNoFilter(
        _l("Registered although the other was shown"),
        DuplicatePair.registered_reason.is_not(None),
        YES_NO,
    ),
    "used": UseFilter(_l("In use")),
    "answered": AnsweredFilter(_l("Answered")),
}
ORDERS = {
    "score": Order(_l("How sure"), DuplicatePair.score, descending=True, header="band"),
    "found_at": Order(_l("Found"), DuplicatePair.found_at),
}


def open_by_band(actor: Actor) -> dict[MatchBand, int]:
    """How many pairs of each band wait for an answer."""
    found = scope.rows(actor, DuplicatePair).where(DuplicatePair.state == PairState.OPEN)
    counted = db.session.execute(
        found.with_only_columns(DuplicatePair.band, func.count()).group_by(DuplicatePair.band)
    )
    numbers: dict[MatchBand, int] = dict(counted.all())
    return {band: numbers.get(band, 0) for band in MatchBand}


@dataclass(frozen=True)
class Place:
    """Where a pair stands among those asked for, and its neighbours' ids.

    ``number`` is None for a pair that is not among them.
    """

    number: int | None
    count: int
    is_whole: bool
    next_id: str | None
    previous_id: str | None


def place_of(session: Session, base: Select[Any], asked: ListRequest, pair: DuplicatePair) -> Place:
    """Where ``pair`` stands among the rows of ``base`` that the address asks for."""
    wanted = base.where(*asked.conditions)
    order = _Order.of(asked)
    count = _count(session, wanted)
    is_there = session.scalar(_ids(wanted).where(DuplicatePair.id == pair.id)) is not None
    number = _count(session, wanted.where(order.before(pair))) + 1 if is_there else None
    return Place(
        number,
        min(count, COUNT_UP_TO),
        count <= COUNT_UP_TO and (number is None or number <= COUNT_UP_TO),
        session.scalar(order.forwards(_ids(wanted).where(order.after(pair)))),
        session.scalar(order.backwards(_ids(wanted).where(order.before(pair)))),
    )


def following(
    session: Session, base: Select[Any], asked: ListRequest, pair: DuplicatePair
) -> str | None:
    """The id of the pair to look at after ``pair``: the next one, else the first; None at the end
    of the work."""
    wanted = _ids(base.where(*asked.conditions, DuplicatePair.id != pair.id))
    order = _Order.of(asked)
    found: str | None = session.scalar(order.forwards(wanted.where(order.after(pair))))
    return found or session.scalar(order.forwards(wanted))


@dataclass(frozen=True)
class _Order:
    """The order of a list, as conditions and as sorting."""

    column: Any
    is_downwards: bool

    @classmethod
    def of(cls, asked: ListRequest) -> "_Order":
        return cls(ORDERS[asked.order].column, asked.descending)

    @property
    def _keys(self) -> tuple[Any, Any]:
        return self.column, DuplicatePair.id

    def _here(self, pair: DuplicatePair) -> Any:
        return tuple_(*(literal(getattr(pair, key.key), key.type) for key in self._keys))

    def before(self, pair: DuplicatePair) -> ColumnElement[bool]:
        """What comes before the pair."""
        keys = tuple_(*self._keys)
        return keys > self._here(pair) if self.is_downwards else keys < self._here(pair)

    def after(self, pair: DuplicatePair) -> ColumnElement[bool]:
        """What comes after it."""
        keys = tuple_(*self._keys)
        return keys < self._here(pair) if self.is_downwards else keys > self._here(pair)

    def forwards(self, ids: Select[Any]) -> Select[Any]:
        """The first of the ids."""
        keys = (key.desc() if self.is_downwards else key for key in self._keys)
        return ids.order_by(*keys).limit(1)

    def backwards(self, ids: Select[Any]) -> Select[Any]:
        """The last of them."""
        keys = (key if self.is_downwards else key.desc() for key in self._keys)
        return ids.order_by(*keys).limit(1)


def _ids(wanted: Select[Any]) -> Select[Any]:
    return wanted.with_only_columns(DuplicatePair.id).order_by(None)


def _count(session: Session, wanted: Select[Any]) -> int:
    """How many, up to one more than are counted."""
    some = _ids(wanted).limit(COUNT_UP_TO + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


@dataclass(frozen=True)
class Chain:
    """Persons who hang together by pairs that are not settled, and all pairs between them."""

    persons: tuple[Person, ...]
    pairs: tuple[DuplicatePair, ...]


def chain_of(actor: Actor, base: Select[Any], pair: DuplicatePair) -> Chain | None:
    """The chain that ``pair`` is part of; None where it hangs together with no other pair.

    ``base`` asks for the pairs that the actor may see, with their persons. Of a very long chain
    only the persons nearest to the pair are told.
    """
    known = _hanging_together(base, {pair.first_id, pair.second_id})
    if len(known) <= 2:
        return None
    between = base.where(
        DuplicatePair.first_id.in_(known),
        DuplicatePair.second_id.in_(known),
        DuplicatePair.state != PairState.FADED,
    )
    pairs = db.session.scalars(between.order_by(DuplicatePair.score.desc(), DuplicatePair.id))
    persons = db.session.scalars(
        scope.rows(actor, Person, Action.SHOW).where(Person.id.in_(known)).order_by(Person.id)
    )
    return Chain(tuple(persons), tuple(pairs))


def _hanging_together(base: Select[Any], persons: Iterable[str]) -> set[str]:
    unsettled = base.where(DuplicatePair.state.in_(UNANSWERED))
    ends = unsettled.with_only_columns(DuplicatePair.first_id, DuplicatePair.second_id)
    known, edge = set(persons), set(persons)
    while edge and len(known) < LONGEST_CHAIN:
        either = or_(DuplicatePair.first_id.in_(edge), DuplicatePair.second_id.in_(edge))
        nearest = ends.where(either).order_by(DuplicatePair.score.desc(), DuplicatePair.id)
        found = db.session.execute(nearest.limit(LONGEST_CHAIN))
        edge = {one for row in found for one in row} - known
        known |= set(sorted(edge)[: LONGEST_CHAIN - len(known)])
    return known


def merge_of(actor: Actor, pair: DuplicatePair) -> PersonMerge | None:
    """The last merge of the two, if any: done, waiting for approval, declined or undone."""
    ids = (pair.first_id, pair.second_id)
    found = scope.rows(actor, PersonMerge, Action.SHOW).where(
        PersonMerge.kept_id.in_(ids), PersonMerge.gone_id.in_(ids)
    )
    last: PersonMerge | None = db.session.scalar(found.order_by(PersonMerge.id.desc()).limit(1))
    return last


def answerer_of(actor: Actor, pair: DuplicatePair) -> str:
    """The name of whoever answered; empty where nobody has, or nobody of this municipality."""
    if pair.answered_by is None:
        return ""
    held = select(Membership.person_id).where(
        Membership.account_id == pair.answered_by, scope.visible(actor, Membership)
    )
    person = db.session.scalar(scope.rows(actor, Person).where(Person.id.in_(held)).limit(1))
    return person.full_name if person is not None else ""


@dataclass(frozen=True)
class Scans:
    """The scan that is under way, and when one last came to its end."""

    running: Job | None
    ended_at: datetime | None


def scans(actor: Actor) -> Scans:
    """What is known of the scans of the actor's municipality: those that somebody ordered, and
    those of the night, of which the log tells alone."""
    jobs = scope.rows(actor, Job).where(
        Job.kind == JobKind.DUPLICATE_SCAN,
        Job.state.in_((JobState.WAITING, JobState.RUNNING)),
    )
    told = scope.rows(actor, AuditEvent).where(
        AuditEvent.municipality_id == actor.municipality_id, AuditEvent.action == SCANNED
    )
    ended_at: datetime | None = db.session.scalar(
        told.with_only_columns(AuditEvent.at).order_by(AuditEvent.id.desc()).limit(1)
    )
    return Scans(db.session.scalar(jobs.order_by(Job.created_at.desc()).limit(1)), ended_at)
