"""Introductions: that owner, guardians and participants were told what the plan is and how the
panel is used. The coordinator keeps the day; everyone sees their own."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.errors import DomainError, NotFound
from app.models import Authority, Introduction, Participant, Person, Plan
from app.plans import activity
from app.security import plan_access, policy, scope
from app.security.actor import Actor
from app.security.roles import Action


class NotThen(DomainError):
    """An introduction is given today or before, and not before the plan began."""

    status = 422
    message = _l("Choose a day from when the plan was started until today.")


@dataclass(frozen=True)
class Introduced:
    """Somebody in a plan, as what, and when they got the introduction."""

    person: Person
    part: str
    given: Introduction | None


OWNER, AUTHORITY = "owner", "authority"


def in_plan(actor: Actor, plan: Plan, on: date) -> list[Introduced]:
    """Everyone in the plan today whose introduction the actor may see; otherwise only their own."""
    _load(plan)
    given = {
        one.person_id: one
        for one in db.session.scalars(
            scope.rows(actor, Introduction).where(
                Introduction.plan_id == plan.id, Introduction.ended_at.is_(None)
            )
        )
    }
    sees_all = policy.decide(actor, Action.SHOW_ACCESS, plan)
    return [
        Introduced(person, part, given.get(person.id))
        for person, part in _those_in(plan, on)
        if sees_all or person.id == actor.person_id
    ]


def _load(plan: Plan) -> None:
    db.session.scalar(
        select(Plan)
        .where(Plan.id == plan.id)
        .options(
            joinedload(Plan.owner),
            selectinload(Plan.authorities).joinedload(Authority.holder),
            selectinload(Plan.participants).joinedload(Participant.person),
        )
    )


def _those_in(plan: Plan, on: date) -> Iterator[tuple[Person, str]]:
    """Each person once: the owner, those who act for the owner, and those who take part."""
    seen = {plan.owner_id}
    yield plan.owner, OWNER
    for one in plan.authorities:
        if plan_access.reaches(one, plan, on) and one.holder_id not in seen:
            seen.add(one.holder_id)
            yield one.holder, AUTHORITY
    for each in plan.participants:
        if each.is_active(on) and each.person_id not in seen:
            seen.add(each.person_id)
            yield each.person, each.function


def give(
    actor: Actor, plan: Plan, person_ids: Collection[str], *, given_on: date, at: datetime
) -> int:
    """Keep that some of those in the plan got the introduction; how many had none before.

    Raises:
        NotThen: the day is to come, or is before the plan.
        NotFound: somebody named is not in the plan.
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    activity.hold(plan)
    if not day_of(plan.started_at) <= given_on <= day_of(at):
        raise NotThen(field="given_on")
    known = {one.person.id: one for one in in_plan(actor, plan, day_of(at))}
    if not set(person_ids) <= set(known):
        raise NotFound
    new = [one for one in sorted(set(person_ids)) if known[one].given is None]
    for person_id in new:
        row = Introduction(
            id=new_id(), plan_id=plan.id, person_id=person_id, given_on=given_on, recorded_at=at
        )
        db.session.add(row)
    return len(new)


def take_back(actor: Actor, given: Introduction, *, at: datetime) -> None:
    """Take back what was kept by mistake; once is enough."""
    policy.require(actor, Action.END, given)
    if given.ended_at is None:
        given.ended_at = at
