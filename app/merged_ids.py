"""Ids of persons who were merged into another: which id the person has now."""

from sqlalchemy import select

from app.db import db
from app.models import Person


def kept_id(person_id: str) -> str:
    """The id of the person whom this one is now; its own while nobody was merged.

    Who may see that person is asked where the id is used.
    """
    # Whoever is merged is never merged again, so no chain is a circle.
    passed: set[str] = set()
    while person_id not in passed:
        passed.add(person_id)
        following = db.session.scalar(select(Person.merged_into_id).where(Person.id == person_id))
        if following is None:
            return person_id
        person_id = following
    return person_id


def leads_on(person_id: str) -> str | None:
    """The id of the one kept, when that is another."""
    found = kept_id(person_id)
    return None if found == person_id else found
