"""Rows of proposals: that a newer version of a standard role gives a participant more.

A participant keeps the number of the version whose rights they were given. The proposals made to
them since tell which newer versions have been brought to them without a yes: of those they have
what is less, and nothing of what is more.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.models import Participant
from app.set_up_tables import RoleProposal
from app.templating.role_changes import Rights, least


def open_one(participant: Participant) -> RoleProposal | None:
    """The proposal that waits for an answer."""
    found: RoleProposal | None = db.session.scalar(
        select(RoleProposal).where(
            RoleProposal.participant_id == participant.id, RoleProposal.answered_at.is_(None)
        )
    )
    return found


def brought(participant: Participant) -> list[int]:
    """The versions of the participant's standard role that they have been brought to unanswered,
    or with a no."""
    found = db.session.scalars(
        select(RoleProposal.number).where(
            RoleProposal.participant_id == participant.id,
            RoleProposal.role_id == participant.standard_role_id,
        )
    )
    first = participant.standard_role_number or 0
    return sorted(number for number in found if number > first)


def held(number: int | None, since: Iterable[int], versions: Mapping[int, Rights]) -> Rights | None:
    """What the standard role gives somebody who has version ``number`` and has been brought to
    those of ``since``; None where there is no such version.

    Whoever got the role before there were versions has the first.
    """
    if not versions:
        return None
    wanted = [min(versions) if number is None else number, *since]
    found = [versions[one] for one in wanted if one in versions]
    return least(found) if found else None


def add(participant: Participant, number: int, *, is_open: bool, at: datetime) -> RoleProposal:
    """Propose, or keep that a version was brought to somebody whom nothing can be given now."""
    close(participant, at=at)
    row = RoleProposal(
        plan_id=participant.plan_id,
        participant_id=participant.id,
        role_id=participant.standard_role_id,
        number=number,
        made_at=at,
        answered_at=None if is_open else at,
        accepted=None if is_open else False,
    )
    db.session.add(row)
    return row


def close(participant: Participant, *, accepted: bool = False, at: datetime) -> None:
    """Take away the proposal that waits: it is answered, or another has taken its place."""
    row = open_one(participant)
    if row is not None:
        row.answered_at, row.accepted = at, accepted
        db.session.flush()


def open_in(plan_id: str) -> set[str]:
    """The ids of those in a plan for whom a proposal waits."""
    waiting = select(RoleProposal.participant_id).where(
        RoleProposal.plan_id == plan_id, RoleProposal.answered_at.is_(None)
    )
    return set(db.session.scalars(waiting))


def carry_over(one: Participant, taken: Participant, *, at: datetime) -> None:
    """Let somebody who goes on in another plan have no more of the role than before."""
    for number in brought(one):
        add(taken, number, is_open=False, at=at)
