"""Asking for consent: those whose consent is missing, and nobody else."""

from datetime import timedelta

import pytest

from app.clock import day_of, utc_now
from app.consent import operations, queries
from app.consent.operations import NoRight
from app.consent.terms import Choice, latest_end
from app.db import db
from app.enums import ConsentKind, Level, NoticeKind, PlanState, Section
from app.errors import DomainError
from app.models import Plan
from tests.consent.homes import LATER, held, newest
from tests.consent.test_giving import leave, notices, widen
from tests.plans import garden


def ask(home, plan_id):
    actor = home.actor("koordinator.strandvik")
    with home.acting(actor):
        operations.ask(actor, held(plan_id), at=actor.at)
    return notices(home, plan_id, NoticeKind.CONSENT_WANTED)


def test_who_shared_nothing_is_asked_and_a_plan_in_use_stays_so(home):
    plan_id = home.young_plan()
    actor = home.actor("planeier")
    with home.acting(actor):
        plan = held(plan_id)
        choice = Choice(day_of(actor.at) + timedelta(days=30))
        operations.give(actor, plan, newest(plan), choice, at=actor.at)

    assert ask(home, plan_id) == {home.owner}
    assert home.state(plan_id) is PlanState.ACTIVE


def test_where_nothing_is_missing_nobody_is_asked_until_an_access_is_widened(home):
    plan_id = home.young_plan()
    home.give(home.actor("planeier"), plan_id)
    with pytest.raises(DomainError):
        ask(home, plan_id)
    assert notices(home, plan_id, NoticeKind.CONSENT_WANTED) == set()

    with home.planting():
        widen(db.session.get_one(Plan, plan_id))
    assert ask(home, plan_id) == {home.owner}


def test_where_nobody_can_consent_nobody_is_asked(home):
    with home.planting():
        lonely = garden.person(home.place, "lonely", "Ine", garden.born(9)).id
    with pytest.raises(NoRight):
        ask(home, home.plan(lonely))


def with_nobody(home, plan_id, actor):
    """Consent to the plan, and to no sharing."""
    with home.acting(actor):
        plan = held(plan_id)
        choice = Choice(latest_end(day_of(actor.at)))
        operations.give(actor, plan, newest(plan), choice, at=actor.at)


def test_of_two_parents_only_the_one_whose_consent_is_missing_is_asked(home):
    plan_id = home.plan()
    home.give(home.father_as_actor(), plan_id)
    with_nobody(home, plan_id, home.actor("foresatt"))
    assert ask(home, plan_id) == {home.mother}

    home.give(home.actor("foresatt", utc_now() + LATER), plan_id)
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        for one in queries.active_of(plan, home.father, day_of(utc_now())):
            if one.kind is ConsentKind.PLAN_IS_MADE:
                one.withdrawn_at, one.withdrawn_reason = one.given_at, "by hand"
    assert ask(home, plan_id) == {home.father}


def test_who_is_missing_is_asked_also_where_nothing_is_granted_yet(home):
    plan_id = home.young_plan()
    with home.planting():
        leave(db.session.get_one(Plan, plan_id))

    assert ask(home, plan_id) == {home.owner}


def test_one_new_access_beside_another_that_is_consented_to_is_asked_for(home):
    plan_id = home.young_plan()
    home.give(home.actor("planeier"), plan_id)
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        new = garden.add_participant(plan, home.mother)
        garden.grant(new, Section.GOALS, Level.READ)

    assert ask(home, plan_id) == {home.owner}
