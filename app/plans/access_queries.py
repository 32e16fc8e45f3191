"""Who sees what in a plan, as it is now: one insight a person, and the matrix of one participant.

Computed from what policy reads; nothing here is asked by pretending to be somebody else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import attributes, joinedload, selectinload

from app.clock import day_of
from app.columns import Period
from app.db import db
from app.enums import Level, NoticeKind, Section
from app.models import (
    Authority,
    Consent,
    Membership,
    Participant,
    Plan,
    PlanEntry,
    StandardRole,
    WithheldSection,
)
from app.plans import consent_wanted, granting
from app.security import plan_access, policy, scope
from app.security.actor import Actor
from app.security.own_activities import is_held_to_own, is_let_through_in_sql
from app.security.plan_rights import LEVELS, SHARED, Basis
from app.security.roles import Action
from app.side_tables import Notice
from app.templating import heads, role_samples

Seen = dict[Section, Level]

CONTENT = frozenset(
    {
        Section.ABOUT_ME,
        Section.MAPPING,
        Section.GOALS,
        Section.ACTIVITIES,
        Section.COMMENTS,
        Section.SUB_PLANS,
        Section.DOCUMENTS,
        Section.MEETINGS,
        Section.CALENDAR,
        Section.MESSAGES,
    }
)
"""Parts that hold something about the owner; the others hold who takes part and what was agreed."""


@dataclass(frozen=True)
class Cell:
    """One part of the plan for one participant: what is given, consented to and usual.

    ``usual`` is None without a standard role. ``choices`` is empty where the actor can give
    nothing: the part is locked.
    """

    section: Section
    given: Level
    consented: Level
    usual: Level | None
    choices: tuple[Level, ...]
    own_only: bool = False

    @property
    def open(self) -> Level:
        """What holds: as far as it is both given and consented to."""
        return min(self.given, self.consented, key=lambda one: one.rank)

    @property
    def is_limited(self) -> bool:
        """Whether not all levels can be given here."""
        return bool(self.choices) and self.choices[-1] is Level.READ


@dataclass(frozen=True)
class Insight:
    """What one participant sees now, and what waits for consent."""

    participant: Participant
    sees: Seen
    waits: Seen
    begins_on: date | None = None
    ends: dict[Section, date] = field(default_factory=dict)
    """The last day of each part that is seen for a shorter time than the participation lasts."""
    own_only: bool = False
    """Whether the activities that are seen are the participant's own alone."""


@dataclass(frozen=True)
class ByRight:
    """Somebody who is let in by what they are to the plan, and not by being given access."""

    basis: Basis
    person_id: str
    name: str
    sees: Seen
    last_day: date | None = None
    until: datetime | None = None
    withheld: tuple[Section, ...] = ()
    authority: Authority | None = None


@dataclass(frozen=True)
class WhoSeesWhat:
    """Everyone who is, or can be, let into a plan."""

    by_right: list[ByRight]
    participants: list[Insight]
    ended: list[Participant]
    nobody_else: list[Section]
    wishes: list[Notice] = field(default_factory=list)


def load(plan: Plan) -> None:
    """Fetch all that decides access to the plan in few questions, however many take part."""
    found = select(Participant).where(Participant.plan_id == plan.id).order_by(Participant.id)
    people = (
        selectinload(Participant.grants),
        joinedload(Participant.person),
        joinedload(Participant.unit),
        joinedload(Participant.standard_role),
    )
    _put(plan, "participants", db.session.scalars(found.options(*people)).all())
    given = select(Consent).where(Consent.plan_id == plan.id).order_by(Consent.id)
    _put(plan, "consents", db.session.scalars(given).all())
    acting = select(Authority).where(Authority.owner_id == plan.owner_id).order_by(Authority.id)
    whole = (joinedload(Authority.holder), selectinload(Authority.withheld))
    _put(plan, "authorities", db.session.scalars(acting.options(*whole)).all())


def _put(plan: Plan, name: str, rows: Iterable[Any]) -> None:
    """Keep rows with their plan: the session forgets those that nobody holds on to."""
    attributes.set_committed_value(plan, name, list(rows))


# --- the matrix of one participant ---------------------------------------------------------------


