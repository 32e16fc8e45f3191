"""Persons who were merged into another: old ids in links, forms and REST lead to the one kept."""

from collections.abc import Callable
from typing import TypeVar

from app.errors import NotAllowed, NotFound
from app.merged_ids import leads_on
from app.screens.listing import is_id
from app.security.roles import Action

T = TypeVar("T")


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
