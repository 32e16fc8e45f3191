"""Who sees and does what in a plan, in all its states: asked of ``decide`` and ``visible`` at once.

Every refusal stands beside the same question with a yes.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.enums import (
    AuthorityKind,
    Level,
    PlanState,
    Role,
    Section,
)
from app.models import (
    Consent,
    Introduction,
    Participant,
    Plan,
    PlanEntry,
)
from app.security import plan_access, policy, scope
from app.security.plan_rights import LEVEL_OF
from app.security.roles import Action
from app.side_tables import Handover
from tests.plans import desk_rows
from tests.plans import garden as gardens
from tests.plans.garden import TEACHERS
from tests.security.plan_town import ACTIVITIES, GOALS, in_town, planted


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: the tests change what is true in it."""
    return planted(make_app(database_name))


@pytest.fixture
def town(context):
    """Strandvik's rows in an open session; nothing that the test does is kept."""
    with in_town(context) as found:
        yield found


# --- at once ------------------------------------------------------------------------------------


def withdraw_consent(town):
    town.consent("ip").withdrawn_at = utc_now()


def reset(town):
    for consent in town.plan("ip").consents:
        consent.withdrawn_at = utc_now()


def end_participation(town):
    town.larer("ip").ended_at = utc_now()


def end_grant(town):
    for grant in town.larer("ip").grants:
        grant.ended_at = utc_now()


def withdraw_account(town):
    town.session.get_one(User, town.world.accounts["larer"]).active = False


def lose_role(town):
    town.membership("larer").ends_on = today()


def consent_runs_out(town):
    town.consent("ip").starts_on = today() - timedelta(days=2)
    town.consent("ip").ends_on = today()


def owner_is_no_longer_of_age(town):
    town.person("planeier").birth_date = gardens.born(15)


def plan_waits_for_consent_again(town):
    town.plan("ip").state = PlanState.AWAITING_CONSENT


