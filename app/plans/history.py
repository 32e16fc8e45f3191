"""Earlier versions of plan content: kept at each save, compared, and brought back from here.

What may be read and brought back is decided as for the entry itself.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from app.db import db
from app.errors import NotFound
from app.models import Person, PlanEntry
from app.plans import entry_facts
from app.side_tables import PlanEntryVersion


def keep(entry: PlanEntry, author_id: str | None, *, at: datetime) -> None:
    """Keep the entry as it is now under the next number; in the caller's transaction."""
    _add(entry, last_number(entry) + 1, author_id, at)


def keep_first(entry: PlanEntry) -> None:
    """Keep an entry that has no version yet as its first, before it is changed."""
    if last_number(entry) == 0:
        _add(entry, 1, entry.author_id, entry.changed_at)


def last_number(entry: PlanEntry) -> int:
    """The number of the newest version; 0 while there is none."""
    found = select(func.max(PlanEntryVersion.number)).where(PlanEntryVersion.entry_id == entry.id)
    return db.session.scalar(found) or 0


def versions(entry: PlanEntry) -> Sequence[PlanEntryVersion]:
    """All versions of an entry with their authors, newest first."""
    found = (
        select(PlanEntryVersion)
        .where(PlanEntryVersion.entry_id == entry.id)
        .options(joinedload(PlanEntryVersion.author))
        .order_by(PlanEntryVersion.number.desc())
    )
    return db.session.scalars(found).all()


def version(entry: PlanEntry, number: int) -> PlanEntryVersion:
    """One version of an entry.

    Raises:
        NotFound: it has no such version.
    """
    found = db.session.scalar(
        select(PlanEntryVersion).where(
            PlanEntryVersion.entry_id == entry.id, PlanEntryVersion.number == number
        )
    )
    if found is None:
        raise NotFound
    return found


def last_authors(entries: Iterable[PlanEntry]) -> dict[str, Person | None]:
    """Who saved the newest version of each entry that was changed since it was written."""
    ids = [one.id for one in entries if one.changed_at > one.created_at]
    if not ids:
        return {}
    other = aliased(PlanEntryVersion)
    newest = (
        select(func.max(other.number))
        .where(other.entry_id == PlanEntryVersion.entry_id)
        .scalar_subquery()
    )
    found = (
        select(PlanEntryVersion)
        .where(PlanEntryVersion.entry_id.in_(ids), PlanEntryVersion.number == newest)
        .options(joinedload(PlanEntryVersion.author))
    )
    return {one.entry_id: one.author for one in db.session.scalars(found)}


def _add(entry: PlanEntry, number: int, author_id: str | None, at: datetime) -> None:
    db.session.add(
        PlanEntryVersion(
            plan_id=entry.plan_id,
            entry_id=entry.id,
            number=number,
            values=entry_facts.of_entry(entry).as_json,
            author_id=author_id,
            at=at,
        )
    )
    db.session.flush()
