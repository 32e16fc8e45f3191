"""The pulse, introductions, the pen share and the success page, as those in plans meet them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db
from app.enums import NoticeKind, PulseAnswer, Section
from app.models import AuditEvent, Course, CourseAttendance, Introduction, Membership, Plan, Pulse
from app.people import training
from app.plans import pen_share, pulse, pulse_sums
from app.security.actor import acting_as, find_actor, operator
from app.side_tables import Notice, PlanEntryVersion
from tests.plans import garden as gardens

NOW = today()
ANSWERS = {"useful": "good", "heard": "so_so", "knows_who": "bad"}


YEARS = timedelta(days=999)


def day(days: int) -> str:
    return (NOW + timedelta(days=days)).strftime("%d.%m.%Y")


@pytest.fixture
def strandvik(app, world):
    """A context in which Strandvik's rows can be made and read."""
    with app.app_context(), gardens.planting(world.strandvik):
        yield world.strandvik


@pytest.fixture(autouse=True)
def asked_long_ago(app, world):
    """Let what other tests asked be long ago, so that somebody can be asked anew."""
    with app.app_context(), gardens.planting(world.strandvik):
        for one in db.session.scalars(select(Pulse)):
            one.ended_at, one.asked_at = one.ended_at or one.asked_at, utc_now() - YEARS


def evaluate(app, world, name, *, at=None, plan_id=None):
    """What happens after an evaluation in a plan; whom it asked."""
    at = at or utc_now()
    with app.app_context(), gardens.planting(world.strandvik):
        plan = db.session.get_one(Plan, plan_id)
        before = set(db.session.scalars(select(Pulse.id)))
        pulse.ask(plan, at=at)
        db.session.flush()
        new = db.session.scalars(select(Pulse).where(Pulse.id.not_in(before)))
        names = {pk: key for key, pk in world.strandvik.persons.items()}
        return {names[one.person_id]: one.id for one in new}


# --- the pulse -----------------------------------------------------------------------------------


def test_after_an_evaluation_the_owner_is_asked_and_answers_once(app, world, garden, client_as):
    plan_id = garden.strandvik.plans["ip"]
    goal = garden.strandvik.entries["ip", Section.GOALS]
    coordinator, owner = client_as("koordinator.strandvik"), client_as("planeier")
    added = coordinator.send(
        f"/plan-content/add/{plan_id}?kind=evaluation&parent={goal}",
        {"body": "Det går bra", "date": day(0), "done": "yes", "helped": "yes"},
    )
    with app.app_context(), gardens.planting(world.strandvik):
        asked = list(db.session.scalars(select(Pulse).where(Pulse.plan_id == plan_id)))
        db.session.expunge_all()
    (row,) = asked or [None]
    assert row is not None, added.status_code

    assert f"/pulse/plan/{plan_id}" in owner.get("/my-plans/").text
    assert owner.get(f"/pulse/plan/{plan_id}").location.endswith(f"/pulse/ask/{row.id}")
    nothing = owner.send(f"/pulse/ask/{row.id}", {"useful": "good"})
    other = owner.send(f"/pulse/ask/{row.id}", ANSWERS | {"heard": "perhaps"})
    done = owner.send(f"/pulse/ask/{row.id}", ANSWERS)
    again = owner.send(f"/pulse/ask/{row.id}", ANSWERS | {"useful": "bad"})
    foreign = [
        client_as(who).get(f"/pulse/ask/{row.id}").status_code
        for who in ("koordinator.strandvik", "lokal.strandvik", "larer", "koordinator.fjellby")
    ]

    statuses = [one.status_code for one in (nothing, other, done, again)]
    assert statuses == [422, 422, 302, 409]
    assert foreign == [404] * 4
    assert f"/pulse/plan/{plan_id}" not in owner.get("/my-plans/").text
    with app.app_context(), gardens.planting(world.strandvik):
        kept = db.session.get_one(Pulse, row.id)
        assert (kept.useful, kept.heard, kept.knows_who) == (
            PulseAnswer.GOOD,
            PulseAnswer.SO_SO,
            PulseAnswer.BAD,
        )
        events = select(AuditEvent).where(AuditEvent.action == "pulse:answered")
        (told,) = db.session.scalars(events)
        assert told.fields == []


