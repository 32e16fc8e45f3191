"""Clean-ups of plans: what each act does, who is told, what is left and why, and the way back."""

import signal
from collections import Counter
from datetime import timedelta
from time import perf_counter

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.consent.terms import add_months
from app.db import db
from app.desk.tidy_rules import RULES, Search
from app.desk_tables import TidiedPlan
from app.enums import JobState, NoticeKind, PlanKind, PlanState, TidyAct, TidyRule, TidyState
from app.jobs import clean_up_undo, clean_up_work
from app.models import AuditEvent, Consent, Membership, Person, Plan, StandIn
from app.plans import handovers, life, tidy_rounds
from app.plans.liveliness import start_of
from app.plans.successors import EVERYWHERE, Loose, Successor, spread
from app.security import policy, scope
from app.security.roles import Action
from app.side_tables import Handover
from tests.conftest import with_world
from tests.drills import IS_FULL, size, tell
from tests.jobs import steps
from tests.jobs.test_worker import until, worker_of
from tests.jobs.tidy_scenes import (
    LONG_AGO,
    all_facts,
    change,
    crowd,
    facts,
    idle,
    job,
    new_coordinator,
    order,
    rows,
    run,
    tidy,
    undo,
)
from tests.plans import garden
from tests.plans.scenes import acting, look, notices, planting, scene

