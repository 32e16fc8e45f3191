"""A town of its own for each test, and its clients."""

import pytest

from app.enums import Role
from tests.accounts import towns
from tests.accounts.test_giving_roles import LINK, give


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


@pytest.fixture
def human(town, other_town, enter):
    """Somebody with a login in one town, known in the other too: user name, person there."""
    serial, username = next(towns.SERIALS), f"begge.{next(towns.NAMES)}"
    person = town.person(serial=serial)
    page = give(enter(town.admin), town, Role.PARTICIPANT, person=person, username=username).text
    secret = LINK.search(page).group(1)
    town.app.test_client().send(
        f"/password/{secret}", {"password": "en lang setning", "again": "en lang setning"}
    )
    return username, other_town.person(serial=serial)
