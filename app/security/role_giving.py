"""Giving standard roles in a plan: who may give which, and what a role gives by its capabilities.

Pure, as ``plan_access``, on which it stands.
"""

from app.enums import Level, Section
from app.models import Plan, StandardRole
from app.security.actor import Actor
from app.security.plan_access import basis_for, level, relations
from app.security.plan_rights import GIVERS, IN_STATES, MOST_BY_CAPABILITY, USUAL_GIVERS, Basis
from app.security.roles import Action


def basis_of_giver(actor: Actor, plan: Plan, role: StandardRole) -> Basis | None:
    """By which relation ``actor`` may give a standard role in a plan: one that the role names."""
    if plan.state not in IN_STATES[Action.STEER_ACCESS]:
        return None
    givers = role.given_by or USUAL_GIVERS
    found = relations(actor, plan)
    return next((one.basis for one in found if GIVERS.get(one.basis) in givers), None)


def most_by_capability(actor: Actor, plan: Plan, section: Section) -> Level:
    """As ``plan_access.most_given``, where a standard role gives the section by a capability."""
    if section not in MOST_BY_CAPABILITY:
        return Level.NONE
    if not basis_for(actor, Action.STEER_ACCESS, plan):
        return Level.NONE
    held = level(actor, plan, section)
    return min(held, MOST_BY_CAPABILITY[section], key=lambda one: one.rank)
