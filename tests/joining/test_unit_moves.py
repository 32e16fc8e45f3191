"""A unit that goes to another municipality: asked, answered, and plan by plan."""

import re
import signal

import pytest
from sqlalchemy import func, select

from app.clock import utc_now
from app.db import db
from app.enums import JobState, NoticeKind
from app.joining import unit_answers, unit_moves
from app.joining_tables import UnitMove, UnitMoveState
from app.models import Job, Membership, Municipality, Plan, Unit
from app.plans import unit_moves as of_plans
from app.plans.life import ReasonNeeded
from app.plans.moving import NotThere
from app.side_tables import Notice
from app.units import operations as units
from tests.conftest import with_world
from tests.joining import leaving
from tests.joining.leaving import FROM, TO
from tests.plans.garden import planting
from tests.plans.moves import RECEIVER, SENDER

MOVE, INCOMING = "/unit-move", "/incoming-units"
CHECKED = re.compile(r'name="unit_id" value="([^"]+)"[^>]*checked')


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation in which a unit is to move."""
    app = with_world(make_app(database_name))
    app.extensions["leaving"] = leaving.plant(app, app.extensions["test_world"])
    return app


@pytest.fixture
def scene(app):
    """The unit, and what belongs to it."""
    return app.extensions["leaving"]


def in_english(client):
    """The same client, which reads English."""
    client.send("/language/", {"language": "en"})
    return client


def told(scene):
    """Which plans' coordinators have had a notice, one entry for each; seen to or not."""
    with scene.at("9901"):
        found = select(Notice.plan_id).where(Notice.kind == NoticeKind.UNIT_MOVES)
        return sorted(db.session.scalars(found))


def report_of(scene, job_id):
    """The state of a job, and what it counted."""
    with scene.at("9901"):
        job = db.session.get_one(Job, job_id)
        numbers = {name: job.report[name] for name in unit_moves.COUNTED}
        return job.state, numbers, (job.done, job.total)


def in_use(scene, number, *ids):
    """How many of the units are in use."""
    with scene.at(number):
        found = select(func.count()).where(Unit.id.in_(ids), Unit.retired_at.is_(None))
        return db.session.scalar(found)


# --- the whole way -------------------------------------------------------------------------------