def matrix(actor: Actor, participant: Participant, on: date) -> list[Cell]:
    """Each part of the plan for one participant, in order, the locked ones too."""
    plan, role = participant.plan, participant.standard_role
    given = granting.granted(participant, on)
    consented = plan_access.consented_levels(plan, participant, on)
    usual = granting.of_role(actor, plan, role) if role is not None else None
    return [
        Cell(
            section,
            given.get(section, Level.NONE),
            consented.get(section, Level.NONE),
            None if usual is None else usual.get(section, Level.NONE),
            _or_as_now(choices(actor, plan, section), given.get(section, Level.NONE)),
            section is Section.ACTIVITIES and is_held_to_own(participant),
        )
        for section in granting.offered(plan)
    ]


def choices(actor: Actor, plan: Plan, section: Section) -> tuple[Level, ...]:
    """The levels that the actor can give in a part of the plan; none where it is locked."""
    most = plan_access.most_given(actor, plan, section)
    return () if most is Level.NONE else tuple(list(Level)[: most.rank + 1])


def _or_as_now(may: tuple[Level, ...], now: Level) -> tuple[Level, ...]:
    """What can be chosen, and what stands, where a standard role gave more than that."""
    return (*may, now) if may and now.rank > may[-1].rank else may


def roles_for(actor: Actor, plan: Plan) -> list[StandardRole]:
    """The standard roles that the actor may give in a plan, in their order."""
    offered = scope.rows(actor, StandardRole, Action.CHOOSE).where(
        StandardRole.retired_at.is_(None)
    )
    found = db.session.scalars(offered.order_by(StandardRole.position, StandardRole.id))
    of_kind = [one for one in found if plan.kind in one.kinds]
    return [one for one in of_kind if policy.may_give_role(actor, plan, one)]


def roles_in(plan: Plan) -> list[StandardRole]:
    """The standard roles in use for a kind of plan, for those who may see the plan as others do:
    what could be given in it belongs to who sees what."""
    found = select(StandardRole).where(
        StandardRole.municipality_id == plan.municipality_id, StandardRole.retired_at.is_(None)
    )
    ordered = db.session.scalars(found.order_by(StandardRole.position, StandardRole.id))
    return [one for one in ordered if plan.kind in one.kinds]


# --- who sees what -------------------------------------------------------------------------------


def who_sees_what(actor: Actor, plan: Plan, at: datetime) -> WhoSeesWhat:
    """Everyone who is let in, what they see, and what waits."""
    load(plan)
    on = day_of(at)
    standing = [one for one in plan.participants if not is_over(one, on)]
    insights = [insight(plan, one, on) for one in standing]
    seen = {section for one in insights for section in one.sees}
    parts = [one for one in Section if one in plan.type.sections]
    return WhoSeesWhat(
        by_right=list(_by_right(plan, at)),
        participants=insights,
        ended=[one for one in plan.participants if is_over(one, on)],
        nobody_else=[one for one in parts if one in CONTENT and one not in seen],
        wishes=_wishes(actor, plan),
    )


def insight(plan: Plan, participant: Participant, on: date) -> Insight:
    """What one participant sees now, and what waits for consent."""
    sees = plan_access.shared_levels(plan, participant, on)
    return Insight(
        participant,
        sees,
        consent_wanted.waiting(plan, participant, on),
        participant.starts_on if participant.starts_on > on else None,
        {section: day for section, day in _sooner(participant, on) if section in sees},
        is_held_to_own(participant),
    )


def _sooner(participant: Participant, on: date) -> Iterator[tuple[Section, date]]:
    for grant in granting.standing(participant, on):
        day, whole = grant.last_day, participant.last_day
        if day is not None and (whole is None or day < whole):
            yield grant.section, day


def is_over(participant: Participant, on: date) -> bool:
    """Whether a participation has ended or run out."""
    return has_ended(participant, on)


def has_ended(period: Period, on: date) -> bool:
    """Whether something was ended, or its last day has passed."""
    has_run_out = period.ends_on is not None and period.ends_on <= on
    return period.ended_at is not None or has_run_out


def _by_right(plan: Plan, at: datetime) -> Iterator[ByRight]:
    on, coordinator = day_of(at), plan.coordinator
    everything = LEVELS[Basis.COORDINATOR]
    yield ByRight(Basis.COORDINATOR, coordinator.id, coordinator.full_name, everything)
    for stand_in in plan.stand_ins:
        if stand_in.is_active(on):
            name = stand_in.person.full_name
            yield ByRight(
                Basis.STAND_IN, stand_in.person_id, name, everything, last_day=stand_in.last_day
            )
    own = Basis.OWNER if plan_access.is_of_age(plan, on) else Basis.OWNER_UNDER_AGE
    yield ByRight(own, plan.owner_id, plan.owner.full_name, LEVELS[own])
    for authority in plan.authorities:
        if plan_access.reaches(authority, plan, on):
            yield _of_authority(authority)
    for one in plan.emergencies:
        if one.ended_at is None and one.starts_at <= at < one.ends_at:
            name, levels = one.person.full_name, LEVELS[Basis.EMERGENCY]
            yield ByRight(Basis.EMERGENCY, one.person_id, name, levels, until=one.ends_at)


