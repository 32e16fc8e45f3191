"""Consents, ages, parents and representatives: cases E1-E12 of the catalogue (``security.md``).

What ends is asked for on both sides of its end.
"""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.enums import (
    AuthorityKind,
    ConsentCapacity,
    ConsentKind,
    Level,
    PlanKind,
    PlanState,
    Section,
)
from app.models import (
    AgeRule,
    Consent,
    ConsentText,
    PlanEntry,
    Unit,
)
from app.security import plan_access
from app.security.consent_scope import OWNER, PLAN, is_given
from app.security.roles import Action
from tests.plans import garden as gardens
from tests.security.plan_town import ABOUT_ME, ACTIVITIES, GOALS, OSLO, in_town, planted


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: the tests change what is true in it."""
    return planted(make_app(database_name))


@pytest.fixture
def town(context):
    """Strandvik's rows in an open session; nothing that the test does is kept."""
    with in_town(context) as found:
        yield found


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


def test_e4_of_consents_by_name_and_through_the_service_the_wider_counts(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    town.consent("ip").withdrawn_at = utc_now()
    school = town.row(Unit, town.place.units["school"])
    narrow, wide = Level.READ, Level.WRITE
    gardens.consent(plan, None, [(larer, GOALS, narrow), (school, GOALS, wide)])
    gardens.consent(plan, None, [(larer, ACTIVITIES, wide), (school, ACTIVITIES, narrow)])
    town.session.expire_all()

    def agreed(section):
        return plan_access.consented_level(plan, larer, section, today())

    assert [agreed(one) for one in (GOALS, ACTIVITIES)] == [wide, wide]
    assert agreed(Section.MEETINGS) is Level.NONE


def test_e5_a_consent_in_a_parents_name_that_names_no_authority_counts_for_nothing(town):
    plan = SimpleNamespace(owner_id="child", consents=[])
    for capacity in (ConsentCapacity.GUARDIAN, ConsentCapacity.REPRESENTATIVE):
        period = {"starts_on": today(), "ends_on": today() + timedelta(days=9)}
        given = Consent(kind=ConsentKind.PLAN_IS_MADE, giver_id="x", capacity=capacity, **period)
        plan.consents.append(given)

    assert plan_access.valid_consents(plan, ConsentKind.PLAN_IS_MADE, today()) == []


def test_e4_a_consent_reaches_the_sections_it_names_and_no_other(town):
    plan, larer = town.plan("ip"), town.larer("ip")
    gardens.grant(larer, Section.MEETINGS, Level.WRITE)

    assert town.reads("larer", plan, ACTIVITIES)
    assert not town.reads("larer", plan, Section.MEETINGS)


@pytest.mark.parametrize("days", [0, 1], ids=["today", "tomorrow"])
def test_e5_a_consent_is_given_from_its_first_day_on(town, days):
    plan, kind = town.plan("ip"), ConsentKind.INFORMATION_IS_SHARED
    town.consent("ip").starts_on = today() + timedelta(days=days)
    town.session.flush()
    town.session.expire_all()

    given = select(PLAN.id).join(OWNER, OWNER.id == PLAN.owner_id).where(PLAN.id == plan.id)
    found = town.session.scalars(given.where(is_given(kind, today()))).all()

    assert bool(found) is plan_access.is_agreed(plan, kind, today()) is (days == 0)


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


def test_e5_a_representative_of_somebody_else_consents_to_nothing_here(town):
    plan, persons = town.plan("ip"), town.place.persons
    town.consent("ip").withdrawn_at = utc_now()
    verge = gardens.authority(
        persons["planeier"], persons["foresatt"], kind=AuthorityKind.LEGAL_GUARDIAN
    )
    gardens.consent(plan, verge, [(town.larer("ip"), GOALS, Level.READ)])
    assert town.reads("larer", plan)

    verge.owner_id = persons["other"]

    assert not town.reads("larer", plan)


def test_e5_a_parent_of_an_owner_of_age_is_no_representative(town):
    plan, persons = town.plan("ip"), town.place.persons
    town.consent("ip").withdrawn_at = utc_now()
    by = gardens.authority(
        persons["planeier"], persons["foresatt"], kind=AuthorityKind.LEGAL_GUARDIAN
    )
    given = gardens.consent(plan, by, [(town.larer("ip"), GOALS, Level.READ)])
    assert town.reads("larer", plan)

    by.kind = AuthorityKind.PARENTAL_RESPONSIBILITY

    assert given.capacity is ConsentCapacity.REPRESENTATIVE
    assert not town.reads("larer", plan)


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


def test_e10_a_representative_agrees_in_no_parents_place(town):
    plan, persons = town.plan("relay_log"), town.place.persons
    verge = gardens.authority(persons["child"], persons["other"], kind=AuthorityKind.LEGAL_GUARDIAN)
    gardens.consent(plan, verge, [(town.larer("relay_log"), GOALS, Level.READ)])
    assert town.reads("larer", plan)

    town.consent("relay_log").withdrawn_at = utc_now()
    assert not town.reads("larer", plan)

    plan.authorities[0].ended_at = utc_now()
    assert town.reads("larer", plan)


def test_e10_a_parents_right_that_is_over_stands_in_no_representatives_way(town):
    plan, persons = town.plan("ip"), town.place.persons
    town.consent("ip").withdrawn_at = utc_now()
    gardens.authority(persons["planeier"], persons["foresatt"])
    verge = gardens.authority(
        persons["planeier"], persons["other"], kind=AuthorityKind.LEGAL_GUARDIAN
    )
    assert not town.reads("larer", plan)

    gardens.consent(plan, verge, [(town.larer("ip"), GOALS, Level.READ)])

    assert town.reads("larer", plan)