def test_the_whole_way(scene, client_as):
    """One unit with one below it, one plan that moves, and everything around it."""
    world, school = scene.world, scene.world.strandvik.units["school"]
    local, other = in_english(client_as(FROM)), in_english(client_as(TO))
    asked = {"unit_id": school, "to_id": str(world.fjellby.id)}

    ahead = local.send(f"{MOVE}/add", asked)
    assert ahead.status_code == 200
    assert "Måkeskrik gruppe" in ahead.text
    assert "Besides, there is 1 plan" in ahead.text
    with scene.at("9901"):
        assert db.session.scalars(select(UnitMove)).all() == []

    proposed = local.send(f"{MOVE}/add", asked | {"confirmed": "1"})
    pk = proposed.location.rpartition("/")[2]
    assert f"{INCOMING}/show/{pk}" in other.get("/desk/").text
    seen = other.get(f"{INCOMING}/show/{pk}").text
    assert "Måkeskrik gruppe" in seen
    assert "5–9" in seen
    assert not re.search("Planeier|Måkeskrikstad|Måkeskrikdal|Skjult", seen)

    nowhere = other.send(f"{INCOMING}/accept/{pk}")
    yes = other.send(f"{INCOMING}/accept/{pk}", {"parent_id": world.fjellby.units["top"]})
    assert (nowhere.status_code, yes.status_code) == (422, 302)
    with scene.at("9902"):
        made = leaving.incoming(pk).made
        new, below = (db.session.get_one(Unit, made[one]) for one in (school, scene.group))
        assert (new.parent_id, below.parent_id) == (world.fjellby.units["top"], new.id)
        assert (new.name, below.name) == ("Måkeskrik skole", "Måkeskrik gruppe")

    # The job: stopped by force after two plans, and taken up again.
    job_id = scene.order(pk)
    assert leaving.killed_after(scene, 2, job_id) == -signal.SIGKILL
    assert len(told(scene)) == 2
    scene.run(job_id)
    state, numbers, (done, total) = report_of(scene, job_id)
    plans = scene.plans
    assert told(scene) == sorted([plans["moving"], plans["second"], plans["third"]])
    assert state is JobState.DONE
    assert numbers == {"told": 3, "told_before": 0, "without": 1, "shielded": 1, "moving": 0}
    assert (done, total) == (5, 5)
    again = scene.order(pk)
    scene.run(again)
    assert report_of(scene, again)[1]["told_before"] == 3
    assert len(told(scene)) == 3

    # The plan: the place is chosen beforehand, and the unit over there too.
    coordinator = client_as(SENDER)
    begin = f"/plan-move/begin/{scene.move.plan_id}"
    assert begin in coordinator.get("/my-plans/").text
    assert f'value="{world.fjellby.id}" checked' in coordinator.get(begin).text
    arrived = scene.move.arrive()
    receiver = client_as(RECEIVER)
    taking = receiver.get(f"/incoming-plan/accept/{arrived}").text
    assert CHECKED.findall(taking) == [made[school]]
    taken = scene.move.accept(arrived, is_new=True, unit_id=made[school])
    with scene.at("9902"):
        assert db.session.get_one(Plan, taken).unit_id == made[school]

    refused = local.send(f"{MOVE}/finish/{pk}")
    assert refused.status_code == 409
    assert "Open plans that are left" in refused.text
    assert f"?unit={school}&amp;state=active" in refused.text
    assert in_use(scene, "9901", school, scene.group) == 2

    leaving.close(scene, "second", "third", "without", "shielded")
    done = local.send(f"{MOVE}/finish/{pk}")
    assert done.status_code == 302
    assert in_use(scene, "9901", school, scene.group) == 0
    assert in_use(scene, "9902", *made.values()) == 2
    with scene.at("9901"):
        member = db.session.get_one(Membership, world.strandvik.memberships["larer"])
        assert member.ended_at is not None
        assert leaving.leaving(pk).state is UnitMoveState.DONE
    with scene.at("9902"):
        assert leaving.incoming(pk).state is UnitMoveState.DONE
    assert scene.events("9901", "unit_move") == [
        f"unit_move:{one}" for one in ("added", "accepted", "ordered", "ordered", "finished")
    ]
    assert scene.events("9902", "incoming_units") == [
        f"incoming_units:{one}" for one in ("added", "accepted", "finished")
    ]


# --- who may -------------------------------------------------------------------------------------


def third_place(scene):
    """A municipality in use beside the two."""
    with scene.app.app_context():
        known = db.session.get_one(Municipality, scene.world.fjellby.id)
        facts = {
            name: getattr(known, name) for name in ("language_form", "county_number", "valid_from")
        }
        row = Municipality(
            number="9899", name="Ringvik", search_name="ringvik", official_names={}, **facts
        )
        row.is_in_use = row.is_demonstration = True
        db.session.add(row)
        db.session.commit()
        return row.id


def answers(client, pk, unit_id, to_id):
    """The answers to everything that can be asked of a move, on both sides, by its id."""
    asked = {"unit_id": unit_id, "to_id": str(to_id), "confirmed": "1"}
    return {
        "show": client.get(f"{MOVE}/show/{pk}").status_code,
        "tell": client.send(f"{MOVE}/tell/{pk}").status_code,
        "finish": client.send(f"{MOVE}/finish/{pk}").status_code,
        "take back": client.send(f"{MOVE}/take-back/{pk}").status_code,
        "incoming": client.get(f"{INCOMING}/show/{pk}").status_code,
        "accept": client.send(f"{INCOMING}/accept/{pk}", {"to_top": "y"}).status_code,
        "decline": client.send(f"{INCOMING}/decline/{pk}", {"reason": "x"}).status_code,
        "add": client.send(f"{MOVE}/add", asked).status_code,
    }


