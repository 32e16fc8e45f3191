"""An installation of its own with troubles in it; nothing that is sent here changes it."""

import pytest

from tests.conftest import with_world
from tests.desk import troubles


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation with one of each kind of trouble."""
    app = with_world(make_app(database_name))
    with app.app_context():
        app.extensions["test_plans"] = troubles.plant(app.extensions["test_world"])
    return app


@pytest.fixture
def plans(app):
    """Ids of the plans, by name."""
    return app.extensions["test_plans"]
