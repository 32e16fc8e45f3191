"""Everyone signed in keeps their own things in order, and reaches nobody else's."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import ApiToken, Person
from app.security import policy, tokens
from app.security.keys import secret_hash
from app.security.roles import Action, Resource
from tests.accounts.towns import account_id, new_account

SECRET = re.compile(r"samvev_[\w-]{43}")


def make_token(client, access="write", days=30, name="Fagsystem"):
    """Send the form that makes an access key."""
    last = (today() + timedelta(days=days)).strftime("%d.%m.%Y")
    return client.send(
        "/me/token", {"token_name": name, "token_access": access, "token_last_day": last}
    )


def actor_of(app, secret):
    """Who an access key stands for now."""
    with app.app_context():
        return tokens.actor_of(db.session(), secret, utc_now())


def test_the_page_is_for_everyone_signed_in_and_nobody_else(app, town, enter):
    with app.app_context():
        nowhere = new_account()

    for username in (town.admin, town.member(Role.PARTICIPANT), nowhere):
        assert enter(username).get("/me/").status_code == 200
    assert app.test_client().get("/me/").status_code == 302


def test_own_contact_data_are_saved_and_nobody_elses(town, enter):
    username = town.member(Role.PARTICIPANT)
    [role] = town.roles_of(username)
    other = town.person()
    form = {
        "email": "Navn@Example.no",
        "phone": "40000001",
        "address": "Veien 1",
        "postcode": "0150",
        "version": "1",
        "id": other,
        "person_id": other,
        "family_name": "Byttet",
        "is_shielded": "y",
    }

    answer = enter(username).send("/me/contact", form)

    assert answer.status_code == 302
    with town.app.app_context(), town.inside():
        own, untouched = db.session.get(Person, role.person_id), db.session.get(Person, other)
        assert (own.email, own.phone, own.postcode) == (
            "Navn@example.no",
            "+4740000001",
            "0150",
        )
        assert own.family_name != "Byttet"
        assert not own.is_shielded
        assert untouched.email is None


def test_a_save_on_top_of_anothers_is_refused_with_both_shown(town, enter):
    client = enter(town.member(Role.PARTICIPANT))
    client.send("/me/contact", {"address": "Den første", "version": "1"})

    answer = client.send("/me/contact", {"address": "Den andre", "version": "1"})

    assert answer.status_code == 409
    assert "Den første" in answer.text
    assert "Den andre" in answer.text


def test_a_shielded_person_writes_no_address_here(town, enter):
    username = town.member(Role.PARTICIPANT)
    [role] = town.roles_of(username)
    with town.app.app_context(), town.inside(), transaction():
        db.session.get_one(Person, role.person_id).is_shielded = True

    answer = enter(username).send(
        "/me/contact", {"address": "Hemmelig vei 1", "email": "a@example.no", "version": "2"}
    )

    assert answer.status_code == 302
    with town.app.app_context(), town.inside():
        own = db.session.get(Person, role.person_id)
        assert (own.address, own.email) == (None, "a@example.no")


def test_own_roles_show_from_all_municipalities(town, other_town, enter):
    username = town.member(Role.PARTICIPANT)
    other_town.member(Role.COORDINATOR, "school", username=username)

    page = enter(username).get("/me/").text

    assert f"Prøve{town.number}" in page
    assert f"Prøve{other_town.number}" in page
    assert f"school {other_town.number}" in page


@pytest.mark.parametrize(
    ("password", "again", "status"),
    [
        pytest.param("kort", "kort", 422, id="too short"),
        pytest.param("x" * 201, "x" * 201, 422, id="too long"),
        pytest.param("en ny lang setning", "en annen setning", 422, id="not alike"),
        pytest.param("en ny lang setning", "en ny lang setning", 302, id="good"),
    ],
)
def test_a_new_password_is_long_enough_and_written_twice(town, enter, password, again, status):
    form = {"old_password": "samvev-demo", "password": password, "again": again}

    answer = enter(town.admin).send("/me/password", form)

    assert answer.status_code == status
    assert "samvev-demo" not in answer.text


def test_the_present_password_is_tried_ten_times_only(town, enter):
    client = enter(town.member(Role.PARTICIPANT))
    form = {"password": "en ny lang setning", "again": "en ny lang setning"}

    wrong = [
        client.send("/me/password", form | {"old_password": "feil"}).status_code for _ in range(10)
    ]
    right = client.send("/me/password", form | {"old_password": "samvev-demo"})

    assert wrong == [422] * 10
    assert right.status_code == 429
    assert right.headers["Retry-After"]


def test_a_change_of_password_is_an_event(town, enter):
    form = {
        "old_password": "samvev-demo",
        "password": "en ny lang setning",
        "again": "en ny lang setning",
    }

    enter(town.admin).send("/me/password", form)

    assert "account:password_changed" in town.events()


def test_an_access_key_is_shown_once_and_kept_as_a_hash(app, town, enter):
    client = enter(town.admin)

    page = make_token(client).text

    secret = SECRET.search(page).group(0)
    assert not SECRET.search(client.get("/me/").text)
    with app.app_context():
        [row] = db.session.scalars(
            select(ApiToken).where(ApiToken.account_id == account_id(town.admin))
        )
    assert row.secret_hash == secret_hash(secret)
    assert actor_of(app, secret).municipality_id == town.id


def test_a_key_that_reads_changes_nothing(app, town, enter):
    client = enter(town.admin)
    reads = actor_of(app, SECRET.search(make_token(client, "read").text).group(0))
    writes = actor_of(app, SECRET.search(make_token(client, "write").text).group(0))

    for action in (Action.ADD, Action.EDIT, Action.RETIRE):
        assert not policy.may_open(reads, action, Resource.PERSON)
        assert policy.may_open(writes, action, Resource.PERSON)
    assert policy.may_open(reads, Action.LIST, Resource.PERSON)
    assert not policy.may_give(reads, Role.PARTICIPANT, None)


@pytest.mark.parametrize(
    ("days", "status"),
    [(-1, 422), (0, 200), (365, 200), (366, 422)],
    ids=["yesterday", "today", "a year", "more than a year"],
)
def test_a_key_lives_from_a_day_to_a_year(town, enter, days, status):
    assert make_token(enter(town.admin), days=days).status_code == status


def test_a_revoked_key_opens_nothing(app, town, enter):
    client = enter(town.admin)
    page = make_token(client).text
    secret = SECRET.search(page).group(0)
    [pk] = re.findall(r"/me/token/([0-9a-f-]{36})/revoke", page)
    asked = client.get(f"/me/token/{pk}/revoke", headers={"Accept-Language": "en"}).text
    assert "must be given a new access key" in asked
    assert actor_of(app, secret) is not None

    client.send(f"/me/token/{pk}/revoke")

    assert actor_of(app, secret) is None


def test_nobody_revokes_anothers_key(app, town, enter):
    page = make_token(enter(town.admin)).text
    [pk] = re.findall(r"/me/token/([0-9a-f-]{36})/revoke", page)

    answer = enter(town.member(Role.LOCAL_ADMINISTRATOR)).send(f"/me/token/{pk}/revoke")

    assert answer.status_code == 404
    assert actor_of(app, SECRET.search(page).group(0)) is not None


def test_a_key_past_its_last_day_opens_nothing(app, town, enter):
    secret = SECRET.search(make_token(enter(town.admin), days=1).text).group(0)

    with app.app_context():
        later = utc_now() + timedelta(days=2)
        assert tokens.actor_of(db.session(), secret, later) is None
        assert tokens.actor_of(db.session(), secret, utc_now()) is not None


@pytest.mark.parametrize("how", ["end", "withdraw"])
def test_a_key_dies_with_the_role_or_the_login(app, town, enter, how):
    username = town.member(Role.COORDINATOR)
    secret = SECRET.search(make_token(enter(username)).text).group(0)
    assert actor_of(app, secret) is not None

    enter(town.admin).send(f"/role/{how}/{town.roles_of(username)[0].id}")

    assert actor_of(app, secret) is None


def test_a_key_for_another_municipality_lives_on(app, town, other_town, enter):
    username = town.member(Role.COORDINATOR)
    other_town.member(Role.COORDINATOR, username=username)
    client = enter(username)
    client.send("/municipality-choice/", {"municipality": other_town.number})
    secret = SECRET.search(make_token(client).text).group(0)

    enter(town.admin).send(f"/role/withdraw/{town.roles_of(username)[0].id}")

    assert actor_of(app, secret).municipality_id == other_town.id


def test_without_a_municipality_no_key_is_made(app, world, enter):
    with app.app_context():
        username = new_account()

    answer = make_token(enter(username))

    assert answer.status_code == 409
    assert not SECRET.search(answer.text)
