"""Stating who acts for a plan's owner, ending it, and keeping parts of plans from them.

Nothing here follows by itself: each authority and each exception is a statement of somebody.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.enums import AuthorityKind, Section
from app.errors import DomainError, NotFound
from app.models import Authority, Person, Plan, WithheldSection
from app.plans import activity, consent_wanted
from app.plans.granting import AlreadyOver
from app.security import policy
from app.security.actor import Actor
from app.security.plan_rights import OPEN
from app.security.roles import Action

MAJORITY = 18


class ActsForSelf(DomainError):
    """Nobody acts for themselves."""

    status = 422
    message = _l("Nobody acts for themselves. Choose another person.")


class StatedAlready(DomainError):
    """The same right of the same person is stated once."""

    message = _l("This right is stated already. End it first if something in it is wrong.")


class OwnerIsAdult(DomainError):
    """Parental responsibility ends at 18."""

    status = 422
    message = _l("The owner is 18 or older, so nobody has parental responsibility.")


class EndsBeforeItBegins(DomainError):
    """The last day is before the first one, or has passed."""

    status = 422
    message = _l("The last day must be today or later, and not before the first day.")


class WithheldAlready(DomainError):
    """A part is kept from somebody once."""

    message = _l("This part is kept from the person already.")


@dataclass(frozen=True)
class Statement:
    """By what right somebody acts for the owner, how far, on what ground, and when."""

    kind: AuthorityKind
    may_consent: bool
    ground: str
    starts_on: date
    last_day: date | None = None


def add(actor: Actor, plan: Plan, holder: Person, stated: Statement, *, at: datetime) -> Authority:
    """State that somebody acts for the owner, in all plans of the owner.

    Raises:
        ActsForSelf, OwnerIsAdult, StatedAlready, EndsBeforeItBegins
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    policy.require(actor, Action.CHOOSE, holder)
    on = day_of(at)
    if holder.id == plan.owner_id:
        raise ActsForSelf(field="holder_id")
    _require_fit(plan, stated, on)
    if any(_is_same(one, holder, stated, on) for one in plan.authorities):
        raise StatedAlready(field="holder_id")
    authority = Authority(
        id=new_id(),
        owner_id=plan.owner_id,
        holder_id=holder.id,
        kind=stated.kind,
        may_consent=stated.may_consent,
        ground=stated.ground,
        starts_on=stated.starts_on,
        ends_on=stated.last_day + timedelta(days=1) if stated.last_day else None,
        stated_by_id=actor.account_id,
        stated_at=at,
    )
    db.session.add(authority)
    _tell_plans(plan, at)
    return authority


def _require_fit(plan: Plan, stated: Statement, on: date) -> None:
    if stated.last_day is not None and stated.last_day < max(on, stated.starts_on):
        raise EndsBeforeItBegins(field="last_day")
    is_parental = stated.kind is AuthorityKind.PARENTAL_RESPONSIBILITY
    if is_parental and _is_adult(plan.owner, on):
        raise OwnerIsAdult(field="kind")


def _is_adult(owner: Person, on: date) -> bool:
    born = owner.birth_date
    return born is not None and (on.year - MAJORITY, on.month, on.day) >= (
        born.year,
        born.month,
        born.day,
    )


def _is_same(one: Authority, holder: Person, stated: Statement, on: date) -> bool:
    has_run_out = one.ends_on is not None and one.ends_on <= on
    is_standing = one.ended_at is None and not has_run_out
    return is_standing and one.holder_id == holder.id and one.kind is stated.kind


def end(actor: Actor, plan: Plan, authority_id: str, *, at: datetime) -> Authority:
    """End an authority at once; what the holder consented to no longer counts.

    Raises:
        NotFound: it is of another owner.
        AlreadyOver
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    authority = of_owner(plan, authority_id)
    if authority.ended_at is not None:
        raise AlreadyOver
    authority.ended_at = at
    _tell_plans(plan, at)
    return authority


def withhold(
    actor: Actor, plan: Plan, authority_id: str, section: Section, reason: str, *, at: datetime
) -> WithheldSection:
    """Keep a part of all the owner's plans from the holder of an authority, at once.

    Raises:
        NotFound: the authority is of another owner.
        WithheldAlready
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    authority = of_owner(plan, authority_id)
    if any(row.section is section and row.lifted_at is None for row in authority.withheld):
        raise WithheldAlready(field="section")
    row = WithheldSection(
        id=new_id(), authority_id=authority.id, section=section, reason=reason, since=at
    )
    db.session.add(row)
    activity.touch(plan, at=at)
    return row


def open_again(actor: Actor, plan: Plan, withheld_id: str, *, at: datetime) -> WithheldSection:
    """Open a part again for the holder of an authority.

    Raises:
        NotFound: it is kept from somebody who acts for another owner, or not at all.
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    row: WithheldSection | None = db.session.scalar(
        select(WithheldSection)
        .join(Authority, WithheldSection.authority_id == Authority.id)
        .where(WithheldSection.id == withheld_id, Authority.owner_id == plan.owner_id)
    )
    if row is None or row.lifted_at is not None:
        raise NotFound
    row.lifted_at = at
    activity.touch(plan, at=at)
    return row


def of_owner(plan: Plan, authority_id: str) -> Authority:
    """An authority over the plan's owner.

    Raises:
        NotFound: there is no such.
    """
    found: Authority | None = db.session.scalar(
        select(Authority).where(Authority.id == authority_id, Authority.owner_id == plan.owner_id)
    )
    if found is None:
        raise NotFound
    return found


def _tell_plans(plan: Plan, at: datetime) -> None:
    """Ask those who have to consent now, in each open plan of the owner: the right holds in all."""
    activity.touch(plan, at=at)
    owned = select(Plan).where(Plan.owner_id == plan.owner_id, Plan.state.in_(OPEN))
    for one in db.session.scalars(owned).all():
        consent_wanted.ask(one, at=at)
