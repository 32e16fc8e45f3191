"""The chain of the log: each event is linked to the one before by a keyed hash.

Events are linked soon after they are written, not as they are: the number that a link takes is
held until its transaction ends, so linking at once would let everybody in a municipality wait for
the slowest. What was changed, removed or put far back afterwards is found by ``verifying``; an
event that is forged as of now is linked like any other. The key is not in the database, so whoever
may do anything there can't make the links anew. Writes ``audit_link`` and nothing else. Sources:
Normen faktaark 15, GDPR art. 5(1) f and 32.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, insert, select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.db import transaction
from app.log_tables import AuditLink
from app.models import AuditEvent
from app.security import tenancy
from app.security.keys import Keyring

AT_ONCE = 1_000
LATEST = timedelta(days=2)
"""No transaction is open for as long: an event of an older id than that is linked, or missing."""
SAID = (
    "id",
    "municipality_id",
    "at",
    "account_id",
    "person_id",
    "role",
    "action",
    "outcome",
    "object_type",
    "object_id",
    "plan_id",
    "section",
    "basis",
    "fields",
    "request_id",
)
"""What of an event its link vouches for, in this order; another needs another kind of link."""
KIND = "audit link"
TIME_BITS = 80
"""How many bits of a UUID of version 7 stand behind its time in milliseconds (RFC 9562, 5.7)."""


@dataclass(frozen=True)
class Head:
    """The last link of a chain: its number and its hash."""

    number: int
    hash: str


START = Head(0, "")


def scope_of(municipality_id: int | None) -> tenancy.Scope:
    """Where the events of a chain are seen; None is the chain of the installation."""
    return tenancy.Scope(municipality_id, is_central=municipality_id is None)


def of_chain(model: type[AuditEvent | AuditLink], place: int | None) -> ColumnElement[bool]:
    """The condition for the events, or the links, of one chain."""
    column = model.municipality_id
    return column.is_(None) if place is None else column == place


def next_head(ring: Keyring, before: Head, event: AuditEvent) -> Head:
    """The link of ``event`` behind ``before``."""
    number = before.number + 1
    said = [getattr(event, name) for name in SAID]
    text = json.dumps([number, before.hash, *said], default=_in_words, separators=(",", ":"))
    return Head(number, ring.keyed_hash(KIND, text))


def _in_words(value: object) -> str:
    # Said in UTC: PostgreSQL tells an instant by the clock of whoever asks.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def head(session: Session, place: int | None) -> Head:
    """The last link of a chain; ``START`` of one without any."""
    return _head_at(session.execute(_last(place)).first())


def seal(session: Session, ring: Keyring, place: int | None) -> int:
    """Link the events of one chain that are not linked yet; how many they were.

    Of two that do so at once one fails, since a number is given once: see ``app.jobs.schedule``.
    """
    count, before = 0, None
    with tenancy.applied(session, scope_of(place)):
        while linked := _seal_some(session, ring, place, before):
            count += len(linked)
            before = linked[-1].id
            # What comes meanwhile waits for the next time: somewhere, somebody always writes.
            if len(linked) < AT_ONCE:
                break
    return count


def _seal_some(
    session: Session, ring: Keyring, place: int | None, before: str | None
) -> list[AuditEvent]:
    """Link the oldest events behind ``before``, or behind what may still come late."""
    with transaction(session):
        last = session.execute(_last(place)).first()
        if before is None and last is not None:
            before = settled(last.event_id)
        events = list(session.scalars(unlinked(place, before).limit(AT_ONCE)))
        chained, rows = _head_at(last), []
        for event in events:
            chained = next_head(ring, chained, event)
            facts = {"event_id": event.id, "municipality_id": place}
            rows.append(facts | {"number": chained.number, "hash": chained.hash})
        if rows:
            session.execute(insert(AuditLink), rows)
    session.expunge_all()
    return events


def _head_at(last: Row[int, str, str] | None) -> Head:
    return Head(last.number, last.hash) if last is not None else START


def _last(place: int | None) -> Select[int, str, str]:
    chosen = select(AuditLink.number, AuditLink.hash, AuditLink.event_id)
    return chosen.where(of_chain(AuditLink, place)).order_by(AuditLink.number.desc()).limit(1)


def unlinked(place: int | None, before: str | None = None) -> Select[AuditEvent]:
    """The events of a chain that have no link, oldest id first; of ids behind ``before``."""
    is_linked = select(AuditLink.event_id).where(AuditLink.event_id == AuditEvent.id).exists()
    found = select(AuditEvent).where(of_chain(AuditEvent, place), ~is_linked)
    if before is not None:
        found = found.where(AuditEvent.id > before)
    return found.order_by(AuditEvent.id)


def settled(event_id: str) -> str:
    """An id up to which every event was committed before now, and before this one was linked."""
    now = int(utc_now().timestamp() * 1000)
    # An id from a clock that goes wrong must not keep those that come after it from being linked.
    milliseconds = min(UUID(event_id).int >> TIME_BITS, now) - LATEST // timedelta(milliseconds=1)
    return str(UUID(int=max(0, milliseconds) << TIME_BITS))
