"""Persons who were merged into another: old ids in links, forms and REST lead to the one kept."""

from sqlalchemy import select

from app.db import db
from app.models import Person

LONGEST_CHAIN = 50
"""No chain is longer: merging refuses whoever is merged already, so there are no circles either."""


def kept_id(person_id: str) -> str:
    """The id of the person whom this one is now; its own while nobody was merged.

    Who may see that person is asked where the id is used.
    """
    for _step in range(LONGEST_CHAIN):
        following = db.session.scalar(select(Person.merged_into_id).where(Person.id == person_id))
        if following is None:
            return person_id
        person_id = following
    return person_id


def leads_on(person_id: str) -> str | None:
    """The id of the one kept, when that is another."""
    found = kept_id(person_id)
    return None if found == person_id else found
