"""Persons who may take part in a plan twice, as its coordinator sees them and ends or keeps one.

They are two records that a scan found to be likely one. Within a plan that is the coordinator's to
mend: who takes part is seen by nobody else, so the local administrator is told of the plan alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

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
MOST_PAIRS = 20_000
ASKED_AT_ONCE = 500

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Two persons who wait to be looked at side by side."""

    id: str
    first_id: str
    second_id: str


@dataclass(frozen=True)
class Twice:
    """Two who may be one: participations, or one beside the owner or coordinator.

    ``other_id`` is the id of a participation, or of the person who is in the plan without one.
    """

    plan_id: str
    participant_id: str
    other_id: str

    @property
    def key(self) -> Key:
        """Their ids, as an answer about them is kept."""
        one, other = sorted((self.participant_id, self.other_id))
        return one, other


def likely_pairs(
    *conditions: ColumnElement[bool], bands: Collection[MatchBand] = LIKELY
) -> list[LikelyPair]:
    """Pairs of persons who are likely one and wait for an answer, likeliest first."""
    query = (
        select(DuplicatePair.id, DuplicatePair.first_id, DuplicatePair.second_id)
        .where(*_is_likely(bands), *conditions)
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id)
        .limit(MOST_PAIRS)
    )
    return [LikelyPair(*row) for row in db.session.execute(query)]


def is_in_likely_pair(
    person_id: Any, *conditions: ColumnElement[bool], bands: Collection[MatchBand] = LIKELY
) -> ColumnElement[bool]:
    """Whether a person is one of those in ``likely_pairs``."""
    ends = (DuplicatePair.first_id, DuplicatePair.second_id)
    return or_(*(person_id.in_(select(one).where(*_is_likely(bands), *conditions)) for one in ends))


def _is_likely(bands: Collection[MatchBand]) -> tuple[ColumnElement[bool], ...]:
    return DuplicatePair.state.in_(UNANSWERED), DuplicatePair.band.in_(bands)


def in_plan(plan: Plan, *, at: datetime) -> list[Twice]:
    """Who may take part twice in an open plan. Whoever calls may steer its access."""
    if plan.closed_at is not None:
        return []
    parts = _parts(Participant.plan_id == plan.id, at=at)
    ids = {one.person_id for one in parts} | {plan.owner_id, plan.coordinator_id}
    pairs = likely_pairs(DuplicatePair.first_id.in_(ids), DuplicatePair.second_id.in_(ids))
    return _twice(pairs, parts, {plan.id: (plan.owner_id, plan.coordinator_id)})


def everywhere(
    *conditions: ColumnElement[bool], pairs: Collection[LikelyPair], at: datetime
) -> list[Twice]:
    """Who may take part twice in open plans that meet the conditions.

    Whoever calls passes on no more than which plans they are. Asked table by table, a part of the
    ids at a time: without statistics a database joins the three in the dearest order.
    """
    persons = sorted({one for pair in pairs for one in (pair.first_id, pair.second_id)})
    parts = [
        one for some in batched(persons) for one in _parts(Participant.person_id.in_(some), at=at)
    ]
    plans: dict[str, tuple[str, str]] = {}
    for some in batched(sorted({one.plan_id for one in parts})):
        rows = db.session.execute(
            select(Plan.id, Plan.owner_id, Plan.coordinator_id).where(
                Plan.id.in_(some), Plan.closed_at.is_(None), *conditions
            )
        )
        plans |= {row.id: (row.owner_id, row.coordinator_id) for row in rows}
    return _twice(pairs, parts, plans)


def batched(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids, so many at a time as are well asked for at once."""
    for start in range(0, len(ids), ASKED_AT_ONCE):
        yield ids[start : start + ASKED_AT_ONCE]


def keep_apart(actor: Actor, plan: Plan, key: Key, *, at: datetime) -> None:
    """Answer that two in the plan are not one person.

    Raises:
        NotFound: they are not, or no longer, shown as one.
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    found = {one.key for one in in_plan(plan, at=at)}
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
    if _is_told(plan) and not in_plan(plan, at=at):
        notices.settle(plan.id, NoticeKind.PARTICIPANT_TWICE, at=at)


def _is_told(plan: Plan) -> bool:
    wanted = select(Notice.id).where(
        Notice.plan_id == plan.id,
        Notice.kind == NoticeKind.PARTICIPANT_TWICE,
        Notice.settled_at.is_(None),
    )
    return db.session.scalar(wanted.limit(1)) is not None


def _parts(condition: ColumnElement[bool], *, at: datetime) -> list[Any]:
    """Participations that hold now or later: nobody has ended them, no last day has passed."""
    query = select(Participant.plan_id, Participant.id, Participant.person_id).where(
        condition,
        Participant.ended_at.is_(None),
        or_(Participant.ends_on.is_(None), Participant.ends_on > day_of(at)),
    )
    return list(db.session.execute(query))


def _twice(
    pairs: Collection[LikelyPair], parts: Iterable[Any], plans: Mapping[str, tuple[str, str]]
) -> list[Twice]:
    """What the pairs mean in the plans, which are given with their owners and coordinators."""
    others: defaultdict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        others[pair.first_id].add(pair.second_id)
        others[pair.second_id].add(pair.first_id)
    added = {(one.plan_id, one.person_id): one.id for one in parts if one.plan_id in plans}
    apart, found = _kept_apart(), {}
    for (plan_id, person_id), participant_id in added.items():
        for other in others[person_id]:
            other_id = added.get((plan_id, other))
            if other_id is None and other in plans[plan_id]:
                other_id = other
            if other_id is None:
                continue
            one = Twice(plan_id, participant_id, other_id)
            if one.key not in apart:
                found[one.key] = one
    return sorted(found.values(), key=lambda one: (one.plan_id, one.key))


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
