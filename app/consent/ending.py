"""Withdrawing consent, for all or for one participant, and resetting it. It takes effect at once.

Whoever gave it does so themselves, or tells the coordinator, who registers what was said.

Nothing is erased: a consent that ended keeps what it covered, its text and its dates.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.consent import queries
from app.consent.operations import BadPeriod, add_covers, refresh
from app.consent.terms import Cover
from app.db import db
from app.enums import ConsentKind, ConsentMethod, NoticeKind, PlanState
from app.errors import DomainError
from app.models import Consent, Participant, Plan
from app.notifications import notices
from app.security import policy
from app.security.actor import Actor
from app.security.plan_access import may_be_made
from app.security.roles import Action

BY_GIVER = "by_giver"
NARROWED = "narrowed"
ENDED_FIELDS = ("withdrawn_at", "withdrawn_reason")
IN_USE = (PlanState.ACTIVE, PlanState.PAUSED)
CARRIED = (
    "plan_id",
    "kind",
    "giver_id",
    "capacity",
    "authority_id",
    "text_id",
    "method",
    "note",
    "scan_key",
    "scan_type",
    "ends_on",
    "recorded_by_id",
)
"""What a consent for fewer keeps of the one it was narrowed from."""


class AlreadyEnded(DomainError):
    """The consent does not hold any more."""

    message = _l("This consent has ended already.")


@dataclass(frozen=True)
class ToldWithdrawal:
    """What a coordinator states about a withdrawal that was said or written to them."""

    told_on: date
    method: ConsentMethod
    note: str

    @property
    def reason(self) -> str:
        """How a consent that was ended by it says why."""
        return f"told:{self.method}:{self.told_on.isoformat()}:{self.note}"


TOLD = re.compile(r"told:(paper|oral):(\d{4}-\d\d-\d\d):(.*)", re.DOTALL)
LONGEST_NOTE = 450
"""What is left for the note of the 500 characters of a reason."""


def told_in(reason: str) -> ToldWithdrawal | None:
    """What was told, of a consent that was ended by it; None where it ended otherwise."""
    found = TOLD.fullmatch(reason)
    try:
        told_on = date.fromisoformat(found[2]) if found else None
    except ValueError:
        told_on = None
    if found is None or told_on is None:
        return None
    return ToldWithdrawal(told_on, ConsentMethod(found[1]), found[3])


def withdraw(actor: Actor, consent: Consent, *, at: datetime) -> None:
    """Withdraw one's own consent: all sharing; or, with the one to the plan, all of it.

    Raises:
        AlreadyEnded: it was withdrawn before, or has run out.
    """
    policy.require(actor, Action.WITHDRAW_CONSENT, consent)
    _end_all(actor, consent, BY_GIVER, at)
    _settle(consent.plan, {consent.plan.coordinator_id}, at)


def withdraw_for(actor: Actor, consent: Consent, participant: Participant, *, at: datetime) -> None:
    """Withdraw one's own consent for one participant; for the others it goes on as it is.

    A consent to that participant's service ends with it: through the service they would still see.

    Raises:
        AlreadyEnded: it does not hold, or does not cover this participant.
    """
    policy.require(actor, Action.WITHDRAW_CONSENT, consent)
    _narrow(actor, consent, participant, NARROWED, at)
    _settle(consent.plan, {consent.plan.coordinator_id}, at)


def record_withdrawal(
    actor: Actor,
    consent: Consent,
    told: ToldWithdrawal,
    *,
    participant: Participant | None = None,
    at: datetime,
) -> None:
    """Register that the one who gave a consent has withdrawn it, orally or in writing.

    It holds from now, and as ``withdraw``, or as ``withdraw_for`` a participant. Whoever gave it is
    told, so that a withdrawal that was never made does not go unseen.

    Raises:
        AlreadyEnded: as there.
        BadPeriod: it is said to be told in the future, or before the consent was given.
    """
    policy.require(actor, Action.RECORD_WITHDRAWAL, consent)
    _require_told_between(consent, told.told_on, day_of(at))
    if participant is None:
        _end_all(actor, consent, told.reason, at)
    else:
        _narrow(actor, consent, participant, told.reason, at)
    log.record(actor, "consent:withdrawal_recorded", consent)
    plan = consent.plan
    _settle(plan, {consent.giver_id, plan.coordinator_id} - {actor.person_id}, at)


def _require_told_between(consent: Consent, told_on: date, on: date) -> None:
    """Refuse a day that can't be right. What goes on for fewer was given with the first of it."""
    if told_on > on:
        raise BadPeriod(_l("The day is in the future."), field="told_on")
    given = min(
        (one.given_at for one in queries.active_of(consent.plan, consent.giver_id, on)),
        default=consent.given_at,
    )
    if told_on < day_of(given):
        raise BadPeriod(
            _l("The consent was given after that day. The newest holds."), field="told_on"
        )


