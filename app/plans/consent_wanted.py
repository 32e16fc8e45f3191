"""Who has to be asked for consent to share the plan, and telling them when something waits.

What waits is decided by ``plan_access``; nothing is kept of it.
"""

from datetime import date, datetime

from app.clock import day_of
from app.db import db
from app.enums import AuthorityKind, Level, NoticeKind, PlanState, Section
from app.models import Participant, Person, Plan
from app.notifications import notices
from app.security import plan_access
from app.security.plan_rights import UNDER_WAY

ASKED_IN = UNDER_WAY - {PlanState.DRAFT}
"""While a plan is a draft nobody is asked; they are when the coordinator sends it to them."""


def deciders(plan: Plan, on: date) -> list[Person]:
    """Those whose consent counts: all the parents who have to, or the owner and representatives."""
    parents = plan_access.who_must_consent(plan, on)
    if parents:
        return [one.holder for one in parents]
    own = [plan.owner] if plan_access.is_of_age(plan, on) else []
    return own + [
        one.holder
        for one in plan.authorities
        if one.kind is not AuthorityKind.PARENTAL_RESPONSIBILITY
        and one.may_consent
        and plan_access.reaches(one, plan, on)
    ]


def waiting(plan: Plan, participant: Participant, on: date) -> dict[Section, Level]:
    """What a participant has been given, now or from a later day, that consent does not reach."""
    if participant.ended_at is not None or _is_over(participant.ends_on, on):
        return {}
    return {
        grant.section: grant.level
        for grant in participant.grants
        if grant.ended_at is None
        and not _is_over(grant.ends_on, on)
        and _consented(plan, participant, grant.section, on).rank < grant.level.rank
    }


def _consented(plan: Plan, participant: Participant, section: Section, on: date) -> Level:
    return plan_access.consented_level(plan, participant, section, on)


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
        people = deciders(plan, on)
        notices.tell(plan, [one.id for one in people], NoticeKind.CONSENT_WANTED, at=at)
    else:
        notices.settle(plan.id, NoticeKind.CONSENT_WANTED, at=at)
