"""Who sees and does what in a plan, case by case, asked of ``decide`` and ``visible`` at once.

Cases of the catalogue (``security.md``) are named in the tests. Every refusal stands beside the
same question with a yes, and what ends is asked for on both sides of its end.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db
from app.enums import (
    AuthorityKind,
    ConsentCapacity,
    ConsentKind,
    Level,
    PlanKind,
    PlanState,
    Role,
    Section,
)
from app.models import (
    AgeRule,
    Consent,
    ConsentText,
    Membership,
    Participant,
    Person,
    Plan,
    PlanEntry,
    Unit,
)
from app.security import plan_access, policy, scope, tenancy
from app.security.actor import find_actor
from app.security.plan_rights import COORDINATOR_LEVELS, MOST_GIVEN
from app.security.roles import Action
from app.side_tables import Handover
from tests.conftest import with_world
from tests.plans import garden as gardens
from tests.plans.garden import TEACHERS

OSLO = ZoneInfo("Europe/Oslo")
GOALS, ABOUT_ME, ACTIVITIES = Section.GOALS, Section.ABOUT_ME, Section.ACTIVITIES


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: the tests change what is true in it."""
    app = with_world(make_app(database_name))
    with app.app_context():
        app.extensions["test_garden"] = gardens.build(app.extensions["test_world"])
    return app


@pytest.fixture
def garden(app):
    return app.extensions["test_garden"]


class Town:
    """Strandvik for one test: what it plants and changes there is undone afterwards."""

    def __init__(self, world, bed):
        self.world, self.bed, self.place = world, bed, bed.place
        self.session = db.session()

    def actor(self, username, at=None, **options):
        """Whoever signs in under this name, found anew."""
        account_id = self.world.accounts[username]
        return find_actor(self.session, account_id, self.place.id, at or utc_now(), **options)

    def row(self, model, key):
        return self.session.get_one(model, key)

    def give_role(self, username, role, **values):
        """A role more for a login that has one here."""
        values = {"starts_on": gardens.yesterday(), "created_at": utc_now()} | values
        row = Membership(
            account_id=self.world.accounts[username],
            person_id=self.place.persons[username],
            role=role,
            municipality_id=self.place.id,
            **values,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def membership(self, username):
        return self.row(Membership, self.place.memberships[username])

    def consent(self, name):
        """The consent that lets larer into a plan."""
        return self.row(Consent, self.bed.consents[name, "larer"])

    def larer(self, name):
        """larer's participation in a plan."""
        return self.row(Participant, self.bed.participants[name, "larer"])

    def entry(self, name, section):
        return self.row(PlanEntry, self.bed.entries[name, section])

    def person(self, key):
        return self.row(Person, self.place.persons[key])

    def plan(self, name):
        return self.row(Plan, self.bed.plans[name])

    def may(self, username, action, thing, section=None, at=None):
        """The answer of ``decide``, which that of ``visible`` must not differ from."""
        self.session.flush()
        self.session.expire_all()
        actor = self.actor(username, at)
        model, decided = type(thing), policy.decide(actor, action, thing, section=section)
        condition = scope.visible(actor, model, action, section=section)
        found = self.session.scalar(select(model.id).where(model.id == thing.id, condition))
        assert (found is not None) is decided.allowed, (username, action, thing)
        return decided.allowed

    def reads(self, username, plan, section=GOALS, at=None):
        return self.may(username, Action.READ, plan, section, at)

    def sees(self, username, thing, at=None):
        return self.may(username, Action.SHOW, thing, None, at)


@pytest.fixture
def town(context, world, garden):
    """Strandvik's rows in an open session; nothing that the test does is kept."""
    session = db.session()
    session.rollback()
    with tenancy.applied(session, tenancy.Scope(world.strandvik.id)):
        yield Town(world, garden.strandvik)
        session.rollback()


# --- what a list must not hold -------------------------------------------------------------------


def test_a_parents_consent_to_one_participant_opens_nothing_for_another(town):
    plan = town.plan("relay_log")
    other = gardens.add_participant(plan, town.place.persons["planeier"])
    gardens.grant(other, GOALS, Level.READ)

    assert town.reads("larer", plan)
    assert not town.reads("planeier", plan)

    (parent,) = plan.authorities
    gardens.consent(plan, parent, [(other, GOALS, Level.READ)])

    assert town.reads("planeier", plan)


def test_a_child_hides_a_section_from_a_parent_and_no_other_section(town):
    plan = town.plan("relay_log")
    goal, about = (town.row(PlanEntry, town.bed.entries["relay_log", s]) for s in (GOALS, ABOUT_ME))
    assert town.sees("foresatt", goal)

    gardens.withhold(plan.authorities[0], GOALS)

    assert not town.sees("foresatt", goal)
    assert town.sees("foresatt", about)
    assert town.sees("larer", goal)


def test_a_parent_who_may_not_consent_sees_neither_consents_nor_prints_nor_logs(town):
    plan = town.plan("relay_log")
    closed = (Section.CONSENTS, Section.PRINT_EXPORT, Section.EVENT_LOG, Section.ACCESS_LOG)
    assert all(town.reads("foresatt", plan, section) for section in closed)

    plan.authorities[0].may_consent = False

    assert not any(town.reads("foresatt", plan, section) for section in closed)
    assert town.reads("foresatt", plan, GOALS)


# --- consent: E1-E6, E11, E12 -------------------------------------------------------------------


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.AWAITING_CONSENT])
def test_e1_before_consent_only_owner_parents_and_coordinator_are_in(town, state):
    plan = town.plan("ip")
    assert town.sees("larer", plan)

    plan.state = state

    assert not town.sees("larer", plan)
    assert not town.reads("larer", plan)
    assert town.reads("planeier", plan)
    assert town.reads("koordinator.strandvik", plan)


