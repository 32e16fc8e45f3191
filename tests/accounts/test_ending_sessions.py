"""A session dies at once when it should, wherever a copy of its cookie is."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.clock import utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import LoginSession
from app.security import sessions
from tests.accounts import towns
from tests.accounts.test_signing_in import cookie_of
from tests.conftest import Client


@pytest.fixture
def works(app):
    """Whether a cookie opens the own page."""

    def try_it(cookie):
        app.test_client_class = Client
        client = app.test_client()
        client.set_cookie("samvev", cookie)
        return client.get("/me/").status_code == 200

    return try_it


def test_at_sign_out(town, enter, works):
    client = enter(town.admin)
    cookie = cookie_of(client)
    assert works(cookie)

    client.send("/logout/")

    assert not works(cookie)


def test_at_a_change_of_password_also_the_one_that_changed_it(town, enter, works):
    username = town.member(Role.PARTICIPANT)
    here, elsewhere = enter(username), enter(username)
    before, other = cookie_of(here), cookie_of(elsewhere)
    form = {
        "old_password": "samvev-demo",
        "password": "en ny lang setning",
        "again": "en ny lang setning",
    }

    answer = here.send("/me/password", form)

    assert answer.status_code == 302
    assert not works(before)
    assert not works(other)
    assert cookie_of(here) != before
    assert here.get("/me/").status_code == 200
    assert enter(username, "en ny lang setning").get("/me/").status_code == 200


def test_not_when_the_change_of_password_is_refused(town, enter, works):
    client = enter(town.admin)
    cookie = cookie_of(client)
    form = {"password": "en ny lang setning", "again": "en ny lang setning"}

    answer = client.send("/me/password", form | {"old_password": "feil"})

    assert answer.status_code == 422
    assert works(cookie)


@pytest.mark.parametrize("how", ["end", "withdraw"])
def test_when_the_role_ends_or_the_login_is_withdrawn(town, enter, works, how):
    username, colleague = town.member(Role.PARTICIPANT), town.member(Role.PARTICIPANT)
    cookie, other = cookie_of(enter(username)), cookie_of(enter(colleague))
    assert works(cookie)

    enter(town.admin).send(f"/role/{how}/{town.roles_of(username)[0].id}")

    assert not works(cookie)
    assert works(other)


def test_when_a_role_is_given_a_last_day_that_is_over(town, enter, works):
    username = town.member(Role.PARTICIPANT)
    cookie = cookie_of(enter(username))
    form = {"starts_on": "01.01.2024", "last_day": "01.02.2024", "version": "1"}

    enter(town.admin).send(f"/role/edit/{town.roles_of(username)[0].id}", form)

    assert not works(cookie)


def test_the_rights_of_a_role_end_with_it_in_a_session_that_lives_on(town, other_town, enter):
    username = town.member(Role.LOCAL_ADMINISTRATOR)
    other_town.member(Role.PARTICIPANT, username=username)
    client = enter(username)
    client.send("/municipality-choice/", {"municipality": town.number})
    assert client.get("/role/list/").status_code == 200
    with town.app.app_context(), town.inside(), transaction():
        role = db.session.merge(town.roles_of(username)[0])
        role.ended_at = utc_now()

    assert client.get("/role/list/").status_code in (302, 403)


def test_everywhere_else_when_asked_for(town, enter, works):
    here, elsewhere = enter(town.admin), enter(town.admin)
    assert works(cookie_of(elsewhere))

    here.send("/me/sessions")

    assert not works(cookie_of(elsewhere))
    assert works(cookie_of(here))


def test_a_password_set_by_link_ends_the_sessions_before(app, town, enter, works):
    username = town.member(Role.PARTICIPANT)
    cookie = cookie_of(enter(username))
    page = enter(town.admin).send(f"/role/password-link/{town.roles_of(username)[0].id}").text
    path = page.partition("http://localhost")[2].partition("<")[0]
    assert works(cookie)

    app.test_client().send(path, {"password": "en ny lang setning", "again": "en ny lang setning"})

    assert not works(cookie)


def test_a_password_set_by_link_ends_the_access_keys_too(app, town, enter):
    username = town.member(Role.LOCAL_ADMINISTRATOR)
    last_day = (utc_now() + timedelta(days=30)).strftime("%d.%m.%Y")
    form = {"token_name": "nøkkel", "token_access": "read", "token_last_day": last_day}
    secret = re.search(r"samvev_[\w-]+", enter(username).send("/me/token", form).text).group()
    bearer = {"Authorization": f"Bearer {secret}"}
    page = enter(town.admin).send(f"/role/password-link/{town.roles_of(username)[0].id}").text
    path = page.partition("http://localhost")[2].partition("<")[0]
    assert app.test_client().get("/api/v1/unit/", headers=bearer).status_code == 200

    app.test_client().send(path, {"password": "en ny lang setning", "again": "en ny lang setning"})

    assert app.test_client().get("/api/v1/unit/", headers=bearer).status_code == 401


def test_at_the_very_instant_that_it_is_too_old(app, town, enter, works, monkeypatch):
    now, moment = utc_now(), timedelta(microseconds=1)
    cookie, idle = cookie_of(enter(town.admin)), app.session_interface.idle
    monkeypatch.setattr(sessions, "utc_now", lambda: now)

    for seen_at, expires_at, is_open in (
        (now - idle, now + idle, False),
        (now - idle + moment, now + idle, True),
        (now, now, False),
        (now, now + moment, True),
    ):
        kept(app, town.admin, seen_at=seen_at, expires_at=expires_at)
        assert works(cookie) is is_open


@pytest.mark.parametrize(("ago", "is_noted"), [(60_000_000, True), (59_999_999, False)])
def test_that_somebody_is_at_work_is_noted_once_a_minute(
    app, town, enter, monkeypatch, ago, is_noted
):
    now = utc_now()
    client = enter(town.admin)
    monkeypatch.setattr(sessions, "utc_now", lambda: now)
    seen_at = now - timedelta(microseconds=ago)
    kept(app, town.admin, seen_at=seen_at)

    client.get("/")

    assert kept(app, town.admin) == (now if is_noted else seen_at)


def kept(app, username, **values):
    """When the session of an account was seen last, with these values put into its row first."""
    with app.app_context():
        of_account = LoginSession.account_id == towns.account_id(username)
        if values:
            with transaction() as session:
                session.execute(update(LoginSession).where(of_account).values(**values))
        return db.session.scalar(select(LoginSession.seen_at).where(of_account))
