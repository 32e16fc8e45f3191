"""The pen share: how much of what is written in plans the coordinator writes, and not the others.

What is counted is that something was saved, by whom and when; never what it says. A coordinator's
are those who coordinate the plan now, or did so when they wrote and have handed it over since.
Who stands in counts among the others. Reads only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal_column, or_, select

from app.db import db
from app.models import Person, Plan, PlanEntry
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Handover, PlanEntryVersion

GOAL = 70
"""Per cent: the coordinator writes less than this (``domain.md`` 7.3)."""
YEAR = timedelta(days=365)
FEWEST = 5
"""With fewer saves than this there is nothing to tell."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Pen:
    """How often something was saved, and how often by the coordinator."""

    by_coordinator: int
    saved: int

    @property
    def percent(self) -> int | None:
        """The coordinator's share in per cent; None when too little is written to tell."""
        return round(100 * self.by_coordinator / self.saved) if self.saved >= FEWEST else None

    @property
    def is_met(self) -> bool | None:
        """Whether others write enough; None when too little is written to tell."""
        if self.saved < FEWEST:
            return None
        return self.by_coordinator * 100 < GOAL * self.saved


def for_reader(actor: Actor, plan: Plan, at: datetime) -> Pen | None:
    """The pen share of a plan, for who administers it, or is in it and sees who sees what."""
    may = (Action.EXPORT, Action.SHOW_ACCESS)
    return of_plan(plan, at) if any(policy.decide(actor, one, plan) for one in may) else None


def of_plan(plan: Plan, at: datetime) -> Pen:
    """The pen share of one plan in the last 12 months."""
    return Pens(Plan.id == plan.id, [(at - YEAR, at)]).in_spans()[0]


@dataclass(frozen=True)
class _Counted:
    """How often something was saved in one piece of time, in plans of one unit."""

    piece: int
    unit_id: str | None
    is_shielded: bool
    is_coordinator: bool
    count: int


class Pens:
    """The pen shares of many plans in several spans of time, which may overlap.

    Time is cut into pieces where a span begins or ends, so that each row is looked at once.
    """

    def __init__(self, plans: ColumnElement[bool], spans: Sequence[Span]) -> None:
        self.spans = spans
        self.cuts = sorted({instant for span in spans for instant in span})
        self.found = [
            _Counted(row.piece, row.unit_id, bool(row.shielded), bool(row.coordinator), row.saved)
            for one in self._questions(plans)
            for row in db.session.execute(one)
        ]

    def in_spans(self) -> list[Pen]:
        """The pen share of all of them, in each span."""
        return [_pen(self._within(span)) for span in self.spans]

    def by_unit(self, span: Span) -> dict[str | None, Pen]:
        """The pen share of the plans of each unit in a span, without those whose owner's place
        must not show."""
        rows = [one for one in self._within(span) if not one.is_shielded]
        units = {one.unit_id for one in rows}
        return {pk: _pen(one for one in rows if one.unit_id == pk) for pk in units}

    def _within(self, span: Span) -> list[_Counted]:
        first, end = (self.cuts.index(instant) for instant in span)
        return [one for one in self.found if first <= one.piece < end]

    def _questions(self, plans: ColumnElement[bool]) -> list[Select[Any]]:
        """What is counted: every version kept, and every entry that no version is kept of yet."""
        version, entry = PlanEntryVersion, PlanEntry
        has_version = exists().where(version.entry_id == entry.id).correlate(entry)
        of_versions = (
            self._question(version.at, version.author_id)
            .select_from(version)
            .join(entry, version.entry_id == entry.id)
            .join(Plan, entry.plan_id == Plan.id)
        )
        of_entries = (
            self._question(entry.created_at, entry.author_id)
            .select_from(entry)
            .join(Plan, entry.plan_id == Plan.id)
            .where(~has_version)
        )
        return [
            one.join(Person, Plan.owner_id == Person.id).where(plans)
            for one in (of_versions, of_entries)
        ]

    def _question(self, at: Any, author_id: Any) -> Select[Any]:
        piece: Any = case(
            *((at < cut, number) for number, cut in enumerate(self.cuts[1:])), else_=-1
        ).label("piece")
        coordinator = case((_is_coordinators(author_id, at), 1), else_=0).label("coordinator")
        grouped = (piece, Plan.unit_id, Person.is_shielded.label("shielded"), coordinator)
        counted: Select[Any] = select(*grouped, func.count().label("saved"))
        return counted.where(
            author_id.is_not(None), at >= self.cuts[0], at < self.cuts[-1]
        ).group_by(literal_column("1"), Plan.unit_id, Person.is_shielded, literal_column("4"))


def _is_coordinators(author_id: Any, at: Any) -> ColumnElement[bool]:
    handed_over = (
        exists()
        .where(
            Handover.plan_id == Plan.id,
            Handover.from_id == author_id,
            Handover.accepted.is_(True),
            Handover.answered_at >= at,
        )
        .correlate(Plan, PlanEntry, PlanEntryVersion)
    )
    return or_(author_id == Plan.coordinator_id, handed_over)


def _pen(rows: Iterable[_Counted]) -> Pen:
    known = list(rows)
    by_coordinator = sum(one.count for one in known if one.is_coordinator)
    return Pen(by_coordinator, sum(one.count for one in known))
