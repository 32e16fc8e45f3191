"""Plans that are not closed, divided into fixed groups by what they are and how they stand.

Each group is a condition in SQL; nothing written in a plan is read. Every report here divides the
same plans, those that the reader keeps the overview of, so they have the same total.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.consent.terms import add_months
from app.db import db
from app.enums import DecisionKind, EntryKind, EntryStatus, PlanKind, PlanState
from app.models import Person, Plan, PlanEntry, Unit
from app.plans import consent_states, meter_points, owners_side
from app.plans.consent_states import ConsentState
from app.plans.liveliness import OWNER_WITHIN, start_of
from app.reports.counted import Cross, Parts
from app.screens.words import words
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import PlanDecision, PlanEntryVersion
from app.units.tree import grow

Group = tuple[Any, ColumnElement[bool]]

AGES = (6, 13, 16, 18, 25, 67)
"""The first age of each group after the first."""
SOON, LATER = 30, 60
MOST_BY_COORDINATOR = 70
"""Of a hundred saves, so many at most are the coordinator's where others write too."""
OPEN_STATES = (
    PlanState.DRAFT,
    PlanState.AWAITING_CONSENT,
    PlanState.ACTIVE,
    PlanState.PAUSED,
)
_ENTRY: Any = aliased(PlanEntry)
_PART = "part_of_report"


def open_plans(actor: Actor) -> Select[Any]:
    """The plans that are not closed, of those that the actor keeps the overview of."""
    return scope.rows(actor, Plan, Action.EXPORT).where(Plan.closed_at.is_(None))


def divided(found: Select[Any], groups: Sequence[Group], others: Any) -> Parts:
    """How many rows lie in each group, the first that fits, and how many in none."""
    number = case(*((condition, place) for place, (_name, condition) in enumerate(groups)))
    counted = _counts(found.with_only_columns(number.label(_PART), func.count()))
    counts = [counted.get(place, 0) for place in range(len(groups))]
    return Parts([*(name for name, _condition in groups), others], [*counts, counted.get(None, 0)])


def spread(found: Select[Any], size: Any, bands: Sequence[tuple[Any, int]], others: Any) -> Parts:
    """How many rows have a size of at most each number, of those above the one before."""
    sizes = _counts(found.with_only_columns(size.label(_PART), func.count()))
    counts = [0] * (len(bands) + 1)
    for number, count in sizes.items():
        counts[sum(number > most for _name, most in bands)] += count
    return Parts([*(name for name, _most in bands), others], counts)


def _counts(statement: Select[Any]) -> dict[Any, int]:
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(_PART))}


# --- the reports ---------------------------------------------------------------------------------


def kinds(actor: Actor, _on: date) -> Cross:
    """By kind and state."""
    found = db.session.execute(
        open_plans(actor)
        .with_only_columns(Plan.kind, Plan.state, func.count())
        .group_by(Plan.kind, Plan.state)
    )
    counted = {(kind, state): count for kind, state, count in found}
    individual = list(PlanKind).index(PlanKind.INDIVIDUAL_PLAN)
    return Cross(
        [words(kind) for kind in PlanKind],
        [words(state) for state in OPEN_STATES],
        [[counted.get((kind, state), 0) for state in OPEN_STATES] for kind in PlanKind],
        frozenset({individual}),
    )


