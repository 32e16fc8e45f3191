"""Giving a participant parts of a plan: the matrix of levels, and stopping or shortening it.

What is given opens nothing before it is consented to. Grants are never changed: the old one ends
and a new one is made.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from app.clock import day_of
from app.db import db
from app.enums import Capability, Level, Section
from app.errors import DomainError, StaleVersion
from app.models import Grant, Participant, Plan, StandardRole
from app.plans import activity, consent_wanted, role_proposals, taking_back
from app.plans.owners_ends import is_past, owners_end
from app.security import plan_access, policy, role_giving
from app.security.actor import Actor
from app.security.own_activities import is_held_to_own
from app.security.plan_rights import BY_CAPABILITY, MOST_BY_CAPABILITY, MOST_GIVEN
from app.security.roles import Action

Wanted = Mapping[Section, Level]


class NotToBeGiven(DomainError):
    """The level is more than the giver may give, or the plan has no such part."""

    status = 422
    message = _l("You can't give this much access to this part of the plan.")


class RoleNotTheirs(DomainError):
    """The standard role is given by others than the one who chose it."""

    status = 422
    message = _l("This standard role is given by others than you.")


class AlreadyOver(DomainError):
    """The participation or the access has ended before."""

    message = _l("This access has already ended.")


@dataclass(frozen=True)
class Change:
    """One part of the plan whose level is to change, and how far consent reaches."""

    section: Section
    old: Level
    new: Level
    consented: Level
    was_own_only: bool = False
    own_only: bool = False

    @property
    def opens_others(self) -> bool:
        """Whether somebody who was held to their own activities is let into those of others."""
        return self.was_own_only and not self.own_only and self.new is not Level.NONE

    @property
    def is_wider(self) -> bool:
        """Whether it gives more than before."""
        return self.new.rank > self.old.rank or self.opens_others

    @property
    def waits(self) -> bool:
        """Whether it gives more than is consented to: own activities were agreed to as such."""
        return self.is_wider and (self.opens_others or self.new.rank > self.consented.rank)


# --- what is given now ---------------------------------------------------------------------------


def granted(participant: Participant, on: date) -> dict[Section, Level]:
    """What a participant is given, now or from a later day, consented to or not."""
    return {one.section: one.level for one in standing(participant, on)}


def standing(participant: Participant, on: date) -> list[Grant]:
    """The grants of a participant that have not ended."""
    return [
        one
        for one in participant.grants
        if one.ended_at is None and (one.ends_on is None or one.ends_on > on)
    ]


def sections_of(plan: Plan) -> list[Section]:
    """The parts of the plan that a participant can be given at all, in order."""
    return [one for one in offered(plan) if MOST_GIVEN[one] is not Level.NONE]


def offered(plan: Plan) -> list[Section]:
    """The parts that plans of this kind have in their municipality, in order.

    Those that come with a capability are in every plan.
    """
    found = {*plan.type.sections, *BY_CAPABILITY.values()}
    return [one for one in Section if one in found]


def changes(
    participant: Participant, wanted: Wanted, on: date, *, own_only: bool | None = None
) -> list[Change]:
    """What differs between what a participant is given and ``wanted``, in the order of parts.

    ``own_only`` holds them to their own activities or not; None leaves that as it is.
    """
    now = granted(participant, on)
    if own_only is not None:
        wanted = {Section.ACTIVITIES: now.get(Section.ACTIVITIES, Level.NONE), **wanted}
    asked = [
        _change(participant, section, now.get(section, Level.NONE), wanted[section], own_only, on)
        for section in Section
        if section in wanted
    ]
    return [one for one in asked if one.new is not one.old or one.own_only is not one.was_own_only]


def _change(
    participant: Participant,
    section: Section,
    old: Level,
    new: Level,
    own_only: bool | None,
    on: date,
) -> Change:
    held = section is Section.ACTIVITIES and is_held_to_own(participant)
    will_be = held
    if section is Section.ACTIVITIES and own_only is not None and new is not Level.NONE:
        will_be = own_only
    consented = plan_access.consented_level(participant.plan, participant, section, on)
    if is_past(owners_end(participant, section), on):
        consented = Level.NONE
    return Change(section, old, new, consented, held, will_be)


def of_role(actor: Actor, plan: Plan, role: StandardRole) -> dict[Section, Level]:
    """What a standard role gives in this plan, as far as ``actor`` may give it."""
    levels = {one: Level(role.matrix.get(one, Level.NONE)) for one in sections_of(plan)}
    given = {
        section: min(level, plan_access.most_given(actor, plan, section), key=lambda one: one.rank)
        for section, level in levels.items()
    }
    found = dict.fromkeys(BY_CAPABILITY.values(), Level.NONE) | given
    return higher(found, of_capabilities(actor, plan, role.capabilities))


def of_capabilities(actor: Actor, plan: Plan, capabilities: Iterable[str]) -> dict[Section, Level]:
    """The parts that capabilities open in this plan, as far as ``actor`` may give them."""
    named = [BY_CAPABILITY[Capability(one)] for one in capabilities if one in BY_CAPABILITY]
    most = {section: role_giving.most_by_capability(actor, plan, section) for section in named}
    return {section: level for section, level in most.items() if level is not Level.NONE}


def higher(first: Wanted, second: Wanted) -> dict[Section, Level]:
    """The higher of two levels, for each part that either names."""
    both = {**first, **second}
    return {
        one: max(first.get(one, at), second.get(one, at), key=lambda level: level.rank)
        for one, at in both.items()
    }


def is_for_own(role: StandardRole) -> bool:
    """Whether a standard role lets one into no activities but one's own."""
    return Capability.OWN_ACTIVITIES_ONLY in role.capabilities


