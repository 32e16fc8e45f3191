"""What waits for consent to be shared, and telling those who can give it.

What waits is decided by ``plan_access``; nothing is kept of it.
"""

from datetime import date, datetime

from app.clock import day_of
from app.consent.rights import who_may
from app.db import db
from app.enums import Level, NoticeKind, PlanState, Section
from app.models import Participant, Plan
from app.notifications import notices
from app.security import plan_access
from app.security.plan_rights import UNDER_WAY

ASKED_IN = UNDER_WAY - {PlanState.DRAFT}
"""While a plan is a draft nobody is asked; they are when the coordinator sends it to them."""


def waiting(plan: Plan, participant: Participant, on: date) -> dict[Section, Level]:
    """What a participant has been given, now or from a later day, that consent does not reach."""
    if participant.ended_at is not None or _is_over(participant.ends_on, on):
        return {}
    consented = plan_access.consented_levels(plan, participant, on)
    return {
        grant.section: grant.level
        for grant in participant.grants
        if grant.ended_at is None
        and not _is_over(grant.ends_on, on)
        and consented.get(grant.section, Level.NONE).rank < grant.level.rank
    }


def _is_over(ends_on: date | None, on: date) -> bool:
    return ends_on is not None and ends_on <= on


def ask(plan: Plan, *, at: datetime) -> None:
    """Tell those who have to consent that something waits for them, or that nothing does now."""
    db.session.flush()
    db.session.expire(plan, ["participants", "authorities", "consents"])
    on = day_of(at)
    if plan.state not in ASKED_IN:
        return
    is_wanted = not plan_access.may_be_made(plan, on) or any(
        waiting(plan, one, on) for one in plan.participants
    )
    if is_wanted:
        people = [one.giver.id for one in who_may(plan, on)]
        notices.tell(plan, people, NoticeKind.CONSENT_WANTED, at=at)
    else:
        notices.settle(plan.id, NoticeKind.CONSENT_WANTED, at=at)
