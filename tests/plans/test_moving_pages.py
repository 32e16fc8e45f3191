"""The pages of a move, on both sides: who gets in, what is shown, and what is refused kindly."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import PlanKind, PlanState, Section
from app.models import Plan
from app.people import operations as people
from app.people.operations import PersonFacts
from app.plans import arriving, moving
from app.security.actor import operator
from app.side_tables import IncomingPlan
from tests.plans import garden as gardens
from tests.plans import moves
from tests.plans.moves import RECEIVER, SENDER

MARK = re.compile(r'name="mark" value="([^"]+)"')
OWNER, TEACHER, PARENT = "planeier", "larer", "foresatt"
LOCAL, LOCAL_THERE = "lokal.strandvik", "lokal.fjellby"


@pytest.fixture
def move(app, world, garden):
    """A plan of planeier's that is about to move."""
    return moves.plant(app, world)


def word(section):
    """What the text of a section in Strandvik holds."""
    return gardens.canary("9901", section)


def incoming(move):
    """Ids of what came to Fjellby, newest first."""
    with move.at("9902"):
        found = select(IncomingPlan.id).order_by(IncomingPlan.id.desc())
        return db.session.scalars(found).all()


def test_a_plan_moves_from_the_first_press_to_the_last(move, world, client_as):
    sender, owner = client_as(SENDER), client_as(OWNER)
    pk = move.plan_id
    assert f"/plan-move/begin/{pk}" in sender.get(f"/plan/show/{pk}").text
    asked = {"to_id": world.fjellby.id, "sections": [Section.GOALS, Section.MEETINGS]}
    assert sender.send(f"/plan-move/begin/{pk}", asked).status_code == 302
    assert f"/plan-move-consent/consent/{pk}" in owner.get("/my-plans/").text
    assert "Fjellby" in owner.get(f"/plan-move-consent/consent/{pk}").text
    agreed = {"sections": [Section.GOALS]}
    assert owner.send(f"/plan-move-consent/consent/{pk}", agreed).status_code == 302
    preview = sender.get(f"/plan-move/show/{pk}").text
    assert word(Section.GOALS) in preview
    assert word(Section.MEETINGS) not in preview

    sent = sender.send(f"/plan-move/send/{pk}", {"mark": MARK.search(preview).group(1)})
    assert sent.status_code == 302
    package = incoming(move)[0]
    local = client_as(LOCAL_THERE)
    assert f"/incoming-plan/show/{package}" in local.get("/my-plans/").text
    named = {"person_id": world.fjellby.persons[RECEIVER]}
    assert local.send(f"/incoming-plan/name/{package}", named).status_code == 302
    receiver = client_as(RECEIVER)
    assert f"/incoming-plan/show/{package}" in receiver.get("/my-plans/").text
    page = receiver.get(f"/incoming-plan/accept/{package}").text
    assert word(Section.GOALS) not in page
    assert "<dd>Strandvik</dd>" in page
    said = {"is_new": "y", "form_key": receiver.form_key(f"/incoming-plan/accept/{package}")}
    taken = receiver.send(f"/incoming-plan/accept/{package}", said)

    assert taken.status_code == 302
    assert receiver.get(taken.location).status_code == 200
    assert receiver.send(f"/incoming-plan/accept/{package}", said).location == taken.location
    assert f"/plan-move/begin/{pk}" not in sender.get(f"/plan/show/{pk}").text


def test_two_presses_at_once_make_one_plan_though_somebody_resembles_the_owner(move, client_as):
    package = move.arrive()
    clients = [client_as(RECEIVER), client_as(RECEIVER)]
    path = f"/incoming-plan/accept/{package}"
    with move.at("9902"), transaction():
        here = operator(move.world.fjellby.id)
        owner = arriving.owner_of(moves.package(package))
        facts = PersonFacts(owner.given_name, owner.family_name, owner.birth_date)
        known = people.register(here, facts, at=utc_now(), today=today()).id
    refused = clients[0].send(path, {"is_new": "y"})
    seen = re.findall(r'name="seen" value="([^"]+)"', refused.text)
    why = {"seen": seen, "registered_reason": "Another of the same name", "is_new": "y"}
    assert (refused.status_code, known in seen) == (409, True)
    assert f"{path}?person={known}" in refused.text
    keys = [(one, one.form_key(path), one.csrf()) for one in clients]

    def press(one):
        client, key, token = one
        return client.post(path, data=why | {"csrf_token": token, "form_key": key})

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(one.status_code for one in pool.map(press, keys))

    assert answers[0] == 302
    assert answers[1] in (403, 409)
    with move.at("9902"):
        made = select(func.count()).where(Plan.id == moves.package(package).plan_id)
        assert db.session.scalar(made) == 1


