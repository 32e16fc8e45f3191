"""Until when a plan's consents last, and whose is awaited: pure over the rows of consents.

What a consent opens is decided in ``app.security``; this is for reminding people in time.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.enums import ConsentCapacity, ConsentKind, PlanState

NEAR = timedelta(days=60)


@dataclass(frozen=True)
class Given:
    """What a consent says of itself, without what it covers."""

    plan_id: str
    kind: ConsentKind
    giver_id: str
    capacity: ConsentCapacity
    ends_on: date
    given_at: datetime
    withdrawn_at: datetime | None


def by_plan(rows: Iterable[Given]) -> dict[str, list[Given]]:
    """The newest consent of each giver and kind, by plan: what came before it no longer counts."""
    newest: dict[tuple[str, ConsentKind, str], Given] = {}
    for row in rows:
        key = (row.plan_id, row.kind, row.giver_id)
        if key not in newest or newest[key].given_at < row.given_at:
            newest[key] = row
    found: defaultdict[str, list[Given]] = defaultdict(list)
    for row in newest.values():
        found[row.plan_id].append(row)
    return dict(found)


def is_awaited(state: PlanState, given: Iterable[Given], giver_id: str | None, on: date) -> bool:
    """Whether a plan waits for the consent of somebody who may give one.

    A consent that was withdrawn is not asked for anew, unless the plan itself waits for it.
    """
    mine = [one for one in given if one.kind is ConsentKind.PLAN_IS_MADE]
    mine = [one for one in mine if one.giver_id == giver_id]
    if any(one.withdrawn_at is None and one.ends_on > on for one in mine):
        return False
    if state is PlanState.AWAITING_CONSENT:
        return True
    return state is PlanState.ACTIVE and any(one.withdrawn_at is None for one in mine)


def last_day(given: Iterable[Given], is_of_age: bool) -> date | None:
    """The last day on which all consents that count hold; None when there are none.

    Parents' consents count until the owner alone consents, the owner's own from then on.
    """
    passed_over = ConsentCapacity.GUARDIAN if is_of_age else ConsentCapacity.OWNER
    counting = [one for one in given if one.capacity is not passed_over]
    ends = [one.ends_on for one in counting if one.withdrawn_at is None]
    return min(ends) - timedelta(days=1) if ends else None
