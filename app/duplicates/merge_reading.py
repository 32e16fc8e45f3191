"""What the pages of a merge show: the two side by side, and what it would do, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.queries import username_of
from app.clock import day_of, utc_now
from app.db import db
from app.duplicate_tables import DuplicatePair, PersonMerge
from app.duplicates import merge_facts, merge_rules, merge_words, merging, side_by_side
from app.duplicates.merge_facts import Two
from app.duplicates.merge_plan import MergePlan
from app.duplicates.merge_rows import Rows
from app.duplicates.merge_rules import CannotMerge
from app.errors import DomainError
from app.models import Authority, Grant, Participant, Person, Plan
from app.screens.words import words
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
        "ending": [*_ending_guardians(plan), *_ending_parts(plan)],
    }


def _ended(plan: MergePlan, model: type[Authority | Participant]) -> list[Any]:
    """The rows of a kind that end, and that do not go on as another one's."""
    ids = [
        one.row_id
        for one in plan.changes
        if one.table == model.__tablename__ and one.column == "ended_at" and one.after is not None
    ]
    found = select(model).where(model.id.in_(ids)).order_by(model.id)
    return list(db.session.scalars(found)) if ids else []


def _ending_guardians(plan: MergePlan) -> list[str]:
    """Who does not act for somebody any more, as far as the actor sees both."""
    rows = _ended(plan, Authority)
    ids = {pk for one in rows for pk in (one.holder_id, one.owner_id)}
    found = scope.rows(current_actor(), Person, Action.SHOW).where(Person.id.in_(ids))
    names = {one.id: one.full_name for one in db.session.scalars(found)} if ids else {}
    return [
        _("%(holder)s no longer acts for %(owner)s.", holder=names[holder], owner=names[owner])
        for holder, owner in sorted({(one.holder_id, one.owner_id) for one in rows})
        if holder in names and owner in names
    ]


def _ending_parts(plan: MergePlan) -> list[str]:
    """Which participations of the two end, by the plan, as far as the actor sees it."""
    rows = [
        one for one in _ended(plan, Participant) if one.person_id in (plan.kept_id, plan.gone_id)
    ]
    ids = {one.plan_id for one in rows}
    found = scope.rows(current_actor(), Plan, Action.SHOW).where(Plan.id.in_(ids))
    plans = {one.id: one for one in db.session.scalars(found)} if ids else {}
    return [
        _(
            "A participation in “%(plan)s” of %(owner)s ends.",
            plan=words(plans[one.plan_id].kind),
            owner=plans[one.plan_id].owner.full_name,
        )
        for one in rows
        if one.plan_id in plans
    ]


# --- what needs a look after an undo -------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """Something to look at, why, and where it is, as far as the actor may open that."""

    what: Any
    why: Any
    plan: Plan | None = None
    person: Person | None = None


def to_look_at(merge: PersonMerge) -> list[Look]:
    """What needs a look after a merge was undone."""
    found = list(merge_words.to_look_at(merge.look_at))
    rows = merging.rows_by_key((table, row_id) for _what, table, row_id, _why in found)
    places = {key: _place(*key, row) for key, row in rows.items()}
    plans = _visible(Plan, (plan_id for plan_id, _person in places.values()))
    persons = _visible(Person, (person_id for _plan, person_id in places.values()))
    looks = []
    for what, table, row_id, why in found:
        plan_id, person_id = places.get((table, row_id), (None, None))
        looks.append(Look(what, why, plans.get(plan_id or ""), persons.get(person_id or "")))
    return looks


def _place(table: str, row_id: str, row: Any) -> tuple[str | None, str | None]:
    """The ids of the plan and of the person that a row is found at."""
    if table == Plan.__tablename__:
        return row_id, None
    if table == Person.__tablename__:
        return None, row_id
    at = row.participant if isinstance(row, Grant) else row
    plan_id = getattr(at, "plan_id", None)
    person_id = at.owner_id if isinstance(row, Authority) else getattr(at, "person_id", None)
    return plan_id, None if plan_id else person_id


def _visible(model: Any, ids: Iterable[str | None]) -> dict[str, Any]:
    """The rows among those that the actor may open, by id."""
    wanted = {one for one in ids if one is not None}
    found = scope.rows(current_actor(), model, Action.SHOW).where(model.id.in_(wanted))
    return {one.id: one for one in db.session.scalars(found)} if wanted else {}
