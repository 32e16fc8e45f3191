"""Persons who were merged into another: old ids in links, forms and REST lead to the one kept."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select

from app.db import db
from app.errors import NotAllowed, NotFound
from app.models import Person
from app.screens.listing import is_id
from app.security.roles import Action

T = TypeVar("T")


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


def found_or_kept(find: Callable[[str, Action], T], asked_id: str, action: Action) -> T:
    """What ``find`` gives for an id; for that of somebody who was merged, for the one kept.

    Only bringing back is about the very record that was asked for.

    Raises:
        NotFound, NotAllowed: what ``find`` raises for both.
    """
    if action is Action.RESTORE:
        return find(asked_id, action)
    try:
        found = find(asked_id, action)
    except (NotFound, NotAllowed):
        if not is_id(asked_id) or (following := leads_on(asked_id)) is None:
            raise
        return find(following, action)
    following = leads_on(asked_id) if getattr(found, "merged_into_id", None) else None
    return found if following is None else find(following, action)


def leads_on(person_id: str) -> str | None:
    """The id of the one kept, when that is another."""
    found = kept_id(person_id)
    return None if found == person_id else found
