"""Decisions (*vedtak*) about a plan: what was decided, by which law, how long one may complain.

Whether the making of a plan is an *enkeltvedtak* is disputed (``domain.md`` 0.8), so the
municipality says what each decision is.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.clock import day_of
from app.db import db
from app.enums import DecisionKind, PlanKind
from app.errors import DomainError
from app.models import Plan
from app.plans.activity import touch
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import PlanDecision

TIME_TO_COMPLAIN = timedelta(weeks=4)
"""Source: pasient- og brukerrettighetsloven § 7-2."""

LEGAL_GROUNDS: dict[PlanKind, dict[str, str]] = {
    PlanKind.INDIVIDUAL_PLAN: {
        "nb": "pasient- og brukerrettighetsloven § 2-5, helse- og omsorgstjenesteloven § 7-1",
        "nn": "pasient- og brukarrettslova § 2-5, helse- og omsorgstenestelova § 7-1",
    },
    PlanKind.EDUCATION_PLAN: {"nb": "opplæringslova § 11-10"},
    PlanKind.DEVELOPMENT_PLAN: {},
    PlanKind.RELAY_LOG: {},
    PlanKind.FAMILY_PLAN: {
        "nb": "pasient- og brukerrettighetsloven § 2-5 c, helse- og omsorgstjenesteloven § 7-2 a",
        "nn": "pasient- og brukarrettslova § 2-5 c, helse- og omsorgstenestelova § 7-2 a",
    },
}
"""What is suggested as legal ground. A relay log has no law of its own (``domain.md`` 6.3)."""


class DecidedLater(DomainError):
    """The day of the decision has not come."""

    status = 422
    message = _l("The day of the decision can't be in the future.")


class ComplaintBeforeDecision(DomainError):
    """The time to complain would be over before it begins."""

    status = 422
    message = _l("The time limit for complaints can't be before the day of the decision.")


class NothingToComplainOf(DomainError):
    """What is no decision in the law has no time limit for complaints."""

    status = 422
    message = _l("What is not a decision in the law has no time limit for complaints.")


@dataclass(frozen=True)
class DecisionFacts:
    """What is recorded of a decision; without ``complaint_until`` the usual time limit holds."""

    kind: DecisionKind
    what: str
    legal_ground: str
    decided_on: date
    complaint_until: date | None = None


def record(actor: Actor, plan: Plan, facts: DecisionFacts, *, at: datetime) -> PlanDecision:
    """Record a decision about the plan."""
    policy.require(actor, Action.RECORD_DECISION, plan)
    decision = PlanDecision(plan_id=plan.id, recorded_at=at)
    _put(decision, facts, day_of(at))
    db.session.add(decision)
    touch(plan, at=at)
    return decision


def change(
    actor: Actor, plan: Plan, decision: PlanDecision, facts: DecisionFacts, *, at: datetime
) -> None:
    """Put right what was recorded of a decision about the plan."""
    policy.require(actor, Action.RECORD_DECISION, plan)
    _put(decision, facts, day_of(at))
    touch(plan, at=at)


def complaint_limit(kind: DecisionKind, decided_on: date) -> date | None:
    """The last day to complain when nothing else is decided; None where nobody can."""
    return None if kind is DecisionKind.NO_DECISION else decided_on + TIME_TO_COMPLAIN


def _put(decision: PlanDecision, facts: DecisionFacts, on: date) -> None:
    if facts.decided_on > on:
        raise DecidedLater(field="decided_on")
    until = facts.complaint_until
    if until is not None and facts.kind is DecisionKind.NO_DECISION:
        raise NothingToComplainOf(field="complaint_until")
    if until is not None and until < facts.decided_on:
        raise ComplaintBeforeDecision(field="complaint_until")
    decision.kind = facts.kind
    decision.what = facts.what
    decision.legal_ground = facts.legal_ground
    decision.decided_on = facts.decided_on
    decision.complaint_until = until or complaint_limit(facts.kind, facts.decided_on)
