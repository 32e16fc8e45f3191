"""Taking part in a plan: being added, changed, prolonged and ended, one by one or all at once.

A participation that has ended stays ended; who takes part again gets a new one, and a consent to
the old does not open it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.enums import Section
from app.errors import DomainError, StaleVersion
from app.models import Participant, Person, Plan, StandardRole, Unit
from app.plans import activity, consent_wanted, granting, stopping, taking_back, twice
from app.plans.granting import AlreadyOver
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action

ENDED_FIELDS = ("ended_at", "ended_reason")


class TakesPartAlready(DomainError):
    """The same person is not added twice to a plan."""

    message = _l("This person takes part in the plan already.")

    def __init__(self, participant_id: str) -> None:
        super().__init__(field="person_id")
        self.participant_id = participant_id


class IsInAlready(DomainError):
    """The owner and the coordinator are in the plan without being added."""

    message = _l("This person is in the plan already, as its owner or coordinator.")


class RoleOfOtherPlans(DomainError):
    """The standard role is out of use, or meant for other kinds of plans."""

    status = 422
    message = _l("This standard role is not for this kind of plan.")


class EndsTooEarly(DomainError):
    """A participation lasts at least a day, and ends in the future."""

    status = 422
    message = _l("The last day must be today or later, and not before the first day.")


class NoLonger(DomainError):
    """Prolonging moves the last day later."""

    status = 422
    message = _l("Write a day that is later than the last day now.")


class OwnerHasSetTheDay(DomainError):
    """The owner's side has shortened the access, which a coordinator can't undo."""

    message = _l(
        "The plan owner, or somebody who decides for the owner, has set the last day. For a longer"
        " time the person must be added anew when this has ended, and that waits for consent."
    )


@dataclass(frozen=True)
class Terms:
    """As what somebody takes part, for which service, from when until when, and with what."""

    function: str
    unit: Unit | None
    role: StandardRole | None
    starts_on: date
    last_day: date | None
    contribution: str = ""

    @property
    def ends_on(self) -> date | None:
        """The first day after."""
        return None if self.last_day is None else self.last_day + timedelta(days=1)


def standing(plan: Plan, person_id: str) -> Participant | None:
    """The participation of a person in a plan that nobody has ended."""
    found: Participant | None = db.session.scalar(
        select(Participant).where(
            Participant.plan_id == plan.id,
            Participant.person_id == person_id,
            Participant.ended_at.is_(None),
        )
    )
    return found


def require_outside(plan: Plan, person: Person, on: date) -> None:
    """Refuse who is in the plan already.

    Raises:
        IsInAlready, TakesPartAlready
    """
    if person.id in (plan.owner_id, plan.coordinator_id):
        raise IsInAlready(field="person_id")
    earlier = standing(plan, person.id)
    if earlier is not None and not _has_run_out(earlier, on):
        raise TakesPartAlready(earlier.id)


def add(actor: Actor, plan: Plan, person: Person, terms: Terms, *, at: datetime) -> Participant:
    """Add a participant with the access of the standard role; nothing opens before consent.

    Raises:
        IsInAlready, TakesPartAlready, RoleOfOtherPlans, EndsTooEarly, granting.RoleNotTheirs
    """
    policy.require(actor, Action.STEER_ACCESS, plan)
    policy.require(actor, Action.CHOOSE, person)
    on = day_of(at)
    require_outside(plan, person, on)
    _require_fit(actor, plan, terms, on)
    _close_what_has_run_out(actor, plan, person, at)
    participant = Participant(
        id=new_id(),
        plan_id=plan.id,
        person_id=person.id,
        unit_id=terms.unit.id if terms.unit else None,
        standard_role_id=terms.role.id if terms.role else None,
        standard_role_number=terms.role.number if terms.role else None,
        function=terms.function,
        contribution=terms.contribution,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        added_at=at,
    )
    db.session.add(participant)
    db.session.flush()
    if terms.role is not None:
        levels = granting.of_role(actor, plan, terms.role)
        granting.put(
            actor,
            participant,
            levels,
            capabilities=terms.role.capabilities,
            own_only=granting.is_for_own(terms.role),
            at=at,
        )
    activity.touch(plan, at=at)
    consent_wanted.ask(plan, at=at)
    return participant


def _require_fit(actor: Actor, plan: Plan, terms: Terms, on: date) -> None:
    if terms.unit is not None:
        policy.require(actor, Action.CHOOSE, terms.unit)
    if terms.role is not None:
        granting.require_may_give(actor, plan, terms.role)
        if terms.role.retired_at is not None or plan.kind not in terms.role.kinds:
            raise RoleOfOtherPlans(field="standard_role_id")
    is_early = terms.last_day is not None and terms.last_day < max(on, terms.starts_on)
    if is_early:
        raise EndsTooEarly(field="last_day")


def _has_run_out(participant: Participant, on: date) -> bool:
    return participant.ends_on is not None and participant.ends_on <= on


def _close_what_has_run_out(actor: Actor, plan: Plan, person: Person, at: datetime) -> None:
    """End for good a participation whose last day has passed, so that a new one can begin."""
    earlier = standing(plan, person.id)
    if earlier is not None:
        earlier.ended_at = at
        log.record(actor, "participant:ended", earlier, fields=("ended_at",))
        db.session.flush()


def change(
    actor: Actor,
    participant: Participant,
    *,
    function: str,
    unit: Unit | None,
    contribution: str,
    at: datetime,
) -> None:
    """Correct as what and for which service somebody takes part.

    Raises:
        AlreadyOver
    """
    policy.require(actor, Action.STEER_ACCESS, participant)
    _require_not_ended(participant, at)
    if unit is not None and unit.id != participant.unit_id:
        policy.require(actor, Action.CHOOSE, unit)
    participant.function = function
    participant.unit_id = unit.id if unit else None
    participant.contribution = contribution
    activity.touch(participant.plan, at=at)
    consent_wanted.ask(participant.plan, at=at)


def prolong(actor: Actor, participant: Participant, last_day: date, *, at: datetime) -> None:
    """Move the last day later; consent is needed for as long as before.

    Raises:
        AlreadyOver, NoLonger, OwnerHasSetTheDay
    """
    policy.require(actor, Action.STEER_ACCESS, participant)
    granting.require_open(participant, day_of(at))
    ends_on = last_day + timedelta(days=1)
    if participant.ends_on is None or ends_on <= participant.ends_on:
        raise NoLonger(field="last_day")
    if participant.not_after_on is not None and ends_on > participant.not_after_on:
        raise OwnerHasSetTheDay(field="last_day")
    participant.ends_on = ends_on
    activity.touch(participant.plan, at=at)
    consent_wanted.ask(participant.plan, at=at)


def end(
    actor: Actor, participant: Participant, *, reason: str | None = None, at: datetime
) -> dict[str, Any]:
    """End a participation at once; what undoing it needs.

    Raises:
        AlreadyOver
    """
    policy.require(actor, Action.STOP_ACCESS, participant)
    put_end(actor, participant, reason=reason, at=at)
    replaced = []
    if stopping.is_of_owners_side(actor, participant):
        replaced = taking_back.take_back(actor, participant, Section, at=at)
    stopping.tell_stopped(actor, participant, at=at)
    twice.settle(participant.plan, at=at)
    return {"ended_at": at.isoformat(), "consents": replaced}


def put_end(actor: Actor, participant: Participant, *, reason: str | None, at: datetime) -> None:
    """Let a participation be over from now on, for those who have asked policy.

    Raises:
        AlreadyOver
    """
    _require_not_ended(participant, at)
    participant.ended_at, participant.ended_reason = at, reason
    log.record(actor, "participant:ended", participant, fields=ENDED_FIELDS)


def end_all(
    actor: Actor, plan: Plan, *, reason: str, at: datetime
) -> list[tuple[Participant, dict[str, Any]]]:
    """End everyone's participation; each with what undoing it needs.

    Raises:
        AlreadyOver: nobody takes part.
    """
    policy.require(actor, Action.STOP_ACCESS, plan)
    on = day_of(at)
    found = [one for one in plan.participants if one.ended_at is None and not _has_run_out(one, on)]
    if not found:
        raise AlreadyOver
    return [(one, end(actor, one, reason=reason, at=at)) for one in found]


def take_up_again(
    actor: Actor, participant: Participant, before: Mapping[str, Any], *, at: datetime
) -> None:
    """Undo ``end``, unless the person has been added anew.

    Raises:
        StaleVersion: they have, or somebody else has ended it.
    """
    policy.require(actor, Action.STOP_ACCESS, participant)
    take_end_away(actor, participant, datetime.fromisoformat(before["ended_at"]))
    taking_back.give_back(actor, participant.plan, before["consents"], at=at)
    consent_wanted.ask(participant.plan, at=at)


def take_end_away(actor: Actor, participant: Participant, ended_at: datetime) -> None:
    """Undo ``put_end``, for those who have asked policy, unless things have changed since.

    Raises:
        StaleVersion: the person has been added anew, or somebody else has ended it.
    """
    is_same = participant.ended_at is not None and participant.ended_at == ended_at
    if not is_same or standing(participant.plan, participant.person_id) is not None:
        raise StaleVersion
    participant.ended_at = participant.ended_reason = None
    log.record(actor, "participant:reopened", participant, fields=ENDED_FIELDS)


def _require_not_ended(participant: Participant, at: datetime) -> None:
    if participant.ended_at is not None:
        raise AlreadyOver