# --- operations ----------------------------------------------------------------------------------


def set_matrix(
    actor: Actor,
    participant: Participant,
    wanted: Wanted,
    *,
    seen: Wanted | None = None,
    role: StandardRole | None = None,
    capabilities: Collection[str] = (),
    own_only: bool | None = None,
    at: datetime,
) -> list[Change]:
    """Give a participant the levels of ``wanted``; parts that it does not name stay as they are.

    ``seen`` is what the giver saw before: what has changed since is not overwritten. What is wider
    waits for consent; what is narrower holds at once. ``role`` is what the levels come from: it
    says what is given by ``capabilities``, and whether only own activities are.

    Raises:
        NotToBeGiven, AlreadyOver, StaleVersion, RoleNotTheirs
    """
    policy.require(actor, Action.STEER_ACCESS, participant)
    require_open(participant, day_of(at))
    if role is not None:
        require_may_give(actor, participant.plan, role)
        capabilities = role.capabilities
        own_only = is_for_own(role) if own_only is None else own_only
    made = changes(participant, wanted, day_of(at), own_only=own_only)
    for change in made:
        if seen is not None and seen.get(change.section, Level.NONE) is not change.old:
            raise StaleVersion
    put(actor, participant, wanted, capabilities=capabilities, own_only=own_only, at=at)
    if role is not None:
        participant.standard_role_id, participant.standard_role_number = role.id, role.number
        role_proposals.close(participant, at=at)
    activity.touch(participant.plan, at=at)
    consent_wanted.ask(participant.plan, at=at)
    return made


def require_may_give(actor: Actor, plan: Plan, role: StandardRole) -> None:
    """Refuse a standard role that the actor may not choose, or that is given by others.

    Raises:
        RoleNotTheirs
    """
    policy.require(actor, Action.CHOOSE, role)
    if not policy.may_give_role(actor, plan, role):
        raise RoleNotTheirs(field="standard_role_id")


