"""Withdrawing and resetting: at once, for one or for all, and nothing is erased."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.clock import OSLO, day_of, utc_now
from app.consent import ending, operations, queries
from app.db import db
from app.enums import ConsentKind, ConsentMethod, Level, NoticeKind, PlanState, Section
from app.errors import DomainError, NotAllowed, NotFound
from app.models import AuditEvent, Consent, ConsentCover, Participant, Plan
from app.security import policy
from app.security.roles import Action
from app.side_tables import Notice
from tests.consent.homes import GIVEN, LATER, everything, held, newest
from tests.plans import garden


@pytest.fixture
def shared(home):
    """The plan of the sixteen-year-old, consented to."""
    plan_id = home.young_plan()
    home.give(home.actor("planeier"), plan_id)
    return plan_id


def own(home, plan_id, kind=ConsentKind.INFORMATION_IS_SHARED):
    """The id of the consent of a kind that holds."""
    return next(
        one.id for one in home.consents(plan_id) if one.kind is kind and one.withdrawn_at is None
    )


def withdraw(home, consent_id, actor, participant_id=None):
    with home.acting(actor):
        plan_of = select(Consent.plan_id).where(Consent.id == consent_id)
        queries.hold(db.session.scalars(plan_of).one())
        consent = db.session.get_one(Consent, consent_id)
        if participant_id is None:
            ending.withdraw(actor, consent, at=actor.at)
        else:
            participant = db.session.get_one(Participant, participant_id)
            ending.withdraw_for(actor, consent, participant, at=actor.at)


def teacher_of(home, plan_id):
    with home.planting():
        found = select(Participant.id).where(
            Participant.plan_id == plan_id, Participant.person_id == home.teacher
        )
        return db.session.scalars(found).one()


def later(home, username):
    return home.actor(username, utc_now() + LATER)


# --- withdrawing ---------------------------------------------------------------------------------


def test_e2_withdrawing_all_sharing_shuts_the_teacher_out_and_keeps_the_plan(home, shared):
    assert home.sees(shared) == GIVEN

    withdraw(home, own(home, shared), later(home, "planeier"))

    assert home.sees(shared) == {}
    assert home.state(shared) is PlanState.ACTIVE
    with home.planting():
        waiting = select(Notice.person_id).where(
            Notice.plan_id == shared, Notice.kind == NoticeKind.CONSENT_WITHDRAWN
        )
        assert set(db.session.scalars(waiting)) == {home.coordinator}


def test_withdrawing_that_the_plan_is_made_ends_all_and_the_plan_waits(home, shared):
    withdraw(home, own(home, shared, ConsentKind.PLAN_IS_MADE), later(home, "planeier"))

    assert home.sees(shared) == {}
    assert home.state(shared) is PlanState.AWAITING_CONSENT
    assert all(one.withdrawn_at for one in home.consents(shared))


def test_e11_what_was_withdrawn_is_kept_and_can_be_read_by_those_who_could(home, shared):
    consent_id = own(home, shared)
    withdraw(home, consent_id, later(home, "planeier"))

    kept = next(one for one in home.consents(shared) if one.id == consent_id)
    assert kept.withdrawn_reason == ending.BY_GIVER
    assert {(one.section, one.level) for one in kept.covers} == set(GIVEN.items())
    with home.planting():
        consent = db.session.get_one(Consent, consent_id)
        assert policy.decide(home.actor("koordinator.strandvik"), Action.SHOW, consent)
        assert not policy.decide(home.actor("larer"), Action.SHOW, consent)
        told = select(AuditEvent.action).where(AuditEvent.object_id == consent_id)
        assert list(db.session.scalars(told)).count("consent:withdrawn") == 1


@pytest.mark.parametrize(
    ("username", "problem"),
    [
        ("koordinator.strandvik", NotAllowed),
        ("larer", NotFound),
        ("lokal.strandvik", NotFound),
        ("foresatt", NotFound),
        ("planeier", None),
    ],
)
def test_a_consent_is_withdrawn_by_the_one_who_gave_it(home, shared, username, problem):
    consent_id = own(home, shared)
    if problem is None:
        withdraw(home, consent_id, later(home, username))
        assert home.sees(shared) == {}
        return
    with pytest.raises(problem):
        withdraw(home, consent_id, later(home, username))
    assert home.sees(shared) == GIVEN


def test_one_parent_does_not_withdraw_the_others_consent(home):
    plan_id = home.plan()
    home.give(home.actor("foresatt"), plan_id)
    home.give(home.father_as_actor(), plan_id)
    fathers = next(one.id for one in home.consents(plan_id) if one.giver_id == home.father)

    with pytest.raises(NotAllowed):
        withdraw(home, fathers, later(home, "foresatt"))
    assert home.sees(plan_id) == GIVEN

    mothers = next(
        one.id
        for one in home.consents(plan_id)
        if one.giver_id == home.mother and one.kind is ConsentKind.INFORMATION_IS_SHARED
    )
    withdraw(home, mothers, later(home, "foresatt"))
    assert home.sees(plan_id) == {}


def test_withdrawing_twice_changes_nothing(home, shared):
    consent_id = own(home, shared)
    withdraw(home, consent_id, later(home, "planeier"))
    first = next(one.withdrawn_at for one in home.consents(shared) if one.id == consent_id)

    with pytest.raises(ending.AlreadyEnded):
        withdraw(home, consent_id, home.actor("planeier", utc_now() + 2 * LATER))
    assert first == next(one.withdrawn_at for one in home.consents(shared) if one.id == consent_id)


def test_withdrawn_for_one_participant_it_goes_on_for_the_others_as_it_was(home):
    plan_id = home.young_plan()
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        nurse = garden.add_participant(plan, home.mother, unit_id=home.place.units["nav"])
        garden.grant(nurse, Section.MAPPING, Level.WRITE)
    home.give(home.actor("planeier"), plan_id, services=True)
    before = next(one for one in home.consents(plan_id) if one.covers)

    withdraw(home, before.id, later(home, "planeier"), teacher_of(home, plan_id))

    assert home.sees(plan_id) == {}
    after = next(one for one in home.consents(plan_id) if one.covers and not one.withdrawn_at)
    carried = ("text_id", "ends_on", "method", "capacity", "giver_id")
    assert [getattr(after, name) for name in carried] == [getattr(before, name) for name in carried]
    with home.planting():
        seen = {
            one.offer.participant.person_id: one.seen
            for one in queries.reaches(db.session.get_one(Plan, plan_id), day_of(utc_now()))
        }
    assert seen == {home.teacher: {}, home.mother: {Section.MAPPING: Level.WRITE}}
    # The teacher's service went with the teacher; the other's service is covered as before.
    assert {one.unit_id for one in after.covers} == {None, home.place.units["nav"]}


def test_a_consent_is_not_withdrawn_for_one_it_does_not_cover(home, shared):
    other = home.young_plan(kind="family_plan")
    with pytest.raises(ending.AlreadyEnded):
        withdraw(home, own(home, shared), later(home, "planeier"), teacher_of(home, other))
    assert home.sees(shared) == GIVEN


# --- told to the coordinator ---------------------------------------------------------------------


def register(home, consent_id, username, *, participant_id=None, days_ago=0):
    """Register that the giver said so on the phone."""
    actor = later(home, username)
    told = ending.ToldWithdrawal(
        day_of(actor.at) - timedelta(days=days_ago), ConsentMethod.ORAL, "på telefon"
    )
    with home.acting(actor):
        consent = db.session.get_one(Consent, consent_id)
        participant = db.session.get_one(Participant, participant_id) if participant_id else None
        ending.record_withdrawal(actor, consent, told, participant=participant, at=actor.at)


def told_of_withdrawal(home, plan_id):
    with home.planting():
        waiting = select(Notice.person_id).where(
            Notice.plan_id == plan_id, Notice.kind == NoticeKind.CONSENT_WITHDRAWN
        )
        return set(db.session.scalars(waiting))


def test_a_withdrawal_that_was_told_holds_at_once_and_the_giver_is_told(home, shared):
    consent_id = own(home, shared)

    register(home, consent_id, "koordinator.strandvik")

    assert home.sees(shared) == {}
    assert home.state(shared) is PlanState.ACTIVE
    assert told_of_withdrawal(home, shared) == {home.owner}
    ended = next(one for one in home.consents(shared) if one.id == consent_id)
    told = ending.told_in(ended.withdrawn_reason)
    assert (told.method, told.note) == (ConsentMethod.ORAL, "på telefon")
    with home.planting():
        events = select(AuditEvent.action).where(AuditEvent.object_id == consent_id)
        assert {"consent:withdrawn", "consent:withdrawal_recorded"} <= set(
            db.session.scalars(events)
        )


def test_one_parents_withdrawal_that_was_told_leaves_the_others_consent(home):
    plan_id = home.plan()
    home.give(home.actor("foresatt"), plan_id)
    home.give(home.father_as_actor(), plan_id)
    fathers = next(
        one.id
        for one in home.consents(plan_id)
        if one.giver_id == home.father and one.kind is ConsentKind.PLAN_IS_MADE
    )

    register(home, fathers, "koordinator.strandvik")

    held = [one for one in home.consents(plan_id) if one.withdrawn_at is None]
    assert {one.giver_id for one in held} == {home.mother}
    assert home.sees(plan_id) == {}
    assert home.state(plan_id) is PlanState.AWAITING_CONSENT


def test_a_withdrawal_for_one_that_was_told_goes_on_for_the_others(home, shared):
    with home.planting():
        plan = db.session.get_one(Plan, shared)
        nurse = garden.add_participant(plan, home.mother)
        garden.grant(nurse, Section.MAPPING, Level.WRITE)
    home.give(home.actor("planeier", utc_now() + LATER), shared)

    register(home, own(home, shared), "koordinator.strandvik", participant_id=nurse.id)

    assert home.sees(shared, utc_now() + 2 * LATER) == GIVEN
    after = next(one for one in home.consents(shared) if one.covers and not one.withdrawn_at)
    assert {one.participant_id for one in after.covers} == {teacher_of(home, shared)}


def test_the_coordinator_is_told_of_what_a_stand_in_was_told(home, shared):
    with home.planting():
        plan = db.session.get_one(Plan, shared)
        garden.stand_in(plan, plan.coordinator_id)
        plan.coordinator_id = home.place.persons["other"]

    register(home, own(home, shared), "koordinator.strandvik")

    told = {home.owner, home.place.persons["other"]}
    assert told_of_withdrawal(home, shared) == told


def test_what_goes_on_for_fewer_was_given_with_the_first_of_it(home):
    plan_id = home.young_plan()
    with home.planting():
        nurse = garden.add_participant(db.session.get_one(Plan, plan_id), home.mother)
        garden.grant(nurse, Section.MAPPING, Level.WRITE)
    home.give(home.actor("planeier", utc_now() - timedelta(days=1)), plan_id)
    register(home, own(home, plan_id), "koordinator.strandvik", participant_id=nurse.id)
    goes_on = next(one.id for one in home.consents(plan_id) if one.covers and not one.withdrawn_at)

    register(home, goes_on, "koordinator.strandvik", days_ago=1)

    assert home.sees(plan_id) == {}


@pytest.mark.parametrize("days_ago", [-1, 1], ids=["in the future", "before it was given"])
def test_a_withdrawal_is_not_told_on_a_day_that_cant_be_right(home, shared, days_ago):
    with pytest.raises(operations.BadPeriod):
        register(home, own(home, shared), "koordinator.strandvik", days_ago=days_ago)
    assert home.sees(shared) == GIVEN


@pytest.mark.parametrize(
    ("username", "problem"),
    [
        ("planeier", NotAllowed),
        ("larer", NotFound),
        ("lokal.strandvik", NotFound),
        ("koordinator.strandvik", None),
    ],
)
def test_only_those_who_coordinate_register_what_they_were_told(home, shared, username, problem):
    if problem is None:
        register(home, own(home, shared), username)
        assert home.sees(shared) == {}
        return
    with pytest.raises(problem):
        register(home, own(home, shared), username)
    assert home.sees(shared) == GIVEN


@pytest.mark.parametrize("reason", ["told:oral:2026-13-40:x", "told:paper", "flytter skole"])
def test_other_reasons_are_not_taken_for_what_was_told(reason):
    assert ending.told_in(reason) is None


# --- resetting -----------------------------------------------------------------------------------


def reset(home, plan_id, username):
    actor = later(home, username)
    with home.acting(actor):
        return ending.reset(actor, held(plan_id), "flytter skole", at=actor.at)


def test_reset_ends_all_sharing_with_its_reason_and_asks_anew(home, shared):
    assert reset(home, shared, "koordinator.strandvik") == 1

    assert home.sees(shared) == {}
    assert home.state(shared) is PlanState.AWAITING_CONSENT
    reasons = {one.kind: one.withdrawn_reason for one in home.consents(shared)}
    assert reasons == {
        ConsentKind.PLAN_IS_MADE: None,
        ConsentKind.INFORMATION_IS_SHARED: "flytter skole",
    }
    home.give(home.actor("planeier", utc_now() + 2 * LATER), shared)
    assert home.state(shared) is PlanState.ACTIVE
    assert home.sees(shared) == GIVEN


@pytest.mark.parametrize("username", ["planeier", "larer", "lokal.strandvik"])
def test_only_the_coordinator_resets(home, shared, username):
    with pytest.raises(DomainError):
        reset(home, shared, username)
    assert home.sees(shared) == GIVEN


def test_what_was_withdrawn_before_a_reset_keeps_its_own_reason(home, shared):
    before = own(home, shared)
    withdraw(home, before, later(home, "planeier"))

    assert reset(home, shared, "koordinator.strandvik") == 0
    kept = next(one for one in home.consents(shared) if one.id == before)
    assert kept.withdrawn_reason == ending.BY_GIVER


@pytest.mark.parametrize("do", ["withdraw", "reset"])
def test_a_clock_that_goes_back_ends_nothing_before_it_was_given(home, do):
    plan_id = home.young_plan()
    home.give(home.actor("planeier", utc_now() + 9 * LATER), plan_id)
    consent_id = own(home, plan_id)
    if do == "withdraw":
        withdraw(home, consent_id, home.actor("planeier"))
    else:
        reset(home, plan_id, "koordinator.strandvik")

    ended = next(one for one in home.consents(plan_id) if one.id == consent_id)
    assert ended.withdrawn_at == ended.given_at


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (PlanState.DRAFT, PlanState.DRAFT),
        (PlanState.PAUSED, PlanState.AWAITING_CONSENT),
        (PlanState.CLOSED, PlanState.CLOSED),
    ],
)
def test_only_a_plan_in_use_comes_to_wait_for_consent(home, shared, state, expected):
    with home.planting():
        plan = db.session.get_one(Plan, shared)
        plan.state, plan.closed_at = state, utc_now() if state is PlanState.CLOSED else None

    withdraw(home, own(home, shared, ConsentKind.PLAN_IS_MADE), later(home, "planeier"))

    assert home.state(shared) is expected


@pytest.mark.parametrize(
    ("cover", "unit_id", "expected"),
    [
        ({"participant_id": "a"}, None, True),
        ({"participant_id": "b"}, None, False),
        ({"unit_id": "u"}, "u", True),
        ({"unit_id": "u"}, "v", False),
        ({"unit_id": "u"}, None, False),
    ],
)
def test_a_consent_covers_a_participant_by_name_or_through_the_service(cover, unit_id, expected):
    other = ConsentCover(participant_id="c")
    consent = Consent(covers=[other, ConsentCover(**cover)])

    assert ending.covers(consent, Participant(id="a", unit_id=unit_id)) is expected


# --- time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "last_day",
    [date(2027, 3, 28), date(2026, 12, 31), date(2027, 10, 31), date(2028, 2, 29)],
    ids=["spring", "new year", "autumn", "leap day"],
)
def test_e3_a_consent_ends_at_midnight_in_norway(home, last_day):
    """On both nights when the clocks change, and on a leap day, with the server in UTC."""
    plan_id = home.young_plan()
    ends_on = last_day + timedelta(days=1)
    actor = home.actor("planeier")
    with home.acting(actor):
        plan = held(plan_id)
        everything_now = everything(plan, day_of(actor.at))
        choice = type(everything_now)(ends_on, everything_now.shared)
        operations.give(actor, plan, newest(plan), choice, at=actor.at)
    midnight = datetime.combine(ends_on, datetime.min.time(), OSLO).astimezone(UTC)

    assert home.sees(plan_id, midnight - timedelta(seconds=1)) == GIVEN
    assert home.sees(plan_id, midnight) == {}


def test_e7_at_sixteen_the_parents_consent_ends_and_the_owner_consents_alone(home):
    birthday = day_of(utc_now()) + timedelta(days=100)
    if (birthday.month, birthday.day) == (2, 29):
        birthday += timedelta(days=1)
    with home.planting():
        born = birthday.replace(year=birthday.year - 16)
        child = garden.person(home.place, "growing", "Vår", born).id
        garden.authority(child, home.mother)
    plan_id = home.plan(child)
    home.give(home.actor("foresatt"), plan_id)
    midnight = datetime.combine(birthday, datetime.min.time(), OSLO).astimezone(UTC)

    assert home.sees(plan_id, midnight - timedelta(seconds=1)) == GIVEN
    assert home.sees(plan_id, midnight) == {}
    with pytest.raises(NotFound):
        home.give(home.actor("foresatt", midnight), plan_id)
    home.give(home.as_actor(child, midnight), plan_id)
    assert home.sees(plan_id, midnight) == GIVEN


# --- at once -------------------------------------------------------------------------------------


def test_e6_giving_and_withdrawing_at_once_come_one_after_the_other(app, home, shared):
    """Whoever is second decides on what the first one did; the log shows both."""
    consent_id, at = own(home, shared), utc_now() + LATER

    def give():
        with app.app_context():
            home.give(home.actor("planeier", at), shared)

    def end():
        with app.app_context():
            try:
                withdraw(home, consent_id, home.actor("planeier", at))
            except ending.AlreadyEnded:
                return "ended already"
        return "withdrawn"

    with ThreadPoolExecutor(2) as both:
        given, ended = both.submit(give), both.submit(end)
        given.result(30)
        outcome = ended.result(30)

    held_now = [one for one in home.consents(shared) if one.withdrawn_at is None]
    old = next(one for one in home.consents(shared) if one.id == consent_id)
    expected = operations.REPLACED if outcome == "ended already" else ending.BY_GIVER
    assert old.withdrawn_reason == expected
    assert {one.kind for one in held_now} == set(ConsentKind)
    assert len(held_now) == 2
    assert home.sees(shared, at) == GIVEN


def test_e6_two_consents_at_once_leave_one_pair(app, home):
    plan_id, at = home.young_plan(), utc_now()

    def give():
        with app.app_context():
            home.give(home.actor("planeier", at), plan_id)

    with ThreadPoolExecutor(2) as both:
        for one in [both.submit(give) for _ in range(2)]:
            one.result(30)

    consents = home.consents(plan_id)
    assert len(consents) == 4
    assert sorted(one.kind for one in consents if one.withdrawn_at is None) == sorted(ConsentKind)
