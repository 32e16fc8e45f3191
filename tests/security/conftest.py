"""An installation that the tests of what leaks of plans, and by which doors, have together."""

import pytest

from tests.security import plan_words
from tests.security.plan_town import planted


@pytest.fixture(scope="session")
def wooded(database_name, make_app):
    """The small world, the garden, and a plan with a word of its own in each text."""
    app = planted(make_app(database_name))
    with app.app_context():
        app.extensions["test_wood"] = plan_words.plant(app.extensions["test_world"])
    return app
