"""Notices: put there for a person, and settled when they are seen to."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.enums import NoticeKind
from app.models import Plan
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Notice


def tell(
    plan: Plan, persons: Iterable[str | None], kind: NoticeKind, *, at: datetime, text: str = ""
) -> None:
    """Tell each person once, in the caller's transaction; who has it waiting is not told again.

    ``persons`` are ids of persons of the plan's municipality; None and repeats are passed over.
    """
    wanted = {person_id for person_id in persons if person_id is not None}
    if not wanted:
        return
    waiting = set(
        db.session.scalars(
            select(Notice.person_id).where(
                Notice.plan_id == plan.id, Notice.kind == kind, Notice.settled_at.is_(None)
            )
        )
    )
    for person_id in sorted(wanted - waiting):
        notice = Notice(plan_id=plan.id, person_id=person_id, kind=kind, text=text, at=at)
        db.session.add(notice)


def tell_of_several(
    told: Mapping[str, str], kind: NoticeKind, *, at: datetime, text: str = ""
) -> int:
    """Tell one person of each plan (ids of persons by ids of plans), in the caller's transaction;
    who has it waiting is not told again. How many were told."""
    found = select(Notice.plan_id, Notice.person_id).where(
        Notice.plan_id.in_(told), Notice.kind == kind, Notice.settled_at.is_(None)
    )
    waiting = {(plan_id, person_id) for plan_id, person_id in db.session.execute(found)}
    new = [one for one in told.items() if one not in waiting]
    for plan_id, person_id in new:
        db.session.add(Notice(plan_id=plan_id, person_id=person_id, kind=kind, text=text, at=at))
    return len(new)


def tell_each_time(
    plan: Plan, person_id: str, kind: NoticeKind, *, at: datetime, text: str = ""
) -> None:
    """Tell a person in a notice of its own, also while another of the kind waits."""
    db.session.add(Notice(plan_id=plan.id, person_id=person_id, kind=kind, text=text, at=at))


COORDINATORS_WORK = frozenset(
    {
        NoticeKind.ACCESS_STOPPED,
        NoticeKind.AGE_REACHED,
        NoticeKind.CHANGE_WANTED,
        NoticeKind.CONSENT_ENDS,
        NoticeKind.CONSENT_GIVEN,
        NoticeKind.CONSENT_TO_RENEW,
        NoticeKind.CONSENT_WITHDRAWN,
        NoticeKind.EMERGENCY_ACCESS,
        NoticeKind.EVALUATION_WANTED,
        NoticeKind.MOVE_CONSENT_GIVEN,
        NoticeKind.MOVE_STOPPED,
        NoticeKind.PARTICIPANT_TWICE,
        NoticeKind.PLAN_TWICE,
        NoticeKind.ROLE_PROPOSED,
        NoticeKind.TEMPLATE_PROPOSED,
        NoticeKind.UNIT_MOVES,
    }
)
"""What a coordinator is told to see to, whoever coordinates."""


def pass_on(plan: Plan, from_id: str, to_id: str, *, at: datetime) -> None:
    """Let who coordinates from now on have what waits for the one before, since the day it came."""
    found = select(Notice).where(
        Notice.plan_id == plan.id,
        Notice.kind.in_(COORDINATORS_WORK),
        Notice.person_id.in_((from_id, to_id)),
        Notice.settled_at.is_(None),
    )
    waiting = db.session.scalars(found.order_by(Notice.at, Notice.id)).all()
    known = {(one.kind, one.text) for one in waiting if one.person_id == to_id}
    for one in waiting:
        if one.person_id != from_id:
            continue
        one.settled_at = at
        if (one.kind, one.text) in known:
            continue
        db.session.add(
            Notice(plan_id=plan.id, person_id=to_id, kind=one.kind, text=one.text, at=one.at)
        )


def settle(plan_id: str, kind: NoticeKind, *, at: datetime, person_id: str | None = None) -> None:
    """Take a kind of notice away, for one person or for all: what it asked for is done."""
    found = select(Notice).where(
        Notice.plan_id == plan_id, Notice.kind == kind, Notice.settled_at.is_(None)
    )
    if person_id is not None:
        found = found.where(Notice.person_id == person_id)
    for notice in db.session.scalars(found):
        notice.settled_at = at


def see(actor: Actor, notice: Notice, *, at: datetime) -> None:
    """Take a notice away because whoever it is for has seen it; once is enough."""
    policy.require(actor, Action.END, notice)
    if notice.settled_at is None:
        notice.settled_at = at
