"""When the log can't be written, the answer is that the panel can't be reached."""

import pytest
from sqlalchemy import text

from tests import world as worlds
from tests.conftest import Client

STOPS = {
    "sqlite": (
        "CREATE TRIGGER no_room BEFORE INSERT ON audit_event"
        " BEGIN SELECT RAISE(ABORT, 'no room'); END",
        "DROP TRIGGER no_room",
    ),
    "postgresql": (
        "ALTER TABLE audit_event ADD CONSTRAINT no_room CHECK (action = '') NOT VALID",
        "ALTER TABLE audit_event DROP CONSTRAINT no_room",
    ),
}


@pytest.fixture
def coordinator(database_name, make_app):
    """A coordinator in an installation of their own, whose log takes no more; and the world."""
    app = make_app(database_name)
    app.test_client_class = Client
    with app.app_context():
        world = worlds.build()
    client = app.test_client()
    client.send("/login/", {"username": "koordinator.strandvik", "password": worlds.PASSWORD})
    with app.extensions["samvev_owner_engine"].begin() as connection:
        connection.execute(text(STOPS[database_name][0]))
    yield client, world
    with app.extensions["samvev_owner_engine"].begin() as connection:
        connection.execute(text(STOPS[database_name][1]))


def test_a_refusal_that_leaves_no_event_is_answered_with_503(coordinator):
    client, _world = coordinator

    assert client.get("/audit-event/list/").status_code == 503


def test_a_national_id_is_not_shown_without_its_event(coordinator):
    client, world = coordinator

    answer = client.send(f"/person/national-id/{world.strandvik.persons['own']}")

    assert answer.status_code in (409, 503)
    assert "•••••" not in answer.text
    assert client.get("/person/list/").status_code == 200
