"""One installation with the garden in it for all of the package: each test makes what it needs."""

import pytest

from tests.conftest import with_world
from tests.plans import garden as gardens


@pytest.fixture(scope="package")
def app(database_name, make_app):
    """An installation with the small world and its plans."""
    app = with_world(make_app(database_name))
    with app.app_context():
        app.extensions["test_garden"] = gardens.build(app.extensions["test_world"])
    return app


@pytest.fixture
def garden(app):
    """Ids of the plans."""
    return app.extensions["test_garden"]
