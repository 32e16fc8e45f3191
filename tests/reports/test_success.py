"""The measures of the success factors are those of a slow count, row by row."""

from collections import defaultdict
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db
from app.enums import PlanState
from app.models import Person, Plan
from app.plans import liveliness, pen_share
from app.plans.pen_share import Pen
from app.reports import success, success_plans, success_units
from app.reports.success_values import Share, looked_up, moments, protected
from app.side_tables import Handover, PlanDecision, PlanEntryVersion
from tests.plans import garden

ON = today()
MONTH = timedelta(days=30)


@pytest.fixture
def plans(local):
    """Every plan in Strandvik, with saves over three years and some that were handed over."""
    chance, at = Random(11), utc_now()
    found = {one.id: one for one in db.session.scalars(select(Plan).order_by(Plan.id))}
    persons = db.session.scalars(select(Person.id).order_by(Person.id)).all()
    for version in db.session.scalars(select(PlanEntryVersion).order_by(PlanEntryVersion.id)):
        version.at = at - chance.randrange(36) * MONTH
        if chance.random() < 0.3:
            garden.handover(
                found[version.plan_id],
                chance.choice(persons),
                from_id=version.author_id,
                offered_at=at - 40 * MONTH,
                answered_at=version.at + chance.choice([-1, 0, 1]) * MONTH,
                accepted=chance.random() < 0.7,
            )
    db.session.flush()
    yield [*found.values()]
    db.session.rollback()


def slow_pens(plans, first, end):
    """What was saved in each plan in a span, and by its coordinators."""
    found = {}
    for plan in plans:
        rows = db.session.scalars(
            select(PlanEntryVersion).where(PlanEntryVersion.plan_id == plan.id)
        )
        handed_over = db.session.scalars(
            select(Handover).where(Handover.plan_id == plan.id, Handover.accepted.is_(True))
        ).all()
        saved = [one for one in rows if first <= one.at < end and one.author_id]
        own = [
            one
            for one in saved
            if one.author_id == plan.coordinator_id
            or any(h.from_id == one.author_id and h.answered_at >= one.at for h in handed_over)
        ]
        found[plan] = Pen(len(own), len(saved))
    return found


def together(pens):
    """Several plans' shares as one."""
    known = list(pens)
    return Pen(sum(one.by_coordinator for one in known), sum(one.saved for one in known))


def test_the_pen_share_counts_each_save_in_each_span_and_unit(local, plans):
    spans = [success.year_to(day, utc_now()) for day in moments(ON)]
    mine = success_plans.mine(local)

    found = pen_share.in_spans(mine, spans)
    by_unit = pen_share.by_unit(mine, spans[-1])

    slow = [slow_pens(plans, *span) for span in spans]
    assert found == [together(one.values()) for one in slow]
    assert len(set(found)) > 3
    units = defaultdict(list)
    for plan, pen in slow[-1].items():
        if pen.saved and not plan.owner.is_shielded:
            units[plan.unit_id].append(pen)
    assert by_unit == {pk: together(some) for pk, some in units.items()}
    assert any(one.by_coordinator not in (0, one.saved) for one in by_unit.values())


def test_evaluated_lively_and_decided_plans_are_counted_one_by_one(local, plans):
    evaluated, lively = success_plans.evaluated_and_lively(local, ON)
    decided = success_plans.decided(local, moments(ON))

    active = [one for one in plans if one.state is PlanState.ACTIVE]
    on_time = [one for one in active if one.next_evaluation_on and one.next_evaluation_on >= ON]
    alive = [one for one in active if liveliness.of(one, ON).score >= success_plans.LIVELY]
    assert evaluated == looked_up(len(on_time), len(active))
    assert lively == looked_up(len(alive), len(active))
    for day, share in zip(moments(ON), decided, strict=True):
        after = success_plans.end_of(day)
        there = [
            one
            for one in plans
            if one.started_at < after and (one.closed_at is None or one.closed_at >= after)
        ]
        known = db.session.scalars(
            select(PlanDecision.plan_id).where(PlanDecision.decided_on <= day)
        ).all()
        assert share == protected(sum(one.id in known for one in there), len(there))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (2, 3), (3, 5), (4, 5)])
def test_plans_between_two_scores_are_those_whose_signs_are_so_many(local, plans, low, high):
    found = select(Plan.id).where(liveliness.is_between(low, high, ON))

    slow = {
        one.id
        for one in plans
        if (told := liveliness.of(one, ON)) is not None and low <= told.score <= high
    }
    assert set(db.session.scalars(found)) == slow


def test_units_with_few_plans_are_not_told_of(local, plans):
    told = success_units.read(local, utc_now(), ON)

    open_plans = defaultdict(list)
    for plan in plans:
        if plan.unit_id and plan.closed_at is None and not plan.owner.is_shielded:
            open_plans[plan.unit_id].append(plan)
    large = {pk for pk, some in open_plans.items() if len(some) >= success_units.FEWEST}
    assert {one.unit_id for one in told} == large
    assert large < set(open_plans)
    for one in told:
        active = [p for p in open_plans[one.unit_id] if p.state is PlanState.ACTIVE]
        on_time = [p for p in active if p.next_evaluation_on and p.next_evaluation_on >= ON]
        share = looked_up(len(on_time), len(active))
        assert one.evaluated == Share(share.low, share.high)
