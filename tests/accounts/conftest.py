"""A town of its own for each test, and its clients."""

import pytest

from tests.accounts import towns


@pytest.fixture
def town(app, world):
    """A municipality of the test's own."""
    return towns.new_town(app)


@pytest.fixture
def other_town(app, world):
    """Another municipality of the test's own."""
    return towns.new_town(app)


@pytest.fixture
def enter(app):
    """Signs in by user name, with the password of the demonstration unless another is given."""
    return lambda username, *password: towns.sign_in(app, username, *password)
