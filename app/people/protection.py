"""Address protection: setting it, changing it, lifting it.

A confidential address is moved out of the person into a table under its own right. A strictly
confidential one is stored nowhere: setting that grade erases what was stored, and an address
sent along is refused. Whoever was merged into the person is protected with them.

Source: folkeregisterloven § 10-4; decisions on children last one year and must be renewed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.db import db
from app.enums import ProtectionGrade
from app.errors import DomainError, NotFound
from app.models import Person, ProtectedAddress
from app.people import merged
from app.people.names import tidy
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action

OF_AGE = 18


class AddressRefused(DomainError):
    """A strictly confidential address was sent."""

    status = 422
    message = _l("A strictly confidential address is never stored. Leave the address empty.")


class WrongPeriod(DomainError):
    """The protection would end before it begins."""

    status = 422
    message = _l("The protection must be renewed after the day it begins.")


@dataclass(frozen=True)
class ProtectionFacts:
    """What a decision on protection says. Without an address, the one that is stored stays."""

    grade: ProtectionGrade
    since: date
    renew_by: date | None = None
    address: str | None = None
    postcode: str | None = None
    unit_id: str | None = None


def of_person(person: Person) -> ProtectedAddress | None:
    """The protection in force for ``person``; the caller asks who may see it."""
    row = _row_of(person)
    return row if row is not None and row.lifted_at is None else None


def protect(actor: Actor, person: Person, facts: ProtectionFacts) -> ProtectedAddress:
    """Put ``person`` under protection, or change the protection in force.

    Raises:
        AddressRefused: strictly confidential, with an address.
        WrongPeriod: to be renewed on or before the day it begins.
    """
    policy.require(actor, Action.PROTECT, person)
    is_strict = facts.grade is ProtectionGrade.STRICTLY_CONFIDENTIAL
    if is_strict and (facts.address or facts.postcode):
        raise AddressRefused(field="address")
    renew_by = facts.renew_by or default_renewal(person.birth_date, facts.since)
    if renew_by is not None and renew_by <= facts.since:
        raise WrongPeriod(field="renew_by")
    others = merged.hold_with_merged(person)
    row = _row_of(person) or ProtectedAddress(
        municipality_id=person.municipality_id, person_id=person.id
    )
    _move_address(row, person, facts, is_strict=is_strict)
    row.grade, row.since, row.renew_by, row.lifted_at = facts.grade, facts.since, renew_by, None
    person.is_shielded = True
    person.unit_id = facts.unit_id
    db.session.add(row)
    merged.shield(others)
    if is_strict:
        merged.erase(person, others)
    return row


def lift(actor: Actor, person: Person, *, keep_address: bool, at: datetime) -> None:
    """End the protection at ``at`` (UTC); the address becomes an ordinary one, or is erased.

    Raises:
        NotFound: the person is under no protection, or the address that would be opened is not
            the actor's to see.
    """
    policy.require(actor, Action.PROTECT, person)
    row = of_person(person)
    if row is None:
        raise NotFound
    if keep_address:
        policy.require(actor, Action.SHOW, row)
    others = merged.hold_with_merged(person)
    person.is_shielded = False
    if keep_address:
        person.address, person.postcode = row.address, row.postcode
    row.address = row.postcode = None
    row.lifted_at = at
    merged.unshield(others, at=at)


def default_renewal(birth_date: date | None, since: date) -> date | None:
    """When a decision must be renewed if nobody says otherwise: after a year for a child."""
    if birth_date is None or _same_day(birth_date, OF_AGE) <= since:
        return None
    return _same_day(since, 1)


def _same_day(day: date, years: int) -> date:
    """The day so many years later; 29 February becomes 1 March in other years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _row_of(person: Person) -> ProtectedAddress | None:
    found: ProtectedAddress | None = db.session.scalar(
        select(ProtectedAddress).where(ProtectedAddress.person_id == person.id)
    )
    return found


def _move_address(
    row: ProtectedAddress, person: Person, facts: ProtectionFacts, *, is_strict: bool
) -> None:
    address = tidy(facts.address or "") or row.address or person.address
    postcode = facts.postcode or row.postcode or person.postcode
    row.address, row.postcode = (None, None) if is_strict else (address, postcode)
    person.address = person.postcode = None