# --- who gets in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "in_", "status"),
    [
        (SENDER, None, 200),
        (OWNER, None, 403),
        (TEACHER, "9901", 403),
        (LOCAL, None, 403),
        (RECEIVER, None, 404),
    ],
)
def test_only_its_coordinator_moves_a_plan(move, client_as, username, in_, status):
    client = client_as(username, in_)
    assert client.get(f"/plan-move/begin/{move.plan_id}").status_code == status
    move.begin()

    assert client.get(f"/plan-move/show/{move.plan_id}").status_code == status
    sent = client.send(f"/plan-move/stop/{move.plan_id}").status_code
    assert sent == (302 if status == 200 else status)


@pytest.mark.parametrize(
    ("username", "status"), [(OWNER, 200), (TEACHER, 403), (SENDER, 403), (PARENT, 404)]
)
def test_only_those_who_decide_are_asked(move, client_as, username, status):
    move.begin()
    client = client_as(username, "9901" if username == TEACHER else None)

    page = f"/plan-move-consent/consent/{move.plan_id}"
    assert client.get(page).status_code == status
    answered = client.send(f"/plan-move-consent/refuse/{move.plan_id}").status_code
    assert answered == (302 if status == 200 else status)


def test_a_stand_in_registers_a_consent_and_moves_nothing(move, world, client_as):
    move.begin()
    with move.app.app_context(), gardens.planting(world.strandvik):
        plan = move.plan()
        gardens.stand_in(plan, world.strandvik.persons[SENDER])
        plan.coordinator_id = world.strandvik.persons["other"]
    client = client_as(SENDER)

    assert client.get(f"/plan-move/begin/{move.plan_id}").status_code == 403
    assert client.get(f"/plan-move-consent/record/{move.plan_id}").status_code == 200


@pytest.mark.parametrize(
    ("username", "shown", "named", "accepted"),
    [
        (LOCAL_THERE, 200, 422, 403),
        (RECEIVER, 200, 403, 200),
        (TEACHER, 403, 403, 403),
        (SENDER, 404, 403, 404),
        (LOCAL, 404, 404, 403),
    ],
)
def test_who_sees_and_answers_what_came(move, client_as, username, shown, named, accepted):
    package = move.arrive()
    client = client_as(username, "9902" if username == TEACHER else None)

    assert client.get(f"/incoming-plan/show/{package}").status_code == shown
    assert client.send(f"/incoming-plan/name/{package}").status_code == named
    assert client.get(f"/incoming-plan/accept/{package}").status_code == accepted


def test_a_coordinator_who_is_not_named_sees_nothing_of_it(move, client_as):
    move.begin()
    move.agree()
    package, client = move.send(), client_as(RECEIVER)

    assert client.get(f"/incoming-plan/show/{package}").status_code == 404
    assert package not in client.get("/incoming-plan/list/").text
    move.name(package)

    assert client.get(f"/incoming-plan/show/{package}").status_code == 200
    assert package in client.get("/incoming-plan/list/").text
    assert client.get("/incoming-plan/export").status_code == 403
    local = client_as(LOCAL_THERE)
    assert package in local.get("/incoming-plan/list/?size=1").text
    assert "Strandvik" in local.get("/incoming-plan/export?state=sent").text.splitlines()[1]
    assert 'class="empty"' in local.get("/incoming-plan/list/?state=sent&q=ingensomhetersaa").text


def test_nothing_that_is_written_is_shown_before_a_yes(move, client_as):
    package = move.arrive()

    for client in (client_as(LOCAL_THERE), client_as(RECEIVER)):
        for path in ("list/", f"show/{package}"):
            page = client.get(f"/incoming-plan/{path}").text
            assert not any(word(section) in page for section in gardens.WORDS)


