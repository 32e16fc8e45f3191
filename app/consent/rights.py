"""Who may consent to a plan, and as what: pure over a plan and its rows in memory.

Whether a consent counts is decided in ``app.security.plan_access``; this says whose would.
"""

from dataclasses import dataclass
from datetime import date

from app.enums import ConsentCapacity
from app.models import Authority, Person, Plan
from app.security.plan_access import is_of_age, reaches, who_must_consent


@dataclass(frozen=True)
class Right:
    """Somebody's right to consent to a plan: as owner, or by an authority."""

    giver: Person
    capacity: ConsentCapacity
    authority: Authority | None = None


def who_may(plan: Plan, on: date) -> list[Right]:
    """Everyone whose consent would count on this day.

    All the parents where there are any; otherwise the owner, when of age, or a representative: one
    of them is enough.
    """
    parents = who_must_consent(plan, on)
    if parents:
        return [Right(one.holder, ConsentCapacity.GUARDIAN, one) for one in parents]
    owner = [Right(plan.owner, ConsentCapacity.OWNER)] if is_of_age(plan, on) else []
    # No parent is among them: one who may consent would have been found above.
    representatives = [
        Right(one.holder, ConsentCapacity.REPRESENTATIVE, one)
        for one in plan.authorities
        if one.may_consent and reaches(one, plan, on)
    ]
    return owner + representatives


def right_of(plan: Plan, person_id: str | None, on: date) -> Right | None:
    """By which right a person consents; None when theirs would not count."""
    return next((one for one in who_may(plan, on) if one.giver.id == person_id), None)


def all_must(plan: Plan, on: date) -> bool:
    """Whether everyone of ``who_may`` has to consent, and not just one of them."""
    return bool(who_must_consent(plan, on))
