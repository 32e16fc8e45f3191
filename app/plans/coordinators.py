"""Who can coordinate a plan: those who hold the coordinator's role in the municipality now."""

from datetime import date

from sqlalchemy import Select, select

from app.db import db
from app.enums import Role
from app.models import Membership, Person, Plan
from app.security.tenancy import here


def coordinators_here(on: date) -> Select[Person]:
    """Everyone with the coordinator's role in the municipality of the scope."""
    return select(Person).where(
        here(Person), Person.id.in_(_holders(on)), Person.retired_at.is_(None)
    )


def others_for(plan: Plan, on: date) -> Select[Person]:
    """Everyone who can coordinate the plan, besides whoever does."""
    return coordinators_here(on).where(Person.id.not_in((plan.coordinator_id, plan.owner_id)))


def can_coordinate(person_id: str, on: date) -> bool:
    """Whether the person holds the coordinator's role on this day."""
    return db.session.scalar(_holders(on).where(Membership.person_id == person_id)) is not None


def _holders(on: date) -> Select[str]:
    return select(Membership.person_id).where(
        here(Membership), Membership.role == Role.COORDINATOR, Membership.active(on)
    )