@pytest.mark.parametrize(
    ("days", "wanted"), [(59, set()), (60, {"foresatt"})], ids=["after 59 days", "after 60 days"]
)
def test_nobody_is_asked_again_within_60_days(app, world, garden, days, wanted):
    plan_id = garden.strandvik.plans["relay_log"]
    first = utc_now()
    evaluate(app, world, "relay_log", at=first, plan_id=plan_id)

    again = evaluate(app, world, "x", at=first + timedelta(days=days), plan_id=plan_id)

    assert set(again) == wanted
    with app.app_context(), gardens.planting(world.strandvik):
        rows = db.session.scalars(select(Pulse).where(Pulse.plan_id == plan_id))
        assert sum(pulse.is_open(one) for one in rows) == 1


def lend_login(from_id, to_id):
    """Let one person's roles be another's."""
    for one in db.session.scalars(select(Membership).where(Membership.person_id == from_id)):
        one.person_id = to_id
    db.session.flush()


@pytest.mark.parametrize(
    ("age", "wanted"),
    [
        (9, {"foresatt"}),
        (11, {"foresatt"}),
        (12, {"foresatt", "larer"}),
        (15, {"foresatt", "larer"}),
        (16, {"larer"}),
        (40, {"larer"}),
    ],
)
def test_those_who_consent_are_asked_and_the_young_owner_from_twelve(strandvik, age, wanted):
    """larer has a login, and is here the owner."""
    persons = strandvik.persons
    owner = gardens.person(strandvik, f"owner {age}", "Eier", gardens.born(age))
    lend_login(persons["larer"], owner.id)
    gardens.authority(owner.id, persons["foresatt"])
    reads_only = gardens.authority(owner.id, persons["koordinator.strandvik"], may_consent=False)
    plan = gardens.make_plan(owner.id, persons["koordinator.strandvik"])

    asked = pulse.whom_to_ask(plan, NOW)

    lend_login(owner.id, persons["larer"])
    names = {persons["foresatt"]: "foresatt", owner.id: "larer", reads_only.holder_id: "reader"}
    assert {names[one] for one in asked} == wanted


def test_where_an_owner_of_age_has_no_login_those_who_act_for_them_are_asked(strandvik):
    persons = strandvik.persons
    owner = gardens.person(strandvik, "without login", "Eier", gardens.born(40))
    kind = {"kind": gardens.AuthorityKind.LEGAL_GUARDIAN}
    gardens.authority(owner.id, persons["foresatt"], **kind)
    plan = gardens.make_plan(owner.id, persons["koordinator.strandvik"])

    assert pulse.whom_to_ask(plan, NOW) == {persons["foresatt"]}


def test_the_questions_can_be_put_away(app, world, garden, client_as):
    plan_id = garden.strandvik.plans["relay_log"]
    asked = evaluate(app, world, "relay_log", plan_id=plan_id)
    parent = client_as("foresatt")

    answers = [parent.send(f"/pulse/put-away/{asked['foresatt']}").status_code for _n in range(2)]

    assert answers == [302, 409]
    with app.app_context(), gardens.planting(world.strandvik):
        waiting = select(Notice).where(
            Notice.plan_id == plan_id,
            Notice.kind == NoticeKind.PULSE_WANTED,
            Notice.settled_at.is_(None),
        )
        assert not list(db.session.scalars(waiting))


def answers_of(place, count):
    """So many persons' answers, no to everything, in a plan of its own."""
    plan = gardens.make_plan(
        gardens.person(place, "p", "Eier", gardens.born(30)).id,
        place.persons["koordinator.strandvik"],
    )
    for _n in range(count):
        who = gardens.person(place, "svarer", "Svarer", gardens.born(30))
        row = Pulse(plan_id=plan.id, person_id=who.id, asked_at=utc_now(), answered_at=utc_now())
        row.useful = row.heard = row.knows_who = PulseAnswer.BAD
        db.session.add(row)
        db.session.flush()


