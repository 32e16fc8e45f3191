"""Giving consent: who may, what rows it makes, what takes the place of what."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import OSLO, day_of, utc_now
from app.consent import operations, queries
from app.consent.operations import BadPeriod, NoRight, OfferChanged, Told
from app.consent.terms import Choice, latest_end
from app.db import db
from app.enums import (
    AuthorityKind,
    ConsentCapacity,
    ConsentKind,
    ConsentMethod,
    Level,
    NoticeKind,
    PlanState,
    Section,
)
from app.errors import DomainError, NotAllowed, NotFound
from app.models import AuditEvent, Authority, ConsentText, Grant, Participant, Plan
from app.side_tables import Notice
from tests.consent.homes import GIVEN, LATER, everything, held, newest
from tests.plans import garden


def notices(home, plan_id, kind):
    """The persons who have an open notice of a kind."""
    with home.planting():
        found = select(Notice.person_id).where(
            Notice.plan_id == plan_id, Notice.kind == kind, Notice.settled_at.is_(None)
        )
        return set(db.session.scalars(found))


# --- who may -------------------------------------------------------------------------------------


def test_e1_nobody_is_let_in_before_consent_and_the_teacher_is_after(home):
    plan_id = home.young_plan()
    assert home.sees(plan_id) == {}

    home.give(home.actor("planeier"), plan_id)

    assert home.sees(plan_id) == GIVEN


def test_the_plan_is_taken_into_use_when_the_last_parent_consents(home):
    plan_id = home.plan(state=PlanState.DRAFT)

    home.give(home.actor("foresatt"), plan_id)
    assert home.state(plan_id) is PlanState.AWAITING_CONSENT
    assert home.sees(plan_id) == {}

    home.give(home.father_as_actor(), plan_id)
    assert home.state(plan_id) is PlanState.ACTIVE
    assert home.sees(plan_id) == GIVEN
    assert notices(home, plan_id, NoticeKind.CONSENT_GIVEN) == {home.coordinator}
    with home.planting():
        events = select(AuditEvent.action).where(AuditEvent.plan_id == plan_id)
        assert {"plan:activated", "consent:added"} <= set(db.session.scalars(events))


@pytest.mark.parametrize(
    ("username", "problem"),
    [
        ("larer", NotFound),
        ("lokal.strandvik", NotAllowed),
        ("koordinator.strandvik", NotAllowed),
        ("planeier", None),
    ],
)
def test_e5_only_the_owner_of_age_consents(home, username, problem):
    plan_id = home.young_plan()
    actor = home.actor(username)
    if problem is None:
        assert home.give(actor, plan_id)
        return
    with pytest.raises(problem):
        home.give(actor, plan_id)
    assert home.consents(plan_id) == []


def test_e5_an_owner_under_age_does_not_consent(home):
    plan_id = home.young_plan()
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        plan.owner.birth_date = garden.born(15)
    try:
        with pytest.raises(NotAllowed):
            home.give(home.actor("planeier"), plan_id)
    finally:
        with home.planting():
            db.session.get_one(Plan, plan_id).owner.birth_date = garden.born(16)


@pytest.mark.parametrize("may_consent", [True, False])
def test_e10_a_representative_consents_within_the_mandate_alone(home, may_consent):
    with home.planting():
        adult = garden.person(home.place, f"adult{may_consent}", "Olga", garden.born(40)).id
        garden.authority(
            adult, home.mother, kind=AuthorityKind.LEGAL_GUARDIAN, may_consent=may_consent
        )
    plan_id = home.plan(adult)
    if not may_consent:
        with pytest.raises(NotAllowed):
            home.give(home.actor("foresatt"), plan_id)
        return
    home.give(home.actor("foresatt"), plan_id)
    assert {one.capacity for one in home.consents(plan_id)} == {ConsentCapacity.REPRESENTATIVE}
    assert home.sees(plan_id) == GIVEN


def test_e10_an_expired_mandate_opens_nothing_and_ends_what_it_gave(home):
    with home.planting():
        adult = garden.person(home.place, "elder", "Olga", garden.born(80)).id
        mandate = garden.authority(adult, home.mother, kind=AuthorityKind.LEGAL_GUARDIAN).id
    plan_id = home.plan(adult)
    home.give(home.actor("foresatt"), plan_id)
    assert home.sees(plan_id) == GIVEN

    with home.planting():
        db.session.get_one(Authority, mandate).ended_at = utc_now()

    assert home.sees(plan_id) == {}
    with pytest.raises(NotFound):
        home.give(home.actor("foresatt"), plan_id)


# --- what it makes -------------------------------------------------------------------------------


def test_giving_makes_two_consents_that_cover_just_what_was_shown(home):
    plan_id = home.young_plan()
    at = utc_now()

    home.give(home.actor("planeier", at), plan_id, months=6)

    made, shared = sorted(home.consents(plan_id), key=lambda one: list(ConsentKind).index(one.kind))
    assert (made.kind, shared.kind) == tuple(ConsentKind)
    assert made.covers == []
    assert {(one.section, one.level) for one in shared.covers} == set(GIVEN.items())
    assert {one.unit_id for one in shared.covers} == {None}
    assert {one.method for one in (made, shared)} == {ConsentMethod.DIGITAL}
    assert {one.starts_on for one in (made, shared)} == {day_of(at)}
    assert made.given_at == shared.given_at


def _reaches(plan):
    return queries.reaches(plan, day_of(utc_now()))


def test_e4_a_service_is_covered_when_it_was_chosen_and_another_is_not(home):
    plan_id = home.young_plan()
    home.give(home.actor("planeier"), plan_id, services=True)
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        for key, name in (("school", "Vikar"), ("nav", "Veileder")):
            person = garden.person(home.place, f"{key}-{plan_id}", name, None)
            new = garden.add_participant(plan, person.id, unit_id=home.place.units[key])
            garden.grant(new, Section.GOALS, Level.WRITE)
            garden.grant(new, Section.MAPPING, Level.READ)
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        seen = {
            one.offer.participant.unit_id: one.seen
            for one in _reaches(plan)
            if one.offer.participant.person_id != home.teacher
        }
        missing = {one.offer.participant.unit_id for one in _reaches(plan) if one.missing}

    assert seen[home.place.units["school"]] == {Section.GOALS: Level.READ}
    assert seen[home.place.units["nav"]] == {}
    assert missing == {home.place.units["school"], home.place.units["nav"]}


def test_sharing_with_nobody_makes_the_consent_to_the_plan_alone(home):
    plan_id = home.young_plan()
    actor = home.actor("planeier")
    with home.acting(actor):
        plan = held(plan_id)
        choice = Choice(day_of(actor.at) + timedelta(days=30))
        operations.give(actor, plan, newest(plan), choice, at=actor.at)

    assert [one.kind for one in home.consents(plan_id)] == [ConsentKind.PLAN_IS_MADE]
    assert home.state(plan_id) is PlanState.ACTIVE
    assert home.sees(plan_id) == {}


def test_a_newer_consent_takes_the_place_of_the_same_givers_older_one(home):
    plan_id = home.young_plan()
    home.give(home.actor("planeier"), plan_id)
    home.give(home.actor("planeier", utc_now() + LATER), plan_id, months=3)

    ended = [one for one in home.consents(plan_id) if one.withdrawn_at]
    assert len(ended) == 2
    assert {one.withdrawn_reason for one in ended} == {operations.REPLACED}
    assert len(home.consents(plan_id)) == 4
    assert home.sees(plan_id) == GIVEN


def test_a_newer_consent_of_one_parent_leaves_the_other_parents_alone(home):
    plan_id = home.plan()
    home.give(home.actor("foresatt"), plan_id)
    home.give(home.father_as_actor(), plan_id)
    home.give(home.actor("foresatt", utc_now() + LATER), plan_id)

    ended = [one for one in home.consents(plan_id) if one.withdrawn_at]
    assert {one.giver_id for one in ended} == {home.mother}
    assert home.sees(plan_id) == GIVEN


# --- what must be as it was read -----------------------------------------------------------------


def widen(plan):
    grant = db.session.scalars(
        select(Grant).where(Grant.plan_id == plan.id, Grant.section == Section.GOALS)
    ).one()
    grant.level = Level.WRITE


def narrow(plan):
    grant = db.session.scalars(
        select(Grant).where(Grant.plan_id == plan.id, Grant.section == Section.GOALS)
    ).one()
    grant.ended_at = utc_now()


def leave(plan):
    db.session.scalars(
        select(Participant).where(Participant.plan_id == plan.id)
    ).one().ended_at = utc_now()


@pytest.mark.parametrize("change", [widen, narrow, leave])
def test_what_changed_since_it_was_read_is_not_consented_to(home, change):
    plan_id = home.young_plan()
    actor = home.actor("planeier")
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        read, text = everything(plan, day_of(actor.at)), newest(plan)
    with home.planting():
        change(db.session.get_one(Plan, plan_id))

    with pytest.raises(OfferChanged), home.acting(actor):
        operations.give(actor, held(plan_id), text, read, at=actor.at)
    assert home.consents(plan_id) == []


def test_e12_an_old_consent_stays_tied_to_its_text_and_a_new_one_needs_the_newest(home):
    plan_id = home.young_plan()
    home.give(home.actor("planeier"), plan_id)
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        first = newest(plan)
        number = queries.texts(plan)[0].number + 1
        texts = {"nb": "Ny tekst"}
        db.session.add(
            ConsentText(kind=plan.kind, number=number, texts=texts, published_at=utc_now())
        )

    assert {one.text_id for one in home.consents(plan_id)} == {first}
    assert home.sees(plan_id) == GIVEN
    actor = home.actor("planeier", utc_now() + LATER)
    with home.planting():
        read = everything(db.session.get_one(Plan, plan_id), day_of(actor.at))
    with pytest.raises(OfferChanged), home.acting(actor):
        operations.give(actor, held(plan_id), first, read, at=actor.at)


@pytest.mark.parametrize(("days", "is_right"), [(0, False), (1, True), (1096, True), (1500, False)])
def test_a_consent_ends_after_today_and_within_three_years(home, days, is_right):
    plan_id = home.young_plan()
    actor = home.actor("planeier")
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        choice = replace(
            everything(plan, day_of(actor.at)), ends_on=day_of(actor.at) + timedelta(days=days)
        )
        text = newest(plan)
    with home.acting(actor):
        if is_right:
            assert operations.give(actor, held(plan_id), text, choice, at=actor.at)
            return
        with pytest.raises(BadPeriod):
            operations.give(actor, held(plan_id), text, choice, at=actor.at)


# --- on paper and orally -------------------------------------------------------------------------


def record(home, plan_id, giver_id, *, days_ago=0, at=None, username="koordinator.strandvik"):
    """Register a consent to all, given orally so many days ago."""
    actor = home.actor(username, at)
    with home.acting(actor):
        plan = held(plan_id)
        given_on = day_of(actor.at) - timedelta(days=days_ago)
        told = Told(giver_id, newest(plan), ConsentMethod.ORAL, given_on, "på telefon")
        choice = everything(plan, day_of(actor.at))
        return operations.record(actor, plan, told, choice, at=actor.at).id


def test_a_coordinator_registers_what_a_parent_said_and_it_holds_from_today(home):
    plan_id = home.plan()
    record(home, plan_id, home.father, days_ago=1)
    home.give(home.actor("foresatt"), plan_id)

    said = [one for one in home.consents(plan_id) if one.method is ConsentMethod.ORAL]
    assert {one.giver_id for one in said} == {home.father}
    assert {one.starts_on for one in said} == {day_of(utc_now())}
    assert {one.recorded_by_id for one in said} == {home.world.accounts["koordinator.strandvik"]}
    assert home.sees(plan_id) == GIVEN


def test_e5_a_consent_in_the_future_is_refused(home):
    plan_id = home.plan()
    with pytest.raises(BadPeriod):
        record(home, plan_id, home.father, days_ago=-1)


def test_e5_a_consent_backdated_to_before_the_right_to_give_it_is_refused(home):
    plan_id = home.plan()
    with pytest.raises(NoRight):
        record(home, plan_id, home.father, days_ago=2)
    assert record(home, plan_id, home.father, days_ago=1)


def test_e5_a_consent_of_one_without_right_is_refused(home):
    plan_id = home.plan()
    for person_id in (home.teacher, home.child, home.coordinator):
        with pytest.raises(NoRight):
            record(home, plan_id, person_id)
    assert home.consents(plan_id) == []


def test_e5_a_paper_from_before_a_withdrawal_does_not_come_back_to_life(home):
    plan_id = home.plan()
    home.give(home.actor("foresatt"), plan_id)

    with pytest.raises(BadPeriod):
        record(home, plan_id, home.mother, days_ago=1)
    assert record(home, plan_id, home.mother, at=utc_now() + LATER)


@pytest.mark.parametrize(
    ("username", "problem"),
    [
        ("foresatt", NotAllowed),
        ("larer", NotFound),
        ("lokal.strandvik", NotAllowed),
        ("koordinator.strandvik", None),
    ],
)
def test_only_the_coordinator_registers_consents(home, username, problem):
    plan_id = home.plan()
    if problem is None:
        assert record(home, plan_id, home.father, username=username)
        return
    with pytest.raises(problem):
        record(home, plan_id, home.father, username=username)


# --- asking --------------------------------------------------------------------------------------


def test_those_whose_consent_is_missing_are_asked_and_the_question_goes_when_they_answer(home):
    plan_id = home.plan(state=PlanState.DRAFT)
    record(home, plan_id, home.father)
    actor = home.actor("koordinator.strandvik")
    with home.acting(actor):
        operations.ask(actor, held(plan_id), at=actor.at)
    assert notices(home, plan_id, NoticeKind.CONSENT_WANTED) == {home.mother}

    home.give(home.actor("foresatt"), plan_id)
    assert notices(home, plan_id, NoticeKind.CONSENT_WANTED) == set()


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


# --- what is easily forgotten --------------------------------------------------------------------


def test_a_representative_beside_parents_is_told_that_others_decide(home):
    with home.planting():
        child = garden.person(home.place, "watched", "Ane", garden.born(9)).id
        garden.authority(child, home.father)
        garden.authority(child, home.mother, kind=AuthorityKind.LEGAL_GUARDIAN)
    plan_id = home.plan(child)
    with pytest.raises(NoRight):
        home.give(home.actor("foresatt"), plan_id)


def test_a_service_is_not_chosen_for_one_who_is_shared_nothing(home):
    plan_id = home.young_plan()
    actor = home.actor("planeier")
    with home.acting(actor):
        plan = held(plan_id)
        choice = replace(everything(plan, day_of(actor.at), services=True), shared={})
        with pytest.raises(OfferChanged):
            operations.give(actor, plan, newest(plan), choice, at=actor.at)
    assert home.consents(plan_id) == []


def test_what_is_registered_is_given_at_noon_of_its_day_and_to_a_text_that_exists(home):
    plan_id = home.plan()
    record(home, plan_id, home.father, days_ago=1)

    noons = {one.given_at.astimezone(OSLO).timetz() for one in home.consents(plan_id)}
    assert {(noon.hour, noon.minute) for noon in noons} == {(12, 0)}
    assert notices(home, plan_id, NoticeKind.CONSENT_GIVEN) == set()
    actor = home.actor("koordinator.strandvik")
    with home.acting(actor):
        plan = held(plan_id)
        told = Told(home.mother, plan_id, ConsentMethod.ORAL, day_of(actor.at))
        choice = everything(plan, day_of(actor.at))
        with pytest.raises(OfferChanged):
            operations.record(actor, plan, told, choice, at=actor.at)


def test_a_clock_that_goes_back_ends_no_consent_before_it_was_given(home):
    plan_id = home.young_plan()
    home.give(home.actor("planeier", utc_now() + LATER), plan_id)
    home.give(home.actor("planeier"), plan_id)

    ended = [one for one in home.consents(plan_id) if one.withdrawn_at]
    assert [one.withdrawn_at for one in ended] == [one.given_at for one in ended]
    assert len(ended) == 2


def test_texts_are_those_of_the_kind_here_the_newest_first(home):
    plan_id = home.young_plan()
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        found = queries.texts(plan)
        numbers = [one.number for one in found]
        assert numbers == sorted(numbers, reverse=True)
        assert {one.kind for one in found} == {plan.kind}
        assert {one.municipality_id for one in found} == {home.place.id}


def test_what_was_given_in_one_act_is_found_together_that_of_the_plan_first(home):
    first, other = home.young_plan(), home.young_plan(kind="family_plan")
    actor = home.actor("planeier")
    for plan_id in (first, other):
        home.give(actor, plan_id)
    home.give(home.actor("planeier", actor.at + LATER), first)

    with home.planting():
        plan = db.session.get_one(Plan, first)
        for one in plan.consents:
            found = queries.given_together(one)
            assert [each.kind for each in found] == list(ConsentKind)
            assert {each.given_at for each in found} == {one.given_at}
            assert {each.plan_id for each in found} == {first}


def test_two_parents_at_the_same_instant_gave_each_their_own(home):
    plan_id, at = home.plan(), utc_now()
    home.give(home.actor("foresatt", at), plan_id)
    home.give(home.father_as_actor(at), plan_id)

    with home.planting():
        for one in db.session.get_one(Plan, plan_id).consents:
            assert {each.giver_id for each in queries.given_together(one)} == {one.giver_id}


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


def test_what_is_refused_is_told_as_what_was_sent_and_not_as_a_conflict():
    assert (NoRight.status, BadPeriod.status) == (422, 422)
