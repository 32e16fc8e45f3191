"""What the pages of a merge show: the two side by side, and what it would do, in words."""

from typing import Any

from sqlalchemy import select

from app.accounts.queries import username_of
from app.clock import day_of, utc_now
from app.db import db
from app.duplicate_tables import DuplicatePair, PersonMerge
from app.duplicates import merge_facts, merge_rules, merge_words, side_by_side
from app.duplicates.merge_facts import Two
from app.duplicates.merge_plan import MergePlan
from app.duplicates.merge_rows import Rows
from app.duplicates.merge_rules import CannotMerge
from app.errors import DomainError
from app.models import Person, Plan
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action


def latest(pair: DuplicatePair) -> PersonMerge | None:
    """The last merge of the two."""
    ids = (pair.first_id, pair.second_id)
    found: PersonMerge | None = db.session.scalar(
        select(PersonMerge)
        .where(PersonMerge.kept_id.in_(ids), PersonMerge.gone_id.in_(ids))
        .order_by(PersonMerge.id.desc())
        .limit(1)
    )
    return found


def weight(person: Person) -> tuple[bool, int, float]:
    """How much hangs on a record: a login, plans, and how long it has been there."""
    rows = Rows(Two(person, person), day_of(utc_now()))
    has_login = bool(rows.accounts(person.id))
    return has_login, len(rows.owned(person.id)), -person.created_at.timestamp()


def shown(pair: DuplicatePair, two: Two) -> dict[str, tuple[Any, Any]]:
    """What is shown of both, in the order of the pair; what tells where a shielded person is, is
    not."""
    found = {
        line: (read(pair.first), read(pair.second)) for line, read in side_by_side.READ.items()
    }
    if two.is_shielded:
        hidden = side_by_side.PROTECTED
        for name in merge_facts.TELLING_PLACE:
            found[name] = (hidden, hidden)
    return found


def logins(pair: DuplicatePair) -> tuple[str, str]:
    """The user names of both, when they sign in with different ones."""
    rows = Rows(Two(pair.first, pair.second), day_of(utc_now()))
    if not merge_rules.must_choose_login(rows):
        return "", ""
    first, second = (username_of(min(rows.accounts(one))) for one in rows.two.ids)
    return first, second


def plans_of(error: DomainError | None) -> list[Plan]:
    """The plans that a refusal is about, as far as the actor sees them."""
    ids = error.plan_ids if isinstance(error, CannotMerge) else ()
    found = scope.rows(current_actor(), Plan, Action.SHOW).where(Plan.id.in_(ids))
    return list(db.session.scalars(found.order_by(Plan.id))) if ids else []


def said(plan: MergePlan) -> dict[str, Any]:
    """What a merge would do, in words."""
    ids = {one.plan_id for one in plan.narrowed} | set(plan.login.gains)
    found = scope.rows(current_actor(), Plan, Action.SHOW).where(Plan.id.in_(ids))
    plans = {one.id: one for one in db.session.scalars(found)} if ids else {}
    return {
        "plan": plan,
        "moving": merge_words.moving(plan),
        "remarks": merge_words.remarks(plan),
        "reasons": [merge_words.REASONS[one] for one in sorted(plan.second)],
        "stays": username_of(plan.login.stays) if plan.login.stays else "",
        "ends": username_of(plan.login.ends) if plan.login.ends else "",
        "gains": [plans[one] for one in plan.login.gains if one in plans],
        "narrowed": [(plans[one.plan_id], one) for one in plan.narrowed if one.plan_id in plans],
    }
