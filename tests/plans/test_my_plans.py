"""My plans: what is shown of them, what waits, that nothing of another municipality or of a plan
that is not open any more is there, and that the number of questions does not grow with them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from app.clock import today, utc_now
from app.db import db
from app.enums import EntryStatus, NoticeKind, PlanKind, PlanState, Section
from app.models import AuditEvent, Consent, Membership, Participant, Plan, PlanEntry
from app.plans import my_plans
from app.plans.my_plan import MyPlan, Part, Turn, Waiting
from app.plans.my_plans_pages import MyPlansView
from app.security import scope
from app.security.actor import acting_as, find_actor, operator
from app.side_tables import PlanVisit
from tests.plans import garden as gardens
from tests.world import CANARY

ENGLISH = {"Accept-Language": "en"}
TITLE = re.compile(r"<title>(.*?)</title>", re.S)


@pytest.fixture
def mine(app, world):
    """Asks what a login's plans are: {(municipality, plan id): the plan}."""

    def ask(username: str, in_: str = "9901", **options) -> dict[tuple[str, str], MyPlan]:
        return {(p.number, one.id): one for p in places(username, in_) for one in p.plans}

    def places(username: str, in_: str = "9901"):
        with app.app_context():
            actor = find_actor(
                db.session(), world.accounts[username], world.place(in_).id, utc_now()
            )
            with acting_as(db.session(), actor):
                return my_plans.places(db.session(), actor, at=utc_now())

    ask.places = places
    return ask


@pytest.fixture
def planting(app) -> Iterator:
    """Changes rows of a municipality, and puts them back afterwards where ``undo`` says how."""
    undo = []

    def plant(place, change):
        with app.app_context(), gardens.planting(place):
            found = change()
            db.session.flush()
            return found.id if found is not None else None

    plant.undo = undo
    yield plant
    for place, change in reversed(undo):
        plant(place, change)


def change(model, row_id, **values):
    """A change of one row, to be given to ``planting``."""

    def do():
        row = db.session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)

    return do


def test_a_login_sees_its_plans_of_all_municipalities_with_the_present_one_first(mine, garden):
    here, there = garden.strandvik.plans, garden.fjellby.plans
    expected = {
        ("9901", here["ip"]),
        ("9901", here["relay_log"]),
        ("9901", here["closed"]),
        ("9902", there["ip"]),
    }

    assert set(mine("larer")) == set(mine("larer", in_="9902")) == expected
    assert [place.number for place in mine.places("larer")] == ["9901", "9902"]
    assert [place.number for place in mine.places("larer", in_="9902")] == ["9902", "9901"]


def test_everyone_is_told_what_they_are_in_the_plan(mine, garden):
    ip, relay = garden.strandvik.plans["ip"], garden.strandvik.plans["relay_log"]

    def parts(username, plan_id):
        return [one.part for one in mine(username)["9901", plan_id].parts]

    assert parts("planeier", ip) == [Part.OWNER]
    assert parts("koordinator.strandvik", ip) == [Part.COORDINATOR]
    assert parts("larer", ip) == [Part.PARTICIPANT]
    assert parts("foresatt", relay) == [Part.AUTHORITY]
    assert mine("larer")["9901", ip].parts[0].function == "lærer"


def test_somebody_who_stands_in_for_the_coordinator_is_told_so(mine, garden, planting, world, app):
    place, draft = world.strandvik, garden.strandvik.plans["draft"]
    other = world.strandvik.persons["koordinator.strandvik"]
    assert (place.number, draft) in mine("koordinator.strandvik")

    def plant():
        plan = gardens.make_plan(
            place.persons["own"], place.persons["other"], kind=PlanKind.EDUCATION_PLAN
        )
        gardens.stand_in(plan, other)
        return plan

    plan_id = planting(place, plant)
    found = mine("koordinator.strandvik")["9901", plan_id]
    assert [one.part for one in found.parts] == [Part.STAND_IN]


def test_a_local_administrator_has_no_plans_of_the_municipality_here(mine, world, app):
    with app.app_context():
        actor = find_actor(
            db.session(), world.accounts["lokal.strandvik"], world.strandvik.id, utc_now()
        )
        with acting_as(db.session(), actor):
            assert db.session.scalars(scope.rows(actor, Plan)).all()

    assert mine("lokal.strandvik") == {}


def test_a_plan_is_gone_at_the_next_request_when_its_consent_is_withdrawn(
    client_as, garden, planting, world
):
    place, consent_id = world.strandvik, garden.strandvik.consents["ip", "larer"]
    client, plan_id = client_as("larer", in_="9901"), garden.strandvik.plans["ip"]
    at_a_time = {"withdrawn_at": utc_now()}
    planting.undo.append((place, change(Consent, consent_id, withdrawn_at=None)))

    with_it = client.get("/my-plans/").text
    planting(place, change(Consent, consent_id, **at_a_time))
    without = client.get("/my-plans/").text

    assert "Planeier Måkeskrikstad" in with_it
    assert "Planeier Måkeskrikstad" not in without
    assert plan_id not in without


