"""What a local administrator does with participations from outside: ending them, asking for more.

A local administrator never widens an access. Ending holds at once, whatever state the plan is in.
That somebody takes part for longer is the coordinator's to decide, as far as the owner's side lets
them and consent reaches; the administrator can only ask. Undoing an ending gives back what the same
administrator took, within 30 days, and nothing more: consents are asked anew as ever.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.consent.rights import who_may
from app.db import db
from app.enums import NoticeKind
from app.errors import DomainError
from app.models import Participant, Person, Plan
from app.notifications import notices
from app.plans import activity, consent_wanted, granting, participation, twice
from app.plans.participation import EndsTooEarly, NoLonger, OwnerHasSetTheDay
from app.screens.fields import show_date
from app.security import policy
from app.security.actor import Actor
from app.security.plan_rights import OPEN
from app.security.roles import Action
from app.side_tables import Notice

UNDONE_WITHIN = timedelta(days=30)


class TooLateToUndo(DomainError):
    """An ending is undone within 30 days."""

    message = _l("More than 30 days have passed. The coordinator can add the person anew.")


class PlanIsClosed(DomainError):
    """In a plan that is closed nobody takes part for longer."""

    message = _l("The plan is closed.")


def end(actor: Actor, participant: Participant, *, reason: str, at: datetime) -> dict[str, Any]:
    """End a participation at once, and tell coordinator and owner; what undoing it needs.

    Raises:
        AlreadyOver
    """
    policy.require(actor, Action.TIDY, participant)
    participation.put_end(actor, participant, reason=reason, at=at)
    plan, name = participant.plan, participant.person.full_name
    text = _("%(name)s. Ended by the local administrator: %(reason)s", name=name, reason=reason)
    _tell(plan, NoticeKind.ACCESS_STOPPED, text, at)
    activity.touch(plan, at=at)
    consent_wanted.ask(plan, at=at)
    twice.settle(plan, at=at)
    return {"ended_at": at.isoformat()}


def undo_end(
    actor: Actor, participant: Participant, before: Mapping[str, Any], *, at: datetime
) -> None:
    """Undo ``end``, and tell coordinator and owner.

    Raises:
        TooLateToUndo
        StaleVersion: the person has been added anew, or somebody else has ended it.
    """
    policy.require(actor, Action.TIDY, participant)
    ended_at = datetime.fromisoformat(before["ended_at"])
    if at - ended_at > UNDONE_WITHIN:
        raise TooLateToUndo
    participation.take_end_away(actor, participant, ended_at)
    plan, name = participant.plan, participant.person.full_name
    text = _("%(name)s takes part again: the local administrator has undone the ending", name=name)
    _tell(plan, NoticeKind.CHANGE_WANTED, text, at)
    activity.touch(plan, at=at)
    consent_wanted.ask(plan, at=at)


def ask_for_longer(
    actor: Actor, participant: Participant, last_day: date | None, *, at: datetime
) -> dict[str, Any]:
    """Ask the coordinator, and whoever stands in, to let somebody take part for longer; what taking
    the question back needs. Without a day it is only tried.

    Raises:
        AlreadyOver, PlanIsClosed, EndsTooEarly, NoLonger, OwnerHasSetTheDay
    """
    policy.require(actor, Action.TIDY, participant)
    on, plan = day_of(at), participant.plan
    granting.require_open(participant, on)
    if plan.state not in OPEN:
        raise PlanIsClosed
    if participant.not_after_on is not None:
        raise OwnerHasSetTheDay
    if participant.ends_on is None:
        raise NoLonger
    if last_day is None:
        return {}
    if last_day < on:
        raise EndsTooEarly(field="last_day")
    if last_day + timedelta(days=1) <= participant.ends_on:
        raise NoLonger(field="last_day")
    text = _(
        "The local administrator %(asker)s asks: let %(name)s take part until %(day)s",
        asker=db.session.get_one(Person, actor.person_id).full_name,
        name=participant.person.full_name,
        day=show_date(last_day),
    )[: Notice.text.type.length]
    standing_in = [one.person_id for one in plan.stand_ins if one.is_active(on)]
    for person_id in dict.fromkeys([plan.coordinator_id, *standing_in]):
        notices.tell_each_time(plan, person_id, NoticeKind.CHANGE_WANTED, at=at, text=text)
    log.record(actor, "plan:change_asked", plan)
    return {"at": at.isoformat(), "text": text}


def take_question_back(
    actor: Actor, participant: Participant, before: Mapping[str, Any], *, at: datetime
) -> None:
    """Undo ``ask_for_longer``: nobody is asked any more."""
    policy.require(actor, Action.TIDY, participant)
    asked = select(Notice).where(
        Notice.plan_id == participant.plan_id,
        Notice.kind == NoticeKind.CHANGE_WANTED,
        Notice.at == datetime.fromisoformat(before["at"]),
        Notice.text == before["text"],
        Notice.settled_at.is_(None),
    )
    for notice in db.session.scalars(asked):
        notice.settled_at = at


def _tell(plan: Plan, kind: NoticeKind, text: str, at: datetime) -> None:
    """Tell the coordinator, the owner and those who decide for the owner."""
    deciders = [one.giver.id for one in who_may(plan, day_of(at))]
    for person_id in dict.fromkeys([plan.coordinator_id, plan.owner_id, *deciders]):
        said = text[: Notice.text.type.length]
        notices.tell_each_time(plan, person_id, kind, at=at, text=said)
