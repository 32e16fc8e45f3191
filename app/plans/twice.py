"""Persons who may take part in a plan twice, as its coordinator sees them and ends or keeps one.

They are two records that a scan found to be likely one. Within a plan that is the coordinator's to
mend: who takes part is seen by nobody else, so the local administrator is told of the plan alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, or_, select
from sqlalchemy.orm import aliased

from app.audit import log
from app.clock import day_of
from app.db import db
from app.duplicate_tables import DuplicatePair, NotTheSame
from app.enums import DuplicateKind, MatchBand, NoticeKind, PairState
from app.errors import NotFound
from app.models import Participant, Plan
from app.notifications import notices
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Notice

LIKELY = (MatchBand.CERTAIN, MatchBand.PROBABLE)
UNANSWERED = (PairState.OPEN, PairState.LATER)
MOST_FOUND = 1000

Key = tuple[str, str]


@dataclass(frozen=True)
class Twice:
    """Two who may be one: participations, or one beside the owner or coordinator.

    ``other_id`` is the id of a participation, or of the person who is in the plan without one.
    """

    plan_id: str
    participant_id: str
    other_id: str
    is_other_added: bool

    @property
    def key(self) -> Key:
        """Their ids, as an answer about them is kept."""
        one, other = sorted((self.participant_id, self.other_id))
        return one, other


def in_plans(plan_ids: Select[Any] | Iterable[str], *, at: datetime) -> list[Twice]:
    """Who may take part twice in one of the open plans given, at most ``MOST_FOUND``.

    Whoever calls may steer the access of the plans, or passes on no more than which plans they are.
    """
    found = [*_two_participants(plan_ids, at), *_beside_owner_or_coordinator(plan_ids, at)]
    apart = _kept_apart()
    return sorted(
        (one for one in found if one.key not in apart), key=lambda one: (one.plan_id, one.key)
    )


def keep_apart(actor: Actor, plan: Plan, key: Key, *, at: datetime) -> None:
    """Answer that two in the plan are not one person.

    Raises:
        NotFound: they are not, or no longer, shown as one.
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    found = {one.key for one in in_plans([plan.id], at=at)}
    row = _answer(key)
    if key not in found:
        if row is not None and row.ended_at is None and _is_of(plan, key):
            return
        raise NotFound
    if row is None:
        row = NotTheSame(what=DuplicateKind.PARTICIPANT, first_id=key[0], second_id=key[1])
        db.session.add(row)
    row.answered_at, row.ended_at = at, None
    row.answered_by = actor.account_id or 0
    log.record(actor, "plan:participants_kept_apart", plan)
    db.session.flush()
    settle(plan, at=at)


def take_back(actor: Actor, plan: Plan, key: Key, *, at: datetime) -> None:
    """Let the two be asked about again.

    Raises:
        NotFound: nothing was answered about these two in this plan.
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    row = _answer(key)
    if row is None or not _is_of(plan, key):
        raise NotFound
    if row.ended_at is None:
        row.ended_at = at
        log.record(actor, "plan:participants_asked_again", plan)


def answered(plan: Plan) -> list[Key]:
    """The pairs in the plan of whom it was answered that they are not one."""
    return sorted(key for key in _kept_apart() if _is_of(plan, key))


def settle(plan: Plan, *, at: datetime) -> None:
    """Take the coordinator's notice away when nobody may be in the plan twice any more."""
    if _is_told(plan) and not in_plans([plan.id], at=at):
        notices.settle(plan.id, NoticeKind.PARTICIPANT_TWICE, at=at)


def _is_told(plan: Plan) -> bool:
    wanted = select(Notice.id).where(
        Notice.plan_id == plan.id,
        Notice.kind == NoticeKind.PARTICIPANT_TWICE,
        Notice.settled_at.is_(None),
    )
    return db.session.scalar(wanted.limit(1)) is not None


def _two_participants(plan_ids: Any, at: datetime) -> list[Twice]:
    one, other = aliased(Participant), aliased(Participant)
    query = (
        select(one.plan_id, one.id.label("first"), other.id.label("second"))
        .select_from(DuplicatePair)
        .join(one, one.person_id == DuplicatePair.first_id)
        .join(other, and_(other.person_id == DuplicatePair.second_id, other.plan_id == one.plan_id))
        .join(Plan, Plan.id == one.plan_id)
        .where(
            *_is_likely(),
            _takes_part(one, at),
            _takes_part(other, at),
            Plan.closed_at.is_(None),
            Plan.id.in_(plan_ids),
        )
    )
    return [
        Twice(row.plan_id, row.first, row.second, True)
        for row in db.session.execute(query.limit(MOST_FOUND))
    ]


def _beside_owner_or_coordinator(plan_ids: Any, at: datetime) -> list[Twice]:
    one = aliased(Participant)
    other_id = case(
        (one.person_id == DuplicatePair.first_id, DuplicatePair.second_id),
        else_=DuplicatePair.first_id,
    )
    is_one_of_them = one.person_id.in_((DuplicatePair.first_id, DuplicatePair.second_id))
    query = (
        select(one.plan_id, one.id.label("first"), other_id.label("second"))
        .select_from(DuplicatePair)
        .join(one, is_one_of_them)
        .join(Plan, Plan.id == one.plan_id)
        .where(
            *_is_likely(),
            _takes_part(one, at),
            Plan.closed_at.is_(None),
            or_(Plan.owner_id == other_id, Plan.coordinator_id == other_id),
            Plan.id.in_(plan_ids),
        )
    )
    return [
        Twice(row.plan_id, row.first, row.second, False)
        for row in db.session.execute(query.limit(MOST_FOUND))
    ]


def _is_likely() -> tuple[Any, ...]:
    return DuplicatePair.state.in_(UNANSWERED), DuplicatePair.band.in_(LIKELY)


def _takes_part(one: Any, at: datetime) -> Any:
    """Takes part now or later: nobody has ended it, and its last day has not passed."""
    return and_(one.ended_at.is_(None), or_(one.ends_on.is_(None), one.ends_on > day_of(at)))


def _kept_apart() -> frozenset[Key]:
    rows = db.session.execute(
        select(NotTheSame.first_id, NotTheSame.second_id).where(
            NotTheSame.what == DuplicateKind.PARTICIPANT, NotTheSame.ended_at.is_(None)
        )
    )
    return frozenset((row.first_id, row.second_id) for row in rows)


def _answer(key: Key) -> NotTheSame | None:
    found: NotTheSame | None = db.session.scalar(
        select(NotTheSame).where(
            NotTheSame.what == DuplicateKind.PARTICIPANT,
            NotTheSame.first_id == key[0],
            NotTheSame.second_id == key[1],
        )
    )
    return found


def _is_of(plan: Plan, key: Key) -> bool:
    """Whether one of the two is a participation in the plan, and the other belongs there too."""
    ids = {one.id for one in plan.participants}
    inside = ids | {plan.owner_id, plan.coordinator_id}
    return bool(ids & set(key)) and set(key) <= inside
