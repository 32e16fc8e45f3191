"""Stopping a participant's access to a part, or giving the participation an earlier last day.

Both hold at once, and can be undone until something else is changed.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from app.clock import day_of
from app.db import db
from app.enums import NoticeKind, Section
from app.errors import DomainError, StaleVersion
from app.models import Grant, Participant
from app.notifications import notices
from app.plans import activity, consent_wanted, granting, taking_back
from app.plans.granting import AlreadyOver
from app.plans.owners_ends import is_past
from app.security import policy
from app.security.actor import Actor
from app.security.plan_rights import OWNERS_SIDE
from app.security.roles import Action


class NoShorter(DomainError):
    """The new last day is no shortening, or has passed."""

    status = 422
    message = _l("Write a day from today on that is earlier than the last day now.")


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
    if section not in granting.granted(participant, day_of(at)):
        raise AlreadyOver
    grant = granting.end_open(participant, section, at)
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
    if old is None or old.section in granting.granted(participant, day_of(at)):
        raise StaleVersion
    if is_past(old.ends_on, day_of(at)):
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
    granting.require_open(participant, on)
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
