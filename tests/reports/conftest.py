"""A municipality with plans of all kinds, that all tests of reports ask about."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_babel import force_locale

from app.clock import utc_now
from app.db import db
from app.security.actor import acting_as, find_actor
from tests.conftest import with_world
from tests.reports import crowd


@pytest.fixture(scope="package")
def app(database_name: str, make_app: Callable[..., Flask]) -> Flask:
    """An installation with the small world and a crowd of plans in Strandvik."""
    app = with_world(make_app(database_name))
    with app.app_context():
        app.extensions["test_units"] = crowd.sow(app.extensions["test_world"].strandvik)
    return app


@pytest.fixture
def local(app, world, context):
    """The local administrator of Strandvik, at work there."""
    account, place = world.accounts["lokal.strandvik"], world.strandvik
    actor = find_actor(db.session(), account, place.id, utc_now())
    with acting_as(db.session(), actor), force_locale("en"):
        yield actor