@pytest.mark.parametrize("way", ["participation ends", "role ends"])
def test_a_plan_is_gone_when_the_participation_or_the_role_ends(
    app, mine, garden, planting, world, way
):
    place, plan_id = world.strandvik, garden.strandvik.plans["ip"]
    if way == "participation ends":
        model, row_id = Participant, garden.strandvik.participants["ip", "larer"]
    else:
        model, row_id = Membership, place.memberships["larer"]
    planting.undo.append((place, change(model, row_id, ended_at=None)))

    assert ("9901", plan_id) in mine("larer")
    planting(place, change(model, row_id, ended_at=utc_now()))
    assert ("9901", plan_id) not in mine("larer", in_="9902")


def test_nothing_of_another_municipality_stands_in_a_municipalitys_part(client_as):
    page = client_as("larer", in_="9901").get("/my-plans/", headers=ENGLISH).text
    here, there = page.split("<h2>Fjellby</h2>")

    assert CANARY["9901"] in here
    assert CANARY["9902"] not in here
    assert CANARY["9902"] in there
    assert CANARY["9901"] not in there


def test_whoever_has_a_role_in_one_municipality_sees_nothing_of_the_other(client_as):
    page = client_as("planeier").get("/my-plans/", headers=ENGLISH).text

    assert "your plan" in page
    assert "Fjellby" not in page
    assert CANARY["9902"] not in page


def test_nothing_that_stands_in_a_plan_is_on_the_page_and_no_name_in_its_title(client_as):
    page = client_as("larer", in_="9901").get("/my-plans/", headers=ENGLISH).text

    assert not any(word in page for word in gardens.WORDS.values())
    assert TITLE.search(page).group(1) == "My plans – Strandvik – Samvev"


def test_a_plan_elsewhere_is_opened_by_choosing_its_municipality(client_as, garden):
    client = client_as("larer", in_="9901")
    page = client.get("/my-plans/", headers=ENGLISH).text
    form = re.search(
        r'<input type="hidden" name="next" value="([^"]+)">\s*<button[^>]*name="municipality"'
        r' value="9902"',
        page,
    )

    assert form
    answer = client.send("/municipality-choice/", {"municipality": "9902", "next": form.group(1)})
    assert answer.status_code == 302
    assert answer.location == form.group(1)


def test_the_first_page_leads_to_my_plans_but_for_administrators(client_as):
    for username in ("planeier", "koordinator.strandvik", "foresatt"):
        answer = client_as(username).get("/")
        assert (answer.status_code, answer.location) == (302, "/my-plans/")
    for username in ("sentral", "utgatt"):
        assert client_as(username).get("/").status_code == 200


def test_the_menu_offers_what_each_has_use_for_and_marks_where_a_plan_belongs(client_as, garden):
    path = f"/plan/show/{garden.strandvik.plans['ip']}"
    menus = {}
    for username in ("planeier", "koordinator.strandvik", "lokal.strandvik"):
        page = client_as(username).get(path, headers=ENGLISH).text
        menus[username] = page.partition('<nav class="menu"')[2].partition("</nav>")[0]
    marked = {who: re.findall(r'aria-current="page">([^<]+)<', menu) for who, menu in menus.items()}

    assert re.findall(r"<a [^>]*>([^<]+)</a>", menus["planeier"]) == ["My plans"]
    assert re.findall(r"<a [^>]*>([^<]+)</a>", menus["koordinator.strandvik"])[0] == "My plans"
    assert "Municipalities" in menus["lokal.strandvik"]
    assert re.search(r'<ul aria-labelledby="menu-2">.*?All plans', menus["lokal.strandvik"], re.S)
    assert marked == {
        "planeier": ["My plans"],
        "koordinator.strandvik": ["My plans"],
        "lokal.strandvik": ["All plans"],
    }
    assert "<title>Individual plan P.M. – Strandvik – Samvev</title>" in page


def test_who_has_no_plan_is_told_what_will_come(client_as, world, planting):
    page = client_as("utgatt").get("/my-plans/", headers=ENGLISH).text
    assert "You have no access here now" in page

    page = client_as("lokal.strandvik").get("/my-plans/", headers=ENGLISH).text
    assert "Nothing has been shared with you yet" in page


# --- what waits and what is new ------------------------------------------------------------------


