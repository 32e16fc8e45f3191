"""Withdrawing consent, for all or for one participant, and resetting it. It takes effect at once.

Nothing is erased: a consent that ended keeps what it covered, its text and its dates.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.consent import queries
from app.consent.operations import add_covers, refresh
from app.consent.terms import Cover
from app.db import db
from app.enums import ConsentKind, NoticeKind, PlanState
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


def withdraw(actor: Actor, consent: Consent, *, at: datetime) -> None:
    """Withdraw one's own consent: all sharing; or, with the one to the plan, all of it.

    Raises:
        AlreadyEnded: it was withdrawn before, or has run out.
    """
    _require_own(actor, consent, at)
    plan = consent.plan
    is_all = consent.kind is ConsentKind.PLAN_IS_MADE
    for one in queries.active_of(plan, consent.giver_id, day_of(at)):
        if is_all or one.kind is ConsentKind.INFORMATION_IS_SHARED:
            _end(actor, one, BY_GIVER, at)
    _settle(plan, at)


def withdraw_for(actor: Actor, consent: Consent, participant: Participant, *, at: datetime) -> None:
    """Withdraw one's own consent for one participant; for the others it goes on as it is.

    A consent to that participant's service ends with it: through the service they would still see.

    Raises:
        AlreadyEnded: it does not hold, or does not cover this participant.
    """
    _require_own(actor, consent, at)
    if not covers(consent, participant):
        raise AlreadyEnded
    _end(actor, consent, NARROWED, at)
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
    _settle(consent.plan, at)


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


def _require_own(actor: Actor, consent: Consent, at: datetime) -> None:
    policy.require(actor, Action.WITHDRAW_CONSENT, consent)
    if not consent.is_active(day_of(at)):
        raise AlreadyEnded


def _end(actor: Actor, consent: Consent, reason: str, at: datetime) -> None:
    consent.withdrawn_at, consent.withdrawn_reason = max(at, consent.given_at), reason
    log.record(actor, "consent:withdrawn", consent, fields=ENDED_FIELDS)


def _settle(plan: Plan, at: datetime) -> None:
    """Let the plan wait for consent when it may not go on without, and tell the coordinator."""
    refresh(plan)
    if plan.state in IN_USE and not may_be_made(plan, day_of(at)):
        plan.state = PlanState.AWAITING_CONSENT
    plan.last_activity_at = at
    notices.settle(plan.id, NoticeKind.CONSENT_GIVEN, at=at, person_id=plan.coordinator_id)
    notices.tell(plan, [plan.coordinator_id], NoticeKind.CONSENT_WITHDRAWN, at=at)