def test_sums_are_for_administrators_and_tell_whole_groups(app, world):
    def told(name, number):
        with app.app_context():
            actor = find_actor(db.session(), world.accounts[name], number, utc_now())
            with acting_as(db.session(), actor):
                return pulse_sums.together(pulse_sums.read(actor)).count

    place = world.strandvik
    counts = []
    for more in (0, 4, 1):
        with app.app_context(), gardens.planting(place):
            answers_of(place, more)
        counts.append(told("lokal.strandvik", place.id))

    assert counts[0] == 0
    assert set(counts) == {0, 5}
    assert counts[-1] == 5
    assert told("koordinator.strandvik", place.id) == 0
    assert told("lokal.fjellby", world.fjellby.id) == 0


# --- introductions -------------------------------------------------------------------------------


def test_the_coordinator_keeps_introductions_and_everyone_sees_their_own(
    app, world, garden, client_as
):
    plan_id, persons = garden.strandvik.plans["ip"], world.strandvik.persons
    page = f"/introduction/plan/{plan_id}"
    coordinator = client_as("koordinator.strandvik")
    both = {"person": [persons["planeier"], persons["larer"]], "given_on": day(0)}

    early = coordinator.send(f"/introduction/give/{plan_id}", both | {"given_on": day(-9)})
    late = coordinator.send(f"/introduction/give/{plan_id}", both | {"given_on": day(1)})
    none = coordinator.send(f"/introduction/give/{plan_id}", {"given_on": day(0)})
    stranger = coordinator.send(
        f"/introduction/give/{plan_id}", {"person": persons["other"], "given_on": day(0)}
    )
    given = coordinator.send(f"/introduction/give/{plan_id}", both)

    statuses = [one.status_code for one in (early, late, none, stranger, given)]
    assert statuses == [422, 422, 422, 404, 302]
    shown = {
        name: client_as(name, "9901").get(page).text
        for name in ("koordinator.strandvik", "planeier", "larer", "lokal.strandvik")
    }
    counted = {
        name: len(re.findall(day(0), text.partition("<form id")[0])) for name, text in shown.items()
    }
    assert counted == {"koordinator.strandvik": 2, "planeier": 2, "larer": 1, "lokal.strandvik": 0}
    assert client_as("koordinator.fjellby").get(page).status_code == 404
    assert client_as("larer", "9901").send(f"/introduction/give/{plan_id}", both).status_code == 403


def test_an_introduction_is_taken_back_by_who_keeps_them(app, world, garden, client_as):
    plan_id = garden.strandvik.plans["relay_log"]
    coordinator = client_as("koordinator.strandvik")
    chosen = {"person": world.strandvik.persons["foresatt"], "given_on": day(0)}
    coordinator.send(f"/introduction/give/{plan_id}", chosen)
    with app.app_context(), gardens.planting(world.strandvik):
        found = select(Introduction).where(Introduction.plan_id == plan_id)
        pk = db.session.scalars(found).one().id

    answers = [
        client_as(name).send(f"/introduction/take-back/{pk}").status_code
        for name in ("foresatt", "larer", "koordinator.strandvik")
    ]

    assert answers == [403, 404, 302]
    assert coordinator.send(f"/introduction/give/{plan_id}", chosen).status_code == 302


# --- the pen share -------------------------------------------------------------------------------


def test_what_a_former_coordinator_wrote_while_coordinating_counts_as_theirs(strandvik):
    persons, now = strandvik.persons, utc_now()
    owner = gardens.person(strandvik, "pen", "Eier", gardens.born(30))
    former, present, other = (
        persons["koordinator.strandvik"],
        persons["lokal.strandvik"],
        persons["larer"],
    )
    plan = gardens.make_plan(owner.id, present, kind=gardens.PlanKind.FAMILY_PLAN)
    entry = gardens.entry(plan, Section.GOALS, "Mål", author_id=former, created_at=now)
    months = timedelta(days=30)
    saves = [(former, 3), (former, 3), (former, 1), (present, 1), (other, 1), (other, 13)]
    for number, (author, ago) in enumerate(saves, start=1):
        at = now - ago * months
        row = PlanEntryVersion(
            plan_id=plan.id, entry_id=entry.id, number=number, author_id=author, at=at
        )
        db.session.add(row)
    gardens.handover(
        plan,
        present,
        from_id=former,
        offered_at=now - 2 * months,
        answered_at=now - 2 * months,
        accepted=True,
    )
    gardens.entry(plan, Section.GOALS, "Ført over", author_id=other, created_at=now)
    db.session.flush()

    found = pen_share.of_plan(plan, now + timedelta(seconds=1))

    assert found == pen_share.Pen(by_coordinator=3, saved=5)


