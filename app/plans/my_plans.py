"""A login's own plans, in all its municipalities: what is open, what waits, and what is new.

Each municipality is asked for itself, as the actor that the login is there, and only plain values
leave its scope. Nothing of what stands in a plan is in them, so that no read has to be logged: what
waits is told by number and day. A role as local administrator shows no plan here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import day_of
from app.enums import (
    EntryKind,
    EntryStatus,
    NoticeKind,
    PlanKind,
    Role,
    Section,
)
from app.models import (
    Authority,
    Consent,
    Grant,
    Municipality,
    Participant,
    Person,
    Plan,
    PlanEntry,
    PlanType,
    StandIn,
)
from app.plans import consent_days, proposing
from app.plans.my_plan import Arrival, MyPart, MyPlace, MyPlan, Offer, Part, Told, Turn, Waiting
from app.security import plan_access, scope, tenancy
from app.security.actor import Actor, find_actor, open_municipalities
from app.security.plan_rights import OPEN
from app.security.roles import Action
from app.side_tables import Handover, IncomingPlan, Notice, PlanVisit

SOON = timedelta(days=14)
DONE = (EntryStatus.REACHED, EntryStatus.STOPPED)


@dataclass
class _Facts:
    """What one municipality knows about my plans, by the plan's id."""

    types: dict[PlanKind, PlanType]
    authorities: dict[str, list[Authority]]
    functions: dict[str, str]
    stood_in_for: set[str]
    visits: dict[str, datetime]
    told: defaultdict[str, list[Told]]
    news: Counter[str] = field(default_factory=Counter)
    waiting: defaultdict[str, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    consent_until: dict[str, date] = field(default_factory=dict)


def places(session: Session, actor: Actor, *, at: datetime) -> list[MyPlace]:
    """Every municipality where the account has a role, with its plans; the present one first."""
    ids = open_municipalities(session, actor.account_id or 0, day_of(at))
    rows = session.scalars(
        select(Municipality).where(Municipality.id.in_(ids)).order_by(Municipality.search_name)
    )
    known = [(one.id, one.number, one.display_name) for one in rows]
    known.sort(key=lambda one: one[0] != actor.municipality_id)
    found = []
    for municipality_id, number, name in known:
        is_here = municipality_id == actor.municipality_id
        there = actor
        if not is_here:
            there = find_actor(session, actor.account_id or 0, municipality_id, at)
        with tenancy.applied(session, there.scope):
            found.append(_in_place(session, there, MyPlace(number, name, is_here)))
    return found


def _in_place(session: Session, actor: Actor, place: MyPlace) -> MyPlace:
    """The plans that the actor has a part in; who only keeps the overview has none here."""
    me = replace(
        actor, holdings=tuple(h for h in actor.holdings if h.role is not Role.LOCAL_ADMINISTRATOR)
    )
    if me.at is None or me.person_id is None:
        return replace(place, arrivals=tuple(_arrivals(session, actor)))
    plans = session.scalars(
        scope.rows(me, Plan).options(joinedload(Plan.owner), selectinload(Plan.age_rules))
    ).all()
    facts = _facts(session, me, [plan.id for plan in plans])
    if steered := [plan for plan in plans if _is_more_than_participant(me, plan, facts)]:
        _add_consents(session, me, steered, facts)
    if plans:
        _add_content(session, me, plans, facts)
    on = day_of(me.at)
    mine = [_my_plan(me, plan, facts, on) for plan in plans]
    mine.sort(key=lambda one: one.last_activity_at, reverse=True)
    mine.sort(key=lambda one: (not one.is_open, not one.waits))
    return replace(
        place,
        plans=tuple(mine),
        offers=tuple(_offers(session, me, facts)),
        arrivals=tuple(_arrivals(session, actor)),
        # What was written is of the plan, and goes with the access to it.
        told=tuple(replace(one, text="") for told in facts.told.values() for one in told),
    )


def _facts(session: Session, me: Actor, ids: list[str]) -> _Facts:
    return _Facts(
        types={one.kind: one for one in session.scalars(select(PlanType))},
        authorities=_authorities(session, me),
        functions=_functions(session, me),
        stood_in_for=_stood_in_for(session, me),
        visits=_visits(session, me, ids),
        told=_told(session, me),
    )


def _my_plan(me: Actor, plan: Plan, facts: _Facts, on: date) -> MyPlan:
    parts = tuple(_parts(me, plan, facts, on))
    waiting = facts.waiting[plan.id] if plan.state in OPEN else []
    coordinates = any(one.part in (Part.COORDINATOR, Part.STAND_IN) for one in parts)
    if coordinates and plan.state in OPEN and _is_near(plan.next_evaluation_on, on):
        waiting = [*waiting, Waiting(Turn.EVALUATION, plan.next_evaluation_on)]
    kind = facts.types[plan.kind]
    return MyPlan(
        id=plan.id,
        kind=plan.kind,
        kind_names=kind.names,
        coordinator_names=kind.coordinator_names,
        owner_name=plan.owner.full_name,
        state=plan.state,
        parts=parts,
        waiting=tuple(waiting),
        told=tuple(_besides(waiting, facts.told.pop(plan.id, []))),
        new=facts.news[plan.id] if plan.id in facts.visits else None,
        consent_until=facts.consent_until.get(plan.id) if plan.state in OPEN else None,
        last_activity_at=plan.last_activity_at,
    )


def _besides(waiting: Iterable[Waiting], told: Iterable[Told]) -> Iterable[Told]:
    """Notices that say more than what waits: not that a consent is asked for which waits anyhow."""
    is_awaited = any(one.turn is Turn.CONSENT for one in waiting)
    return (one for one in told if not (is_awaited and one.kind is NoticeKind.CONSENT_WANTED))


def _is_more_than_participant(me: Actor, plan: Plan, facts: _Facts) -> bool:
    """Whether the plan's consents may concern me: a cheap question that saves a dear one."""
    is_theirs = me.person_id in (plan.owner_id, plan.coordinator_id)
    return is_theirs or plan.owner_id in facts.authorities or plan.id in facts.stood_in_for


def _is_near(day: date | None, on: date) -> bool:
    return day is not None and day <= on + SOON


def _parts(me: Actor, plan: Plan, facts: _Facts, on: date) -> Iterable[MyPart]:
    if plan.owner_id == me.person_id:
        yield MyPart(Part.OWNER)
    if me.holds(Role.COORDINATOR):
        if plan.coordinator_id == me.person_id:
            yield MyPart(Part.COORDINATOR)
        elif plan.id in facts.stood_in_for:
            yield MyPart(Part.STAND_IN)
    for one in facts.authorities.get(plan.owner_id, ()):
        if plan_access.reaches(one, plan, on):
            yield MyPart(Part.AUTHORITY, authority=one.kind)
    if plan.id in facts.functions:
        yield MyPart(Part.PARTICIPANT, function=facts.functions[plan.id])


# --- one question each, for all plans at once ----------------------------------------------------


def _authorities(session: Session, me: Actor) -> defaultdict[str, list[Authority]]:
    """By owner."""
    found: defaultdict[str, list[Authority]] = defaultdict(list)
    mine = select(Authority).where(Authority.holder_id == me.person_id)
    for one in session.scalars(mine.order_by(Authority.id)):
        found[one.owner_id].append(one)
    return found


def _functions(session: Session, me: Actor) -> dict[str, str]:
    rows = session.execute(
        select(Participant.plan_id, Participant.function).where(
            Participant.person_id == me.person_id, Participant.active(_today(me))
        )
    )
    return {row.plan_id: row.function for row in rows}


def _stood_in_for(session: Session, me: Actor) -> set[str]:
    return set(
        session.scalars(
            select(StandIn.plan_id).where(
                StandIn.person_id == me.person_id, StandIn.active(_today(me))
            )
        )
    )


def _visits(session: Session, me: Actor, ids: list[str]) -> dict[str, datetime]:
    rows = session.execute(
        select(PlanVisit.plan_id, PlanVisit.seen_at).where(
            PlanVisit.person_id == me.person_id, PlanVisit.plan_id.in_(ids)
        )
    )
    return {row.plan_id: row.seen_at for row in rows}


def _told(session: Session, me: Actor) -> defaultdict[str, list[Told]]:
    found: defaultdict[str, list[Told]] = defaultdict(list)
    waiting = scope.rows(me, Notice).where(Notice.settled_at.is_(None)).order_by(Notice.id.desc())
    for one in session.scalars(waiting):
        # Taking over is asked for by the offer itself, which holds the answer.
        if one.kind is not NoticeKind.HANDOVER_OFFERED:
            found[one.plan_id].append(Told(one.id, one.kind, proposing.text_of(one), one.at))
    return found


def _offers(session: Session, me: Actor, facts: _Facts) -> Iterable[Offer]:
    rows = session.execute(
        select(Handover.id, Handover.plan_id, Handover.offered_at, Plan.kind, Person)
        .join(Plan, Handover.plan_id == Plan.id)
        .join(Person, Plan.owner_id == Person.id)
        .where(scope.visible(me, Handover, Action.ANSWER))
        .order_by(Handover.id)
    )
    for row in rows:
        names, owner = facts.types[row.kind].names, row.Person.full_name
        yield Offer(row.id, row.plan_id, names, owner, row.offered_at)


def _arrivals(session: Session, actor: Actor) -> Iterable[Arrival]:
    """Plans from other municipalities that wait for me: to be answered, or for who answers."""
    if not actor.roles & {Role.COORDINATOR, Role.LOCAL_ADMINISTRATOR}:
        return
    mine = scope.visible(actor, IncomingPlan, Action.ANSWER)
    unnamed = and_(
        IncomingPlan.coordinator_id.is_(None), scope.visible(actor, IncomingPlan, Action.HAND_OVER)
    )
    found = select(IncomingPlan).where(or_(mine, unnamed)).order_by(IncomingPlan.id)
    for one in session.scalars(found):
        is_mine = one.coordinator_id is not None
        yield Arrival(one.id, one.kind, is_mine, one.sent_at)


def _add_content(session: Session, me: Actor, plans: Sequence[Plan], facts: _Facts) -> None:
    """How much is new since my last visit, and what I am responsible for that is due, in sections
    that I may read.

    What is open depends on plan and section alone, so it is asked for one piece of each; but in
    plans where I see no activities but my own, each piece that is new is asked for.
    """
    held = _held_to_own(session, me)
    news, due = _changed(session, me, list(facts.visits), held), _due(session, me, plans)
    one_of_each = {(row.plan_id, row.section): str(UUID(row.id)) for row in (*due, *news)}
    if not one_of_each:
        return
    found = scope.rows(me, PlanEntry).where(PlanEntry.id.in_(sorted(one_of_each.values())))
    open_ids = set(session.scalars(found.with_only_columns(PlanEntry.id)))
    is_open = {place for place, entry_id in one_of_each.items() if entry_id in open_ids}
    for row in news:
        if (row.plan_id, row.section) in is_open:
            facts.news[row.plan_id] += row.changed
    on, days = _today(me), defaultdict[tuple[str, Turn], list[date]](list)
    for row in due:
        if (row.plan_id, row.section) in is_open:
            turn = Turn.PASSED if row.deadline_on < on else Turn.SOON
            days[row.plan_id, turn].append(row.deadline_on)
    for (plan_id, turn), when in sorted(days.items()):
        facts.waiting[plan_id].append(Waiting(turn, min(when), len(when)))


def _held_to_own(session: Session, me: Actor) -> list[str]:
    """The plans in which some of what I was given is my own activities alone."""
    found = (
        select(Grant.plan_id)
        .join(Participant, Grant.participant_id == Participant.id)
        .where(Participant.person_id == me.person_id, Grant.own_only.is_(True))
    )
    return list(session.scalars(found.distinct()))


def _changed(session: Session, me: Actor, visited: list[str], held: list[str]) -> Sequence[Any]:
    """How much was changed since my last visit, by plan and section, with one of each."""
    is_mine = scope.visible(me, PlanEntry) if held else true()
    return session.execute(
        select(
            PlanEntry.plan_id,
            PlanEntry.section,
            func.count().label("changed"),
            func.min(cast(PlanEntry.id, String)).label("id"),
        )
        .join(PlanVisit, PlanVisit.plan_id == PlanEntry.plan_id)
        .where(
            PlanVisit.person_id == me.person_id,
            PlanEntry.plan_id.in_(visited),
            PlanEntry.changed_at > PlanVisit.seen_at,
            PlanEntry.deleted_at.is_(None),
            or_(PlanEntry.plan_id.not_in(held), is_mine),
        )
        .group_by(PlanEntry.plan_id, PlanEntry.section)
    ).all()


def _due(session: Session, me: Actor, plans: Sequence[Plan]) -> Sequence[Any]:
    """Activities that I am responsible for, with a deadline that has passed or is near."""
    return session.execute(
        select(PlanEntry.id, PlanEntry.plan_id, PlanEntry.section, PlanEntry.deadline_on)
        .outerjoin(Participant, PlanEntry.responsible_id == Participant.id)
        .where(
            PlanEntry.plan_id.in_([plan.id for plan in plans if plan.state in OPEN]),
            PlanEntry.section == Section.ACTIVITIES,
            PlanEntry.kind == EntryKind.ACTIVITY,
            PlanEntry.deadline_on <= _today(me) + SOON,
            PlanEntry.status.not_in(DONE),
            PlanEntry.deleted_at.is_(None),
            or_(Participant.person_id == me.person_id, _named(me, plans)),
        )
    ).all()


def _named(me: Actor, plans: Sequence[Plan]) -> ColumnElement[bool]:
    """Entries of which I am responsible as the plan's owner or coordinator, who need not be
    participants."""
    owned = [plan.id for plan in plans if plan.owner_id == me.person_id]
    coordinated = [plan.id for plan in plans if plan.coordinator_id == me.person_id]
    named = PlanEntry.details["responsible"].as_string()
    return or_(
        and_(named == "owner", PlanEntry.plan_id.in_(owned)),
        and_(named == "coordinator", PlanEntry.plan_id.in_(coordinated)),
    )


def _add_consents(session: Session, me: Actor, plans: Sequence[Plan], facts: _Facts) -> None:
    """Whose consent I have to give, and until when those that were given last."""
    on = _today(me)
    rows = session.execute(
        select(
            Consent.plan_id,
            Consent.kind,
            Consent.giver_id,
            Consent.capacity,
            Consent.ends_on,
            Consent.given_at,
            Consent.withdrawn_at,
        ).where(Consent.plan_id.in_([plan.id for plan in plans]), scope.visible(me, Consent))
    )
    given = consent_days.by_plan(consent_days.Given(*row) for row in rows)
    mine = set(session.scalars(scope.rows(me, Plan, Action.CONSENT).with_only_columns(Plan.id)))
    for plan in plans:
        of_plan = given.get(plan.id, ())
        if plan.id in mine and consent_days.is_awaited(plan.state, of_plan, me.person_id, on):
            facts.waiting[plan.id].append(Waiting(Turn.CONSENT))
        last = consent_days.last_day(of_plan, plan_access.is_of_age(plan, on))
        if last is None:
            continue
        if last >= on and last <= on + consent_days.NEAR:
            facts.consent_until[plan.id] = last
        elif last < on and plan.coordinator_id == me.person_id:
            facts.waiting[plan.id].append(Waiting(Turn.CONSENT_RAN_OUT, last))


def _today(me: Actor) -> date:
    """The day in Norway that the actor was found on."""
    if me.at is None:
        raise ValueError("an actor without an instant has no day")
    return day_of(me.at)
