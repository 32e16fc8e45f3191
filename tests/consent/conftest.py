"""An installation of its own for each module, with plans in it."""

import pytest

from tests.conftest import with_world
from tests.consent.homes import Home


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: consents are given and withdrawn here."""
    return with_world(make_app(database_name))


@pytest.fixture
def home(app, world):
    """A child of nine with two parents who must both consent, and a young owner of sixteen."""
    return Home(app, world)