# --- what is told when it can't be done ----------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [{}, {"sections": ["goals"]}, {"to_id": "0", "sections": ["goals"]}, {"nothing": "y"}],
)
def test_where_to_and_what_must_both_be_said(move, client_as, data):
    client = client_as(SENDER)

    assert client.send(f"/plan-move/begin/{move.plan_id}", data).status_code == 422
    with move.at("9901"):
        assert move.open_move() is None


def test_both_something_and_nothing_can_not_go_along(move, client_as):
    move.begin()
    both = {"sections": ["goals"], "nothing": "y"}

    answer = client_as(OWNER).send(f"/plan-move-consent/consent/{move.plan_id}", both)

    assert answer.status_code == 422
    with move.at("9901"):
        assert move.open_move().consents == []


def test_an_old_preview_sends_nothing_and_shows_the_new_one(move, client_as):
    move.begin()
    move.agree()

    answer = client_as(SENDER).send(f"/plan-move/send/{move.plan_id}", {"mark": "old"})

    assert answer.status_code == 409
    assert word(Section.GOALS) in answer.text
    with move.at("9901"):
        assert move.open_move().package_id is None


def test_a_signed_form_is_registered_with_its_scan(move, world, client_as):
    move.begin()
    client, path = client_as(SENDER), f"/plan-move-consent/record/{move.plan_id}"
    told = {
        "giver": world.strandvik.persons[OWNER],
        "method": "paper",
        "sections": ["goals"],
    }
    assert client.send(path, told).status_code == 422
    assert client.send(path, told | {"method": "oral"}).status_code == 422
    scan = (BytesIO(b"%PDF-1.4\n%%EOF\n"), "skjema.pdf")

    answer = client.send(path, told | {"scan": scan}, content_type="multipart/form-data")

    assert answer.status_code == 302
    page = client.get(f"/plan-move/show/{move.plan_id}").text
    link = re.search(r'href="(/plan-move/scan/[^"]+)"', page).group(1)
    assert client.get(link).data.startswith(b"%PDF")
    assert client_as(OWNER).get(link).status_code == 403


def test_an_open_plan_here_is_shown_to_those_alone_who_may_know_of_it(
    app, world, garden, client_as
):
    with app.app_context(), gardens.planting(world.strandvik):
        db.session.get_one(Plan, garden.strandvik.plans["ip"]).kind = PlanKind.FAMILY_PLAN
    move = moves.plant(app, world, kind=PlanKind.INDIVIDUAL_PLAN)
    package, existing = move.arrive(), garden.fjellby.plans["ip"]
    with app.app_context(), gardens.planting(world.fjellby):
        person_id = world.fjellby.persons["young"]
        is_mine = db.session.get_one(Plan, existing).coordinator_id
    client, path = client_as(RECEIVER), f"/incoming-plan/accept/{package}"

    def answer(coordinator_id):
        with app.app_context(), gardens.planting(world.fjellby):
            db.session.get_one(Plan, existing).coordinator_id = coordinator_id
        return client.send(path, {"person_id": person_id})

    hidden, shown = answer(world.fjellby.persons["other"]), answer(is_mine)

    assert (hidden.status_code, shown.status_code) == (409, 409)
    assert existing not in hidden.text
    assert existing in shown.text


def test_a_no_without_a_reason_is_asked_for_one(move, client_as):
    package, client = move.arrive(), client_as(LOCAL_THERE)

    assert client.send(f"/incoming-plan/decline/{package}").status_code == 422
    answer = client.send(f"/incoming-plan/decline/{package}", {"reason": "Bor ikke her"})

    assert answer.status_code == 302
    assert "Planeier" not in client.get(f"/incoming-plan/show/{package}").text
    assert "Bor ikke her" in client_as(SENDER).get("/my-plans/").text
    assert client.send(f"/incoming-plan/decline/{package}", {"reason": "Nei"}).status_code == 403


def test_what_was_taken_back_is_told_to_whoever_had_it_open(move, client_as):
    package, client = move.arrive(), client_as(RECEIVER)
    path = f"/incoming-plan/accept/{package}"
    data = {"is_new": "y", "form_key": client.form_key(path)}
    with move.acting(SENDER, "9901") as actor:
        moving.stop(actor, move.plan(), at=utc_now())

    assert client.send(path, data).status_code == 403
    with move.at("9901"):
        assert move.plan().state is PlanState.ACTIVE
