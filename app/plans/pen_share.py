"""The pen share: how much of what is written in plans the coordinator writes, and not the others.

What is counted is that something was saved, by whom and when; never what it says. A coordinator's
are those who coordinate the plan now, or did so when they wrote and have handed it over since.
Who stands in counts among the others. What was carried over from another plan counts where it was
written. Reads only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, literal_column, select

from app.db import db
from app.models import Person, Plan
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
    """The pen share of many plans together, in each of several spans, which may overlap.

    Time is cut into pieces where a span begins or ends, so that each row is looked at once.
    """
    cuts = sorted({instant for span in spans for instant in span})
    found = _counted(_piece(cuts), plans, (cuts[0], cuts[-1]))
    return [
        _sum(found[piece] for piece in range(*map(cuts.index, span)) if piece in found)
        for span in spans
    ]


def by_unit(plans: ColumnElement[bool], span: Span) -> dict[str | None, Pen]:
    """The pen share of the plans of each unit in a span, without those whose owner's place must
    not show."""
    return _counted(Plan.unit_id, and_(plans, Person.is_shielded.is_(False)), span)


def _piece(cuts: Sequence[datetime], first: int = 0) -> Any:
    """The number of the piece between two cuts in which a version was kept, by halves: a row is
    compared with few of the cuts."""
    if len(cuts) <= 2:
        return literal(first)
    half = len(cuts) // 2
    earlier, later = _piece(cuts[: half + 1], first), _piece(cuts[half:], first + half)
    return case((PlanEntryVersion.at < cuts[half], earlier), else_=later)


def _counted(key: Any, plans: ColumnElement[bool], span: Span) -> dict[Any, Pen]:
    """What was saved in a span, by a key.

    Former coordinators are looked for apart, in the few plans that were handed over.
    """
    version = PlanEntryVersion
    saved = (
        select(key, func.count())
        .select_from(Plan)
        .join(version, version.plan_id == Plan.id)
        .join(Person, Plan.owner_id == Person.id)
        .where(plans, version.author_id.is_not(None))
        .where(version.at >= span[0], version.at < span[1])
        .group_by(literal_column("1"))
    )
    is_coordinators = case((version.author_id == Plan.coordinator_id, 1), else_=0)
    by_present = db.session.execute(saved.add_columns(func.sum(is_coordinators)))
    by_former = dict(db.session.execute(saved.where(*_is_formers())).all())
    # Somebody may save between the two questions, which is not counted yet.
    return {
        one: Pen(min(number, int(present) + by_former.get(one, 0)), number)
        for one, number, present in by_present
    }


def _is_formers() -> tuple[ColumnElement[bool], ...]:
    """Whether who saved coordinated the plan then, and has handed it over since."""
    version = PlanEntryVersion
    handed_over = exists().where(
        Handover.plan_id == Plan.id,
        Handover.from_id == version.author_id,
        Handover.accepted.is_(True),
        Handover.answered_at >= version.at,
    )
    return (
        Plan.id.in_(select(Handover.plan_id).where(Handover.accepted.is_(True))),
        version.author_id != Plan.coordinator_id,
        handed_over.correlate(Plan, version),
    )


def _sum(pens: Iterable[Pen]) -> Pen:
    known = list(pens)
    return Pen(sum(one.by_coordinator for one in known), sum(one.saved for one in known))
