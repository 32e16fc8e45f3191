"""Persons who were merged into one: what protects the one kept protects them as well.

They are out of use, and come back when the merge is undone. Until then nothing of them may tell
where the person is, neither in a list of who is out of use nor in what is kept for undoing.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.db import db
from app.enums import ProtectionGrade
from app.models import Person, PersonMerge, ProtectedAddress
from app.people.keyring import keyring

TELLS_PLACE = ("address", "postcode", "unit_id")
"""What of a person in use a protection takes into its own keeping, or away."""


def merged_into(person: Person) -> list[Person]:
    """Everybody who was merged into ``person``, and into those in turn."""
    found: list[Person] = []
    near = [person.id]
    while near:
        # Whoever is merged is never merged again, so no chain is a circle.
        rows = db.session.scalars(
            select(Person).where(Person.merged_into_id.in_(near)).order_by(Person.id)
        ).all()
        found += rows
        near = [one.id for one in rows]
    return found


def hold_with_merged(person: Person) -> list[Person]:
    """Let nobody merge ``person``, or undo it, until the transaction ends; who was merged into
    them by then."""
    ids = sorted([person.id, *(one.id for one in merged_into(person))])
    held = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()
    db.session.scalars(held).all()
    return merged_into(person)


def shield(persons: list[Person]) -> None:
    """Let nothing of persons out of use tell where they are; what they had is kept for undoing."""
    for one in persons:
        one.is_shielded = True
        one.address = one.postcode = one.unit_id = None


def erase(person: Person, merged: list[Person]) -> None:
    """Keep no address of persons out of use anywhere: the one they are now is strictly
    confidential."""
    for row in _protections(merged):
        row.grade, row.address, row.postcode = ProtectionGrade.STRICTLY_CONFIDENTIAL, None, None
    ids = [person.id, *(one.id for one in merged)]
    theirs = or_(PersonMerge.kept_id.in_(ids), PersonMerge.gone_id.in_(ids))
    for merge in db.session.scalars(select(PersonMerge).where(theirs)):
        if merge.before is not None:
            values = json.loads(keyring().unseal(merge.before))
            erased = {**_erased(values), "is_strict": True}
            merge.before = keyring().seal(json.dumps(erased, sort_keys=True).encode())


def unshield(persons: list[Person], *, at: datetime) -> None:
    """End the protection of persons out of use, with that of the one they are now."""
    for one in persons:
        one.is_shielded = False
    for row in _protections(persons):
        row.address = row.postcode = None
        row.lifted_at = at


def _protections(persons: list[Person]) -> list[ProtectedAddress]:
    """The protections in force of persons out of use, who had one of their own."""
    ids = [one.id for one in persons]
    found = select(ProtectedAddress).where(
        ProtectedAddress.person_id.in_(ids), ProtectedAddress.lifted_at.is_(None)
    )
    return list(db.session.scalars(found)) if ids else []


def _erased(kept: Any) -> Any:
    """What is kept of how persons were, without what tells where they are."""
    if not isinstance(kept, dict):
        return kept
    return {name: None if name in TELLS_PLACE else _erased(one) for name, one in kept.items()}