def test_what_was_changed_since_the_last_visit_is_counted_in_open_sections_alone(
    mine, garden, planting, world
):
    place, plan_id = world.strandvik, garden.strandvik.plans["ip"]
    assert mine("larer")["9901", plan_id].new is None

    def visit():
        row = PlanVisit(plan_id=plan_id, person_id=place.persons["larer"], seen_at=utc_now())
        db.session.add(row)

    planting(place, visit)
    assert mine("larer")["9901", plan_id].new == 0
    later = utc_now() + timedelta(minutes=1)
    for section in (Section.ACTIVITIES, Section.COMMENTS, Section.MAPPING, Section.ABOUT_ME):
        entry_id = garden.strandvik.entries["ip", section]
        planting(place, change(PlanEntry, entry_id, changed_at=later))
    assert mine("larer")["9901", plan_id].new == 2

    comment = garden.strandvik.entries["ip", Section.COMMENTS]
    planting(place, change(PlanEntry, comment, deleted_at=later))
    planting.undo.append((place, change(PlanEntry, comment, deleted_at=None)))
    assert mine("larer")["9901", plan_id].new == 1


@pytest.mark.parametrize(
    ("days", "status", "turns"),
    [
        (-1, EntryStatus.ONGOING, [Turn.PASSED]),
        (0, EntryStatus.PLANNED, [Turn.SOON]),
        (14, EntryStatus.ONGOING, [Turn.SOON]),
        (15, EntryStatus.ONGOING, []),
        (-1, EntryStatus.REACHED, []),
        (-1, EntryStatus.STOPPED, []),
    ],
)
def test_what_i_am_responsible_for_waits_when_its_deadline_is_near(
    mine, garden, planting, world, days, status, turns
):
    place, plan_id = world.strandvik, garden.strandvik.plans["relay_log"]
    entry_id = garden.strandvik.entries["relay_log", Section.ACTIVITIES]
    planting(
        place,
        change(
            PlanEntry,
            entry_id,
            responsible_id=garden.strandvik.participants["relay_log", "larer"],
            deadline_on=today() + timedelta(days=days),
            status=status,
        ),
    )
    planting.undo.append(
        (place, change(PlanEntry, entry_id, responsible_id=None, deadline_on=None))
    )

    found = mine("larer")["9901", plan_id].waiting
    assert [one.turn for one in found] == turns
    assert mine("koordinator.strandvik")["9901", plan_id].waiting == ()


def test_a_plan_that_waits_for_consent_waits_for_those_who_may_give_it(
    mine, garden, planting, world
):
    place = world.strandvik

    def plant():
        return gardens.make_plan(
            place.persons["child"],
            place.persons["koordinator.strandvik"],
            kind=PlanKind.EDUCATION_PLAN,
            state=PlanState.AWAITING_CONSENT,
        )

    plan_id = planting(place, plant)

    def ask():
        plan = db.session.get_one(Plan, plan_id)
        return gardens.notice(plan, place.persons["foresatt"], NoticeKind.CONSENT_WANTED)

    planting(place, ask)
    assert [one.turn for one in mine("foresatt")["9901", plan_id].waiting] == [Turn.CONSENT]
    assert mine("foresatt")["9901", plan_id].told == ()
    assert mine("koordinator.strandvik")["9901", plan_id].waiting == ()

    def give():
        plan = db.session.get_one(Plan, plan_id)
        gardens.consent(plan, plan.authorities[0])

    planting(place, give)
    assert mine("foresatt")["9901", plan_id].waiting == ()


@pytest.mark.parametrize(
    ("days", "until", "turns"),
    [(61, True, []), (62, False, []), (1, True, []), (0, False, [Turn.CONSENT_RAN_OUT])],
)
def test_the_last_day_of_consent_is_told_when_it_is_near_or_past(
    mine, garden, planting, world, days, until, turns
):
    place, plan_id = world.strandvik, garden.strandvik.plans["ip"]
    ends_on = today() + timedelta(days=days)

    def ids():
        plan = db.session.get_one(Plan, plan_id)
        for one in plan.consents:
            one.starts_on, one.ends_on = today() - timedelta(days=9), ends_on

    def back():
        plan = db.session.get_one(Plan, plan_id)
        for one in plan.consents:
            one.ends_on = today() + timedelta(days=365)

    planting(place, ids)
    planting.undo.append((place, back))
    found = mine("koordinator.strandvik")["9901", plan_id]

    assert found.consent_until == (ends_on - timedelta(days=1) if until else None)
    assert [one.turn for one in found.waiting] == turns
    if days:
        assert mine("larer")["9901", plan_id].consent_until is None


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (-3, "The plan should have been evaluated on"),
        (14, "The plan is to be evaluated on"),
        (15, None),
    ],
)
def test_the_coordinator_is_told_of_an_evaluation_that_is_near_or_late(
    client_as, garden, planting, world, days, text
):
    place, plan_id = world.strandvik, garden.strandvik.plans["ip"]
    day = today() + timedelta(days=days)
    planting(place, change(Plan, plan_id, next_evaluation_on=day))
    planting.undo.append((place, change(Plan, plan_id, next_evaluation_on=None)))

    page = client_as("koordinator.strandvik").get("/my-plans/", headers=ENGLISH).text
    assert ("evaluated on" in page) is (text is not None)
    assert text is None or f"{text} {day:%d.%m.%Y}." in page
    assert "evaluated on" not in client_as("planeier").get("/my-plans/", headers=ENGLISH).text


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (Waiting(Turn.CONSENT), "waits for your consent"),
        (Waiting(Turn.CONSENT_RAN_OUT, date(2026, 3, 2)), "ran out on 02.03.2026"),
        (Waiting(Turn.PASSED, date(2026, 3, 2)), "1 activity that you are responsible for should"),
        (Waiting(Turn.PASSED, date(2026, 3, 2), 2), "2 activities that you are responsible for"),
        (Waiting(Turn.SOON, date(2026, 3, 9)), "is to be done by 09.03.2026"),
        (Waiting(Turn.SOON, date(2026, 3, 9), 3), "the first on 09.03.2026"),
        (Waiting(Turn.EVALUATION, date(2026, 3, 5)), "is to be evaluated on 05.03.2026"),
        (Waiting(Turn.EVALUATION, date(2026, 3, 4)), "should have been evaluated on 04.03.2026"),
    ],
)
def test_what_waits_is_said_in_words(app, one, text):
    with app.test_request_context(headers=ENGLISH):
        assert text in MyPlansView.say_waiting(one, date(2026, 3, 5))


