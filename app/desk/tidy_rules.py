"""The rules by which plans are found for cleaning up, and the reason for each plan in words.

The conditions themselves are in ``app.plans.plan_troubles``; here they get their limits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_

from app.consent.terms import add_months
from app.enums import TidyAct, TidyRule
from app.models import Plan
from app.plans import plan_troubles
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action


class Unit(StrEnum):
    """What the limit of a rule is counted in."""

    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True)
class Rule:
    """A rule: which plans it finds on a day with a limit, and what can be done with them.

    ``limits`` are those that one can choose; none where the rule has no limit.
    """

    condition: Callable[[date, int], ColumnElement[bool]]
    acts: tuple[TidyAct, ...]
    oldest: Any
    unit: Unit | None = None
    usual: int = 0
    limits: tuple[int, ...] = ()


def _idle(on: date, months: int) -> ColumnElement[bool]:
    return plan_troubles.idle_since(add_months(on, -months))


def _expired(on: date, days: int) -> ColumnElement[bool]:
    return plan_troubles.consent_ended_by(on, on - timedelta(days=days))


def _leaves(on: date, days: int) -> ColumnElement[bool]:
    return plan_troubles.coordinator_leaves_by(on, on + timedelta(days=days))


def _overdue(on: date, days: int) -> ColumnElement[bool]:
    return plan_troubles.evaluation_due_before(on - timedelta(days=days))


def _closed(on: date, months: int) -> ColumnElement[bool]:
    return plan_troubles.closed_before(add_months(on, -months))


_KEEP_GOING = (TidyAct.REMIND, TidyAct.REASSIGN)
_END = (TidyAct.PAUSE, TidyAct.CLOSE)
RULES: Mapping[TidyRule, Rule] = {
    TidyRule.CONSENT_EXPIRED: Rule(
        _expired,
        (TidyAct.RENEW_CONSENT, TidyAct.REMIND, *_END),
        Plan.last_activity_at,
        Unit.DAYS,
        60,
        (0, 30, 60, 90, 180),
    ),
    TidyRule.COORDINATOR_WITHOUT_LOGIN: Rule(
        lambda on, _limit: plan_troubles.coordinator_is_missing(on),
        (TidyAct.REASSIGN, *_END),
        Plan.last_activity_at,
    ),
    TidyRule.COORDINATOR_LEAVES: Rule(
        _leaves, (TidyAct.REASSIGN,), Plan.last_activity_at, Unit.DAYS, 30, (14, 30, 60, 90)
    ),
    TidyRule.OWNER_GONE: Rule(
        lambda _on, _limit: plan_troubles.owner_is_gone(),
        (TidyAct.CLOSE, TidyAct.REMIND),
        Plan.last_activity_at,
    ),
    TidyRule.NO_ACTIVITY: Rule(
        _idle, (*_KEEP_GOING, *_END), Plan.last_activity_at, Unit.MONTHS, 12, (6, 12, 18, 24)
    ),
    TidyRule.EVALUATION_OVERDUE: Rule(
        _overdue, (*_KEEP_GOING, *_END), Plan.next_evaluation_on, Unit.DAYS, 0, (0, 30, 90, 180)
    ),
    TidyRule.LONG_CLOSED: Rule(
        _closed, (TidyAct.ARCHIVE,), Plan.closed_at, Unit.MONTHS, 12, (6, 12, 24, 36)
    ),
}
"""In the order of how much harm it does to leave the plans as they are."""

EXPLAINED: Mapping[TidyAct, Any] = {
    TidyAct.REMIND: _l("The coordinator gets a message in Samvev about looking at the plan anew."),
    TidyAct.RENEW_CONSENT: _l(
        "Those who may consent get a message in Samvev that the consent needs to be renewed. The"
        " coordinator is told that they are asked."
    ),
    TidyAct.REASSIGN: _l(
        "Another coordinator has the plan from that moment, and the present one no longer sees it."
        " A relay log is offered: it changes hands when the answer is yes."
    ),
    TidyAct.PAUSE: _l("Everyone still reads what they could read, and nobody writes."),
    TidyAct.CLOSE: _l(
        "What is written is kept, and read by those whose access has not ended. Consents stay as"
        " they are. Nobody has looked over the open activities."
    ),
    TidyAct.ARCHIVE: _l("The plan leaves the lists of open and closed plans. All is kept."),
}
"""What is done with each plan of a clean-up."""


@dataclass(frozen=True)
class Search:
    """What a clean-up is about: an act, and the rule or the coordinator that its plans are of."""

    act: TidyAct
    rule: TidyRule | None = None
    limit: int = 0
    of_id: str | None = None

    def condition(self, on: date) -> ColumnElement[bool]:
        """Which plans it finds on a day."""
        if self.rule is None:
            return and_(plan_troubles.is_open(), Plan.coordinator_id == self.of_id)
        return RULES[self.rule].condition(on, self.limit)

    def candidates(self, actor: Actor, on: date) -> Select[Any]:
        """The plans it finds among those that the actor may clean up."""
        return scope.rows(actor, Plan, Action.TIDY).where(self.condition(on))

    def ordered(self, actor: Actor, on: date) -> Select[Any]:
        """As ``candidates``, what has waited longest first."""
        oldest = Plan.last_activity_at if self.rule is None else RULES[self.rule].oldest
        return self.candidates(actor, on).order_by(oldest, Plan.id)


def acts_of(rule: TidyRule | None) -> tuple[TidyAct, ...]:
    """What can be done with the plans of a rule; those of a coordinator are given to others."""
    return (TidyAct.REASSIGN,) if rule is None else RULES[rule].acts


def has_limit(rule: TidyRule | None, limit: int) -> bool:
    """Whether one can choose this limit for the rule; 0 where it has none."""
    return limit in (RULES[rule].limits if rule is not None else ()) or (
        limit == 0 and (rule is None or not RULES[rule].limits)
    )