def test_e1_a_grant_opens_nothing_without_a_consent(town):
    plan = town.plan("ip")
    participant = gardens.add_participant(plan, town.place.persons["foresatt"])
    gardens.grant(participant, GOALS, Level.WRITE)
    assert not town.sees("foresatt", plan)

    gardens.consent(plan, None, [(participant, GOALS, Level.READ)])

    assert town.reads("foresatt", plan)
    assert not town.may("foresatt", Action.COMMENT, plan, GOALS)


def test_e1_that_a_plan_may_be_made_is_not_that_it_may_be_shared(town):
    consent = town.consent("ip")
    assert town.reads("larer", town.plan("ip"))

    consent.kind = ConsentKind.PLAN_IS_MADE

    assert not town.sees("larer", town.plan("ip"))


def test_e2_a_withdrawn_consent_shuts_the_very_next_question(town):
    entry = town.entry("ip", GOALS)
    assert town.sees("larer", entry)

    town.consent("ip").withdrawn_at = utc_now()

    assert not town.sees("larer", entry)
    assert not town.sees("larer", town.plan("ip"))
    assert town.sees("larer", town.plan("relay_log"))


NIGHTS = {
    "clocks go forward": date(2026, 3, 29),
    "the day after they went forward": date(2026, 3, 30),
    "clocks go back": date(2026, 10, 25),
    "the day after they went back": date(2026, 10, 26),
    "the day after a leap day": date(2028, 3, 1),
    "new year": date(2027, 1, 1),
}


@pytest.mark.parametrize("night", NIGHTS)
def test_e3_a_consent_ends_at_midnight_in_norway(town, night):
    ends_on = NIGHTS[night]
    midnight = datetime.combine(ends_on, datetime.min.time(), OSLO).astimezone(UTC)
    plan, consent = town.plan("ip"), town.consent("ip")
    for row in (consent, town.larer("ip"), town.membership("larer"), *town.larer("ip").grants):
        row.starts_on = date(2025, 1, 1)
    town.person("planeier").birth_date = date(2000, 1, 1)
    consent.ends_on = ends_on

    assert town.reads("larer", plan, at=midnight - timedelta(seconds=1))
    assert not town.reads("larer", plan, at=midnight)


@pytest.mark.parametrize("night", NIGHTS)
def test_e3_participation_grant_role_and_authority_end_at_the_same_midnight(town, night):
    ends_on = NIGHTS[night]
    midnight = datetime.combine(ends_on, datetime.min.time(), OSLO).astimezone(UTC)
    plan, parent = town.plan("relay_log"), town.plan("relay_log").authorities[0]
    town.person("child").birth_date = date(2020, 1, 1)
    (goals,) = (one for one in town.larer("relay_log").grants if one.section is GOALS)
    periods = [town.larer("relay_log"), goals, town.membership("larer"), parent]
    for row in [*periods, town.consent("relay_log"), town.membership("foresatt")]:
        row.starts_on = date(2025, 1, 1)
        row.ends_on = date(2029, 1, 1)

    for row in periods:
        row.ends_on = ends_on
        assert town.reads("larer", plan, at=midnight - timedelta(seconds=1)), row
        assert not town.reads("larer", plan, at=midnight), row
        row.ends_on = date(2029, 1, 1)
    assert town.reads("larer", plan, at=midnight)


