"""Telling whoever signs in that their records were merged, or separated again, since last time.

In general words: which records it was, and who did it, is the municipality's to answer.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.enums import MergeState
from app.models import Membership, Municipality, PersonMerge
from app.security import tenancy


def told_since(
    session: Session, account_id: int, places: list[int], since: datetime | None
) -> list[str]:
    """A sentence for each of the municipalities where the records of the account's holder were
    merged, or separated again, after ``since``."""
    if since is None:
        return []
    found = []
    for place in places:
        with tenancy.asking(tenancy.Scope(place, account_id)):
            is_done = session.scalar(_newest(account_id, since))
        if is_done is not None:
            name = session.get_one(Municipality, place).display_name
            found.append(_made_one(name) if is_done is MergeState.DONE else _made_two(name))
    return found


def _newest(account_id: int, since: datetime) -> Select[Any]:
    return (
        select(PersonMerge.state)
        .join(
            Membership,
            or_(
                Membership.person_id == PersonMerge.kept_id,
                Membership.person_id == PersonMerge.gone_id,
            ),
        )
        .where(
            Membership.account_id == account_id,
            Membership.ended_at.is_(None),
            PersonMerge.state.in_((MergeState.DONE, MergeState.UNDONE)),
            or_(PersonMerge.merged_at > since, PersonMerge.undone_at > since),
        )
        .order_by(PersonMerge.id.desc())
        .limit(1)
    )


def _made_one(place: str) -> str:
    return _(
        "You were registered twice in %(place)s. The two are now one, so you may see other plans"
        " here than before. Ask the municipality if something is not right.",
        place=place,
    )


def _made_two(place: str) -> str:
    return _(
        "In %(place)s it was undone that you are registered once. Ask the municipality if something"
        " is not right.",
        place=place,
    )
