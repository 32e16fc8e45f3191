"""Two municipalities in two tabs of one browser: a form never saves in the other one."""

import re

import pytest
from sqlalchemy import select

from app.db import db
from app.enums import Role
from app.models import Person
from tests.accounts.test_meanwhile import token_of
from tests.accounts.towns import NAMES

HERE = re.compile(r'name="here" value="([^"]*)"')


@pytest.fixture
def browser(town, other_town, enter):
    """Somebody who administers both towns, at work in the first."""
    username = town.member(Role.LOCAL_ADMINISTRATOR)
    other_town.member(Role.LOCAL_ADMINISTRATOR, username=username)
    client = enter(username)
    work_in(client, town)
    return client


def work_in(client, town):
    """Choose a town."""
    assert client.send("/municipality-choice/", {"municipality": town.number}).status_code == 302


def named(town, family_name):
    """The persons of a town with this family name."""
    with town.app.app_context(), town.inside():
        found = select(Person).where(Person.family_name == family_name)
        return db.session.scalars(found).all()


def test_a_form_opened_in_one_municipality_saves_nothing_in_another(town, other_town, browser):
    name = f"Faneskifte{next(NAMES)}"
    [here] = set(HERE.findall(browser.get("/person/add").text))
    form = {"given_name": "Kari", "family_name": name, "here": here}
    work_in(browser, other_town)

    refused = browser.send("/person/add", form)

    assert refused.status_code == 409
    assert named(town, name) == named(other_town, name) == []
    work_in(browser, town)
    assert browser.send("/person/add", form).status_code == 302
    assert len(named(town, name)) == 1


@pytest.mark.parametrize("path", ["/unit/add", "/role/add", "/person-import/", "/me/"])
def test_every_form_that_makes_something_says_where_it_was_opened(town, browser, path):
    assert set(HERE.findall(browser.get(path).text)) == {str(town.number)}


def test_the_list_searches_by_national_id_where_it_was_opened(other_town, browser):
    page = browser.get("/person/list/").text
    form = {"national_id": "1", "here": HERE.search(page).group(1)}
    assert browser.send("/person/find", form).status_code == 302
    work_in(browser, other_town)

    assert browser.send("/person/find", form).status_code == 409


def test_a_program_that_works_in_two_places_may_use_one_key_in_both(app, town, other_town):
    username = town.member(Role.LOCAL_ADMINISTRATOR)
    other_town.member(Role.LOCAL_ADMINISTRATOR, username=username)
    name = f"Nøkkel{next(NAMES)}"

    for place in (town, other_town):
        for _time in range(2):
            answer = app.test_client().post(
                "/api/v1/person/",
                json={"given_name": "Kari", "family_name": name},
                headers={
                    "Authorization": f"Bearer {token_of(place, username)}",
                    "Idempotency-Key": f"key-{name.encode().hex()}",
                },
            )
            assert answer.status_code == 201
        assert len(named(place, name)) == 1