def units(actor: Actor, _on: date) -> Parts:
    """By the municipality's own units, each with all below it: the highest level on which there are
    several. Nothing says where the plan of a shielded owner belongs.
    """
    own = scope.rows(actor, Unit).where(Unit.retired_at.is_(None), Unit.is_outside.is_(False))
    branches = grow(db.session.scalars(own.order_by(Unit.search_name)))
    tops = []
    while len(branches) == 1 and branches[0].below:
        tops.append(branches[0].unit)
        branches = branches[0].below
    groups = [*(branch.unit for branch in branches), *reversed(tops)]
    found = db.session.execute(
        open_plans(actor)
        .join(Person, Person.id == Plan.owner_id)
        .join(Unit, Unit.id == Plan.unit_id)
        .where(Person.is_shielded.is_(False))
        .with_only_columns(Unit.path, func.count())
        .group_by(Unit.path)
    ).all()
    counts = [0] * len(groups)
    for path, count in found:
        place = next((n for n, one in enumerate(groups) if path.startswith(one.path)), None)
        if place is not None:
            counts[place] += count
    total = db.session.scalar(open_plans(actor).with_only_columns(func.count())) or 0
    others = _l("Other units, no unit, or not shown")
    return Parts([*(one.name for one in groups), others], [*counts, total - sum(counts)])


def ages(actor: Actor, on: date) -> Parts:
    """By the owner's age."""
    groups: list[Group] = [
        (_l("Birth date not known"), Person.birth_date.is_(None)),
        *(
            (
                _l("%(first)s–%(last)s years", first=first, last=after - 1),
                Person.birth_date > add_months(on, -12 * after),
            )
            for first, after in zip((0, *AGES), AGES, strict=False)
        ),
    ]
    of_owners = open_plans(actor).join(Person, Person.id == Plan.owner_id)
    found = divided(of_owners, groups, _l("%(first)s years or older", first=AGES[-1]))
    return Parts([*found.labels[1:], found.labels[0]], [*found.counts[1:], found.counts[0]])


def consents(actor: Actor, on: date) -> Parts:
    """By how it stands with the consent.

    What is valid is asked first: it is most of them, and rules out the others.
    """
    ends_soon, ends_later = (
        consent_states.is_valid(on + timedelta(days=days)) for days in (SOON, LATER)
    )
    until = case((ends_later, 0), (ends_soon, 1), else_=2)
    number = case(
        (consent_states.is_valid(on), until),
        (consent_states.is_expired(on), 3),
        (consent_states.was_withdrawn(on), 4),
        (consent_states.has_some(on), 5),
        else_=6,
    )
    counted = _counts(open_plans(actor).with_only_columns(number.label(_PART), func.count()))
    labels = [
        _l("Valid for more than %(days)s days", days=LATER),
        _l("Ends in %(first)s–%(last)s days", first=SOON + 1, last=LATER),
        _l("Ends within %(days)s days", days=SOON),
        *(consent_states.WORDS[one] for one in ConsentState if one is not ConsentState.VALID),
    ]
    return Parts(labels, [counted.get(place, 0) for place in range(len(labels))])


def evaluations(actor: Actor, on: date) -> Parts:
    """By when the plan is to be evaluated."""
    due = Plan.next_evaluation_on
    groups: list[Group] = [
        (_l("Overdue"), due < on),
        (_l("Due within %(days)s days", days=SOON), due <= on + timedelta(days=SOON)),
        (_l("Later"), due.is_not(None)),
    ]
    return divided(open_plans(actor), groups, _l("No day is set"))


def activities(actor: Actor, on: date) -> Parts:
    """By whether activities that are not finished are past their deadline."""
    is_open = (
        _ENTRY.kind == EntryKind.ACTIVITY,
        or_(_ENTRY.status.is_(None), _ENTRY.status.in_((EntryStatus.PLANNED, EntryStatus.ONGOING))),
    )
    groups: list[Group] = [
        (_l("With overdue activities"), _holds(*is_open, _ENTRY.deadline_on < on)),
        (_l("With activities, none overdue"), _holds(*is_open)),
    ]
    return divided(open_plans(actor), groups, _l("Without activities that are not finished"))


