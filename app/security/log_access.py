"""Who may read who has looked at a plan, and which events of the log they are told: in memory and
in SQL.

Nobody is told of a part that they may not read themselves, nor, by an event, of what is kept from
them. A kind of event that is not named here is told to nobody.
"""

from sqlalchemy import ColumnElement, and_, false, not_, or_

from app.enums import Outcome, Section
from app.models import AuditEvent, Plan
from app.security import plan_access, policy
from app.security.actor import Actor
from app.security.roles import Action

BELONGS_TO: dict[str, Section | None] = {
    "plan": None,
    "plan_entry": None,
    "stand_in": None,
    "handover": None,
    "emergency_access": None,
    "plan_move": None,
    "participant": Section.PARTICIPANTS,
    "plan_grant": Section.PARTICIPANTS,
    "role_proposal": Section.PARTICIPANTS,
    "consent": Section.CONSENTS,
    "move_consent": Section.CONSENTS,
    "plan_decision": Section.CONSENTS,
}
"""What events in a plan are about, and the part that must be read besides the one they name."""

OF_CONTENT = "plan_entry"


def may_read(actor: Actor, plan: Plan) -> bool:
    """Whether ``actor`` may read who has looked at the plan."""
    return bool(policy.decide(actor, Action.READ, plan, section=Section.ACCESS_LOG))


def is_told(actor: Actor, plan: Plan, event: AuditEvent) -> bool:
    """Whether ``actor`` is told of an event in a plan."""
    if not may_read(actor, plan) or event.plan_id != plan.id:
        return False
    places = (plan.municipality_id, *actor.earlier)
    if event.municipality_id not in places or event.outcome is not Outcome.DONE:
        return False
    opened = policy.open_sections(actor, Action.READ, plan)
    if event.object_type not in _kinds(opened):
        return False
    if event.object_type == OF_CONTENT and _is_held_to_own(actor, plan):
        return False
    return event.section is None or event.section in opened


def events(actor: Actor, plan: Plan) -> ColumnElement[bool]:
    """The condition for events that ``actor`` is told of; the twin of ``is_told``."""
    if not may_read(actor, plan):
        return false()
    opened = policy.open_sections(actor, Action.READ, plan)
    told = and_(
        AuditEvent.municipality_id.in_([plan.municipality_id, *actor.earlier]),
        AuditEvent.plan_id == plan.id,
        AuditEvent.outcome == Outcome.DONE,
        AuditEvent.object_type.in_(sorted(_kinds(opened))),
        or_(AuditEvent.section.is_(None), AuditEvent.section.in_(sorted(opened))),
    )
    if _is_held_to_own(actor, plan):
        return and_(told, not_(AuditEvent.object_type == OF_CONTENT))
    return told


def _kinds(opened: frozenset[Section]) -> set[str]:
    return {kind for kind, part in BELONGS_TO.items() if part is None or part in opened}


def _is_held_to_own(actor: Actor, plan: Plan) -> bool:
    """Whether events of single pieces of content would tell of the activities of others."""
    return plan_access.sees_own_only(actor, plan, [Section.ACTIVITIES])
