"""Plans over REST: who sees that they are, and that nothing written in them comes out."""

import pytest
from sqlalchemy import select

from app.db import db
from app.models import AuditEvent
from app.security.actor import acting_as, operator
from tests.api.conftest import Program, bearer
from tests.conftest import with_world
from tests.plans import garden as gardens

RESOURCES = ("plan", "participant", "consent")


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own with plans in it."""
    app = with_world(make_app(database_name))
    with app.app_context():
        app.extensions["test_garden"] = gardens.build(app.extensions["test_world"])
    return app


@pytest.fixture
def garden(app):
    """Ids of the plans."""
    return app.extensions["test_garden"]


@pytest.fixture
def as_(app, world):
    """A program of a user in a municipality."""
    return lambda username, number="9901": Program(
        app.test_client(), bearer(app, world, username, number)
    )


@pytest.mark.parametrize(
    ("username", "number", "seen"),
    [
        ("lokal.strandvik", "9901", {"ip", "relay_log", "draft", "closed"}),
        ("koordinator.strandvik", "9901", {"ip", "relay_log", "draft", "closed"}),
        ("planeier", "9901", {"ip"}),
        ("foresatt", "9901", {"relay_log"}),
        ("larer", "9901", {"ip", "relay_log", "closed"}),
        ("larer", "9902", {"ip"}),
        ("koordinator.fjellby", "9902", {"ip"}),
    ],
)
def test_a_list_holds_the_plans_that_one_may_see(garden, as_, username, number, seen):
    plans = garden.bed(number).plans

    found = as_(username, number).get("/plan/").get_json()

    assert {name for name, pk in plans.items() if pk in found["ids"]} == seen


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("username", ["lokal.strandvik", "planeier", "larer", "foresatt"])
def test_nothing_that_is_written_in_a_plan_comes_out(as_, resource, username):
    """C10."""
    answer = as_(username).get(f"/{resource}/")

    assert answer.status_code == 200
    assert not [word for word in gardens.WORDS.values() if word in answer.text]


def test_the_local_administrator_sees_neither_participants_nor_consents(garden, as_):
    program = as_("lokal.strandvik")

    for resource in ("participant", "consent"):
        assert program.get(f"/{resource}/").get_json()["ids"] == []
    participant = garden.strandvik.participants["ip", "larer"]
    assert program.get(f"/participant/{participant}").status_code == 404
    assert as_("planeier").get(f"/participant/{participant}").status_code == 200


def test_a_participant_sees_their_own_participation_and_no_consents(garden, as_):
    program = as_("larer")

    mine = set(program.get("/participant/").get_json()["ids"])

    assert mine == {
        garden.strandvik.participants[n, "larer"] for n in ("ip", "relay_log", "closed")
    }
    assert program.get("/consent/").get_json()["ids"] == []


@pytest.mark.parametrize("username", ["planeier", "foresatt", "larer", "lokal.strandvik"])
def test_a_foreign_plan_is_answered_as_one_that_does_not_exist(garden, as_, username):
    """C7, D1."""
    program = as_(username)
    foreign = program.get(f"/plan/{garden.fjellby.plans['ip']}")
    missing = program.get("/plan/0190f0f0-0000-7000-8000-000000000000")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.get_json().keys() == missing.get_json().keys()


def test_each_reading_is_an_event_in_the_log_of_the_plan(app, world, garden, as_):
    plan = garden.strandvik.plans["ip"]

    as_("planeier").get(f"/plan/{plan}")

    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        found = select(AuditEvent.action).where(
            AuditEvent.plan_id == plan, AuditEvent.account_id == world.accounts["planeier"]
        )
        assert "plan:shown" in db.session.scalars(found).all()


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_plans_are_not_written_over_rest(garden, as_, resource, method):
    path = f"/{resource}/{garden.strandvik.plans['ip']}" if method != "POST" else f"/{resource}/"

    assert as_("koordinator.strandvik").ask(method, path, {}).status_code == 405


@pytest.mark.parametrize("asked", ["?q=(columns:!(needs))", "?needs=x", "?order=needs", "?rel=x"])
def test_a_hidden_column_can_neither_be_asked_for_nor_sorted_by(as_, asked):
    """D6."""
    assert as_("lokal.strandvik").get(f"/plan/{asked}").status_code == 400