def meetings(actor: Actor, on: date, year: int) -> Parts:
    """By how many meetings were held in a calendar year."""
    held_on = _ENTRY.details["date"].as_string()
    last = min(on, date(year, 12, 31))
    held = (
        select(func.count())
        .select_from(_ENTRY)
        .where(
            *_of_plan(),
            _ENTRY.kind == EntryKind.MEETING,
            held_on >= date(year, 1, 1).isoformat(),
            held_on <= last.isoformat(),
        )
        .correlate(Plan)
        .scalar_subquery()
    )
    bands = [(_l("None"), 0), (_l("One"), 1), (_l("Two"), 2), (_l("Three"), 3)]
    return spread(open_plans(actor), held, bands, _l("Four or more"))


def owners(actor: Actor, on: date) -> Parts:
    """By when somebody on the owner's side was last in the plan."""
    since = start_of(on - OWNER_WITHIN)
    groups: list[Group] = [
        (_l("In the last %(days)s days", days=OWNER_WITHIN.days), owners_side.was_in(since, on)),
        (_l("Longer ago"), owners_side.was_in(datetime(1970, 1, 1, tzinfo=UTC), on)),
        (_l("Never"), owners_side.has_login(on)),
    ]
    return divided(open_plans(actor), groups, _l("Never, and nobody has a login"))


def writers(actor: Actor, on: date) -> Parts:
    """By how much of what was saved in the last 12 months was the coordinator's."""
    since = start_of(add_months(on, -12))
    by_coordinator = func.count(case((PlanEntryVersion.author_id == Plan.coordinator_id, 1)))
    saved = (
        open_plans(actor)
        .join(PlanEntryVersion, PlanEntryVersion.plan_id == Plan.id)
        .where(PlanEntryVersion.at >= since)
        .group_by(Plan.id)
        .with_only_columns(
            Plan.id.label("id"), func.count().label("all"), by_coordinator.label("own")
        )
        .subquery()
    )
    own, total = saved.c.own, saved.c["all"]
    groups: list[Group] = [
        (_l("Nothing is written"), total.is_(None)),
        (_l("The coordinator alone"), own == total),
        (
            _l("The coordinator more than %(share)s %%", share=MOST_BY_COORDINATOR),
            own * 100 > total * MOST_BY_COORDINATOR,
        ),
    ]
    others = _l("Others %(share)s %% or more", share=100 - MOST_BY_COORDINATOR)
    found = open_plans(actor).outerjoin(saved, saved.c.id == Plan.id)
    return divided(found, groups, others)


def decisions(actor: Actor, _on: date) -> Parts:
    """By the last decision that is recorded."""
    last = (
        select(PlanDecision.kind)
        .where(
            PlanDecision.municipality_id == Plan.municipality_id, PlanDecision.plan_id == Plan.id
        )
        .order_by(PlanDecision.decided_on.desc(), PlanDecision.id.desc())
        .limit(1)
        .correlate(Plan)
        .scalar_subquery()
    )
    found = open_plans(actor).with_only_columns(last.label("kind")).subquery()
    groups: list[Group] = [(words(kind), found.c.kind == kind) for kind in DecisionKind]
    return divided(select(found.c.kind), groups, _l("No decision is recorded"))


def meter(actor: Actor, on: date) -> Parts:
    """Individual plans by how many of the points of the legal meter that can be counted are met."""
    individual = open_plans(actor).where(Plan.kind == PlanKind.INDIVIDUAL_PLAN)
    most = len(meter_points.COUNTED)
    bands = [(_l("%(met)s of %(all)s points", met=met, all=most), met) for met in range(most)]
    everything = _l("%(met)s of %(all)s points", met=most, all=most)
    return spread(individual, meter_points.met(on), bands, everything)


def _of_plan() -> tuple[ColumnElement[bool], ...]:
    return (
        _ENTRY.municipality_id == Plan.municipality_id,
        _ENTRY.plan_id == Plan.id,
        _ENTRY.deleted_at.is_(None),
    )


def _holds(*such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether ``Plan`` holds such an entry."""
    return select(_ENTRY.id).where(and_(*_of_plan(), *such)).correlate(Plan).exists()
