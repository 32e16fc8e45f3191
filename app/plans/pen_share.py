"""The pen share: how much of what is written in plans the coordinator writes, and not the others.

What is counted is that something was saved, by whom and when; never what it says. A coordinator's
are those who coordinate the plan now, or did so when they wrote and have handed it over since.
Who stands in counts among the others. Reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from app.db import db
from app.models import Plan, PlanEntry
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
    return in_spans(Plan.id == plan.id, [(at - YEAR, at)])[0]


def in_spans(plans: ColumnElement[bool], spans: Sequence[Span]) -> list[Pen]:
    """The pen share of the plans that meet a condition, in each span of time."""
    rows = [db.session.execute(one).one() for one in _counted(plans, spans)]
    sums = [sum(int(row[place] or 0) for row in rows) for place in range(2 * len(spans))]
    return [Pen(sums[2 * n], sums[2 * n + 1]) for n in range(len(spans))]


def by_unit(plans: ColumnElement[bool], span: Span) -> dict[str | None, Pen]:
    """The pen share of the plans of each unit in a span of time."""
    found: dict[str | None, Pen] = {}
    for one in _counted(plans, [span]):
        for row in db.session.execute(one.add_columns(Plan.unit_id).group_by(Plan.unit_id)):
            before = found.get(row.unit_id, Pen(0, 0))
            found[row.unit_id] = Pen(
                before.by_coordinator + int(row[0] or 0), before.saved + int(row[1] or 0)
            )
    return found


def _counted(plans: ColumnElement[bool], spans: Sequence[Span]) -> list[Select[Any]]:
    """What is counted: every version kept, and every entry that no version is kept of yet."""
    version, entry = PlanEntryVersion, PlanEntry
    has_version = exists().where(version.entry_id == entry.id).correlate(entry)
    of_versions = (
        select(*_columns(version.at, version.author_id, spans))
        .select_from(version)
        .join(entry, version.entry_id == entry.id)
        .join(Plan, entry.plan_id == Plan.id)
        .where(plans, version.author_id.is_not(None), *_within(version.at, spans))
    )
    of_entries = (
        select(*_columns(entry.created_at, entry.author_id, spans))
        .select_from(entry)
        .join(Plan, entry.plan_id == Plan.id)
        .where(plans, entry.author_id.is_not(None), ~has_version, *_within(entry.created_at, spans))
    )
    return [of_versions, of_entries]


def _within(at: Any, spans: Sequence[Span]) -> list[ColumnElement[bool]]:
    return [at >= min(first for first, _end in spans), at < max(end for _first, end in spans)]


def _columns(at: Any, author_id: Any, spans: Sequence[Span]) -> list[Any]:
    is_coordinator = or_(
        author_id == Plan.coordinator_id,
        exists()
        .where(
            Handover.plan_id == Plan.id,
            Handover.from_id == author_id,
            Handover.accepted.is_(True),
            Handover.answered_at >= at,
        )
        .correlate(Plan, PlanEntry, PlanEntryVersion),
    )
    columns: list[Any] = []
    for first, end in spans:
        is_then = and_(at >= first, at < end)
        columns += [
            func.sum(case((and_(is_then, is_coordinator), 1), else_=0)),
            func.sum(case((is_then, 1), else_=0)),
        ]
    return columns