@pytest.fixture
def only_sqlite(database_name):
    """What is asked here is decided in Python: one database is enough."""
    if database_name != "sqlite":
        pytest.skip("decided in Python")


@pytest.mark.usefixtures("only_sqlite")
def test_nobody_else_reads_or_does_anything(scene, client_as):
    """By address and by posted ids: a part's administrator, a third municipality's, others."""
    unit_id, elsewhere = scene.unit("Måkeskrik tjeneste"), third_place(scene)
    pk = scene.propose(unit_id, elsewhere)
    gone = dict.fromkeys(
        ("show", "tell", "finish", "take back", "incoming", "accept", "decline"), 404
    )
    # Another than one's own unit is no choice at all.
    third = answers(client_as(TO), pk, unit_id, elsewhere)
    leaving.limited(scene, scene.world.strandvik.units["top"])
    try:
        part = answers(client_as(FROM), pk, unit_id, elsewhere)
    finally:
        leaving.limited(scene, None)
    refused = answers(client_as(SENDER), pk, unit_id, elsewhere)
    nobody = client_as(None)

    assert third == gone | {"add": 422}
    assert part == gone | {"add": 403}
    assert set(refused.values()) == {403}
    assert "/login/" in nobody.get(f"{MOVE}/show/{pk}").location
    with scene.at("9901"):
        assert leaving.leaving(pk).state is UnitMoveState.PROPOSED
    mine = client_as(FROM)
    assert mine.get(f"{MOVE}/show/{pk}").status_code == 200
    # Of one's own move, there is nothing to answer here.
    assert mine.get(f"{INCOMING}/show/{pk}").status_code == 404
    assert mine.send(f"{MOVE}/take-back/{pk}").status_code == 302


# --- what stands in the way ----------------------------------------------------------------------


@pytest.mark.usefixtures("only_sqlite")
def test_what_cannot_go_is_refused(scene):
    place = scene.world.strandvik
    unit_id = scene.unit("Måkeskrik bibliotek")
    pk = scene.propose(unit_id)

    for wanted, to_id, error in (
        (unit_id, None, unit_moves.OnItsWayAlready),
        (place.units["top"], None, unit_moves.WholeMunicipality),
        (place.units["old"], None, units.RetiredUnit),
        (place.units["nav"], place.id, NotThere),
    ):
        with pytest.raises(error):
            scene.propose(wanted, to_id)
    with pytest.raises(unit_moves.NotAccepted):
        scene.order(pk)
    with pytest.raises(unit_moves.NotAccepted):
        scene.finish(pk)
    with pytest.raises(ReasonNeeded):
        scene.decline(pk, " ")
    scene.decline(pk, "Vi har ikke plass")
    with pytest.raises(unit_moves.NotWaiting):
        scene.accept(pk)
    with scene.at("9901"):
        assert leaving.leaving(pk).reason == "Vi har ikke plass"
    assert scene.events("9901", "unit_move")[-1] == "unit_move:declined"
    assert scene.events("9902", "incoming_units")[-1] == "incoming_units:declined"


def test_a_name_that_is_taken_is_told_beside_the_field(scene, client_as):
    """Nothing is made then, on either side; in another place it goes."""
    fjellby, other = scene.world.fjellby, in_english(client_as(TO))
    pk = scene.propose(scene.unit("NAV Ravnetind"))

    clash = other.send(f"{INCOMING}/accept/{pk}", {"parent_id": fjellby.units["top"]})

    assert clash.status_code == 422
    assert "fewer than 5" in clash.text
    error = re.search(
        r'<div class="ds-validation-message" id="parent_id-error">([^<]+)', clash.text
    )
    assert error.group(1).startswith("A unit of the same name stands there already.")
    with scene.at("9902"):
        same = select(func.count()).where(Unit.name == "NAV Ravnetind")
        assert db.session.scalar(same) == 1
        assert leaving.incoming(pk).made == {}
    with scene.at("9901"):
        assert leaving.leaving(pk).state is UnitMoveState.PROPOSED
    scene.accept(pk, under=fjellby.units["school"])
    scene.take_back(pk)


