"""What somebody has chosen so far, kept on the server between the steps and between visits.

A row of ``entry_draft`` under the account, emptied when the consent is given. It is no more than a
memory: all of it is looked at again when the consent is given.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.consent.terms import Choice, add_months, latest_end
from app.db import db
from app.enums import Level, Section
from app.models import Plan
from app.security.actor import Actor
from app.security.plan_rights import Levels
from app.side_tables import EntryDraft


@dataclass
class Draft:
    """What is chosen so far. The length is in months, or until a last day."""

    text_id: str | None = None
    shared: dict[str, Levels] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    alone: dict[str, frozenset[Section]] = field(default_factory=dict)
    with_nobody: bool = False
    months: int | None = None
    last_day: date | None = None

    @property
    def is_begun(self) -> bool:
        """Whether anything is kept at all."""
        return self != Draft()

    def ends_on(self, on: date) -> date | None:
        """The day, exclusive, that a consent given on this day would end; None while unchosen."""
        if self.months is not None:
            return add_months(on, self.months)
        return self.last_day + timedelta(days=1) if self.last_day is not None else None

    def choice(self, on: date) -> Choice | None:
        """What would be agreed to on this day; None while something is left to choose."""
        ends_on = self.ends_on(on)
        if ends_on is None or not on < ends_on <= latest_end(on):
            return None
        if bool(self.shared) is self.with_nobody:
            return None
        return Choice(ends_on, self.shared, self.services, self.alone)


def load(actor: Actor, plan: Plan) -> Draft:
    """What the actor has chosen so far for a plan."""
    row = _row(actor, plan)
    return Draft() if row is None else _from_json(row.values)


def save(actor: Actor, plan: Plan, draft: Draft, *, at: datetime) -> None:
    """Keep it, in the caller's transaction."""
    row = _row(actor, plan)
    if row is None:
        row = EntryDraft(account_id=actor.account_id, place=_place(plan))
        db.session.add(row)
    row.values = _as_json(draft) if draft.is_begun else {}
    row.saved_at = at


def empty(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Forget it."""
    if _row(actor, plan) is not None:
        save(actor, plan, Draft(), at=at)


def _place(plan: Plan) -> str:
    return f"consent:{plan.id}"


def _row(actor: Actor, plan: Plan) -> EntryDraft | None:
    return db.session.scalar(
        select(EntryDraft).where(
            EntryDraft.account_id == actor.account_id, EntryDraft.place == _place(plan)
        )
    )


def _as_json(draft: Draft) -> dict[str, Any]:
    return {
        "text": draft.text_id,
        "shared": {
            one: {str(section): str(level) for section, level in levels.items()}
            for one, levels in draft.shared.items()
        },
        "services": draft.services,
        "alone": {one: sorted(sections) for one, sections in draft.alone.items()},
        "nobody": draft.with_nobody,
        "months": draft.months,
        "last_day": draft.last_day.isoformat() if draft.last_day else None,
    }


def _from_json(values: dict[str, Any]) -> Draft:
    if not values:
        return Draft()
    last_day = values["last_day"]
    return Draft(
        text_id=values["text"],
        shared={
            one: {Section(section): Level(level) for section, level in levels.items()}
            for one, levels in values["shared"].items()
        },
        services=values["services"],
        alone={
            one: frozenset(Section(section) for section in sections)
            for one, sections in values.get("alone", {}).items()
        },
        with_nobody=values["nobody"],
        months=values["months"],
        last_day=date.fromisoformat(last_day) if last_day else None,
    )
