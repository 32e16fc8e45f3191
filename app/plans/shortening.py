"""Giving one part of the plan an earlier last day for one participant, and undoing that."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.clock import day_of
from app.db import db
from app.enums import Section
from app.errors import StaleVersion
from app.models import Grant, Participant
from app.plans import consent_wanted, granting, stopping, taking_back
from app.plans.granting import AlreadyOver
from app.plans.stopping import NoShorter
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action


def standing_in(participant: Participant, section: Section, on: date) -> Grant | None:
    """The access to one part that has not ended."""
    return next((one for one in granting.standing(participant, on) if one.section is section), None)


def last_day_of(participant: Participant, section: Section, on: date) -> date | None:
    """The last day of the access to one part as it is now; None while no end is set."""
    grant = standing_in(participant, section, on)
    days = [one.last_day for one in (participant, grant) if one is not None]
    return min((day for day in days if day is not None), default=None)


def suggestions(participant: Participant, section: Section, on: date) -> Iterator[tuple[str, date]]:
    """Last days to choose with one press, those alone that are earlier than the one now."""
    last, grant = last_day_of(participant, section, on), standing_in(participant, section, on)
    sunday = on + timedelta(days=6 - on.weekday())
    month_end = on.replace(day=monthrange(on.year, on.month)[1])
    for key, day in (("week", sunday), ("month", month_end)):
        has_begun = grant is not None and grant.starts_on <= day
        if has_begun and (last is None or day < last):
            yield key, day


def shorten_section(
    actor: Actor, participant: Participant, section: Section, last_day: date, *, at: datetime
) -> dict[str, Any]:
    """Give a participant's access to one part an earlier last day; what undoing it needs.

    What the owner's side sets can't be moved later by a coordinator without new consent: see
    ``owners_ends``. Whoever stands in for the participant's service is no longer let in unseen.

    Raises:
        AlreadyOver: there is no such access.
        NoShorter: the day has passed, or is no earlier than the one now.
    """
    policy.require(actor, Action.STOP_ACCESS, participant)
    on, ends_on = day_of(at), last_day + timedelta(days=1)
    granting.require_open(participant, on)
    old = standing_in(participant, section, on)
    if old is None:
        raise AlreadyOver
    now = last_day_of(participant, section, on)
    starts_on = max(old.starts_on, on)
    if (now is not None and last_day >= now) or ends_on <= starts_on:
        raise NoShorter(field="last_day")
    shorter = _in_its_place(old, starts_on=starts_on, ends_on=ends_on, by=actor.person_id, at=at)
    replaced = []
    if stopping.is_of_owners_side(actor, participant):
        replaced = taking_back.take_back(actor, participant, [section], keeps=True, at=at)
    stopping.tell_stopped(actor, participant, at=at)
    return {"grant": old.id, "shorter": shorter.id, "consents": replaced}


def lengthen_section_again(
    actor: Actor, participant: Participant, before: Mapping[str, Any], *, at: datetime
) -> None:
    """Undo ``shorten_section``, unless something else was given meanwhile, or it has run out.

    Raises:
        StaleVersion: it was.
    """
    policy.require(actor, Action.STOP_ACCESS, participant)
    by_id = {one.id: one for one in participant.grants}
    old, shorter, on = by_id.get(before["grant"]), by_id.get(before["shorter"]), day_of(at)
    if old is None or shorter not in granting.standing(participant, on) or shorter is None:
        raise StaleVersion
    if old.ends_on is not None and old.ends_on <= on:
        raise StaleVersion
    starts_on = max(old.starts_on, on)
    _in_its_place(shorter, starts_on=starts_on, ends_on=old.ends_on, by=old.given_by_id, at=at)
    taking_back.give_back(actor, participant.plan, before["consents"], at=at)
    consent_wanted.ask(participant.plan, at=at)


def _in_its_place(
    old: Grant, *, starts_on: date, ends_on: date | None, by: str | None, at: datetime
) -> Grant:
    """End a grant, and let one with the same level and other days take its place."""
    participant = db.session.get_one(Participant, old.participant_id)
    old.ended_at = at
    db.session.flush()
    new = Grant(
        plan_id=old.plan_id,
        participant_id=old.participant_id,
        section=old.section,
        level=old.level,
        own_only=old.own_only,
        starts_on=starts_on,
        ends_on=ends_on,
        given_by_id=by,
        given_at=at,
    )
    db.session.add(new)
    db.session.flush()
    db.session.expire(participant, ["grants"])
    return new
