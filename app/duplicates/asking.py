"""Asking coordinators to look at what the local administrator can't mend: who takes part, and
whether two plans should be one.

The question names nothing but the plan that it is about: that there is another one, whose it is and
who coordinates it, is not told.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from app.audit import log
from app.clock import day_of
from app.duplicates import not_same
from app.enums import NoticeKind
from app.errors import NotFound
from app.models import Plan
from app.notifications import notices
from app.people.names import tidy
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action

LONGEST_TEXT = 500


def ask(
    actor: Actor,
    plans: Iterable[Plan],
    kind: NoticeKind,
    *,
    among: Collection[str],
    text: str | None,
    at: datetime,
) -> int:
    """Tell whoever coordinates the plans, or stands in; how many plans were asked about.

    ``among`` are ids of the plans that something was found in.

    Raises:
        NotFound, NotAllowed: a plan is not among them, or the duplicates not the actor's.
    """
    not_same.require_overview(actor, Action.ANSWER)
    asked = list(plans)
    for plan in asked:
        policy.require(actor, Action.EXPORT, plan)
        if plan.id not in among:
            raise NotFound
        standing_in = [one.person_id for one in plan.stand_ins if one.is_active(day_of(at))]
        told = [plan.coordinator_id, *standing_in]
        notices.tell(plan, told, kind, at=at, text=tidy(text or "")[:LONGEST_TEXT])
        log.record(actor, "plan:asked_about_duplicate", plan)
    return len(asked)
