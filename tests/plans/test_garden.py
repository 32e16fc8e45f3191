"""The ready-made plans are what their description says, and the search finds them for those alone
who may see that they are there."""

import pytest

from app.clock import utc_now
from app.db import db
from app.enums import Level, Section
from app.models import Person, Plan
from app.security import plan_access, scope
from app.security.actor import acting_as, find_actor
from tests.conftest import with_world
from tests.plans import garden as gardens


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation with the garden in it."""
    app = with_world(make_app(database_name))
    with app.app_context():
        app.extensions["test_garden"] = gardens.build(app.extensions["test_world"])
    return app


@pytest.fixture
def garden(app):
    return app.extensions["test_garden"]


SEEN = {
    ("planeier", "9901"): {"ip"},
    ("foresatt", "9901"): {"relay_log"},
    ("larer", "9901"): {"ip", "relay_log", "closed"},
    ("larer", "9902"): {"ip"},
    ("koordinator.strandvik", "9901"): {"ip", "relay_log", "draft", "closed"},
    ("koordinator.fjellby", "9902"): {"ip"},
    ("lokal.strandvik", "9901"): {"ip", "relay_log", "draft", "closed"},
}


@pytest.mark.parametrize(("username", "number"), SEEN)
def test_everybody_sees_their_plans_of_the_garden(context, world, garden, username, number):
    session, bed = db.session(), garden.bed(number)
    actor = find_actor(session, world.accounts[username], bed.place.id, utc_now())
    with acting_as(session, actor):
        seen = set(session.scalars(scope.rows(actor, Plan).with_only_columns(Plan.id)))

    assert {name for name, key in bed.plans.items() if key in seen} == SEEN[username, number]


@pytest.mark.parametrize("name", ["ip", "relay_log"])
def test_larer_has_what_was_given(context, world, garden, name):
    session, bed = db.session(), garden.strandvik
    actor = find_actor(session, world.accounts["larer"], bed.place.id, utc_now())
    with acting_as(session, actor):
        plan = session.get_one(Plan, bed.plans[name])
        levels = {one: plan_access.level(actor, plan, one) for one in Section}

    given = {one: level for one, level in levels.items() if level is not Level.NONE}
    assert given == gardens.TEACHERS


# --- searching: plans are found by those who may see that they are there, never what is in them ---

PLANS = "Plans"


@pytest.fixture
def found(client_as, garden):
    """What somebody finds: (text, hint, id of the plan)."""

    def ask(username, text):
        client = client_as(username, "9901" if username == "larer" else None)
        client.send("/language/", {"language": "en"})
        groups = client.send("/search/hits", {"q": text}).json["groups"]
        hits = next((one["hits"] for one in groups if one["name"] == PLANS), [])
        return [(one["text"], one["hint"], one["url"].rpartition("/")[2]) for one in hits]

    return ask


def ids(hits):
    return {one[2] for one in hits}


@pytest.mark.parametrize(
    ("username", "sees"),
    [
        ("koordinator.strandvik", True),
        ("lokal.strandvik", True),
        ("foresatt", True),
        ("larer", True),
        ("planeier", False),
        ("koordinator.fjellby", False),
        ("lokal.fjellby", False),
        ("sentral", False),
    ],
)
def test_a_plan_is_found_by_its_owner_by_those_who_may_see_it(found, garden, username, sees):
    plan = garden.strandvik.plans["relay_log"]

    hits = [one for one in found(username, "lillegutt") if one[2] == plan]

    assert bool(hits) is sees
    if sees:
        text, hint, _url = hits[0]
        assert "Lillegutt" in text
        assert hint == "Måkeskrik skole"


def test_a_draft_is_found_by_its_coordinator_and_not_by_one_who_is_to_take_part(found, garden):
    """C5: the search tells nothing that the plan's own page would not."""
    plans = garden.strandvik.plans

    assert plans["draft"] in ids(found("koordinator.strandvik", "kari"))
    assert plans["draft"] in ids(found("lokal.strandvik", "kari"))
    assert plans["closed"] in ids(found("larer", "kari"))
    assert plans["draft"] not in ids(found("larer", "kari"))


def test_the_words_of_the_kind_find_plans_alone_and_with_a_name(found, garden):
    plans = garden.strandvik.plans

    alone, named = found("larer", "individual plan"), found("larer", "individual kari")

    assert {plans["ip"], plans["closed"]} <= ids(alone)
    assert plans["relay_log"] not in ids(alone)
    assert ids(named) == {plans["closed"]}
    assert named[0][1].startswith("Closed")


@pytest.mark.parametrize("username", ["koordinator.strandvik", "lokal.strandvik"])
def test_what_is_written_in_a_plan_is_not_searched(found, username):
    assert found(username, gardens.WORDS[Section.GOALS]) == []
    assert found(username, "lillegutt") != []


def test_of_a_shielded_owner_the_place_is_not_told(app, world, found, garden):
    plan = garden.strandvik.plans["relay_log"]

    def shield(is_shielded):
        with app.app_context(), gardens.planting(world.strandvik):
            child = db.session.get_one(Person, world.strandvik.persons["child"])
            child.is_shielded = is_shielded

    shield(True)
    try:
        hints = [one[1] for one in found("koordinator.strandvik", "lillegutt") if one[2] == plan]
    finally:
        shield(False)

    assert hints == [""]


def test_starting_a_plan_is_a_command_for_those_who_may(client_as):
    def commands(username):
        client = client_as(username)
        client.send("/language/", {"language": "en"})
        groups = client.send("/search/hits", {"q": "start a pl"}).json["groups"]
        return [hit["text"] for one in groups if one["name"] == "Do" for hit in one["hits"]]

    assert commands("koordinator.strandvik") == ["Start a plan"]
    assert commands("planeier") == []
