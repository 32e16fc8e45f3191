"""Signing in: how often it may be tried, what it tells a stranger, and where it leads."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.http import parse_cookie

from app import create_app
from app.db import db
from app.enums import Role
from app.models import AuditEvent
from app.security import tenancy
from tests.accounts.towns import NAMES, account_id, sign_in
from tests.conftest import Client
from tests.world import PASSWORD

TRIES = 10
CSRF = re.compile(r'name="csrf_token" value="[^"]+"')
HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "http://evil.example",
    "https://evil.example/role/list/",
    "HTTPS://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "http:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//user@evil.example",
    "http://localhost@evil.example",
    "evil.example",
    ".evil.example",
    "/\n/evil.example",
    "/%5cevil.example/..\\..",
    "ftp://evil.example",
]


@pytest.fixture
def stranger(app):
    """A browser that nobody has signed in with."""
    app.test_client_class = Client
    return app.test_client


def attempt(client, username, password):
    return client.send("/login/", {"username": username, "password": password})


def test_the_eleventh_try_waits_also_with_the_right_password(town, stranger):
    username, client = town.member(Role.PARTICIPANT), stranger()

    wrong = [attempt(client, username, "feil passord").status_code for _ in range(TRIES)]
    right = attempt(client, username, PASSWORD)

    assert wrong == [422] * TRIES
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 15 * 60


@pytest.mark.parametrize("is_known", [True, False])
def test_a_refused_sign_in_is_told_in_the_log_without_what_was_typed(app, town, stranger, is_known):
    username = town.member(Role.PARTICIPANT) if is_known else f"ukjent.{next(NAMES)}"
    before = refused_sign_ins(app)

    attempt(stranger(), username, "feil passord")

    [event] = [one for one in refused_sign_ins(app) if one not in before]
    with app.app_context():
        assert event[1] == (str(account_id(username)) if is_known else None)
    attempt(stranger(), town.admin, PASSWORD)
    assert len(refused_sign_ins(app)) == len(before) + 1


def refused_sign_ins(app):
    """Id and account of each refused sign-in that the installation's log tells of."""
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(is_central=True)):
        found = db.session.execute(
            select(AuditEvent)
            .where(AuditEvent.action == "account:sign_in_refused")
            .with_only_columns(AuditEvent.id, AuditEvent.object_id)
        )
        return [tuple(row) for row in found]


def test_tries_on_one_account_do_not_stop_another(town, stranger):
    username, client = town.member(Role.PARTICIPANT), stranger()
    for _ in range(TRIES + 1):
        attempt(client, f"{username}.annen", "feil passord")

    assert attempt(client, username, PASSWORD).status_code == 302


def test_case_and_space_make_no_new_tries(town, stranger):
    username, client = town.member(Role.PARTICIPANT), stranger()
    for form in (username.upper(), f" {username} ", username.title()) * 4:
        attempt(client, form, "feil passord")

    assert attempt(client, username, PASSWORD).status_code == 429


def test_a_sign_in_that_succeeds_starts_the_count_anew(town, stranger):
    username, client = town.member(Role.PARTICIPANT), stranger()

    for _ in range(2):
        for _ in range(TRIES - 1):
            assert attempt(client, username, "feil passord").status_code == 422
        assert attempt(stranger(), username, PASSWORD).status_code == 302


def test_the_count_is_shared_by_all_workers_and_outlives_them(app, town, stranger):
    username = town.member(Role.PARTICIPANT)
    other_worker = create_app(app.config["SAMVEV"])
    other_worker.test_client_class = Client
    for client in (stranger(), other_worker.test_client()) * (TRIES // 2):
        attempt(client, username, "feil passord")

    refused = attempt(other_worker.test_client(), username, PASSWORD).status_code
    with other_worker.app_context():
        db.session.remove()
        db.engine.dispose()
    other_worker.extensions["samvev_owner_engine"].dispose()

    assert refused == 429
    assert attempt(stranger(), username, PASSWORD).status_code == 429


def test_nobody_learns_which_accounts_exist(town, stranger, enter):
    withdrawn = town.member(Role.PARTICIPANT)
    [role] = town.roles_of(withdrawn)
    enter(town.admin).send(f"/role/withdraw/{role.id}")
    pages = []

    for username, password in (
        (town.member(Role.PARTICIPANT), "feil passord"),
        (f"finnes.ikke.{next(NAMES)}", "feil passord"),
        (withdrawn, PASSWORD),
        ("sperret", PASSWORD),
    ):
        answer = attempt(stranger(), username, password)
        text = CSRF.sub("", answer.text).replace(username, "NAME")
        pages.append((answer.status_code, text))

    assert len(set(pages)) == 1
    assert pages[0][0] == 422


@pytest.mark.parametrize("target", HOSTILE)
def test_signing_in_leads_to_our_own_pages_only(town, stranger, target):
    client = stranger()
    form = {"username": town.admin, "password": PASSWORD}

    answer = client.send("/login/", form, query_string={"next": target})

    assert answer.status_code in (302, 400)
    here = "http://localhost/login/"
    assert urlsplit(urljoin(here, answer.headers.get("Location", "/"))).netloc == "localhost"


@pytest.mark.parametrize("target", ["/role/list/", "/key-roles/", "/role/list/?state=all"])
def test_signing_in_leads_to_the_page_that_was_asked_for(town, stranger, target):
    form = {"username": town.admin, "password": PASSWORD}

    answer = stranger().send("/login/", form, query_string={"next": target})

    assert answer.headers["Location"] == target


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_a_false_host_name_leads_nowhere_else(town, stranger, header):
    client = stranger()
    form = {"username": town.admin, "password": PASSWORD}

    answer = client.send("/login/", form, headers={header: "evil.example"})

    assert answer.headers.get("Location", "/").startswith("/")


def test_a_session_set_beforehand_opens_nothing_after_signing_in(app, town, stranger):
    client = stranger()
    client.get("/login/")
    before = cookie_of(client)
    attempt(client, town.admin, PASSWORD)
    after = cookie_of(client)
    thief = stranger()
    thief.set_cookie("samvev", before)

    assert before != after
    assert thief.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_signing_in_again_ends_the_session_before(app, town, stranger):
    client = sign_in(app, town.admin)
    first = cookie_of(client)
    attempt(client, town.admin, PASSWORD)
    thief = stranger()
    thief.set_cookie("samvev", first)

    assert cookie_of(client) != first
    assert thief.get("/me/").status_code == 302


def test_the_cookie_is_for_this_server_and_holds_no_data(town, stranger):
    answer = attempt(stranger(), town.admin, PASSWORD)
    [cookie] = [value for value in answer.headers.getlist("Set-Cookie") if "s." in value]

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert re.fullmatch(r"s\.[\w-]{43}", parse_cookie(cookie)["samvev"])


def cookie_of(client):
    """The session's cookie as the browser holds it."""
    found = client.get_cookie("samvev")
    return found.value if found is not None else None