def test_the_pen_share_shows_to_those_who_steer_or_administer(garden, client_as):
    page = f"/plan/show/{garden.strandvik.plans['ip']}"

    shown = {
        name: 'id="pen-share"' in client_as(name).get(page).text
        for name in ("koordinator.strandvik", "planeier", "lokal.strandvik", "larer")
    }

    assert shown == {
        "koordinator.strandvik": True,
        "planeier": True,
        "lokal.strandvik": True,
        "larer": False,
    }


# --- warnings ------------------------------------------------------------------------------------


def test_whoever_is_made_coordinator_without_a_course_is_told_of_and_not_stopped(
    app, world, client_as
):
    place, keeper = world.strandvik, client_as("lokal.strandvik")
    with app.app_context(), gardens.planting(place):
        course = Course(title="Vårkurset", held_on=NOW + timedelta(days=9), created_at=utc_now())
        db.session.add(course)
        db.session.flush()
        persons = [gardens.person(place, f"ny {n}", f"Ny{n}", gardens.born(40)).id for n in (1, 2)]
        db.session.add(
            CourseAttendance(
                course_id=course.id,
                person_id=persons[1],
                certified_on=NOW - timedelta(days=700),
                recorded_at=utc_now(),
            )
        )
        db.session.flush()
        # Other tests may have planned one that is held before.
        coming = training.next_course(operator(place.id), NOW).title

    pages = [
        keeper.send(
            "/role/add",
            {
                "person_id": person_id,
                "role": "coordinator",
                "starts_on": day(0),
                "username": f"ny.koordinator.{number}",
            },
        ).text
        for number, person_id in enumerate(persons)
    ]

    assert [coming in page for page in pages] == [True, False]


def test_a_hand_over_to_somebody_untrained_warns_and_is_done(app, world, garden, client_as):
    place = world.strandvik
    with app.app_context(), gardens.planting(place):
        plan_id = gardens.make_plan(
            gardens.person(place, "o", "Eier", gardens.born(30)).id, place.persons["other"]
        ).id
        held_on = NOW + timedelta(days=3)
        db.session.add(Course(title="Vårkurset", held_on=held_on, created_at=utc_now()))
        db.session.flush()
        coming = training.next_course(operator(place.id), NOW).title
    keeper, to = client_as("lokal.strandvik"), place.persons["koordinator.strandvik"]

    page = keeper.send(f"/plan/hand-over/{plan_id}", {"person_id": to}, follow_redirects=True).text

    with app.app_context(), gardens.planting(place):
        assert db.session.get_one(Plan, plan_id).coordinator_id == to
        has_course = to in set(
            db.session.scalars(
                select(CourseAttendance.person_id).where(
                    CourseAttendance.certified_on.is_not(None), CourseAttendance.ended_at.is_(None)
                )
            )
        )
    assert (coming in page) is not has_course


# --- the page ------------------------------------------------------------------------------------


def test_the_success_page_measures_for_administrators_and_tells_coordinators_their_part(client_as):
    pages = {
        name: client_as(name).get("/success/")
        for name in ("lokal.strandvik", "koordinator.strandvik", "planeier", "sentral")
    }

    statuses = {name: one.status_code for name, one in pages.items()}
    assert statuses == {
        "lokal.strandvik": 200,
        "koordinator.strandvik": 200,
        "planeier": 403,
        "sentral": 403,
    }
    assert 'id="factors"' in pages["lokal.strandvik"].text
    assert 'id="factors"' not in pages["koordinator.strandvik"].text
    assert 'id="own"' in pages["koordinator.strandvik"].text
    for part in ("over-time", "units"):
        opened = {name: client_as(name).get(f"/success/{part}").status_code for name in statuses}
        assert opened == statuses | {"koordinator.strandvik": 403}
    assert "/success/units" not in pages["koordinator.strandvik"].text