HOLDER = "koordinator.strandvik"
REASSIGN, PAUSE, CLOSE, ARCHIVE = (
    TidyAct.REASSIGN,
    TidyAct.PAUSE,
    TidyAct.CLOSE,
    TidyAct.ARCHIVE,
)


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, with both municipalities set up for plans."""
    app = with_world(make_app(database_name))
    with app.app_context():
        for place in (app.extensions["test_world"].strandvik, app.extensions["test_world"].fjellby):
            with garden.planting(place):
                pass
    return app


@pytest.fixture
def local(client_as):
    return client_as("lokal.strandvik")


@pytest.fixture
def once(database_name):
    """For what is the same on every database: on one of them, but for drills."""
    if database_name == "postgresql" and not IS_FULL:
        pytest.skip("in a drill")


# --- which plans ---------------------------------------------------------------------------------


def finds(app, world, rule, plan_id, limit=None):
    """Whether a rule finds a plan for the local administrator."""
    usual = RULES[rule].usual if limit is None else limit
    with acting(app, world, "lokal.strandvik") as actor:
        search = Search(RULES[rule].acts[0], rule, usual)
        found = search.candidates(actor, today()).where(Plan.id == plan_id)
        return db.session.scalar(found.with_only_columns(Plan.id)) is not None


def ago(months):
    return add_months(today(), -months)


@pytest.mark.parametrize("days", [0, 1])
def test_a_plan_is_idle_from_the_day_after_12_months(app, world, days):
    last = start_of(ago(12) - timedelta(days=days - 1)) - timedelta(seconds=1)
    one = scene(app, world, last_activity_at=last)

    assert finds(app, world, TidyRule.NO_ACTIVITY, one.plan) is (days == 1)
    assert finds(app, world, TidyRule.NO_ACTIVITY, one.plan, 6)


@pytest.mark.parametrize("days", [59, 60])
def test_a_consent_counts_as_expired_when_60_days_are_over(app, world, days):
    one = scene(app, world)
    ends_on = today() - timedelta(days=days)

    def end():
        for consent in db.session.scalars(select(Consent).where(Consent.plan_id == one.plan)):
            consent.starts_on, consent.ends_on = ends_on - timedelta(days=9), ends_on
            consent.given_at = LONG_AGO

    before = finds(app, world, TidyRule.CONSENT_EXPIRED, one.plan, 0)
    look(app, world, end)

    assert not before
    assert finds(app, world, TidyRule.CONSENT_EXPIRED, one.plan, 0)
    assert finds(app, world, TidyRule.CONSENT_EXPIRED, one.plan) is (days == 60)


def test_an_owner_out_of_the_register_is_gone_and_one_who_was_merged_is_not(app, world):
    one = scene(app, world, owner="child")
    before = finds(app, world, TidyRule.OWNER_GONE, one.plan)
    change(app, world, Person, one.owner, retired_at=utc_now())
    gone = finds(app, world, TidyRule.OWNER_GONE, one.plan)
    change(app, world, Person, one.owner, merged_into_id=one.newcomer)

    assert (before, gone) == (False, True)
    assert not finds(app, world, TidyRule.OWNER_GONE, one.plan)


def role_ends(days):
    return {"ends_on": today() + timedelta(days=days)}


@pytest.mark.parametrize(
    ("held", "found"),
    [
        pytest.param({}, None, id="at work"),
        pytest.param(role_ends(31), None, id="leaves in 31 days"),
        pytest.param(role_ends(30), TidyRule.COORDINATOR_LEAVES, id="leaves in 30 days"),
        pytest.param(role_ends(1), TidyRule.COORDINATOR_LEAVES, id="last day is today"),
        pytest.param(role_ends(0), TidyRule.COORDINATOR_WITHOUT_LOGIN, id="left yesterday"),
        pytest.param({"active": False}, TidyRule.COORDINATOR_WITHOUT_LOGIN, id="login closed"),
    ],
)
def test_a_coordinator_is_at_work_leaves_or_is_missing(app, world, held, found):
    one = scene(app, world, coordinator_id=new_coordinator(app, world, **held))

    for rule in (TidyRule.COORDINATOR_LEAVES, TidyRule.COORDINATOR_WITHOUT_LOGIN):
        assert finds(app, world, rule, one.plan) is (rule is found)


def test_an_evaluation_is_overdue_from_the_day_after(app, world):
    due, late = (
        scene(app, world, next_evaluation_on=today() - timedelta(days=days)).plan for days in (0, 1)
    )

    assert not finds(app, world, TidyRule.EVALUATION_OVERDUE, due)
    assert finds(app, world, TidyRule.EVALUATION_OVERDUE, late)
    assert not finds(app, world, TidyRule.EVALUATION_OVERDUE, late, 30)


def test_a_closed_plan_is_archived_after_12_months_and_an_archived_one_is_not_found(app, world):
    at = start_of(ago(12))
    closed = {"state": PlanState.CLOSED}
    new = scene(app, world, **closed, closed_at=at).plan
    old = scene(app, world, **closed, closed_at=at - timedelta(seconds=1)).plan

    found = [finds(app, world, TidyRule.LONG_CLOSED, one) for one in (new, old)]
    change(app, world, Plan, old, state=PlanState.ARCHIVED)

    assert found == [False, True]
    assert not finds(app, world, TidyRule.LONG_CLOSED, old)


# --- each act, and its way back ------------------------------------------------------------------


def kinds_told(app, world, plan):
    return {kind for _person, kind in notices(app, world, plan)}


def told(app, world, plan, kind):
    return {person for person, what in notices(app, world, plan) if what == kind}


def test_reminding_tells_the_coordinator_once_and_can_be_taken_back_until_it_is_seen(app, world):
    one = idle(app, world)

    done = tidy(app, world, TidyAct.REMIND, one.plan)
    again = tidy(app, world, TidyAct.REMIND, one.plan)
    reminded = told(app, world, one.plan, NoticeKind.EVALUATION_WANTED)
    undo(app, world, done)

    assert reminded == {world.strandvik.persons[HOLDER]}
    assert rows(app, world, again)[one.plan].because == "told_already"
    assert rows(app, world, done)[one.plan].state == "undone"
    assert not kinds_told(app, world, one.plan)


def test_asking_for_consent_tells_those_whose_consent_counts(app, world):
    child, alone = idle(app, world, owner="child"), idle(app, world, owner="child")
    with planting(app, world.strandvik):
        db.session.get_one(Plan, alone.plan)
        garden.authority(child.owner, world.strandvik.persons["other"], may_consent=False)
    change(app, world, Person, alone.owner, birth_date=None)

    done = rows(app, world, tidy(app, world, TidyAct.RENEW_CONSENT, child.plan, alone.plan))

    persons = world.strandvik.persons
    assert told(app, world, child.plan, NoticeKind.CONSENT_TO_RENEW) == {
        persons["foresatt"],
        persons[HOLDER],
    }
    assert done[alone.plan].because == "nobody_to_ask"
    assert not kinds_told(app, world, alone.plan)


def test_a_plan_changes_hands_at_once_and_comes_back_with_all_that_was_settled(app, world):
    one, new = idle(app, world), new_coordinator(app, world)
    with planting(app, world.strandvik):
        plan = db.session.get_one(Plan, one.plan)
        stand_in = garden.stand_in(plan, new).id
        garden.notice(plan, world.strandvik.persons[HOLDER], NoticeKind.CHANGE_WANTED)
    was = facts(app, world, one.plan)

    done = tidy(app, world, REASSIGN, one.plan, to=new)
    with acting(app, world, HOLDER) as actor:
        sees = policy.decide(actor, Action.SHOW, db.session.get_one(Plan, one.plan))
    given = facts(app, world, one.plan)
    wish_there = told(app, world, one.plan, NoticeKind.CHANGE_WANTED)
    undo(app, world, done)

    assert not sees
    assert wish_there == {new}
    assert told(app, world, one.plan, NoticeKind.CHANGE_WANTED) == {world.strandvik.persons[HOLDER]}
    assert given == {**was, "coordinator_id": new}
    assert facts(app, world, one.plan) == was
    assert look(app, world, lambda: db.session.get_one(StandIn, stand_in).ended_at) is None


def test_only_those_who_may_see_the_plan_are_told_that_it_changed_hands(app, world):
    one, new = idle(app, world), new_coordinator(app, world)

    done = tidy(app, world, REASSIGN, one.plan, to=new)
    of_change = told(app, world, one.plan, NoticeKind.COORDINATOR_CHANGED)
    undo(app, world, done)

    assert of_change == {new, one.owner, one.teacher}
    assert kinds_told(app, world, one.plan) == {NoticeKind.TIDYING_UNDONE}
    holder = world.strandvik.persons[HOLDER]
    assert {who for who, _kind in notices(app, world, one.plan)} == {one.owner, one.teacher, holder}


def test_a_relay_log_is_offered_and_what_was_asked_before_is_asked_again_after_undo(app, world):
    one = idle(app, world, owner="child", kind=PlanKind.RELAY_LOG, level=1)
    first, second = (new_coordinator(app, world) for _ in range(2))
    with acting(app, world, "lokal.strandvik") as actor:
        plan = db.session.get_one(Plan, one.plan)
        handovers.hand_over(actor, plan, first, note=None, at=utc_now() - timedelta(hours=1))

    done = tidy(app, world, REASSIGN, one.plan, to=second)
    holder = facts(app, world, one.plan)["coordinator_id"]
    asked = open_offers(app, world, one.plan)
    undo(app, world, done)

    assert holder == world.strandvik.persons[HOLDER]
    assert asked == [second]
    assert open_offers(app, world, one.plan) == [first]


def open_offers(app, world, plan):
    found = select(Handover.to_id).where(Handover.plan_id == plan, Handover.answered_at.is_(None))
    return look(app, world, lambda: list(db.session.scalars(found)))


def test_an_answered_offer_and_a_plan_handed_on_are_left(app, world):
    log = idle(app, world, owner="child", kind=PlanKind.RELAY_LOG, level=1)
    one, new, third = idle(app, world), *(new_coordinator(app, world) for _ in range(2))
    done = tidy(app, world, REASSIGN, log.plan, one.plan, to=new)
    with acting(app, world, "lokal.strandvik") as actor:
        handovers.hand_over(actor, db.session.get_one(Plan, one.plan), third, note="", at=utc_now())
        offer = db.session.scalars(select(Handover).where(Handover.plan_id == log.plan)).one()
        offer.answered_at, offer.accepted = utc_now(), False

    undone = undo(app, world, done)

    left = rows(app, world, done)
    assert (left[log.plan].because, left[one.plan].because) == (
        "answered_since",
        "handed_over_since",
    )
    assert facts(app, world, one.plan)["coordinator_id"] == third
    assert undone.report == {"undone": 0, "left": 2}


def test_a_paused_plan_goes_on_unless_somebody_has_paused_it_anew(app, world):
    one, other = idle(app, world), idle(app, world)
    was = facts(app, world, one.plan)
    done = tidy(app, world, PAUSE, one.plan, other.plan)
    paused = facts(app, world, one.plan)
    of_pause = told(app, world, one.plan, NoticeKind.PLAN_PAUSED)
    with acting(app, world, HOLDER) as actor:
        plan = db.session.get_one(Plan, other.plan)
        life.resume(actor, plan, at=utc_now())
        db.session.flush()
        life.pause(actor, plan, at=utc_now())

    undo(app, world, done)

    assert paused == {**was, "state": PlanState.PAUSED}
    assert of_pause == {one.owner, one.teacher, world.strandvik.persons[HOLDER]}
    assert facts(app, world, one.plan) == was
    assert rows(app, world, done)[other.plan].because == "changed_since"
    assert facts(app, world, other.plan)["state"] is PlanState.PAUSED


def test_a_closed_plan_keeps_what_is_open_and_comes_back_as_it_was(app, world):
    one = idle(app, world)
    with planting(app, world.strandvik):
        plan = db.session.get_one(Plan, one.plan)
        entry = garden.entry(plan, garden.Section.GOALS, "Skrevet")
        entry_id, status = entry.id, entry.status
    was = facts(app, world, one.plan)

    done = tidy(app, world, CLOSE, one.plan)
    closed = facts(app, world, one.plan)
    open_activities = job(app, world, done).report["open_activities"]
    of_end = told(app, world, one.plan, NoticeKind.PLAN_CLOSED)
    undo(app, world, done)

    assert (closed["state"], closed["closed_reason"]) == (PlanState.CLOSED, "Ryddet")
    assert open_activities == 1
    assert of_end == {one.owner, one.teacher, world.strandvik.persons[HOLDER]}
    assert facts(app, world, one.plan) == was
    assert look(app, world, lambda: db.session.get_one(garden.PlanEntry, entry_id).status) is status


def test_a_plan_that_lost_its_consent_meanwhile_waits_for_it_after_undo(app, world):
    one = idle(app, world)
    done = tidy(app, world, CLOSE, one.plan)

    def withdraw():
        for consent in db.session.scalars(select(Consent).where(Consent.plan_id == one.plan)):
            consent.withdrawn_at = utc_now()

    look(app, world, withdraw)
    undo(app, world, done)

    assert facts(app, world, one.plan)["state"] is PlanState.AWAITING_CONSENT


def test_a_plan_that_was_opened_and_closed_anew_is_left_and_so_is_one_with_a_follower(app, world):
    child = {"owner": "child", "kind": PlanKind.INDIVIDUAL_PLAN}
    again, followed = idle(app, world), idle(app, world, **child)
    done = tidy(app, world, CLOSE, again.plan, followed.plan)
    with acting(app, world, "lokal.strandvik") as actor:
        plan = db.session.get_one(Plan, again.plan)
        life.reopen(actor, plan, reason="Feil", at=utc_now())
    with acting(app, world, HOLDER) as actor:
        plan = db.session.get_one(Plan, again.plan)
        life.close(actor, plan, reason="Ferdig", reviewed=(), at=utc_now())
        garden.make_plan(followed.owner, world.strandvik.persons[HOLDER])

    undo(app, world, done)

    left = rows(app, world, done)
    assert (left[again.plan].because, left[followed.plan].because) == (
        "changed_since",
        "other_plan",
    )
    assert facts(app, world, again.plan)["closed_reason"] == "Ferdig"


def test_a_long_closed_plan_is_archived_without_telling_anybody_and_comes_back(app, world):
    one = scene(app, world, state=PlanState.CLOSED, closed_at=LONG_AGO, closed_reason="Ferdig")
    was = facts(app, world, one.plan)

    done = tidy(app, world, ARCHIVE, one.plan, by=(TidyRule.LONG_CLOSED, 12))
    archived = facts(app, world, one.plan)
    undo(app, world, done)

    assert archived == {**was, "state": PlanState.ARCHIVED}
    assert facts(app, world, one.plan) == was
    assert not notices(app, world, one.plan)


def test_nobody_without_access_is_told_neither_in_a_draft_nor_after_it_ended(app, world):
    draft = idle(app, world, state=PlanState.AWAITING_CONSENT)
    ended = idle(app, world)
    change(app, world, garden.Participant, ended.participant, ended_at=utc_now())

    tidy(app, world, CLOSE, draft.plan, ended.plan)

    for one in (draft, ended):
        persons = told(app, world, one.plan, NoticeKind.PLAN_CLOSED)
        assert persons == {one.owner, world.strandvik.persons[HOLDER]}


# --- what is left, and policy --------------------------------------------------------------------


def test_what_does_not_fit_any_more_is_skipped_and_the_receipt_adds_up(app, world):
    one, used, paused = (idle(app, world) for _ in range(3))
    job_id = order(app, world, PAUSE, dict.fromkeys([one.plan, used.plan, paused.plan]))
    change(app, world, Plan, used.plan, last_activity_at=utc_now())
    change(app, world, Plan, paused.plan, state=PlanState.PAUSED)

    done = run(app, world, job_id)

    left = rows(app, world, job_id)
    assert (left[used.plan].because, left[paused.plan].because) == ("fits_no_more", "not_active")
    assert done.report["done"] + done.report["skipped"] == done.total == 3
    assert done.report["done"] == 1


def test_a_plan_is_not_given_to_its_owner_one_who_acts_for_the_owner_or_out_of_reach(
    once, app, world
):
    child = idle(app, world, owner="child")
    nav = {"unit_id": world.strandvik.units["nav"]}
    parent, far, gone = (
        new_coordinator(app, world, **values) for values in ({}, nav, {"active": False})
    )
    with planting(app, world.strandvik):
        garden.authority(child.owner, parent)

    for to in (parent, far, gone, child.owner):
        done = rows(app, world, tidy(app, world, REASSIGN, child.plan, to=to))
        assert done[child.plan].because == "successor_unfit"


@pytest.fixture
def limited(app, world):
    """Holds the local administrator to one unit for a while."""
    pk = world.strandvik.memberships["lokal.strandvik"]

    def hold(unit):
        unit_id = None if unit is None else world.strandvik.units[unit]
        change(app, world, Membership, pk, unit_id=unit_id)

    yield hold
    hold(None)


def test_a_plan_out_of_reach_when_it_is_done_is_skipped_and_when_undone_is_not_touched(
    app, world, limited
):
    near, far = (idle(app, world, unit_id=world.strandvik.units[one]) for one in ("school", "nav"))
    both = dict.fromkeys([near.plan, far.plan])
    job_id = order(app, world, PAUSE, both)
    limited("school")
    run(app, world, job_id)
    limited(None)
    later = tidy(app, world, PAUSE, far.plan)
    with acting(app, world, "lokal.strandvik") as actor:
        found = db.session.get_one(clean_up_work.Job, later)
        undoing = clean_up_undo.order(actor, found, at=utc_now()).id
    limited("school")

    undone = run(app, world, undoing)

    assert {pk: one.because for pk, one in rows(app, world, job_id).items()} == {
        near.plan: None,
        far.plan: "out_of_reach",
    }
    assert (undone.state, undone.report["undone"]) == (JobState.DONE, 0)
    assert rows(app, world, later)[far.plan].state == "done"
    assert facts(app, world, far.plan)["state"] is PlanState.PAUSED


def test_a_job_stops_when_its_orderer_is_no_administrator_any_more(app, world):
    one = idle(app, world)
    job_id = order(app, world, PAUSE, {one.plan: None})
    pk = world.strandvik.memberships["lokal.strandvik"]
    change(app, world, Membership, pk, ended_at=utc_now())

    stopped = run(app, world, job_id)
    change(app, world, Membership, pk, ended_at=None)

    assert (stopped.state, stopped.report["failure"]) == (JobState.FAILED, "no_longer_allowed")
    assert facts(app, world, one.plan)["state"] is PlanState.ACTIVE


def test_a_cancelled_clean_up_goes_on_where_it_stopped_and_does_nothing_twice(
    app, world, local, monkeypatch
):
    monkeypatch.setattr(clean_up_work, "AT_ONCE", 1)
    plans = [idle(app, world).plan for _ in range(3)]
    job_id = order(app, world, PAUSE, dict.fromkeys(plans))
    once = clean_up_work._tidy_some

    def then_cancelled(ref):
        once(ref)
        change(app, world, clean_up_work.Job, job_id, cancel_asked=True)
        return True

    monkeypatch.setattr(clean_up_work, "_tidy_some", then_cancelled)
    cancelled = run(app, world, job_id)
    monkeypatch.setattr(clean_up_work, "_tidy_some", once)
    resumed = local.send(f"/job/resume/{job_id}").status_code
    done = run(app, world, job_id)

    assert (cancelled.state, cancelled.done) == (JobState.CANCELLED, 1)
    assert resumed == 302
    assert (done.state, done.done, done.report["done"]) == (JobState.DONE, 3, 3)
    paused = select(AuditEvent.plan_id).where(
        AuditEvent.action == "plan:paused", AuditEvent.plan_id.in_(plans)
    )
    assert sorted(look(app, world, lambda: db.session.scalars(paused).all())) == sorted(plans)


def test_after_30_days_nothing_is_undone_and_what_it_took_is_forgotten(app, world):
    one = idle(app, world)
    done = tidy(app, world, PAUSE, one.plan)
    row = look(
        app,
        world,
        lambda: db.session.scalar(select(TidiedPlan.id).where(TidiedPlan.job_id == done)),
    )
    kept = rows(app, world, done)[one.plan].before
    change(app, world, TidiedPlan, row, done_at=utc_now() - timedelta(days=30))

    with acting(app, world, "lokal.strandvik") as actor:
        found = db.session.get_one(clean_up_work.Job, done)
        with pytest.raises(clean_up_undo.NothingToUndo):
            clean_up_undo.order(actor, found, at=utc_now())
    with app.app_context():
        emptied = tidy_rounds.run(db.session(), world.strandvik.id, utc_now())

    assert kept
    assert emptied == 1
    assert rows(app, world, done)[one.plan].before == {}


def test_only_ids_dates_and_states_are_kept_for_undoing(app, world):
    one = idle(app, world)

    kept = rows(app, world, tidy(app, world, CLOSE, one.plan))[one.plan].before

    assert set(kept) == {"at", "state", "may_be_made", "offers", "open_activities"}


# --- the spread ----------------------------------------------------------------------------------


def successor(pk, load=0, paths=(EVERYWHERE,), unit_id=None):
    return Successor(pk, pk, unit_id, paths, load)


def plan(pk, owner="owner", unit_id=None, paths=()):
    return Loose(pk, owner, "leaving", unit_id, paths)


def test_plans_are_spread_so_that_all_end_with_about_as_many():
    among = [successor("a", 4), successor("b", 1), successor("c", 0)]

    found = spread([plan(str(n)) for n in range(10)], among)

    loads = {one.id: one.load + list(found.values()).count(one.id) for one in among}
    assert loads == {"a": 5, "b": 5, "c": 5}


def test_where_two_are_even_the_one_of_the_same_unit_takes_it():
    among = [successor("a", unit_id="far"), successor("b", unit_id="near")]

    assert spread([plan("1", unit_id="near")], among) == {"1": "b"}


def test_nobody_takes_their_own_plan_one_of_whom_they_act_for_or_one_out_of_reach():
    among = [successor("a"), successor("b"), successor("c", paths=("/top/far/",))]
    plans = [plan("1", owner="a", paths=("/top/near/",)), plan("2", owner="x")]

    found = spread(plans, among, {("a", "b"), ("x", "a"), ("x", "b")})

    assert found == {"1": None, "2": None}


def test_what_is_settled_by_hand_stays_and_counts():
    found = spread([plan("1"), plan("2")], [successor("a"), successor("b")], (), {"2": "a"})

    assert found == {"2": "a", "1": "b"}


# --- the pages -----------------------------------------------------------------------------------


def asked(act, rule=TidyRule.NO_ACTIVITY, **values):
    return {"act": act.value, "rule": rule.value, "limit": "12", **values}


def hidden(page, name):
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def only(local, act, *plans, **values):
    """What the summary of some plans is sent, and the page."""
    form = asked(act, all="no", but=" ".join(plans), **values)
    page = local.send("/tidy/summary", form)
    return form, page


def test_from_choosing_to_undoing_by_the_pages(app, world, local):
    kept, one = idle(app, world), idle(app, world)
    assert local.get("/tidy/").status_code == 200
    without_act = local.get("/tidy/plans?act=&rule=no_activity&limit=12")
    for page in (without_act, local.send("/tidy/", {"of": ""})):
        assert (page.status_code, page.text.count('aria-invalid="true"')) == (422, 1)
    start = local.get("/tidy/plans?act=close&rule=no_activity&limit=12").text
    shown = hidden(start, "shown").split()
    some = {"shown": " ".join(shown), "take": [pk for pk in shown if pk != kept.plan]}

    form, page = only(local, CLOSE, one.plan)
    unticked = local.send("/tidy/plans", asked(CLOSE, **some)).text
    order_form = form | {
        "digest": hidden(page.text, "digest"),
        "form_key": hidden(page.text, "form_key"),
    }
    without = local.send("/tidy/order", order_form).status_code
    ordered = local.send("/tidy/order", order_form | {"reason": "Ryddet"})
    again = local.send("/tidy/order", order_form | {"reason": "Ryddet"})
    job_id = ordered.location.rpartition("/")[2]
    run(app, world, job_id)
    receipt = local.get(f"/tidy-receipt/show/{job_id}").text
    undoing = local.send(f"/tidy-receipt/undo/{job_id}")
    run(app, world, undoing.location.rpartition("/")[2])

    assert {kept.plan, one.plan} <= set(shown)
    assert f'value="{kept.plan}" aria-label' in unticked
    assert hidden(unticked, "but") == kept.plan
    assert without == 422
    assert again.location == ordered.location
    assert one.plan in receipt
    assert kept.plan not in receipt
    assert rows(app, world, job_id)[one.plan].state == "undone"
    assert rows(app, world, job_id).keys() == {one.plan}
    assert facts(app, world, one.plan)["state"] is PlanState.ACTIVE


def test_what_changed_since_it_was_looked_over_is_looked_over_again(once, app, world, local):
    one, other = idle(app, world), idle(app, world)
    form, page = only(local, PAUSE, one.plan, other.plan)
    change(app, world, Plan, other.plan, last_activity_at=utc_now())

    answer = local.send("/tidy/order", form | {"digest": hidden(page.text, "digest")})

    assert answer.status_code == 409
    assert facts(app, world, one.plan)["state"] is PlanState.ACTIVE


def test_who_takes_over_is_proposed_and_can_be_changed_by_plan(app, world, local):
    leaving, first, second = (new_coordinator(app, world) for _ in range(3))
    plans = [scene(app, world, coordinator_id=leaving).plan for _ in range(2)]
    form = {"act": "reassign", "of": leaving, "among_asked": "1", "among": [first, second]}
    role = select(Membership.id).where(Membership.person_id == leaving)
    of_role = local.get(f"/role/show/{look(app, world, lambda: db.session.scalar(role))}")

    page = local.send("/tidy/successors", form).text
    proposed = dict(pair.split(":") for pair in hidden(page, "settled").split())
    by_hand = {"settled": hidden(page, "settled")} | {f"to-{pk}": first for pk in plans}
    summary = local.send("/tidy/summary", form | by_hand).text
    settled = hidden(summary, "settled")
    ordered = local.send(
        "/tidy/order", form | {"settled": settled, "digest": hidden(summary, "digest")}
    )
    job_id = ordered.location.rpartition("/")[2]
    run(app, world, job_id)

    assert f"/tidy/plans?act=reassign&amp;of={leaving}" in of_role.text
    assert {one.because for one in rows(app, world, job_id).values()} == {None}
    assert set(proposed.values()) == {first, second}
    assert {facts(app, world, pk)["coordinator_id"] for pk in plans} == {first}


def test_ids_of_another_municipality_and_out_of_a_part_are_never_among_the_chosen(
    app, world, local, limited
):
    far = idle(app, world, unit_id=world.strandvik.units["nav"])
    near = idle(app, world)
    with planting(app, world.fjellby):
        persons = world.fjellby.persons
        foreign = garden.make_plan(
            persons["own"],
            persons["koordinator.fjellby"],
            last_activity_at=LONG_AGO,
            kind=PlanKind.FAMILY_PLAN,
        ).id
    with_all = only(local, PAUSE, far.plan, near.plan, foreign)[1].text
    limited("school")
    in_part = local.get("/tidy/plans?act=pause&rule=no_activity&limit=12").text
    none = only(local, PAUSE, far.plan, foreign)[1]
    form, page = only(local, PAUSE, far.plan, near.plan, foreign)
    ordered = local.send("/tidy/order", form | {"digest": hidden(page.text, "digest")})
    job_id = ordered.location.rpartition("/")[2]

    assert "2 planer er valgt" in with_all or "2 plans" in with_all
    assert near.plan in in_part
    assert far.plan not in in_part
    assert none.status_code == 422
    assert rows(app, world, job_id).keys() == {near.plan}


def test_a_clean_up_is_for_local_administrators_of_its_municipality(once, app, world, client_as):
    one = idle(app, world)
    done = tidy(app, world, PAUSE, one.plan)

    for login, status in ((HOLDER, 403), ("lokal.fjellby", 404), ("lokal.strandvik", 200)):
        assert client_as(login).get(f"/tidy-receipt/show/{done}").status_code == status
    assert client_as(HOLDER).get("/tidy/").status_code == 403
    for login, status in ((HOLDER, 403), ("lokal.fjellby", 404)):
        assert client_as(login).send(f"/tidy-receipt/undo/{done}").status_code == status
    assert rows(app, world, done)[one.plan].state == TidyState.DONE


@pytest.mark.parametrize(
    "query",
    ["act=close", "act=archive&rule=no_activity", "act=close&rule=no_activity&limit=5", "act=x"],
)
def test_a_way_that_does_not_exist_is_refused(once, local, query):
    assert local.get(f"/tidy/plans?{query}").status_code == 400


# --- one plan, from its own page -----------------------------------------------------------------


def test_a_plan_nobody_coordinates_is_paused_closed_and_archived_from_its_page(
    once, app, world, local
):
    gone = new_coordinator(app, world, active=False)
    one, two = (scene(app, world, coordinator_id=gone).plan for _ in range(2))
    page = local.get(f"/plan/show/{one}").text

    local.send(f"/plan-tidy/pause/{one}")
    without = local.send(f"/plan-tidy/close/{two}").status_code
    local.send(f"/plan-tidy/close/{two}", {"reason": "Ingen igjen"})
    closed = facts(app, world, two)
    local.send(f"/plan-tidy/archive/{two}")
    archived = facts(app, world, two)["state"]
    local.send(f"/plan-tidy/take-out/{two}")

    assert f"/plan-tidy/pause/{one}" in page
    assert facts(app, world, one)["state"] is PlanState.PAUSED
    assert without == 422
    assert (closed["state"], closed["closed_reason"]) == (PlanState.CLOSED, "Ingen igjen")
    assert archived is PlanState.ARCHIVED
    assert facts(app, world, two)["state"] is PlanState.CLOSED


def test_a_plan_with_a_coordinator_at_work_is_the_coordinators_to_pause(once, app, world, local):
    one = scene(app, world).plan

    assert f"/plan-tidy/pause/{one}" not in local.get(f"/plan/show/{one}").text
    assert local.send(f"/plan-tidy/pause/{one}").status_code == 409
    assert local.send(f"/plan-tidy/close/{one}", {"reason": "Nei"}).status_code == 409
    assert local.send(f"/plan-tidy/archive/{one}").status_code == 409
    assert facts(app, world, one)["state"] is PlanState.ACTIVE


def test_a_row_of_a_clean_up_is_seen_by_those_who_administer_its_plan(app, world):
    one = idle(app, world)
    done = tidy(app, world, PAUSE, one.plan)

    for login, count in (("lokal.strandvik", 1), (HOLDER, 0)):
        with acting(app, world, login) as actor:
            found = scope.rows(actor, TidiedPlan, Action.SHOW).where(TidiedPlan.job_id == done)
            assert len(db.session.scalars(found).all()) == count


# --- many plans, and a worker that is killed -----------------------------------------------------


@pytest.mark.drill
def test_a_killed_clean_up_goes_on_does_nothing_twice_and_can_be_undone_whole(
    once, app, world, local, capsys, database_name
):
    """1,500 plans on both databases in a drill; a test run kills a worker once."""
    plans = crowd(app, world, size(60, 1_500))
    was = all_facts(app, world, plans)
    at = perf_counter()
    form, page = only(local, CLOSE, *plans)
    looked = perf_counter()
    sent = form | {"reason": "Ryddet", "digest": hidden(page.text, "digest")}
    job_id = local.send("/tidy/order", sent).location.rpartition("/")[2]
    ordered = perf_counter()

    with worker_of(app) as worker:
        until(lambda: steps.job(app, job_id, world.strandvik.id).done > 0)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    killed, begun = job(app, world, job_id), perf_counter()
    half = [one.state for one in rows(app, world, job_id).values()].count("done")
    done, ended = run(app, world, job_id), perf_counter()
    closed = closings(app, world, plans)
    undone, back = undo(app, world, job_id), perf_counter()

    tell(
        capsys,
        f"clean-up of {len(plans)} plans on {database_name}: looked over in {looked - at:.1f} s,"
        f" ordered in {ordered - looked:.1f} s, killed after {killed.done},"
        f" the rest done in {ended - begun:.1f} s, undone in {back - ended:.1f} s",
    )
    assert killed.state is JobState.RUNNING
    assert 0 < killed.done < len(plans)
    assert half == killed.done
    assert (done.report["done"], done.report["skipped"]) == (len(plans), 0)
    assert done.done == done.total == len(plans)
    assert closed == Counter(plans)
    assert undone.report == {"undone": len(plans), "left": 0}
    assert all_facts(app, world, plans) == was


def closings(app, world, plans):
    """How often each plan was closed."""
    found = select(AuditEvent.plan_id).where(AuditEvent.action == "plan:closed")
    wanted = set(plans)
    return look(
        app, world, lambda: Counter(one for one in db.session.scalars(found) if one in wanted)
    )
