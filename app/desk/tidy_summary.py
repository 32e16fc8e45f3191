"""What a clean-up would do, before it is ordered: how many plans, which not and why, who is told.

Nothing is changed by asking.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import joinedload, selectinload

from app.clock import day_of
from app.db import db
from app.desk.tidy_rules import Search
from app.enums import PlanKind, TidyAct
from app.models import Authority, Plan
from app.plans.successors import Successor
from app.plans.tidy_facts import Facts, Wish, asked_to_renew, facts_of, obstacle
from app.security.actor import Actor

TELLS = frozenset({TidyAct.REASSIGN, TidyAct.PAUSE, TidyAct.CLOSE})


@dataclass(frozen=True)
class Share:
    """What a coordinator takes over: how many plans they have, and how many more."""

    successor: Successor
    more: int

    @property
    def after(self) -> int:
        """How many they have then."""
        return self.successor.load + self.more


@dataclass(frozen=True)
class Summary:
    """What would come of it. ``refused`` are plans by the code of what stands in the way."""

    chosen: int
    doable: int
    refused: Mapping[str, Sequence[Plan]]
    told: int
    open_activities: int
    offered: int
    digest: str
    shares: Sequence[Share] = field(default=())


def plans_of(actor: Actor, search: Search, at: datetime) -> Sequence[Plan]:
    """All plans that a clean-up finds for the actor, with what is asked of many of them."""
    found = search.ordered(actor, day_of(at)).options(joinedload(Plan.owner))
    if search.act is TidyAct.RENEW_CONSENT:
        found = found.options(
            selectinload(Plan.authorities).joinedload(Authority.holder),
            selectinload(Plan.age_rules),
        )
    return db.session.scalars(found).unique().all()


def summary(
    actor: Actor,
    search: Search,
    plans: Sequence[Plan],
    to: Mapping[str, str | None],
    *,
    at: datetime,
) -> Summary:
    """What the clean-up of these plans would do; ``to`` says who is to have which."""
    facts = facts_of(plans, search.act, at=at)
    refused: defaultdict[str, list[Plan]] = defaultdict(list)
    doable: list[Plan] = []
    for plan in plans:
        wish = Wish(search.act, search.rule, coordinator_id=to.get(plan.id))
        code = obstacle(plan, wish, facts)
        if code is None:
            doable.append(plan)
        else:
            refused[code].append(plan)
    return Summary(
        chosen=len(plans),
        doable=len(doable),
        refused=dict(refused),
        told=len(_told(actor, search, doable, to, facts)),
        open_activities=sum(facts.open.get(one.id, 0) for one in doable),
        offered=sum(one.kind is PlanKind.RELAY_LOG for one in doable),
        digest=digest(plans, to),
        shares=_shares(doable, to, facts),
    )


def digest(plans: Sequence[Plan], to: Mapping[str, str | None]) -> str:
    """What stands for the choice as it was looked over."""
    lines = sorted(f"{plan.id} {to.get(plan.id) or ''}" for plan in plans)
    return sha256("\n".join(lines).encode()).hexdigest()[:32]


def _told(
    actor: Actor,
    search: Search,
    plans: Sequence[Plan],
    to: Mapping[str, str | None],
    facts: Facts,
) -> set[str]:
    """Who gets a message: each once, in however many plans."""
    if search.act is TidyAct.ARCHIVE:
        return set()
    if search.act is TidyAct.REMIND:
        return {one.coordinator_id for one in plans}
    if search.act is TidyAct.RENEW_CONSENT:
        asked = {person for one in plans for person in asked_to_renew(one, facts.on)}
        return asked | ({one.coordinator_id for one in plans} & facts.at_work)
    told: set[str] = set()
    for plan in plans:
        if search.act is not TidyAct.REASSIGN:
            told |= facts.sees(plan)
        elif plan.kind is PlanKind.RELAY_LOG:
            told |= {to.get(plan.id) or ""}
        else:
            told |= facts.sees(plan) - {plan.coordinator_id}
            told |= {to.get(plan.id) or ""}
    return told - {actor.person_id or "", ""}


def _shares(plans: Sequence[Plan], to: Mapping[str, str | None], facts: Facts) -> Sequence[Share]:
    more = Counter(to.get(one.id) for one in plans)
    return [Share(one, more[one.id]) for one in facts.successors.values() if more[one.id]]
