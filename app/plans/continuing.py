"""From a relay log to an individual plan in one step.

The new plan takes chosen goals, their activities and participants over as a draft. Nobody is let
in by it: what a participant sees needs a fresh consent. The log stays open until the new plan is
in use, and is then closed and linked to it (``domain.md`` 9, idea 2).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.enums import EntryKind, PlanKind, PlanState, Section
from app.errors import DomainError
from app.models import Grant, Participant, Plan, PlanEntry
from app.plans import role_proposals
from app.plans.activity import touch
from app.plans.starting import StartFacts, start
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action

Row = TypeVar("Row", PlanEntry, Participant)
CARRIED = (EntryKind.GOAL, EntryKind.ACTIVITY, EntryKind.EVALUATION)


class OnlyRelayLogs(DomainError):
    """Other kinds of plans go on as they are."""

    message = _l("Only a relay log can go on as an individual plan.")


class NotInPlan(DomainError):
    """A goal or participant that was chosen is not there any more."""

    status = 422
    message = _l("Something you chose is not in the log any more. Look over it again.")


def goals_of(plan: Plan) -> Sequence[PlanEntry]:
    """The goals at the top of a plan's tree, in order."""
    found = (
        select(PlanEntry)
        .where(
            PlanEntry.plan_id == plan.id,
            PlanEntry.kind == EntryKind.GOAL,
            PlanEntry.parent_id.is_(None),
            PlanEntry.deleted_at.is_(None),
        )
        .order_by(PlanEntry.position, PlanEntry.id)
    )
    return db.session.scalars(found).all()


def participants_of(plan: Plan, on: date) -> list[Participant]:
    """Those who take part now."""
    return [one for one in plan.participants if one.is_active(on)]


def go_on(
    actor: Actor,
    relay_log: Plan,
    *,
    goals: Collection[str],
    participants: Collection[str],
    at: datetime,
) -> Plan:
    """A draft of an individual plan that continues the log, with what was chosen in it.

    Raises:
        OnlyRelayLogs, NotInPlan
        HasOpenPlan, NotOffered: as when a plan is started.
    """
    policy.require(actor, Action.CLOSE, relay_log)
    if relay_log.kind is not PlanKind.RELAY_LOG:
        raise OnlyRelayLogs
    chosen_goals = _chosen(goals_of(relay_log), goals)
    chosen_people = _chosen(participants_of(relay_log, day_of(at)), participants)
    facts = StartFacts(PlanKind.INDIVIDUAL_PLAN, relay_log.owner_id, unit_id=relay_log.unit_id)
    plan = start(actor, facts, at=at)
    plan.continues_id = relay_log.id
    taken = {one.id: _take_over(one, plan, at) for one in chosen_people}
    db.session.flush()
    _copy_trees(relay_log, plan, chosen_goals, taken, at)
    log.record(actor, "plan:continued", relay_log)
    touch(relay_log, at=at)
    return plan


def close_continued(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Close the log that an individual plan continues, once that plan is in use."""
    if plan.continues_id is None or plan.state is not PlanState.ACTIVE:
        return
    earlier = db.session.get_one(Plan, plan.continues_id)
    if earlier.closed_at is not None:
        return
    earlier.state, earlier.closed_at = PlanState.CLOSED, at
    earlier.closed_reason = _("Goes on as an individual plan.")
    log.record(actor, "plan:closed", earlier, fields=("state", "closed_at", "closed_reason"))
    touch(earlier, at=at)


def _chosen(rows: Iterable[Row], ids: Collection[str]) -> list[Row]:
    found = [one for one in rows if one.id in ids]
    if len(found) != len(set(ids)):
        raise NotInPlan
    return found


def _take_over(one: Participant, plan: Plan, at: datetime) -> str:
    """The same person in the new plan, with the same grants; the new participation's id."""
    on = day_of(at)
    taken = Participant(
        id=new_id(),
        plan_id=plan.id,
        person_id=one.person_id,
        unit_id=one.unit_id,
        standard_role_id=one.standard_role_id,
        standard_role_number=one.standard_role_number,
        function=one.function,
        contribution=one.contribution,
        starts_on=on,
        ends_on=one.ends_on,
        added_at=at,
    )
    db.session.add(taken)
    db.session.flush()
    for grant in one.grants:
        if grant.is_active(on):
            db.session.add(
                Grant(
                    plan_id=plan.id,
                    participant_id=taken.id,
                    section=grant.section,
                    level=grant.level,
                    own_only=grant.own_only,
                    starts_on=on,
                    ends_on=grant.ends_on,
                    given_by_id=plan.coordinator_id,
                    given_at=at,
                )
            )
    role_proposals.carry_over(one, taken, at=at)
    return str(taken.id)


def _copy_trees(
    source: Plan, plan: Plan, goals: Sequence[PlanEntry], taken: dict[str, str], at: datetime
) -> None:
    """Copy each goal with all below it; who was responsible is so again when taken over."""
    below: dict[str, list[PlanEntry]] = {}
    for one in db.session.scalars(
        select(PlanEntry)
        .where(
            PlanEntry.plan_id == source.id,
            PlanEntry.kind.in_(CARRIED),
            PlanEntry.section.in_((Section.GOALS, Section.ACTIVITIES)),
            PlanEntry.deleted_at.is_(None),
            PlanEntry.parent_id.is_not(None),
        )
        .order_by(PlanEntry.position, PlanEntry.id)
    ):
        below.setdefault(str(one.parent_id), []).append(one)
    waiting: list[tuple[PlanEntry, str | None]] = [(one, None) for one in goals]
    while waiting:
        one, parent_id = waiting.pop(0)
        copy = _copy(one, plan, parent_id, taken, at)
        db.session.add(copy)
        db.session.flush()
        waiting += [(child, copy.id) for child in below.get(one.id, [])]


def _copy(
    one: PlanEntry, plan: Plan, parent_id: str | None, taken: dict[str, str], at: datetime
) -> PlanEntry:
    return PlanEntry(
        id=new_id(),
        plan_id=plan.id,
        section=one.section,
        kind=one.kind,
        parent_id=parent_id,
        position=one.position,
        title=one.title,
        body=one.body,
        details=dict(one.details),
        status=one.status,
        deadline_on=one.deadline_on,
        responsible_id=taken.get(one.responsible_id or ""),
        author_id=one.author_id,
        created_at=one.created_at,
        changed_at=at,
    )