def _of_authority(authority: Authority) -> ByRight:
    basis = Basis.AUTHORITY if authority.may_consent else Basis.AUTHORITY_TO_READ
    withheld = tuple(row.section for row in withheld_now(authority))
    levels = {s: level for s, level in LEVELS[basis].items() if s not in withheld}
    return ByRight(
        basis,
        authority.holder_id,
        authority.holder.full_name,
        levels,
        last_day=authority.last_day,
        withheld=withheld,
        authority=authority,
    )


def withheld_now(authority: Authority) -> list[WithheldSection]:
    """What is kept from the holder of an authority."""
    return [row for row in authority.withheld if row.lifted_at is None]


def _wishes(actor: Actor, plan: Plan) -> list[Notice]:
    """What the actor has been asked to change in this plan, and has not seen to."""
    asked = scope.rows(actor, Notice, Action.SHOW).where(
        Notice.plan_id == plan.id,
        Notice.kind == NoticeKind.CHANGE_WANTED,
        Notice.settled_at.is_(None),
    )
    return list(db.session.scalars(asked.order_by(Notice.at)))


# --- the plan as a participant sees it -----------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A part of the plan as a participant sees it; ``count`` is None when the reader can't."""

    section: Section
    level: Level
    count: int | None
    own_only: bool = False


def seen_as(actor: Actor, participant: Participant, on: date) -> list[Part]:
    """Each part of the plan: how far the participant sees it now, and how much is in it."""
    plan = participant.plan
    levels = plan_access.shared_levels(plan, participant, on)
    own_of = participant.person_id if is_held_to_own(participant) else None
    return _parts(actor, plan, levels, _count(actor, plan, own_of), is_own=own_of is not None)


def seen_as_role(actor: Actor, plan: Plan, role: StandardRole) -> list[Part]:
    """Each part of the plan: how far somebody with a standard role would see it once all of it is
    consented to, and how much is in it."""
    levels = role_samples.opened(heads.role_in_use(role))
    is_own = granting.is_for_own(role)
    counted = _count(actor, plan)
    if is_own:
        counted.pop(Section.ACTIVITIES, None)
    return _parts(actor, plan, levels, counted, is_own=is_own)


def _parts(
    actor: Actor, plan: Plan, levels: Seen, counted: dict[Section, int], *, is_own: bool
) -> list[Part]:
    return [
        Part(
            section,
            plan_access.capped(plan, levels.get(section, Level.NONE)),
            counted.get(section, 0) if _may_count(actor, plan, section) else None,
            is_own and section is Section.ACTIVITIES,
        )
        for section in granting.sections_of(plan)
    ]


def _may_count(actor: Actor, plan: Plan, section: Section) -> bool:
    return section in CONTENT and bool(policy.decide(actor, Action.READ, plan, section=section))


def _count(actor: Actor, plan: Plan, own_of: str | None = None) -> dict[Section, int]:
    """How much is in each part; with ``own_of`` no activities but those of this person."""
    readable = scope.visible(actor, PlanEntry, Action.LIST)
    if own_of is not None:
        readable = and_(readable, is_let_through_in_sql(own_of))
    counted = (
        select(PlanEntry.section, func.count())
        .where(readable, PlanEntry.plan_id == plan.id, PlanEntry.deleted_at.is_(None))
        .group_by(PlanEntry.section)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def is_shared(plan: Plan) -> bool:
    """Whether participants are let in at all in the state that the plan is in."""
    return plan.state in SHARED


def has_login(participant: Participant, on: date) -> bool:
    """Whether the person can sign in here: holds a role that has not ended."""
    held = select(Membership.id).where(
        Membership.person_id == participant.person_id, Membership.active(on)
    )
    return db.session.scalar(held.limit(1)) is not None


def grouped(seen: Seen, among: Iterable[Section]) -> list[tuple[Level, list[Section]]]:
    """Parts by level, lowest first, in the order of the plan."""
    wanted = list(among)
    return [
        (level, sections)
        for level in Level
        if level is not Level.NONE
        and (sections := [one for one in wanted if seen.get(one) is level])
    ]