ENDS = [
    withdraw_consent,
    reset,
    end_participation,
    end_grant,
    withdraw_account,
    lose_role,
    consent_runs_out,
    owner_is_no_longer_of_age,
    plan_waits_for_consent_again,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_what_ends_access_does_so_at_once_in_every_question(town, end):
    """E2."""
    plan, entry = town.plan("ip"), town.entry("ip", ACTIVITIES)
    rows = ((Action.SHOW, plan), (Action.SHOW, entry), (Action.EDIT, entry))
    assert all(town.may("larer", action, row) for action, row in rows)
    assert all(town.reads("larer", plan, section) for section in TEACHERS)

    end(town)

    assert not any(town.may("larer", action, row) for action, row in rows)
    assert not any(town.reads("larer", plan, section) for section in Section)


# --- states, stand-ins, comments and the bin -----------------------------------------------------


@pytest.mark.parametrize("state", [PlanState.PAUSED, PlanState.CLOSED, PlanState.ARCHIVED])
def test_a_plan_that_rests_or_is_closed_is_only_read(town, state):
    plan, entry = town.plan("ip"), town.entry("ip", ACTIVITIES)
    assert town.may("larer", Action.WRITE, plan, ACTIVITIES)

    plan.state = state
    plan.closed_at = None if state is PlanState.PAUSED else utc_now()

    for username in ("larer", "planeier", "koordinator.strandvik"):
        assert town.reads(username, plan, ACTIVITIES)
        assert town.sees(username, entry)
        assert not town.may(username, Action.WRITE, plan, ACTIVITIES)
        assert not town.may(username, Action.COMMENT, plan, Section.COMMENTS)
        assert not town.may(username, Action.EDIT, entry)
        level = plan_access.level(town.actor(username), plan, ACTIVITIES)
        assert level is Level.READ
    assert plan_access.level(town.actor("larer"), plan, Section.MEETINGS) is Level.NONE


def test_a_stand_in_does_as_the_coordinator_but_hands_nothing_over_and_closes_nothing(town):
    plan = town.plan("ip")
    town.give_role("larer", Role.COORDINATOR)
    town.larer("ip").ended_at = utc_now()
    assert not town.sees("larer", plan)

    row = gardens.stand_in(plan, town.place.persons["larer"])

    assert town.may("larer", Action.STEER_ACCESS, plan)
    assert town.may("larer", Action.MANAGE, plan, GOALS)
    assert not town.may("larer", Action.HAND_OVER, plan)
    assert not town.may("larer", Action.CLOSE, plan)
    row.ends_on = today()
    assert not town.sees("larer", plan)


def test_a_stand_in_without_the_coordinators_role_is_nobody(town):
    plan = town.plan("relay_log")
    gardens.stand_in(plan, town.place.persons["planeier"])
    assert not town.sees("planeier", plan)

    town.give_role("planeier", Role.COORDINATOR)

    assert town.may("planeier", Action.EDIT, plan)


def test_who_may_only_comment_changes_own_comments_and_no_other(town):
    plan = town.plan("relay_log")
    plan.authorities[0].may_consent = False
    other = town.entry("relay_log", Section.COMMENTS)
    own = gardens.entry(plan, Section.COMMENTS, "Min", author_id=town.place.persons["foresatt"])
    goal = gardens.entry(plan, GOALS, "Mål", author_id=town.place.persons["foresatt"])

    assert town.may("foresatt", Action.EDIT, own)
    assert town.may("foresatt", Action.RETIRE, own)
    assert not town.may("foresatt", Action.EDIT, other)
    assert not town.may("foresatt", Action.EDIT, goal)
    own.deleted_at = other.deleted_at = utc_now()
    assert town.may("foresatt", Action.RESTORE, own)
    assert town.sees("foresatt", own)
    assert not town.may("foresatt", Action.EDIT, own)
    assert not town.sees("foresatt", other)
    assert not town.may("foresatt", Action.RESTORE, other)


def test_what_lies_in_the_bin_is_seen_by_those_who_may_bring_it_back(town):
    goal, activity = town.entry("ip", GOALS), town.entry("ip", ACTIVITIES)
    assert town.sees("larer", goal)
    assert not town.may("larer", Action.RESTORE, activity)

    goal.deleted_at = activity.deleted_at = utc_now()

    assert not town.sees("larer", goal)
    assert town.sees("larer", activity)
    assert town.may("larer", Action.RESTORE, activity)
    assert not town.may("larer", Action.RESTORE, goal)
    assert town.may("koordinator.strandvik", Action.RESTORE, goal)


def test_an_introduction_is_seen_by_whom_it_was_given_to_and_kept_by_the_coordinator(town):
    plan = town.plan("ip")
    given = {
        key: desk_rows.introduced(plan, town.place.persons[key]) for key in ("larer", "utgatt")
    }
    for row in town.session.scalars(select(Introduction).where(Introduction.plan_id == plan.id)):
        row.ended_at = utc_now()
    town.session.flush()
    town.session.add_all(given.values())

    for username, seen, may_keep in (
        ("larer", {"larer"}, False),
        ("planeier", {*given}, False),
        ("koordinator.strandvik", {*given}, True),
        ("lokal.strandvik", set(), False),
    ):
        for key, row in given.items():
            assert town.sees(username, row) is (key in seen)
            assert town.may(username, Action.END, row) is may_keep
    for action in (Action.LIST, Action.ADD):
        assert town.may("koordinator.strandvik", action, row)
    end_participation(town)
    assert not town.sees("larer", given["larer"])


def test_an_offer_is_answered_while_it_and_the_plan_are_open(town):
    plan = town.plan("ip")
    town.give_role("larer", Role.COORDINATOR)
    offer = town.row(Handover, town.bed.handovers["ip"])
    offer.to_id = town.place.persons["larer"]
    assert town.may("larer", Action.ANSWER, offer)

    plan.state, plan.closed_at = PlanState.CLOSED, utc_now()
    assert not town.may("larer", Action.ANSWER, offer)


def test_what_a_giver_said_is_recorded_by_who_coordinates_and_by_nobody_else(town):
    consent = town.consent("ip")

    for username in ("koordinator.strandvik", "planeier", "larer"):
        may = town.may(username, Action.RECORD_WITHDRAWAL, consent)
        assert may is (username == "koordinator.strandvik")


def test_an_administrator_of_two_parts_reaches_the_plans_of_both(town):
    plan = town.plan("ip")
    town.membership("lokal.strandvik").ended_at = utc_now()
    for key in ("school", "nav"):
        town.give_role("lokal.strandvik", Role.LOCAL_ADMINISTRATOR, unit_id=town.place.units[key])

    for key in ("school", "nav"):
        plan.unit_id = town.place.units[key]
        assert town.sees("lokal.strandvik", plan)
    plan.unit_id = None
    assert not town.sees("lokal.strandvik", plan)


def test_what_a_clean_up_did_with_a_plan_is_seen_and_undone_by_who_administers_it(town):
    row = desk_rows.tidied(town.plan("ip"), town.world.accounts["lokal.strandvik"])
    town.session.add(row)

    for username in ("lokal.strandvik", "koordinator.strandvik", "planeier", "larer"):
        for action in (Action.LIST, Action.SHOW, Action.UNDO):
            assert town.may(username, action, row) is (username == "lokal.strandvik")


def test_the_open_sections_are_those_that_are_open_one_by_one(town):
    plan, told = town.plan("ip"), set()

    for state in (PlanState.ACTIVE, PlanState.PAUSED):
        plan.state = state
        for username in ("larer", "planeier", "koordinator.strandvik", "lokal.strandvik"):
            for actor in (town.actor(username), town.actor(username, may_write=False)):
                for action in LEVEL_OF:
                    opened = policy.open_sections(actor, action, plan)
                    told.add(len(opened))
                    for section in Section:
                        decided = policy.decide(actor, action, plan, section=section)
                        assert (section in opened) is decided.allowed

    assert {0, len(Section)} < told


def test_a_token_that_only_reads_writes_in_no_section(town):
    plan = town.plan("ip")
    reading, writing = (town.actor("larer", may_write=may) for may in (False, True))

    for action, actor, is_allowed in (
        (Action.READ, reading, True),
        (Action.WRITE, reading, False),
        (Action.WRITE, writing, True),
    ):
        assert bool(policy.decide(actor, action, plan, section=ACTIVITIES)) is is_allowed
        found = select(Plan.id).where(scope.visible(actor, Plan, action, section=ACTIVITIES))
        assert bool(town.session.scalars(found).all()) is is_allowed


@pytest.mark.parametrize("lost", ["at", "municipality_id", "person_id"])
@pytest.mark.parametrize(
    "username", ["koordinator.strandvik", "planeier", "larer", "lokal.strandvik"]
)
def test_an_actor_without_a_time_a_place_or_a_person_is_let_into_no_plan(town, username, lost):
    whole = town.actor(username)
    lacking = replace(whole, **{lost: None})
    for model in (Plan, PlanEntry, Participant, Consent, Handover):
        rows = town.session.scalars(select(model)).all()
        for actor in (whole, lacking):
            decided = {row.id for row in rows if policy.decide(actor, Action.SHOW, row)}
            condition = scope.visible(actor, model, Action.SHOW)
            assert set(town.session.scalars(select(model.id).where(condition))) == decided
            keeps_overview = username == "lokal.strandvik" and lost == "person_id"
            is_overview = keeps_overview and model in (Plan, Handover)
            assert not decided or actor is whole or is_overview, (model, actor)


def test_who_is_two_things_to_a_plan_has_the_higher_level_and_a_stranger_none(town):
    plan, larer = town.plan("ip"), town.actor("larer")
    assert plan_access.level(larer, plan, ACTIVITIES) is Level.WRITE
    assert plan_access.level(town.actor("foresatt"), plan, ACTIVITIES) is Level.NONE

    by = gardens.authority(plan.owner_id, larer.person_id, kind=AuthorityKind.LEGAL_GUARDIAN)
    by.may_consent = False
    town.session.flush()
    town.session.expire_all()

    assert plan_access.level(larer, plan, ACTIVITIES) is Level.WRITE
    assert plan_access.level(larer, plan, Section.MEETINGS) is Level.READ


def test_a_section_must_be_named_for_what_is_about_one(town):
    plan = town.plan("ip")
    assert town.may("larer", Action.READ, plan, GOALS)

    assert not town.may("larer", Action.READ, plan)
    assert not town.may("larer", Action.START, plan)


def test_what_is_not_shared_yet_is_shared_with_nobody(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    assert plan_access.shared_levels(plan, larer, today()) == TEACHERS

    plan.state = PlanState.AWAITING_CONSENT

    assert plan_access.shared_levels(plan, larer, today()) == {}


# --- hand-overs and consents as rows -------------------------------------------------------------


def test_an_offered_hand_over_is_answered_by_the_one_it_was_offered_to(town):
    plan = town.plan("ip")
    handover = town.row(type(plan.handovers[0]), town.bed.handovers["ip"])
    handover.to_id = town.place.persons["larer"]
    assert town.sees("koordinator.strandvik", handover)
    assert not town.may("koordinator.strandvik", Action.ANSWER, handover)
    assert not town.may("larer", Action.ANSWER, handover)

    town.give_role("larer", Role.COORDINATOR)

    assert town.may("larer", Action.ANSWER, handover)
    assert not town.sees("planeier", handover)
    handover.answered_at, handover.accepted = utc_now(), False
    assert not town.may("larer", Action.ANSWER, handover)
    handover.answered_at = handover.accepted = None
    plan.state, plan.closed_at = PlanState.CLOSED, utc_now()
    assert not town.may("larer", Action.ANSWER, handover)


def test_a_consent_is_withdrawn_by_whoever_gave_it_also_when_the_plan_is_closed(town):
    plan, consent = town.plan("ip"), town.consent("ip")
    assert town.may("planeier", Action.WITHDRAW_CONSENT, consent)
    assert not town.may("koordinator.strandvik", Action.WITHDRAW_CONSENT, consent)
    assert not town.may("planeier", Action.WITHDRAW_CONSENT, town.consent("relay_log"))

    plan.state, plan.closed_at = PlanState.CLOSED, utc_now()

    assert town.may("planeier", Action.WITHDRAW_CONSENT, consent)


def test_a_plan_may_be_made_when_everyone_who_has_to_has_said_so(town):
    plan, day = town.plan("relay_log"), today()
    assert plan_access.may_be_made(plan, day)

    other = gardens.authority(plan.owner_id, town.place.persons["other"])
    town.session.expire_all()
    assert not plan_access.may_be_made(plan, day)

    gardens.consent(plan, other)
    town.session.expire_all()
    assert plan_access.may_be_made(plan, day)
    assert plan_access.may_be_made(town.plan("ip"), day)
    assert not plan_access.may_be_made(town.plan("draft"), day)


def own_only(town):
    """larer's access to activities, made one to own activities alone."""
    (grant,) = [one for one in town.larer("ip").grants if one.section is ACTIVITIES]
    grant.own_only = True
    return grant


def test_who_is_held_to_own_activities_is_so_until_something_else_opens_all(town):
    plan, larer = town.plan("ip"), town.place.persons["larer"]

    def is_held(username="larer", sections=(ACTIVITIES,)):
        town.session.flush()
        town.session.expire_all()
        return plan_access.sees_own_only(town.actor(username), plan, sections)

    assert not is_held()
    own_only(town)
    assert is_held()
    assert not is_held("foresatt")
    assert not is_held("koordinator.strandvik")
    town.give_role("larer", Role.LOCAL_ADMINISTRATOR)
    assert is_held()
    guardian = {"kind": AuthorityKind.LEGAL_GUARDIAN, "may_consent": False}
    reading = gardens.authority(plan.owner_id, larer, **guardian)
    assert not is_held()
    reading.ended_at = utc_now()
    assert is_held()
    town.give_role("larer", Role.COORDINATOR)
    gardens.stand_in(plan, larer)
    assert not is_held(sections=Section)


def test_own_activities_are_seen_with_what_is_said_about_them_and_others_are_not(town):
    plan, me = town.plan("ip"), town.larer("ip")
    goal = gardens.entry(plan, GOALS, "x", author_id=me.person_id)
    named = gardens.entry(plan, ACTIVITIES, "x", responsible_id=me.id)
    written = gardens.entry(plan, ACTIVITIES, "x", author_id=me.person_id)
    others = gardens.entry(plan, ACTIVITIES, "x", parent_id=goal.id)
    said = {
        one: gardens.entry(plan, Section.COMMENTS, "x", parent_id=one.id)
        for one in (goal, named, written, others)
    }
    mine = gardens.entry(plan, Section.COMMENTS, "x", parent_id=others.id, author_id=me.person_id)
    assert town.sees("larer", others)
    own_only(town)

    seen = [goal, named, written, said[goal], said[named], said[written], mine]
    assert all(town.sees("larer", one) for one in seen)
    assert not town.sees("larer", others)
    assert not town.sees("larer", said[others])
    assert town.may("larer", Action.EDIT, named)
    assert not town.may("larer", Action.EDIT, others)
    assert town.reads("larer", plan, ACTIVITIES)
    assert town.sees("koordinator.strandvik", others)
    assert town.sees("planeier", said[others])


def test_who_was_held_to_own_activities_is_so_until_given_more(town):
    plan = town.plan("ip")
    others = gardens.entry(plan, ACTIVITIES, "x")
    said = gardens.entry(plan, Section.COMMENTS, "x", parent_id=others.id)
    now = own_only(town)
    before = {"level": Level.READ, "ended_at": utc_now()}

    gardens.grant(town.larer("ip"), ACTIVITIES, **before)
    assert not town.sees("larer", others)
    gardens.grant(town.larer("ip"), GOALS, own_only=False, **before)
    assert not town.sees("larer", said)
    now.ended_at = utc_now()
    assert not town.sees("larer", said)

    gardens.grant(town.larer("ip"), ACTIVITIES, Level.READ)
    assert town.sees("larer", others)
    assert town.sees("larer", said)