def _end_all(actor: Actor, consent: Consent, reason: str, at: datetime) -> None:
    """End all sharing by a giver; with the consent to the plan, all of it."""
    _require_active(consent, at)
    is_all = consent.kind is ConsentKind.PLAN_IS_MADE
    for one in queries.active_of(consent.plan, consent.giver_id, day_of(at)):
        if is_all or one.kind is ConsentKind.INFORMATION_IS_SHARED:
            _end(actor, one, reason, at)


def _narrow(
    actor: Actor, consent: Consent, participant: Participant, reason: str, at: datetime
) -> None:
    """End a consent, and let one that covers the others take its place."""
    _require_active(consent, at)
    if not covers(consent, participant):
        raise AlreadyEnded
    _end(actor, consent, reason, at)
    left: list[Cover] = [
        (one.participant_id, one.unit_id, one.section, one.level)
        for one in consent.covers
        if not _is_for(one.participant_id, one.unit_id, participant)
    ]
    if left:
        kept = {name: getattr(consent, name) for name in CARRIED}
        narrower = Consent(id=new_id(), starts_on=day_of(at), given_at=at, **kept)
        db.session.add(narrower)
        db.session.flush()
        add_covers(narrower, left)


def reset(actor: Actor, plan: Plan, reason: str, *, at: datetime) -> int:
    """End all sharing; how many consents that was. The plan is kept and waits for consent anew."""
    policy.require(actor, Action.RESET_CONSENT, plan)
    shared = [
        one
        for one in plan.consents
        if one.kind is ConsentKind.INFORMATION_IS_SHARED and one.is_active(day_of(at))
    ]
    for one in shared:
        one.withdrawn_at, one.withdrawn_reason = max(at, one.given_at), reason
        log.record(actor, "consent:reset", one, fields=ENDED_FIELDS)
    plan.state = PlanState.AWAITING_CONSENT
    plan.last_activity_at = at
    refresh(plan)
    givers = [one.giver.id for one in queries.statuses(plan, day_of(at))]
    notices.tell(plan, givers, NoticeKind.CONSENT_WANTED, at=at)
    return len(shared)


def covers(consent: Consent, participant: Participant) -> bool:
    """Whether a consent lets a participant see anything, by name or through the service."""
    return any(_is_for(one.participant_id, one.unit_id, participant) for one in consent.covers)


def _is_for(participant_id: str | None, unit_id: str | None, participant: Participant) -> bool:
    return participant_id == participant.id or (
        unit_id is not None and unit_id == participant.unit_id
    )


def _require_active(consent: Consent, at: datetime) -> None:
    if not consent.is_active(day_of(at)):
        raise AlreadyEnded


def _end(actor: Actor, consent: Consent, reason: str, at: datetime) -> None:
    consent.withdrawn_at, consent.withdrawn_reason = max(at, consent.given_at), reason
    log.record(actor, "consent:withdrawn", consent, fields=ENDED_FIELDS)


def _settle(plan: Plan, told: Collection[str], at: datetime) -> None:
    """Let the plan wait for consent when it may not go on without, and tell whom it concerns."""
    refresh(plan)
    if plan.state in IN_USE and not may_be_made(plan, day_of(at)):
        plan.state = PlanState.AWAITING_CONSENT
    plan.last_activity_at = at
    notices.settle(plan.id, NoticeKind.CONSENT_GIVEN, at=at, person_id=plan.coordinator_id)
    notices.tell(plan, told, NoticeKind.CONSENT_WITHDRAWN, at=at)
