"""Who was told how the panel works, and what owners answered, in the demonstration's plans."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.clock import day_of
from app.columns import TenantOwned
from app.enums import PlanState, PulseAnswer
from app.models import Introduction, Plan, Pulse

GOOD, SO_SO, BAD = PulseAnswer.GOOD, PulseAnswer.SO_SO, PulseAnswer.BAD
ANSWERS = ((GOOD, GOOD, SO_SO), (GOOD, SO_SO, GOOD), (SO_SO, BAD, GOOD), (GOOD, GOOD, GOOD))
NOT_YET = frozenset({PlanState.DRAFT, PlanState.AWAITING_CONSENT})
ASKED_BEFORE, ANSWERED_BEFORE = 24, 20


def told_and_asked(
    plan: Plan, number: int, side_id: str, people: Sequence[str], at: datetime
) -> Iterator[TenantOwned]:
    """Introductions for two of three plans; three questions in two of three, of which a few are
    not answered. ``side_id`` is who speaks for the owner."""
    if plan.state in NOT_YET:
        return
    if number % 3:
        for person_id in dict.fromkeys((side_id, *people)):
            told_at = plan.started_at + timedelta(days=20)
            yield Introduction(
                plan_id=plan.id,
                person_id=person_id,
                given_on=day_of(told_at),
                recorded_at=told_at,
            )
    if number % 3 != 1 and plan.closed_at is None:
        asked_at = at - timedelta(days=ASKED_BEFORE)
        row = Pulse(plan_id=plan.id, person_id=side_id, asked_at=asked_at)
        if number % 5:
            row.useful, row.heard, row.knows_who = ANSWERS[number % len(ANSWERS)]
            row.answered_at = at - timedelta(days=ANSWERED_BEFORE)
        yield row
