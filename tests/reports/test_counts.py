"""The numbers of the reports are those of a slow count, row by row."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.clock import day_of, today
from app.db import db
from app.enums import ConsentKind, EntryKind, EntryStatus, PlanKind, Role
from app.models import (
    AuditEvent,
    Consent,
    DuplicatePair,
    Person,
    Plan,
    PlanEntry,
    Unit,
)
from app.plans import consent_states
from app.plans.consent_states import ConsentState
from app.reports import kostra, other_counts, plan_counts
from app.reports.catalogue import OPEN_PLANS, REPORTS
from app.reports.counted import Parts, weeks
from app.reports.pages import is_for
from app.security.actor import Holding
from app.side_tables import PlanDecision, PlanEntryVersion, PlanVisit

ON = today()


@pytest.fixture
def plans(local):
    """Every plan in Strandvik."""
    return db.session.scalars(select(Plan)).all()


@pytest.fixture
def open_ones(plans):
    """Those that are not closed."""
    return [one for one in plans if one.closed_at is None]


def of(found):
    """A report's groups by name, without those that hold nothing."""
    named = zip(map(str, found.labels), found.counts, strict=True)
    return {name: count for name, count in named if count}


def rows_of(plan, table):
    return db.session.scalars(select(table).where(table.plan_id == plan.id)).all()


def test_kinds_and_states(local, open_ones):
    found = plan_counts.kinds(local, ON)

    slow = Counter((plan.kind, plan.state) for plan in open_ones)
    assert found.counts == [
        [slow[kind, state] for state in plan_counts.OPEN_STATES] for kind in PlanKind
    ]
    assert sum(map(sum, found.counts)) == len(open_ones) > 25


def test_units_with_all_below_them_and_none_for_the_shielded(local, app, open_ones):
    found = of(plan_counts.units(local, ON))

    north = db.session.get_one(Unit, app.extensions["test_units"]["north"])
    within = [
        plan
        for plan in open_ones
        if plan.unit and plan.unit.path.startswith(north.path) and not plan.owner.is_shielded
    ]
    nowhere = [plan for plan in open_ones if plan.unit is None or plan.owner.is_shielded]
    assert found["Nordskolen"] == len(within)
    assert found["Other units, no unit, or not shown"] == len(nowhere)
    assert sum(found.values()) == len(open_ones)


def test_whoever_administers_a_part_counts_the_plans_of_that_part(local, app, open_ones):
    north = db.session.get_one(Unit, app.extensions["test_units"]["north"])
    part = replace(local, holdings=(Holding(Role.LOCAL_ADMINISTRATOR, north.path),))
    within = [plan for plan in open_ones if plan.unit and plan.unit.path.startswith(north.path)]

    for report in REPORTS.values():
        if report.source is OPEN_PLANS:
            counted = report.ask(part, ON, ON.year)
            counts = counted.counts if isinstance(counted, Parts) else map(sum, counted.counts)
            assert sum(counts) == len(within) > 0, report.key
    assert not is_for(part, REPORTS["duplicates"])
    assert is_for(local, REPORTS["duplicates"])


def test_ages(local, open_ones):
    def age(born):
        return ON.year - born.year - ((ON.month, ON.day) < (born.month, born.day))

    def group(born):
        if born is None:
            return "Birth date not known"
        after = next((first for first in plan_counts.AGES if age(born) < first), None)
        if after is None:
            return "67 years or older"
        first = max([0, *(one for one in plan_counts.AGES if one <= age(born))])
        return f"{first}–{after - 1} years"

    assert of(plan_counts.ages(local, ON)) == Counter(
        group(plan.owner.birth_date) for plan in open_ones
    )


def test_consents(local, open_ones):
    def group(plan):
        state = consent_states.state_of(plan, ON)
        if state is not ConsentState.VALID:
            return str(consent_states.WORDS[state])
        if consent_states.state_of(plan, ON + timedelta(days=60)) is ConsentState.VALID:
            return "Valid for more than 60 days"
        if consent_states.state_of(plan, ON + timedelta(days=30)) is ConsentState.VALID:
            return "Ends in 31–60 days"
        return "Ends within 30 days"

    found = of(plan_counts.consents(local, ON))

    assert found == Counter(map(group, open_ones))
    assert len(found) > 4


def test_evaluations_and_activities(local, open_ones):
    def evaluation(day):
        if day is None:
            return "No day is set"
        return (
            "Overdue"
            if day < ON
            else "Due within 30 days"
            if day <= ON + timedelta(30)
            else "Later"
        )

    def activity(plan):
        under_way = [
            one
            for one in rows_of(plan, PlanEntry)
            if one.kind is EntryKind.ACTIVITY
            and one.deleted_at is None
            and one.status in (None, EntryStatus.PLANNED, EntryStatus.ONGOING)
        ]
        if any(one.deadline_on and one.deadline_on < ON for one in under_way):
            return "With overdue activities"
        return (
            "With activities, none overdue"
            if under_way
            else "Without activities that are not finished"
        )

    assert of(plan_counts.evaluations(local, ON)) == Counter(
        evaluation(plan.next_evaluation_on) for plan in open_ones
    )
    assert of(plan_counts.activities(local, ON)) == Counter(map(activity, open_ones))


def test_meetings_of_a_year(local, open_ones):
    names = ["None", "One", "Two", "Three", "Four or more"]

    def held(plan, year):
        days = [
            date.fromisoformat(one.details["date"])
            for one in rows_of(plan, PlanEntry)
            if one.kind is EntryKind.MEETING and one.deleted_at is None
        ]
        return names[min(4, sum(day.year == year and day <= ON for day in days))]

    for year in (ON.year, ON.year - 1):
        assert of(plan_counts.meetings(local, ON, year)) == Counter(
            held(plan, year) for plan in open_ones
        )


