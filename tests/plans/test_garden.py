"""The ready-made plans are what their description says."""

import pytest

from app.clock import utc_now
from app.db import db
from app.enums import Level, Section
from app.models import Plan
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