def put(
    actor: Actor,
    participant: Participant,
    wanted: Wanted,
    *,
    capabilities: Collection[str] = (),
    own_only: bool | None = None,
    at: datetime,
) -> None:
    """End and make the grants that ``wanted`` asks for, in an operation that has asked policy."""
    plan = participant.plan
    possible, named = sections_of(plan), of_capabilities(actor, plan, capabilities)
    # What a capability once gave can stay, though nobody gives it by hand.
    now = granted(participant, day_of(at))
    named = higher(named, {one: at for one, at in now.items() if one in MOST_BY_CAPABILITY})
    for section, level in wanted.items():
        most = plan_access.most_given(actor, plan, section) if section in possible else Level.NONE
        if level.rank > max(most.rank, named.get(section, Level.NONE).rank):
            raise NotToBeGiven
    for change in changes(participant, wanted, day_of(at), own_only=own_only):
        _put_one(actor, participant, change, at)
    db.session.flush()
    db.session.expire(participant, ["grants"])


def _put_one(actor: Actor, participant: Participant, change: Change, at: datetime) -> None:
    if change.opens_others:
        taking_back.take_back(actor, participant, [change.section], at=at)
    old = end_open(participant, change.section, at)
    if change.new is not Level.NONE:
        ends_on = _end_as_before(actor, participant, change.section, old, at)
        _give(actor, participant, change, at, ends_on=ends_on)


def _end_as_before(
    actor: Actor, participant: Participant, section: Section, old: Grant | None, at: datetime
) -> date | None:
    """Until when (exclusive) a part is given anew: no longer than before, while that stands.

    When a last day that the owner's side has set is over, what is given takes consent anew.
    """
    on, owners = day_of(at), owners_end(participant, section)
    if is_past(owners, on):
        taking_back.take_back(actor, participant, [section], at=at)
        return None
    ends = [one for one in (owners, old.ends_on if old else None) if one is not None and one > on]
    return min(ends, default=None)


def lower(
    actor: Actor, participant: Participant, most: Wanted, *, own_only: bool = False, at: datetime
) -> None:
    """Take away what is more than ``most`` in the parts that it names, in an operation that has
    asked policy. Nothing is ever given by it: what is left holds no earlier and no longer.

    With ``own_only`` what is given of activities becomes one's own ones.
    """
    for grant in standing(participant, day_of(at)):
        level = min(grant.level, most.get(grant.section, grant.level), key=lambda one: one.rank)
        is_own = grant.own_only or (own_only and grant.section is Section.ACTIVITIES)
        if level is grant.level and is_own is grant.own_only:
            continue
        grant.ended_at = at
        db.session.flush()
        if level is not Level.NONE:
            _give_less(actor, grant, level, is_own, at)
    db.session.flush()
    db.session.expire(participant, ["grants"])


def _give_less(actor: Actor, before: Grant, level: Level, own_only: bool, at: datetime) -> None:
    """What is left of a grant."""
    grant = Grant(
        plan_id=before.plan_id,
        participant_id=before.participant_id,
        section=before.section,
        level=level,
        own_only=own_only,
        starts_on=max(before.starts_on, day_of(at)),
        ends_on=before.ends_on,
        given_by_id=actor.person_id,
        given_at=at,
    )
    db.session.add(grant)


def _give(
    actor: Actor, participant: Participant, change: Change, at: datetime, *, ends_on: date | None
) -> None:
    grant = Grant(
        plan_id=participant.plan_id,
        participant_id=participant.id,
        section=change.section,
        level=change.new,
        own_only=change.own_only,
        starts_on=day_of(at),
        ends_on=ends_on,
        given_by_id=actor.person_id,
        given_at=at,
    )
    db.session.add(grant)


def end_open(participant: Participant, section: Section, at: datetime) -> Grant | None:
    """End the grant of a section, flushed before another takes its place."""
    for grant in participant.grants:
        if grant.section is section and grant.ended_at is None:
            grant.ended_at = at
            db.session.flush()
            return grant
    return None


def require_open(participant: Participant, on: date) -> None:
    """Refuse to change a participation that has ended or run out.

    Raises:
        AlreadyOver
    """
    if participant.ended_at is not None or (participant.ends_on and participant.ends_on <= on):
        raise AlreadyOver
