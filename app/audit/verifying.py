"""Looking a chain of the log through: what was changed, removed or cut off since it was linked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.audit import chain
from app.audit.chain import START, Head
from app.log_tables import AuditLink
from app.models import AuditEvent
from app.security import tenancy
from app.security.keys import Keyring

AT_ONCE = 2_000
MOST_NAMED = 20


class FaultKind(StrEnum):
    """What can be wrong with a chain."""

    CHANGED = "the event or its link was changed"
    REMOVED = "the event was removed"
    LINK_MISSING = "links were removed before this one"
    NEVER_LINKED = "an event that is older than the end of the chain was not linked"
    UNREADABLE = "what comes here could not be read"
    CUT_OFF = "the chain was cut off or made anew: it was at this number when it was last told"


@dataclass(frozen=True)
class Fault:
    """What is wrong at a number of a chain, and at which event, where that is known."""

    kind: FaultKind
    number: int
    event_id: str | None = None


@dataclass
class Checked:
    """What came of looking a chain through. The first faults are named, all are counted."""

    links: int = 0
    faults: int = 0
    named: list[Fault] = field(default_factory=list)
    waiting: int = 0
    """Events that are not linked yet."""
    compared: int = 0
    """Heads told outside the database that it was compared with."""

    def add(self, fault: Fault) -> None:
        """Count a fault, and name it if there is room."""
        self.faults += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(fault)


def verify(session: Session, ring: Keyring, place: int | None, told: Mapping[int, str]) -> Checked:
    """Look through the chain of a municipality, or of the installation (None).

    ``told`` holds hashes by number that were told outside the database: see ``anchors``.
    """
    checked, before, missed = Checked(compared=len(told)), START, dict(told)
    last: AuditLink | None = None
    with tenancy.applied(session, chain.scope_of(place)):
        for link, event in _links(session, place):
            for fault in _faults(ring, before, link, event):
                checked.add(fault)
            if missed.pop(link.number, link.hash) != link.hash:
                checked.add(Fault(FaultKind.CUT_OFF, link.number, link.event_id))
            before, last = Head(link.number, link.hash), link
            checked.links += 1
        for number in sorted(missed):
            checked.add(Fault(FaultKind.CUT_OFF, number))
        waiting = chain.unlinked(place).order_by(None).with_only_columns(func.count())
        checked.waiting = session.scalar(waiting) or 0
        if last is not None:
            for event_id in session.scalars(_never_linked(place, last)):
                checked.add(Fault(FaultKind.NEVER_LINKED, last.number, event_id))
    return checked


def _never_linked(place: int | None, last: AuditLink) -> Select[str]:
    """The ids of events that no sealing will reach."""
    is_old = AuditEvent.id <= chain.settled(last.event_id)
    return chain.unlinked(place).where(is_old).with_only_columns(AuditEvent.id)


def _links(session: Session, place: int | None) -> Iterator[tuple[AuditLink, AuditEvent | None]]:
    """Every link of the chain in order, with its event; None where there is none here any more."""
    asked = (
        select(AuditLink, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditLink.event_id)
        .where(chain.of_chain(AuditLink, place))
        .order_by(AuditLink.number)
        .limit(AT_ONCE)
    )
    rows = session.execute(asked).all()
    while rows:
        yield from rows
        last = rows[-1][0].number
        session.expunge_all()
        rows = session.execute(asked.where(AuditLink.number > last)).all()


def _faults(
    ring: Keyring, before: Head, link: AuditLink, event: AuditEvent | None
) -> Iterator[Fault]:
    if link.number != before.number + 1:
        yield Fault(FaultKind.LINK_MISSING, link.number, link.event_id)
    elif event is None:
        yield Fault(FaultKind.REMOVED, link.number, link.event_id)
    elif chain.next_head(ring, before, event).hash != link.hash:
        yield Fault(FaultKind.CHANGED, link.number, link.event_id)