def test_an_offered_hand_over_shows_kind_and_owner_to_whom_it_is_offered(
    mine, garden, planting, world
):
    place = world.strandvik

    def plant():
        plan = gardens.make_plan(
            place.persons["own"], place.persons["other"], kind=PlanKind.RELAY_LOG
        )
        gardens.handover(plan, place.persons["koordinator.strandvik"])
        return plan

    plan_id = planting(place, plant)
    [found] = mine.places("koordinator.strandvik")[0].offers
    assert (found.plan_id, found.owner_name) == (plan_id, "Kari Måkeskriksen")
    assert ("9901", plan_id) not in mine("koordinator.strandvik")
    assert mine.places("larer")[0].offers == ()


def test_a_notice_is_shown_to_its_person_until_it_is_seen(client_as, garden, app, world):
    notice_id = garden.strandvik.notices["ip"]
    client = client_as("larer", in_="9901")
    path = f"/my-plans/seen/{notice_id}"

    assert path in client.get("/my-plans/").text
    assert client_as("planeier").send(path).status_code == 404
    assert client_as("larer", in_="9902").send(path).status_code == 404
    assert path in client.get("/my-plans/").text
    assert client.send(path).status_code == 302
    assert client.send(path).status_code == 302
    assert path not in client.get("/my-plans/").text


def test_a_notice_about_a_plan_that_is_not_open_tells_nothing_of_it(
    client_as, garden, planting, world
):
    """D11: neither its kind, nor its owner, nor what somebody wrote in the notice."""
    place = world.strandvik

    def plant():
        plan = gardens.make_plan(
            place.persons["own"], place.persons["other"], kind=PlanKind.FAMILY_PLAN
        )
        text = "Etter samtalen om fosterhjemmet"
        kind = NoticeKind.PLAN_REOPENED
        return gardens.notice(plan, place.persons["foresatt"], kind, text=text)

    notice_id = planting(place, plant)
    page = client_as("foresatt").get("/my-plans/", headers=ENGLISH).text

    assert notice_id in page
    assert "Kari Måkeskriksen" not in page
    assert "family plan" not in page
    assert "fosterhjemmet" not in page


def test_looking_at_my_plans_reads_no_plan(client_as, app, world):
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        before = len(db.session.scalars(select(AuditEvent)).all())
    client = client_as("larer", in_="9901")
    client.get("/my-plans/")

    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[before:]
    assert not any(one.plan_id for one in events)


# --- quick ---------------------------------------------------------------------------------------


def statements(app, mine, username: str) -> int:
    """How many statements it takes to find a login's plans."""
    sent = []
    with app.app_context():
        engine = db.engine

    def count(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        mine(username)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(sent)


def test_more_plans_take_no_more_questions(app, mine, world, planting):
    place = world.fjellby
    few = statements(app, mine, "larer")

    def plant():
        for number in range(12):
            owner = gardens.person(place, f"owner{number}", f"Eier{number}", gardens.born(30))
            plan = gardens.make_plan(owner.id, place.persons["koordinator.fjellby"])
            bed = gardens.Bed(place)
            gardens.fill(bed, f"many{number}", plan)
            gardens.teach(bed, f"many{number}", plan)

    planting(place, plant)
    many = statements(app, mine, "larer")

    assert len(mine("larer")) > 12
    assert many == few
    assert few < 50