def test_e4_a_consent_to_a_service_reaches_those_who_act_for_it_and_no_other(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    town.consent("ip").withdrawn_at = utc_now()
    school, nav = (town.row(Unit, town.place.units[key]) for key in ("school", "nav"))
    gardens.consent(plan, None, [(school, GOALS, Level.READ)])
    assert town.reads("larer", plan)

    larer.unit_id = nav.id

    assert not town.reads("larer", plan)
    larer.unit_id = None
    assert not town.reads("larer", plan)


def test_e4_a_consent_reaches_the_sections_it_names_and_no_other(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    gardens.grant(larer, Section.MEETINGS, Level.WRITE)

    assert town.reads("larer", plan, ACTIVITIES)
    assert not town.reads("larer", plan, Section.MEETINGS)


def test_e5_a_consent_that_begins_tomorrow_opens_nothing_today(town):
    plan, consent = town.plan("ip"), town.consent("ip")
    consent.starts_on = today() + timedelta(days=1)
    assert not town.reads("larer", plan)

    consent.starts_on = today()

    assert town.reads("larer", plan)


@pytest.mark.parametrize("name", ["ip", "relay_log"])
def test_e5_a_consent_given_by_somebody_without_the_right_opens_nothing(town, name):
    plan, consent = town.plan(name), town.consent(name)
    assert town.reads("larer", plan)

    consent.giver_id = town.place.persons["other"]

    assert not town.reads("larer", plan)


def test_e5_nobody_consents_in_a_representatives_place(town):
    plan, persons = town.plan("ip"), town.place.persons
    town.consent("ip").withdrawn_at = utc_now()
    verge = gardens.authority(
        persons["planeier"], persons["other"], kind=AuthorityKind.LEGAL_GUARDIAN
    )
    given = gardens.consent(plan, verge, [(town.larer("ip"), GOALS, Level.READ)])
    assert town.reads("larer", plan)

    given.giver_id = persons["foresatt"]

    assert not town.reads("larer", plan)


def test_e5_a_parent_of_another_child_consents_to_nothing_here(town):
    plan, consent = town.plan("relay_log"), town.consent("relay_log")
    stranger = gardens.authority(town.place.persons["other"], town.place.persons["foresatt"])
    assert town.reads("larer", plan)

    consent.authority_id = stranger.id

    assert not town.reads("larer", plan)


@pytest.mark.parametrize("capacity", [ConsentCapacity.GUARDIAN, ConsentCapacity.REPRESENTATIVE])
def test_e5_an_owner_consents_as_owner_and_not_in_the_name_of_another(town, capacity):
    plan, consent = town.plan("ip"), town.consent("ip")
    kind = AuthorityKind.PARENTAL_RESPONSIBILITY
    if capacity is ConsentCapacity.REPRESENTATIVE:
        kind = AuthorityKind.LEGAL_GUARDIAN
    by = gardens.authority(plan.owner_id, town.place.persons["foresatt"], kind=kind)
    assert town.reads("larer", plan)

    consent.capacity, consent.authority_id = capacity, by.id

    assert not town.reads("larer", plan)


@pytest.mark.parametrize("kind", list(AuthorityKind))
def test_e5_a_consent_counts_in_the_capacity_that_its_giver_has(town, kind):
    plan, larer = town.plan("relay_log"), town.larer("relay_log")
    (parent,) = plan.authorities
    parent.kind = kind
    is_parent = kind is AuthorityKind.PARENTAL_RESPONSIBILITY
    fits = ConsentCapacity.GUARDIAN if is_parent else ConsentCapacity.REPRESENTATIVE
    consent = town.consent("relay_log")

    for capacity in (ConsentCapacity.GUARDIAN, ConsentCapacity.REPRESENTATIVE):
        consent.capacity = capacity
        assert town.reads("larer", plan) is (capacity is fits)
    assert larer.plan_id == plan.id


def test_e6_a_new_consent_in_the_same_second_as_the_withdrawal_counts(town):
    plan, old = town.plan("ip"), town.consent("ip")
    at = utc_now()
    old.withdrawn_at = at
    assert not town.reads("larer", plan)

    gardens.consent(plan, None, [(town.larer("ip"), GOALS, Level.READ)], given_at=at)

    assert town.reads("larer", plan)
    assert old.withdrawn_at == at


def test_e11_what_was_withdrawn_stays_to_be_read_by_owner_and_coordinator(town):
    consent, entry = town.consent("ip"), town.entry("ip", GOALS)

    consent.withdrawn_at = utc_now()

    assert not town.sees("larer", entry)
    for username in ("planeier", "koordinator.strandvik"):
        assert town.sees(username, consent)
        assert town.sees(username, entry)


def test_e12_a_new_text_leaves_given_consents_as_wide_as_they_were(town):
    plan, consent = town.plan("ip"), town.consent("ip")
    before = (consent.text_id, {s: town.reads("larer", plan, s) for s in Section})

    town.session.add(
        ConsentText(
            kind=plan.kind, number=2, texts={"nb": "Alt kan deles."}, published_at=utc_now()
        )
    )

    assert (consent.text_id, {s: town.reads("larer", plan, s) for s in Section}) == before


# --- ages, parents and representatives: E7-E10 ---------------------------------------------------


def turn(town, key, years, day):
    """Let a person reach an age on a day."""
    town.person(key).birth_date = day.replace(year=day.year - years)


def test_e7_on_the_16th_birthday_the_parent_is_out_and_the_child_decides(town):
    plan, birthday = town.plan("relay_log"), date(2026, 11, 12)
    plan.owner_id = town.place.persons["planeier"]
    parent = gardens.authority(plan.owner_id, town.place.persons["foresatt"])
    town.consent("relay_log").withdrawn_at = utc_now()
    given = gardens.consent(plan, parent, [(town.larer("relay_log"), GOALS, Level.READ)])
    rows = [parent, given, town.larer("relay_log"), *town.larer("relay_log").grants]
    rows += [town.membership(name) for name in ("planeier", "foresatt", "larer")]
    for row in rows:
        row.starts_on, row.ends_on = date(2026, 1, 1), date(2028, 1, 1)
    turn(town, "planeier", 16, birthday)
    midnight = datetime.combine(birthday, datetime.min.time(), OSLO).astimezone(UTC)
    eve = midnight - timedelta(seconds=1)

    for username, action, before, after in (
        ("foresatt", Action.SHOW, True, False),
        ("foresatt", Action.CONSENT, True, False),
        ("larer", Action.SHOW, True, False),
        ("planeier", Action.SHOW, True, True),
        ("planeier", Action.CONSENT, False, True),
        ("planeier", Action.STOP_ACCESS, False, True),
    ):
        assert town.may(username, action, plan, at=eve) is before, (username, action)
        assert town.may(username, action, plan, at=midnight) is after, (username, action)


@pytest.mark.parametrize(
    ("day", "is_of_age"),
    [(date(2028, 2, 28), False), (date(2028, 2, 29), True), (date(2027, 3, 1), False)],
)
def test_e7_who_is_born_on_29_february_turns_16_on_that_day(town, day, is_of_age):
    town.person("planeier").birth_date = date(2012, 2, 29)

    assert plan_access.is_of_age(town.plan("ip"), day) is is_of_age


@pytest.mark.parametrize(
    ("day", "is_of_age"), [(date(2027, 2, 28), False), (date(2027, 3, 1), True)]
)
def test_e7_born_on_29_february_an_age_is_reached_on_1_march_in_other_years(town, day, is_of_age):
    town.person("planeier").birth_date = date(2012, 2, 29)
    town.session.add(AgeRule(kind=PlanKind.INDIVIDUAL_PLAN, own_consent_age=15, valid_from=day))

    town.session.flush()

    assert plan_access.is_of_age(town.plan("ip"), day) is is_of_age


def test_e7_the_age_is_that_of_the_kind_of_plan_and_of_the_day(town):
    turn(town, "planeier", 15, today() - timedelta(days=1))
    plan, tomorrow = town.plan("ip"), today() + timedelta(days=1)
    rule = AgeRule(kind=PlanKind.RELAY_LOG, own_consent_age=15, valid_from=today())
    town.session.add(rule)
    assert not town.may("planeier", Action.CONSENT, plan)

    rule.kind = PlanKind.INDIVIDUAL_PLAN
    assert town.may("planeier", Action.CONSENT, plan)

    rule.valid_from = tomorrow
    assert not town.may("planeier", Action.CONSENT, plan)


def test_e7_while_the_birth_date_is_unknown_neither_owner_nor_parent_decides(town):
    plan = town.plan("relay_log")
    assert town.may("foresatt", Action.CONSENT, plan)
    assert town.reads("larer", plan)

    town.person("child").birth_date = None

    assert not town.sees("foresatt", plan)
    assert not town.reads("larer", plan)
    town.person("planeier").birth_date = None
    assert not town.may("planeier", Action.CONSENT, town.plan("ip"))
    assert town.sees("planeier", town.plan("ip"))


def test_e8_what_the_child_withholds_opens_again_when_the_wish_is_lifted(town):
    plan = town.plan("relay_log")
    wish = gardens.withhold(plan.authorities[0], GOALS)
    assert not town.reads("foresatt", plan)
    assert town.reads("foresatt", plan, ACTIVITIES)
    assert town.sees("foresatt", plan)

    wish.lifted_at = utc_now()

    assert town.reads("foresatt", plan)


def test_e9_without_parental_responsibility_a_parent_is_a_stranger(town):
    plan, authority = town.plan("relay_log"), town.plan("relay_log").authorities[0]
    assert town.sees("foresatt", plan)

    authority.ended_at = utc_now()

    assert not town.sees("foresatt", plan)
    assert not town.reads("larer", plan)


def test_e9_both_parents_must_agree_and_one_may_be_blocked(town):
    plan, larer = town.plan("relay_log"), town.larer("relay_log")
    assert town.reads("larer", plan)

    other = gardens.authority(plan.owner_id, town.place.persons["other"])
    assert not town.reads("larer", plan)

    gardens.consent(plan, other, [(larer, GOALS, Level.READ)])
    assert town.reads("larer", plan)
    assert not town.reads("larer", plan, ACTIVITIES)

    other.may_consent = False
    assert town.reads("larer", plan, ACTIVITIES)


def test_e9_a_parent_of_two_children_is_judged_for_each(town):
    persons = town.place.persons
    sibling = gardens.make_plan(persons["young"], persons["koordinator.strandvik"])
    town.person("young").birth_date = gardens.born(10)
    assert town.sees("foresatt", town.plan("relay_log"))
    assert not town.sees("foresatt", sibling)

    gardens.authority(persons["young"], persons["foresatt"])

    assert town.sees("foresatt", sibling)


def test_e10_a_representative_acts_within_mandate_and_until_it_ends(town):
    plan, persons = town.plan("ip"), town.place.persons
    verge = gardens.authority(
        persons["planeier"], persons["foresatt"], kind=AuthorityKind.LEGAL_GUARDIAN
    )
    assert town.reads("foresatt", plan)
    assert town.may("foresatt", Action.CONSENT, plan)

    gardens.withhold(verge, GOALS, reason="utenfor mandatet")
    assert not town.reads("foresatt", plan)
    assert town.reads("foresatt", plan, ACTIVITIES)

    verge.ends_on = today()
    assert not town.sees("foresatt", plan)


def test_e10_what_a_representative_agreed_to_ends_with_the_mandate(town):
    plan, persons = town.plan("ip"), town.place.persons
    town.consent("ip").withdrawn_at = utc_now()
    verge = gardens.authority(
        persons["planeier"], persons["other"], kind=AuthorityKind.LEGAL_GUARDIAN
    )
    gardens.consent(plan, verge, [(town.larer("ip"), GOALS, Level.READ)])
    assert town.reads("larer", plan)

    verge.ended_at = utc_now()

    assert not town.reads("larer", plan)


@pytest.mark.parametrize("kind", list(AuthorityKind))
def test_e10_a_consent_ends_with_the_authority_it_was_given_by_though_another_holds(town, kind):
    plan, persons = town.plan("relay_log"), town.place.persons
    plan.authorities[0].ended_at = town.consent("relay_log").withdrawn_at = utc_now()
    old, _new = (gardens.authority(persons["child"], persons["other"], kind=kind) for _ in range(2))
    covers = [(town.larer("relay_log"), GOALS, Level.READ)]
    old_consent = gardens.consent(plan, old, covers)
    if kind is AuthorityKind.PARENTAL_RESPONSIBILITY:
        assert not town.reads("larer", plan)
        gardens.consent(plan, _new, covers)
    assert town.reads("larer", plan)

    if kind is AuthorityKind.PARENTAL_RESPONSIBILITY:
        old_consent.withdrawn_at = utc_now()
    else:
        old.ended_at = utc_now()

    assert not town.reads("larer", plan)


# --- privileges: P1, P7-P9, and other municipalities: D21, D22 -----------------------------------


def test_p1_a_grant_is_never_wider_than_what_was_agreed_to(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    (goals,) = (one for one in larer.grants if one.section is GOALS)
    assert town.reads("larer", plan)

    goals.level = Level.MANAGE

    assert town.reads("larer", plan)
    assert not town.may("larer", Action.COMMENT, plan, GOALS)


def test_p1_only_who_coordinates_the_plan_steers_access_to_it(town):
    plan = town.plan("ip")
    assert town.may("koordinator.strandvik", Action.STEER_ACCESS, plan)
    for username in ("larer", "planeier", "foresatt", "lokal.strandvik"):
        assert not town.may(username, Action.STEER_ACCESS, plan)

    plan.coordinator_id = town.place.persons["other"]

    assert not town.may("koordinator.strandvik", Action.STEER_ACCESS, plan)
    assert not town.sees("koordinator.strandvik", plan)


def test_p1_the_coordinator_holds_no_more_than_the_page_of_rights_says(town):
    plan, actor = town.plan("ip"), town.actor("koordinator.strandvik")

    assert {s: plan_access.level(actor, plan, s) for s in Section} == COORDINATOR_LEVELS


def test_p1_nobody_gives_more_than_they_hold_nor_anything_without_steering(town):
    plan = town.plan("ip")
    givers = {name: town.actor(name) for name in ("koordinator.strandvik", "larer", "planeier")}
    for section in Section:
        held = COORDINATOR_LEVELS[section]
        given = plan_access.most_given(givers["koordinator.strandvik"], plan, section)
        assert given.rank <= held.rank
        assert given.rank <= MOST_GIVEN[section].rank
        assert given in (held, MOST_GIVEN[section])
        assert plan_access.most_given(givers["larer"], plan, section) is Level.NONE
        assert plan_access.most_given(givers["planeier"], plan, section) is Level.NONE

    plan.state = PlanState.PAUSED
    assert plan_access.most_given(givers["koordinator.strandvik"], plan, GOALS) is Level.NONE


def test_p7_who_was_taken_out_of_a_plan_stays_out_until_taken_in_anew(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    assert town.reads("larer", plan)

    larer.ended_at = utc_now()
    assert not town.sees("larer", plan)
    assert not town.sees("larer", larer)

    again = gardens.add_participant(plan, larer.person_id)
    gardens.grant(again, GOALS, Level.READ)
    assert not town.sees("larer", plan)

    gardens.consent(plan, None, [(again, GOALS, Level.READ)])
    assert town.reads("larer", plan)


def test_p8_what_follows_from_a_right_falls_with_it(town):
    plan = town.plan("relay_log")
    assert town.reads("larer", plan)

    plan.authorities[0].may_consent = False

    assert not town.reads("larer", plan)


def test_p8_who_takes_part_passes_nothing_on(town):
    plan = town.plan("ip")
    passing_on = (Action.STEER_ACCESS, Action.STOP_ACCESS, Action.CONSENT, Action.RECORD_CONSENT)

    assert not any(town.may("larer", action, plan) for action in passing_on)
    assert not any(
        town.may("larer", action, town.larer("ip"))
        for action in (Action.STEER_ACCESS, Action.SEE_AS)
    )
    assert town.sees("larer", town.larer("ip"))


def test_p9_a_role_lost_meanwhile_is_lost_for_who_is_asked_again(town):
    plan = town.plan("ip")
    assert town.may("koordinator.strandvik", Action.EDIT, plan)

    town.membership("koordinator.strandvik").ended_at = utc_now()

    assert not town.may("koordinator.strandvik", Action.EDIT, plan)
    assert not town.sees("koordinator.strandvik", plan)


@pytest.mark.parametrize("number", ["9901", "9902"])
def test_d21_a_plan_is_seen_in_its_own_municipality_alone(context, world, garden, number):
    session, at = db.session(), utc_now()
    session.rollback()
    bed = garden.bed(number)
    with tenancy.applied(session, tenancy.Scope(bed.place.id)):
        plan = session.get_one(Plan, bed.plans["ip"])
        for other in (world.strandvik, world.fjellby):
            actor = find_actor(session, world.accounts["larer"], other.id, at)
            is_own = other.id == bed.place.id
            assert bool(policy.decide(actor, Action.READ, plan, section=GOALS)) is is_own
            condition = scope.visible(actor, Plan, Action.READ, section=GOALS)
            assert (
                session.scalar(select(Plan.id).where(Plan.id == plan.id, condition)) is not None
            ) is is_own


def test_d21_who_moves_away_loses_the_plan_with_the_role(town):
    plan = town.plan("ip")
    assert town.reads("larer", plan)

    town.membership("larer").ended_at = utc_now()

    assert not town.sees("larer", plan)


def test_d22_a_central_administrator_sees_no_plan(town, world):
    plan = town.plan("ip")
    for place in (None, town.place.id):
        actor = find_actor(town.session, world.accounts["sentral"], place, utc_now())
        assert not policy.decide(actor, Action.SHOW, plan)
        assert town.session.scalar(select(Plan.id).where(scope.visible(actor, Plan))) is None
    assert town.sees("lokal.strandvik", plan)


def test_d22_a_local_administrator_sees_that_a_plan_is_there_and_nothing_in_it(town):
    plan = town.plan("ip")

    assert town.sees("lokal.strandvik", plan)
    assert not any(town.reads("lokal.strandvik", plan, section) for section in Section)
    assert not any(
        town.sees("lokal.strandvik", row)
        for row in (town.entry("ip", GOALS), town.larer("ip"), town.consent("ip"))
    )


def test_d22_emergency_access_opens_reading_for_its_hours_and_nothing_more(town):
    plan, begins = town.plan("ip"), utc_now()
    ends = begins + timedelta(hours=2)
    person_id = town.place.persons["lokal.strandvik"]
    row = gardens.emergency(plan, person_id, starts_at=begins, ends_at=ends)
    just = timedelta(milliseconds=1)

    assert not town.reads("lokal.strandvik", plan, at=begins - just)
    assert town.reads("lokal.strandvik", plan, at=begins)
    assert town.reads("lokal.strandvik", plan, at=ends - just)
    assert not town.reads("lokal.strandvik", plan, at=ends)
    assert not town.may("lokal.strandvik", Action.COMMENT, plan, GOALS, at=begins)
    row.ended_at = begins
    assert not town.reads("lokal.strandvik", plan, at=begins)


def test_d22_emergency_access_ends_with_the_administrators_role(town):
    plan = town.plan("ip")
    gardens.emergency(plan, town.place.persons["lokal.strandvik"])
    assert town.reads("lokal.strandvik", plan)

    town.membership("lokal.strandvik").role = Role.COORDINATOR

    assert not town.sees("lokal.strandvik", plan)


def test_d22_an_administrator_of_a_unit_sees_the_plans_of_that_unit_and_below(town):
    plan, units = town.plan("ip"), town.place.units
    membership = town.membership("lokal.strandvik")
    for unit, is_seen in (("top", True), ("school", True), ("nav", False)):
        membership.unit_id = units[unit]
        assert town.sees("lokal.strandvik", plan) is is_seen
    membership.unit_id = units["school"]
    plan.unit_id = None
    assert not town.sees("lokal.strandvik", plan)


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
    own.deleted_at = utc_now()
    assert town.may("foresatt", Action.RESTORE, own)
    assert town.sees("foresatt", own)
    assert not town.may("foresatt", Action.EDIT, own)


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
@pytest.mark.parametrize("username", ["koordinator.strandvik", "planeier", "larer"])
def test_an_actor_without_a_time_a_place_or_a_person_is_let_into_no_plan(town, username, lost):
    whole = town.actor(username)
    lacking = replace(whole, **{lost: None})
    for model in (Plan, PlanEntry, Participant, Consent, Handover):
        action = Action.READ if model is Plan else Action.SHOW
        section = GOALS if model is Plan else None
        rows = town.session.scalars(select(model)).all()
        for actor, is_let_in in ((whole, True), (lacking, False)):
            decided = {r.id for r in rows if policy.decide(actor, action, r, section=section)}
            condition = scope.visible(actor, model, action, section=section)
            assert set(town.session.scalars(select(model.id).where(condition))) == decided
            assert not decided or is_let_in, (model, actor)


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
