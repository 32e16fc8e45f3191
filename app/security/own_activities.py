"""Own activities alone (``Grant.own_only``): what that lets through, in memory and in SQL.

A participant's own are those they have written or are named responsible for, with what is part of
them or said about them. Of the activities of others they see nothing: no comment, no number.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlalchemy.orm import aliased

from app.enums import Section
from app.models import Grant, Participant, PlanEntry
from app.security.consent_scope import PARTICIPANT, some

_ABOUT: Any = aliased(PlanEntry)
_RESPONSIBLE: Any = aliased(Participant)
_NARROW: Any = aliased(Grant)
_WIDE: Any = aliased(Grant)


# --- in memory -----------------------------------------------------------------------------------


def is_held_to_own(participant: Participant) -> bool:
    """Whether a participant is let into no activities but their own.

    It stays so when that access ends: what is said about the activities of others is not opened by
    taking away their own.
    """
    given = [one for one in participant.grants if one.section is Section.ACTIVITIES]
    is_wide = any(one.ended_at is None and not one.own_only for one in given)
    return any(one.own_only for one in given) and not is_wide


def is_let_through(person_id: str | None, entry: PlanEntry) -> bool:
    """Whether a piece of content is seen by somebody who is held to their own activities."""
    return not _is_of_activities(entry) or is_own(person_id, entry)


def _is_of_activities(entry: PlanEntry) -> bool:
    return Section.ACTIVITIES in (entry.section, entry.parent and entry.parent.section)


def is_own(person_id: str | None, entry: PlanEntry) -> bool:
    """Whether somebody wrote it or is responsible: for it, or for the activity it is about."""
    about = entry.parent
    if about is not None and about.section is Section.ACTIVITIES and _is_ones(person_id, about):
        return True
    return _is_ones(person_id, entry)


def _is_ones(person_id: str | None, entry: PlanEntry) -> bool:
    named = entry.responsible.person_id if entry.responsible is not None else None
    return person_id is not None and person_id in (entry.author_id, named)


# --- in SQL --------------------------------------------------------------------------------------


def lets_through(person_id: str | None) -> ColumnElement[bool]:
    """Whether ``PARTICIPANT``, who is this person, is let into a piece of content."""
    return or_(not_(_held_to_own()), is_let_through_in_sql(person_id))


def is_let_through_in_sql(person_id: str | None) -> ColumnElement[bool]:
    """The twin of ``is_let_through``."""
    of_activities = or_(PlanEntry.section == Section.ACTIVITIES, _about_activity())
    own = or_(_ones(person_id, PlanEntry), _about_activity(_ones(person_id, _ABOUT)))
    return or_(not_(of_activities), own)


def _held_to_own() -> ColumnElement[bool]:
    """The twin of ``is_held_to_own``, for ``PARTICIPANT``."""
    narrow, wide = _NARROW, _WIDE
    is_narrow = some((narrow,), *_to_activities(narrow), narrow.own_only.is_(True))
    is_open = (wide.own_only.is_(False), wide.ended_at.is_(None))
    return and_(is_narrow, not_(some((wide,), *_to_activities(wide), *is_open)))


def _to_activities(grant: Any) -> tuple[ColumnElement[bool], ...]:
    return (grant.participant_id == PARTICIPANT.id, grant.section == Section.ACTIVITIES)


def _about_activity(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    in_activities = _ABOUT.section == Section.ACTIVITIES
    return some((_ABOUT,), _ABOUT.id == PlanEntry.parent_id, in_activities, *more)


def _ones(person_id: str | None, entry: Any) -> ColumnElement[bool]:
    if person_id is None:
        return false()
    one = _RESPONSIBLE
    named = some((one,), one.id == entry.responsible_id, one.person_id == person_id)
    return or_(entry.author_id == person_id, named)