def test_owners_and_writers_and_decisions(local, open_ones):
    def owner(plan):
        holders = [one.holder_id for one in plan.authorities]
        seen = [
            day_of(one.seen_at)
            for one in rows_of(plan, PlanVisit)
            if one.person_id in (plan.owner_id, *holders)
        ]
        if seen:
            return "In the last 90 days" if ON - max(seen) <= timedelta(90) else "Longer ago"
        return "Never"

    def writer(plan):
        ids = [one.id for one in rows_of(plan, PlanEntry)]
        saved = db.session.scalars(
            select(PlanEntryVersion.author_id).where(PlanEntryVersion.entry_id.in_(ids))
        ).all()
        own = saved.count(plan.coordinator_id)
        if not saved:
            return "Nothing is written"
        if own == len(saved):
            return "The coordinator alone"
        is_most = own * 100 > len(saved) * 70
        return "The coordinator more than 70 %" if is_most else "Others 30 % or more"

    def decision(plan):
        kinds = sorted(rows_of(plan, PlanDecision), key=lambda one: (one.decided_on, one.id))
        return kinds[-1].kind if kinds else None

    found = of(plan_counts.owners(local, ON))
    found["Never"] = found.get("Never", 0) + found.pop("Never, and nobody has a login", 0)
    assert found == Counter(map(owner, open_ones))
    assert of(plan_counts.writers(local, ON)) == Counter(map(writer, open_ones))
    assert sorted(of(plan_counts.decisions(local, ON)).values()) == sorted(
        Counter(map(decision, open_ones)).values()
    )


def test_the_meter_counts_every_individual_plan(local, open_ones):
    individual = [plan for plan in open_ones if plan.kind is PlanKind.INDIVIDUAL_PLAN]

    assert sum(plan_counts.meter(local, ON).counts) == len(individual) > 0


def test_new_and_closed_plans_of_each_month(local, plans):
    found = other_counts.months(local, ON)

    def of_month(days, first):
        return sum((day.year, day.month) == (first.year, first.month) for day in days)

    started = [day_of(plan.started_at) for plan in plans]
    closed = [day_of(plan.closed_at) for plan in plans if plan.closed_at]
    assert found.before == 0
    assert found.months[-1] < ON.replace(day=1) <= found.months[-1] + timedelta(days=31)
    assert list(found.came) == [of_month(started, first) for first in found.months]
    assert list(found.went) == [of_month(closed, first) for first in found.months]


def test_loads_logins_and_duplicates(local, open_ones):
    sizes = Counter(plan.coordinator_id for plan in open_ones).values()
    bands = Counter(
        next((f"{a}–{b} plans" for a, b in other_counts.LOADS if size <= b), "21 plans or more")
        for size in sizes
    )

    found = of(other_counts.loads(local, ON))
    found.pop("No plan", None)

    assert found == bands
    assert of(other_counts.logins(local, ON)).keys() <= {"In the last 12 months", "Never"}
    pairs = db.session.scalars(select(DuplicatePair.state)).all()
    assert sum(other_counts.duplicates(local, ON).counts) == len(pairs) == 20


def test_waiting_times_of_a_year(local, plans):
    found = other_counts.waits(local, ON, ON.year - 1)

    slow = []
    for plan in plans:
        given = [
            one.given_at for one in rows_of(plan, Consent) if one.kind is ConsentKind.PLAN_IS_MADE
        ]
        used = [one.at for one in rows_of(plan, AuditEvent) if one.action == "plan:activated"]
        if day_of(plan.started_at).year == ON.year - 1:
            slow.append((plan.started_at, min(given, default=None), min(used, default=None)))
    for days, (start, end) in zip(found.days, ((0, 1), (1, 2), (0, 2)), strict=True):
        spans = [(row[start], row[end]) for row in slow if row[start] and row[end]]
        assert sorted(days) == sorted((day_of(b) - day_of(a)).days for a, b in spans)


def test_a_median_is_told_from_five_on_and_quartiles_from_twenty():
    assert weeks([7, 7, 14, 21], 2) is None
    assert weeks([7, 7, 14, 21, 70], 2) == 2
    assert weeks([7] * 19, 1) is None
    assert weeks([7] * 10 + [70] * 10, 3) == 10


def test_users_with_individual_plan_at_the_end_of_a_day(local, plans):
    on = ON - timedelta(days=120)

    def is_counted(plan):
        agreed = [
            one
            for one in rows_of(plan, Consent)
            if one.kind is ConsentKind.PLAN_IS_MADE
            and one.starts_on <= on
            and day_of(one.given_at) <= on
        ]
        is_open = plan.closed_at is None or day_of(plan.closed_at) > on
        is_theirs = plan.kind is PlanKind.INDIVIDUAL_PLAN and day_of(plan.started_at) <= on
        return bool(agreed) and is_open and is_theirs

    slow = [plan for plan in plans if is_counted(plan)]
    found = kostra.count(local, on)
    listed = db.session.execute(kostra.counted(local, on)).all()

    assert found.users == len({plan.owner_id for plan in slow}) > 0
    assert {row[0] for row in listed} == {plan.id for plan in slow}
    shielded = set(db.session.scalars(select(Person.id).where(Person.is_shielded.is_(True))))
    hidden = {plan.id for plan in slow if plan.owner_id in shielded}
    assert all(row[3] is None for row in listed if row[0] in hidden)