@pytest.mark.usefixtures("only_sqlite")
def test_units_that_have_changed_since_are_not_taken_over(scene):
    unit_id = scene.unit("Måkeskrik kontor")
    pk = scene.propose(unit_id)
    with scene.app.app_context(), planting(scene.world.strandvik):
        row = db.session.get_one(Unit, unit_id)
        row.name = "Måkeskrik nye kontor"

    with pytest.raises(unit_answers.NotAsOffered):
        scene.accept(pk)

    scene.take_back(pk)
    again = scene.propose(unit_id)
    scene.accept(again)
    with scene.acting(FROM, "9901") as actor:
        top = db.session.get_one(Unit, scene.world.strandvik.units["nav"])
        units.move(actor, top, db.session.get_one(Unit, unit_id), at=utc_now())
    for later in (scene.order, scene.finish):
        with pytest.raises(unit_moves.UnitsChanged):
            later(again)
    with scene.acting(FROM, "9901") as actor:
        home = db.session.get_one(Unit, scene.world.strandvik.units["top"])
        nav = db.session.get_one(Unit, scene.world.strandvik.units["nav"])
        units.move(actor, nav, home, at=utc_now())
    scene.finish(again)
    assert in_use(scene, "9901", unit_id) == 0


@pytest.mark.usefixtures("only_sqlite")
def test_a_municipality_that_goes_out_of_use_stops_the_work(scene):
    unit_id = scene.unit("Måkeskrik verksted")
    pk = scene.propose(unit_id)
    scene.accept(pk)
    job_id = scene.order(pk)
    with scene.app.app_context():
        db.session.get_one(Municipality, scene.world.fjellby.id).is_in_use = False
        db.session.commit()
    try:
        scene.run(job_id)
        with scene.at("9901"):
            job = db.session.get_one(Job, job_id)
            assert (job.state, job.report["failure"]) == (JobState.FAILED, "unit_move_nowhere")
        with pytest.raises(NotThere):
            scene.order(pk)
    finally:
        with scene.app.app_context():
            db.session.get_one(Municipality, scene.world.fjellby.id).is_in_use = True
            db.session.commit()
    scene.take_back(pk)


# --- taking it back ------------------------------------------------------------------------------


def test_taken_back_nothing_goes_and_what_was_made_is_for_the_other_to_retire(scene, client_as):
    unit_id = scene.unit("Måkeskrik base")
    with scene.app.app_context(), planting(scene.world.strandvik):
        plan = db.session.get_one(Plan, scene.plans["draft"])
        plan.unit_id, plan.state = unit_id, "active"
    pk = scene.propose(unit_id)
    new = scene.accept(pk)
    scene.run(scene.order(pk))
    with scene.at("9901"):
        plan = db.session.get_one(Plan, scene.plans["draft"])
        before = of_plans.destination(plan)

    scene.take_back(pk)

    with scene.at("9901"):
        plan = db.session.get_one(Plan, scene.plans["draft"])
        waiting = select(Notice.id).where(
            Notice.plan_id == plan.id,
            Notice.kind == NoticeKind.UNIT_MOVES,
            Notice.settled_at.is_(None),
        )
        assert (before, of_plans.destination(plan)) == (scene.world.fjellby.id, None)
        assert db.session.scalars(waiting).all() == []
    assert in_use(scene, "9901", unit_id) == in_use(scene, "9902", new) == 1
    with scene.at("9902"):
        assert of_plans.stands_for(unit_id, scene.world.strandvik.id) is None
        assert leaving.incoming(pk).state is UnitMoveState.TAKEN_BACK
    page = in_english(client_as(TO)).get(f"{INCOMING}/show/{pk}").text
    assert "Retire those that are empty" in page
    assert f"/unit/show/{new}" in page
    with pytest.raises(unit_moves.NotWaiting):
        scene.take_back(pk)
