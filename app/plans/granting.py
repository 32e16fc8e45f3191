"""Giving a participant parts of a plan: the matrix of levels, and stopping or shortening it.

What is given opens nothing before it is consented to. Grants are never changed: the old one ends
and a new one is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from app.clock import day_of
from app.db import db
from app.enums import Level, NoticeKind, Section
from app.errors import DomainError, StaleVersion
from app.models import Grant, Participant, Plan, StandardRole
from app.notifications import notices
from app.plans import activity, consent_wanted, role_proposals, taking_back
from app.security import plan_access, policy
from app.security.actor import Actor
from app.security.plan_rights import MOST_GIVEN, OWNERS_SIDE
from app.security.roles import Action
from app.templating.setup import plan_type

Wanted = Mapping[Section, Level]


class NotToBeGiven(DomainError):
    """The level is more than the giver may give, or the plan has no such part."""

    status = 422
    message = _l("You can't give this much access to this part of the plan.")


class AlreadyOver(DomainError):
    """The participation or the access has ended before."""

    message = _l("This access has already ended.")


class NoShorter(DomainError):
    """The new last day is no shortening, or has passed."""

    status = 422
    message = _l("Write a day from today on that is earlier than the last day now.")


@dataclass(frozen=True)
class Change:
    """One part of the plan whose level is to change, and how far consent reaches."""

    section: Section
    old: Level
    new: Level
    consented: Level

    @property
    def is_wider(self) -> bool:
        """Whether it gives more than before."""
        return self.new.rank > self.old.rank

    @property
    def waits(self) -> bool:
        """Whether it gives more than is consented to."""
        return self.is_wider and self.new.rank > self.consented.rank


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
    offered = plan_type(db.session(), plan.kind).sections
    return [one for one in Section if one in offered and MOST_GIVEN[one] is not Level.NONE]


def changes(participant: Participant, wanted: Wanted, on: date) -> list[Change]:
    """What differs between what a participant is given and ``wanted``, in the order of parts."""
    now, plan = granted(participant, on), participant.plan
    return [
        Change(
            section,
            now.get(section, Level.NONE),
            wanted[section],
            plan_access.consented_level(plan, participant, section, on),
        )
        for section in Section
        if section in wanted and wanted[section] is not now.get(section, Level.NONE)
    ]


def of_role(actor: Actor, plan: Plan, role: StandardRole) -> dict[Section, Level]:
    """What a standard role gives in this plan, as far as ``actor`` may give it."""
    levels = {one: Level(role.matrix.get(one, Level.NONE)) for one in sections_of(plan)}
    return {
        section: min(level, plan_access.most_given(actor, plan, section), key=lambda one: one.rank)
        for section, level in levels.items()
    }


# --- operations ----------------------------------------------------------------------------------


def set_matrix(
    actor: Actor,
    participant: Participant,
    wanted: Wanted,
    *,
    seen: Wanted | None = None,
    role: StandardRole | None = None,
    at: datetime,
) -> list[Change]:
    """Give a participant the levels of ``wanted``; parts that it does not name stay as they are.

    ``seen`` is what the giver saw before: what has changed since is not overwritten. What is wider
    waits for consent; what is narrower holds at once.

    Raises:
        NotToBeGiven, AlreadyOver, StaleVersion
    """
    policy.require(actor, Action.STEER_ACCESS, participant)
    require_open(participant, day_of(at))
    made = changes(participant, wanted, day_of(at))
    for change in made:
        if seen is not None and seen.get(change.section, Level.NONE) is not change.old:
            raise StaleVersion
    put(actor, participant, wanted, at=at)
    if role is not None:
        policy.require(actor, Action.CHOOSE, role)
        if not plan_access.may_give_role(actor, participant.plan, role):
            raise NotToBeGiven
        participant.standard_role_id, participant.standard_role_number = role.id, role.number
        role_proposals.close(participant, at=at)
    activity.touch(participant.plan, at=at)
    consent_wanted.ask(participant.plan, at=at)
    return made


def put(actor: Actor, participant: Participant, wanted: Wanted, *, at: datetime) -> None:
    """End and make the grants that ``wanted`` asks for, in an operation that has asked policy."""
    plan, on = participant.plan, day_of(at)
    possible = sections_of(plan)
    for section, level in wanted.items():
        most = plan_access.most_given(actor, plan, section) if section in possible else Level.NONE
        if level.rank > most.rank:
            raise NotToBeGiven
    for change in changes(participant, wanted, on):
        _end_open(participant, change.section, at)
        if change.new is not Level.NONE:
            _give(actor, participant, change.section, change.new, at)
    db.session.flush()
    db.session.expire(participant, ["grants"])


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
    actor: Actor, participant: Participant, section: Section, level: Level, at: datetime
) -> None:
    grant = Grant(
        plan_id=participant.plan_id,
        participant_id=participant.id,
        section=section,
        level=level,
        starts_on=day_of(at),
        given_by_id=actor.person_id,
        given_at=at,
    )
    db.session.add(grant)


def _end_open(participant: Participant, section: Section, at: datetime) -> Grant | None:
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


# --- stopping and shortening ---------------------------------------------------------------------


def is_of_owners_side(actor: Actor, participant: Participant) -> bool:
    """Whether the actor stops an access as the owner, or as one who decides for the owner."""
    return policy.decide(actor, Action.STOP_ACCESS, participant).basis in OWNERS_SIDE


def stop_section(
    actor: Actor, participant: Participant, section: Section, *, at: datetime
) -> dict[str, Any]:
    """Stop a participant's access to one part at once; what undoing it needs.

    Raises:
        AlreadyOver: there is no such access.
    """
    policy.require(actor, Action.STOP_ACCESS, participant)
    if section not in granted(participant, day_of(at)):
        raise AlreadyOver
    grant = _end_open(participant, section, at)
    replaced = []
    if is_of_owners_side(actor, participant):
        replaced = taking_back.take_back(actor, participant, [section], at=at)
    db.session.expire(participant, ["grants"])
    tell_stopped(actor, participant, at=at)
    return {"grant": grant.id if grant else None, "consents": replaced}


def bring_back_section(
    actor: Actor, participant: Participant, before: Mapping[str, Any], *, at: datetime
) -> None:
    """Undo ``stop_section``, unless something else was given meanwhile.

    Raises:
        StaleVersion: it was.
    """
    policy.require(actor, Action.STOP_ACCESS, participant)
    old = next((one for one in participant.grants if one.id == before["grant"]), None)
    if old is None or old.section in granted(participant, day_of(at)):
        raise StaleVersion
    again = Grant(
        plan_id=old.plan_id,
        participant_id=old.participant_id,
        section=old.section,
        level=old.level,
        own_only=old.own_only,
        starts_on=day_of(at),
        ends_on=old.ends_on,
        given_by_id=old.given_by_id,
        given_at=at,
    )
    db.session.add(again)
    taking_back.give_back(actor, participant.plan, before["consents"], at=at)
    db.session.expire(participant, ["grants"])
    consent_wanted.ask(participant.plan, at=at)


def shorten(
    actor: Actor, participant: Participant, last_day: date, *, at: datetime
) -> dict[str, Any]:
    """Give a participation an earlier last day; what undoing it needs.

    A day that the owner's side sets can't be moved later by a coordinator.

    Raises:
        AlreadyOver, NoShorter
    """
    policy.require(actor, Action.STOP_ACCESS, participant)
    on, ends_on = day_of(at), last_day + timedelta(days=1)
    require_open(participant, on)
    is_earlier = participant.ends_on is None or ends_on < participant.ends_on
    if last_day < on or not is_earlier or ends_on <= participant.starts_on:
        raise NoShorter(field="last_day")
    before = {"ends_on": _iso(participant.ends_on), "not_after_on": _iso(participant.not_after_on)}
    participant.ends_on = ends_on
    replaced = []
    if is_of_owners_side(actor, participant):
        participant.not_after_on = ends_on
        replaced = taking_back.take_back(actor, participant, Section, keeps=True, at=at)
    tell_stopped(actor, participant, at=at)
    return before | {"shortened_to": _iso(ends_on), "consents": replaced}


def lengthen_again(
    actor: Actor, participant: Participant, before: Mapping[str, Any], *, at: datetime
) -> None:
    """Undo ``shorten``, unless the last day was changed meanwhile.

    Raises:
        StaleVersion: it was.
    """
    policy.require(actor, Action.STOP_ACCESS, participant)
    if participant.ended_at is not None or _iso(participant.ends_on) != before["shortened_to"]:
        raise StaleVersion
    participant.ends_on = _day(before["ends_on"])
    participant.not_after_on = _day(before["not_after_on"])
    taking_back.give_back(actor, participant.plan, before["consents"], at=at)
    consent_wanted.ask(participant.plan, at=at)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def tell_stopped(actor: Actor, participant: Participant, *, at: datetime) -> None:
    """Tell the coordinator that an access was stopped, unless they did it."""
    plan = participant.plan
    if actor.person_id != plan.coordinator_id:
        notices.tell_each_time(
            plan,
            plan.coordinator_id,
            NoticeKind.ACCESS_STOPPED,
            at=at,
            text=participant.person.full_name,
        )
    activity.touch(plan, at=at)
    consent_wanted.ask(plan, at=at)
