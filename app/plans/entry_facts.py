"""What somebody writes in a piece of plan content, apart from where it stands and who wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.enums import EntryStatus
from app.models import PlanEntry

OWNER, COORDINATOR = "owner", "coordinator"
RESPONSIBLE = "responsible"
FILE = "file"


@dataclass(frozen=True)
class EntryFacts:
    """The content of an entry. ``responsible`` is a participant's id, or the owner or coordinator,
    who take part without being participants."""

    title: str = ""
    body: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    status: EntryStatus | None = None
    deadline_on: date | None = None
    responsible: str | None = None

    @property
    def as_json(self) -> dict[str, Any]:
        """The facts as a version keeps them."""
        return {
            "title": self.title,
            "body": self.body,
            "details": dict(self.details),
            "status": self.status and str(self.status),
            "deadline_on": self.deadline_on and self.deadline_on.isoformat(),
            RESPONSIBLE: self.responsible,
        }


def of_json(values: Mapping[str, Any]) -> EntryFacts:
    """The facts that a version keeps."""
    return EntryFacts(
        title=values.get("title", ""),
        body=values.get("body", ""),
        details=values.get("details", {}),
        status=EntryStatus(values["status"]) if values.get("status") else None,
        deadline_on=(
            date.fromisoformat(values["deadline_on"]) if values.get("deadline_on") else None
        ),
        responsible=values.get(RESPONSIBLE),
    )


def named(facts: EntryFacts) -> set[str]:
    """Those in the plan who are named in a form that is filled in."""
    values = facts.details.get("values", {}).values()
    return {one["who"] for one in values if isinstance(one, dict) and one.get("who")}


def of_entry(entry: PlanEntry) -> EntryFacts:
    """The facts of an entry as it is."""
    return EntryFacts(
        title=entry.title,
        body=entry.body,
        details={name: one for name, one in entry.details.items() if name != RESPONSIBLE},
        status=entry.status,
        deadline_on=entry.deadline_on,
        responsible=responsible_of(entry),
    )


def responsible_of(entry: PlanEntry) -> str | None:
    """Who is responsible: a participant's id, the owner or the coordinator; None for nobody."""
    return entry.responsible_id or entry.details.get(RESPONSIBLE)


def put(entry: PlanEntry, facts: EntryFacts) -> None:
    """Write the facts on an entry; what its details hold besides stays."""
    details = {**entry.details, **facts.details}
    details.pop(RESPONSIBLE, None)
    is_named = facts.responsible in (OWNER, COORDINATOR)
    if is_named:
        details[RESPONSIBLE] = facts.responsible
    entry.title, entry.body = facts.title, facts.body
    entry.details = {name: one for name, one in details.items() if one not in (None, "")}
    entry.status, entry.deadline_on = facts.status, facts.deadline_on
    entry.responsible_id = None if is_named else facts.responsible
