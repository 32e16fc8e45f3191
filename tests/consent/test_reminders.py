"""Reminders at 60, 30 and 7 days, reviews at birthdays; told once, however often it runs."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.clock import OSLO, day_of, today, utc_now
from app.consent import reminders
from app.consent.terms import add_months
from app.db import db
from app.enums import NoticeKind, PlanKind, PlanState
from app.jobs import rounds
from app.models import AgeRule, Plan
from app.side_tables import Notice
from tests.plans import garden

ENDS = NoticeKind.CONSENT_ENDS
AGE = NoticeKind.AGE_REACHED


def at_noon(day):
    return datetime.combine(day, time(12), OSLO).astimezone(UTC)


def run(home, day):
    with home.app.app_context():
        return reminders.run(db.session(), home.place.id, at_noon(day))


def told(home, plan_id, kind):
    """(person, whether it still waits) of each notice of a kind, in the order they came."""
    with home.planting():
        found = select(Notice).where(Notice.plan_id == plan_id, Notice.kind == kind)
        notices = db.session.scalars(found.order_by(Notice.at, Notice.id))
        return [(one.person_id, one.settled_at is None) for one in notices]


@pytest.fixture
def shared(home):
    plan_id = home.young_plan()
    home.give(home.actor("planeier"), plan_id)
    return plan_id


def test_givers_and_coordinator_are_reminded_60_30_and_7_days_before(home, shared):
    ends_on = add_months(day_of(utc_now()), 12)

    with home.planting():
        plan = db.session.get_one(Plan, shared)
        assert not reminders._remind(db.session(), plan, at_noon(ends_on - timedelta(days=61)))
    run(home, ends_on - timedelta(days=61))
    assert told(home, shared, ENDS) == []
    for number, days in enumerate((60, 30, 7), start=1):
        run(home, ends_on - timedelta(days=days))
        found = told(home, shared, ENDS)
        assert len(found) == 2 * number
        waiting = [person for person, waits in found if waits]
        assert sorted(waiting) == sorted([home.owner, home.coordinator])


def test_running_many_times_tells_once(home, shared):
    ends_on = add_months(day_of(utc_now()), 12)
    for days in (60, 60, 59, 45, 31):
        run(home, ends_on - timedelta(days=days))

    assert len(told(home, shared, ENDS)) == 2


def test_a_reminder_that_was_seen_to_does_not_come_back_before_the_next_is_due(home, shared):
    ends_on = add_months(day_of(utc_now()), 12)
    run(home, ends_on - timedelta(days=60))
    with home.planting():
        for notice in db.session.scalars(select(Notice).where(Notice.plan_id == shared)):
            notice.settled_at = utc_now()

    run(home, ends_on - timedelta(days=40))
    assert not any(waits for _person, waits in told(home, shared, ENDS))
    run(home, ends_on - timedelta(days=29))
    assert any(waits for _person, waits in told(home, shared, ENDS))


def test_nobody_is_reminded_of_what_was_replaced_or_of_a_closed_plan(home, shared):
    near = add_months(day_of(utc_now()), 3) - timedelta(days=5)
    short = home.young_plan(kind="family_plan")
    home.give(home.actor("planeier"), short, months=3)
    closed = home.young_plan(kind="education_plan")
    home.give(home.actor("planeier"), closed, months=3)
    with home.planting():
        plan = db.session.get_one(Plan, closed)
        plan.state, plan.closed_at = PlanState.CLOSED, utc_now()

    run(home, near)

    assert told(home, shared, ENDS) == []
    assert told(home, closed, ENDS) == []
    assert len(told(home, short, ENDS)) == 2


def test_renewing_takes_the_reminder_away(home, shared):
    short = home.young_plan(kind="family_plan")
    home.give(home.actor("planeier"), short, months=3)
    near = add_months(day_of(utc_now()), 3) - timedelta(days=5)
    run(home, near)
    home.give(home.actor("planeier", at_noon(near)), short)

    assert not any(waits for _person, waits in told(home, short, ENDS))


@pytest.fixture
def growing(home):
    """A plan of one who turns sixteen in a hundred days, and the day."""
    day = today() + timedelta(days=100)
    if (day.month, day.day) == (2, 29):
        day += timedelta(days=1)
    with home.planting():
        born = day.replace(year=day.year - 16)
        child = garden.person(home.place, f"growing{utc_now()}", "Vår", born).id
        garden.authority(child, home.mother)
    return home.plan(child), child, day


def test_owner_and_coordinator_are_told_30_days_before_and_on_the_day(home, growing):
    plan_id, child, day = growing
    run(home, day - timedelta(days=31))
    assert told(home, plan_id, AGE) == []
    for number, days in enumerate((30, 0), start=1):
        for _time in range(2):
            run(home, day - timedelta(days=days))
        found = told(home, plan_id, AGE)
        assert len(found) == 2 * number
        assert {person for person, waits in found if waits} == {child, home.coordinator}


def test_the_review_waits_for_the_coordinator_until_the_owner_has_consented(home, growing):
    plan_id, child, day = growing
    run(home, day - timedelta(days=30))
    home.give(home.actor("foresatt", at_noon(day - timedelta(days=20))), plan_id)
    run(home, day)
    assert {person for person, waits in told(home, plan_id, AGE) if waits} == {
        child,
        home.coordinator,
    }

    home.give(home.as_actor(child, at_noon(day)), plan_id)

    assert not any(waits for _person, waits in told(home, plan_id, AGE))


def test_the_review_at_eighteen_comes_too_and_an_old_owner_is_never_told(home, growing):
    plan_id, _child, day = growing
    run(home, add_months(day, 24))
    assert len(told(home, plan_id, AGE)) == 2
    with home.planting():
        adult = garden.person(home.place, "grown", "Olga", garden.born(40)).id
    old = home.plan(adult)
    run(home, today())
    assert told(home, old, AGE) == []


def test_who_is_born_on_29_february_comes_of_age_on_1_march(home):
    with home.planting():
        leaper = garden.person(home.place, "leaper", "Skudd", None)
        leaper.birth_date = datetime(2012, 2, 29).date()
        child = leaper.id
    plan_id = home.plan(child)
    assert reminders._birthday(datetime(2013, 2, 28).date(), 16).month == 2
    assert reminders._birthday(datetime(2012, 2, 29).date(), 17) == datetime(2029, 3, 1).date()
    run(home, datetime(2028, 2, 29).date())
    assert len(told(home, plan_id, AGE)) == 2


def test_the_round_goes_through_every_municipality_in_use(home, shared, monkeypatch):
    places = []
    monkeypatch.setattr(
        rounds.reminders, "run", lambda _session, place, _at: places.append(place) or 1
    )

    with home.app.app_context():
        assert rounds.remind_all() == len(places)
    assert {home.world.strandvik.id, home.world.fjellby.id} <= set(places)


def test_the_command_tells_how_many(app, home):
    answer = app.test_cli_runner().invoke(args=["consents", "remind"])

    assert answer.exit_code == 0, answer.output
    assert "plans with something to tell" in answer.output


# --- the days themselves -------------------------------------------------------------------------

END = datetime(2027, 6, 1).date()


@pytest.mark.parametrize(
    ("days", "since"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-9, 7)]
)
def test_a_reminder_is_due_from_its_day_to_the_next(days, since):
    found = reminders._stage(END, END - timedelta(days=days))

    assert found == (None if since is None else END - timedelta(days=since))


def test_who_has_several_is_reminded_of_the_first_to_run_out_and_its_last_day(home, shared):
    first = day_of(utc_now()) + timedelta(days=60)
    with home.planting():
        plan = db.session.get_one(Plan, shared)
        plan.consents[0].ends_on = first

    run(home, day_of(utc_now()))

    with home.planting():
        found = db.session.scalars(select(Notice).where(Notice.plan_id == shared))
        texts = {one.text for one in found if one.kind is ENDS}
    assert texts == {f"{first - timedelta(days=1):%d.%m.%Y}"}


def test_a_missed_occasion_is_told_for_sixty_days_and_how_many_plans_had_one(home, growing):
    plan_id, _child, day = growing
    run(home, day + timedelta(days=60))
    assert told(home, plan_id, AGE) == []

    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        notice = Notice(plan_id=plan_id, person_id=plan.owner_id, kind=AGE, text="", at=utc_now())
        # The first instant of the occasion; what is told of another one does not count.
        notice.at = datetime.combine(day, time(), OSLO)
        other = Notice(plan_id=plan_id, person_id=plan.coordinator_id, kind=ENDS, text="")
        other.at = at_noon(day + timedelta(days=2))
        db.session.add_all([notice, other])
        # The owner has been told, the coordinator has not.
        with db.session.begin_nested() as tried:
            assert reminders._review(db.session(), plan, at_noon(day + timedelta(days=59)))
            tried.rollback()
    assert run(home, day + timedelta(days=59)) >= 1
    assert len(told(home, plan_id, AGE)) == 2
    assert run(home, day + timedelta(days=59)) == 0


def test_a_young_owner_of_twelve_is_told_where_that_is_the_age(home):
    day = today() + timedelta(days=100)
    with home.planting():
        born = add_months(day, -12 * 12)
        child = garden.person(home.place, "twelve", "Sol", born).id
        rule = AgeRule(kind=PlanKind.FAMILY_PLAN, own_consent_age=12, valid_from=today())
        db.session.add(rule)
    plan_id = home.plan(child, kind=PlanKind.FAMILY_PLAN)

    run(home, day - timedelta(days=30))
    assert len(told(home, plan_id, AGE)) == 2


def test_each_plan_is_looked_at_once_and_only_while_its_owner_grows(home, growing, shared):
    _plan, _child, day = growing

    with home.planting():
        found = reminders._plans_of_young(db.session(), day)
        born = [one.owner.birth_date for one in found]
    assert len({one.id for one in found}) == len(found) > 0
    assert min(born) > add_months(day, -12 * 19)


def test_an_owner_without_a_birth_date_and_a_closed_plan_are_no_occasion(home, growing):
    plan_id, _child, day = growing
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        plan.state, plan.closed_at = PlanState.CLOSED, utc_now()
    run(home, day)
    assert told(home, plan_id, AGE) == []
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        plan.owner.birth_date = None
        assert reminders._review(db.session(), plan, at_noon(day)) is False
