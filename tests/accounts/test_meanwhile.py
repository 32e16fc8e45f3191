"""Whoever loses a role, a token or a session while a request is on its way writes nothing by it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import login, own
from app.api import reading
from app.clock import utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import ApiToken, Membership, Person
from app.screens import forms
from app.security import sessions, tokens
from app.security.actor import Actor, find_actor
from tests.accounts.towns import account_id

LOCAL = Role.LOCAL_ADMINISTRATOR
NEW_PASSWORD = "en ny lang setning"


@pytest.fixture
def meanwhile(monkeypatch, app):
    """Lets something happen on another connection the next time a function is called."""

    def at(module, name, deed):
        original, deeds = getattr(module, name), [deed]

        def elsewhere():
            with app.app_context():
                deeds.pop()()

        def stand_in(*arguments, **named):
            answer = original(*arguments, **named)
            if deeds:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(elsewhere).result()
            return answer

        monkeypatch.setattr(module, name, stand_in)

    return at


def end_role(town, username):
    """End the only role of an account."""

    def end():
        with town.inside(), transaction():
            role = db.session.get_one(Membership, town.roles_of(username)[0].id)
            role.ended_at = utc_now()

    return end


def sign_out(username):
    """End every session of an account."""

    def end():
        with transaction() as session:
            sessions.end_all(session, account_id(username), utc_now())

    return end


def revoke(username):
    """Revoke the only token of an account."""

    def end():
        with transaction() as session:
            mine = ApiToken.account_id == account_id(username)
            session.scalars(select(ApiToken).where(mine)).one().revoked_at = utc_now()

    return end


def persons_named(town, family_name):
    """How many persons of the town have the family name."""
    with town.app.app_context(), town.inside():
        return len(
            db.session.scalars(select(Person).where(Person.family_name == family_name)).all()
        )


def token_of(town, username):
    """The secret of a token that may write."""
    with town.app.app_context():
        actor = find_actor(db.session(), account_id(username), town.id, utc_now())
        made = tokens.make_token(
            actor, "t", may_write=True, at=utc_now(), expires_at=utc_now() + timedelta(days=1)
        )
        with town.inside(), transaction() as session:
            session.add(made.row)
        return made.secret


@pytest.mark.parametrize(
    ("loses", "status", "saved"),
    [
        pytest.param(lambda town, name: end_role(town, name), 403, 0, id="role"),
        pytest.param(lambda _town, name: sign_out(name), 403, 0, id="session"),
        pytest.param(lambda _town, _name: lambda: None, 302, 1, id="nothing"),
    ],
)
def test_a_form_of_somebody_who_has_lost(town, enter, meanwhile, loses, status, saved):
    """P9."""
    username = town.member(LOCAL)
    client = enter(username)
    form = {"given_name": "Sein", "family_name": username, "csrf_token": client.csrf()}
    meanwhile(forms, "form_key", loses(town, username))

    answer = client.post("/person/add", data=form)

    assert answer.status_code == status
    assert persons_named(town, username) == saved


@pytest.mark.parametrize(
    ("loses", "status", "saved"),
    [
        pytest.param(lambda town, name: end_role(town, name), 403, 0, id="role"),
        pytest.param(lambda _town, name: revoke(name), 403, 0, id="token"),
        pytest.param(lambda _town, _name: lambda: None, 201, 1, id="nothing"),
    ],
)
def test_a_slow_program_of_somebody_who_has_lost(app, town, meanwhile, loses, status, saved):
    """The body may come a minute after the head, which told whose token it is."""
    username = town.member(LOCAL)
    secret = token_of(town, username)
    meanwhile(reading, "read_object", loses(town, username))

    answer = app.test_client().post(
        "/api/v1/person/",
        json={"given_name": "Sein", "family_name": username},
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert answer.status_code == status
    assert persons_named(town, username) == saved


@pytest.mark.parametrize("is_changed", [True, False])
def test_no_session_begins_by_a_password_that_is_changed_meanwhile(
    app, town, meanwhile, is_changed
):
    username = town.member(Role.PARTICIPANT)

    def change():
        with transaction():
            account = own.hold(account_id(username))
            own._put_password(Actor(account_id=account.id), account, NEW_PASSWORD, utc_now())

    meanwhile(login.passwords, "fits", change if is_changed else lambda: None)
    client = app.test_client()

    client.send("/login/", {"username": username, "password": "samvev-demo"})

    assert (client.get("/me/").status_code == 200) is not is_changed


def test_a_signed_cookie_is_no_session_even_when_the_key_has_leaked(app, town, enter):
    signer = app.session_interface.get_signing_serializer(app)
    with app.app_context():
        forged = {"_user_id": str(account_id(town.admin)), "municipality_id": town.id}
    client = app.test_client()
    client.set_cookie("samvev", signer.dumps(forged))

    assert client.get("/person/list/").status_code == 302
    assert enter(town.admin).get("/person/list/").status_code == 200
