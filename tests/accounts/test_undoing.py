"""A role or a login that was ended by one press comes back by another, for an hour."""

import re
from datetime import timedelta

import pytest

from app.accounts.undoing import UNDONE
from app.clock import today, utc_now
from app.db import transaction
from app.enums import Role
from app.models import Membership, Person
from app.side_tables import BulkChange
from tests.accounts import towns
from tests.accounts.test_giving_roles import LINK

LOCAL, COORDINATOR = Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR
ENGLISH = {"Accept-Language": "en"}


def end(client, role, how="end"):
    """Press; the address of the button in the message that says what was done."""
    page = client.send(f"/role/{how}/{role.id}", follow_redirects=True).text
    return re.search(r'action="(/role/undo/[^"]+)"', page).group(1)


@pytest.mark.parametrize("how", ["end", "withdraw"])
def test_what_one_press_ended_comes_back_once_for_whoever_pressed(app, town, enter, how):
    username = town.member(COORDINATOR)
    [role], client = town.roles_of(username), enter(town.admin)
    key = {"token_name": "k", "token_access": "read", "token_last_day": later()}
    secret = re.search(r"samvev_[\w-]+", enter(username).send("/me/token", key).text).group()

    undo = end(client, role, how)
    of_another = enter(town.member(LOCAL)).send(undo)
    answer = client.send(undo)
    again = client.send(undo, follow_redirects=True, headers=ENGLISH).text

    [after] = town.roles_of(username)
    kept = ("id", "ended_at", "starts_on", "ends_on", "unit_id")
    bearer = {"Authorization": f"Bearer {secret}"}
    assert of_another.status_code == 404
    assert [getattr(after, one) for one in kept] == [getattr(role, one) for one in kept]
    assert towns.is_active(app, username)
    assert app.test_client().get("/api/v1/unit/", headers=bearer).status_code == 200
    # A login that was closed takes a new password, by a link that is shown once.
    assert bool(LINK.search(answer.text)) is (how == "withdraw")
    assert UNDONE[how] in town.events()
    assert "undone already" in again


def later():
    """A day in a month, as people write it."""
    return (today() + timedelta(days=30)).strftime("%d.%m.%Y")


def test_nothing_comes_back_that_has_changed_or_is_long_ago(app, town, enter):
    client = enter(town.admin)
    roles = [town.roles_of(town.member(COORDINATOR))[0] for _one in range(3)]
    undo = [end(client, one) for one in roles]
    anew, retired, _old = roles
    with app.app_context(), town.inside(), transaction() as session:
        again = Membership(starts_on=today(), created_at=utc_now(), role=anew.role)
        again.account_id, again.person_id = anew.account_id, anew.person_id
        session.add(again)
        session.get_one(Person, retired.person_id).retired_at = utc_now()
        session.get_one(BulkChange, undo[2].rpartition("/")[2]).made_at -= timedelta(hours=2)

    said = [client.send(one, follow_redirects=True, headers=ENGLISH).text for one in undo]

    assert "has this role already" in said[0]
    assert "something has been changed since" in said[1]
    assert "too late to undo" in said[2]


def test_ones_own_role_ends_after_a_page_that_says_that_it_is_for_good(town, enter):
    username = town.member(LOCAL)
    [role], client = town.roles_of(username), enter(username)
    path = f"/role/end/{role.id}"

    shown = client.get(f"/role/show/{role.id}").text
    page = client.get(path, headers=ENGLISH).text

    assert f'href="{path}"' in shown
    assert f'action="{path}"' not in shown
    assert "You can&#39;t undo it" in page
    assert town.roles_of(username)[0].ended_at is None
    assert client.send(path).status_code == 302
    assert town.roles_of(username)[0].ended_at is not None
