"""Tokens, links, counted tries, sessions and roles: what proves who somebody is, until when."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from flask import request
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.columns import new_id
from app.db import db, separate_session, transaction
from app.enums import Role, TokenPurpose
from app.models import (
    LoginSession,
    LoginThrottle,
    OneTimeLink,
)
from app.security import sessions, throttle, tokens
from app.security.actor import (
    Actor,
)
from app.security.keys import secret_hash

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SET, FIRST = list(TokenPurpose)[:2]


@pytest.fixture
def session(context):
    """A session whose rows are gone afterwards."""
    with Session(db.engine) as made:
        yield made
        made.rollback()


@pytest.fixture
def account(world):
    """The account of a coordinator."""
    return world.accounts["koordinator.strandvik"]


# --- access keys ---------------------------------------------------------------------------------


@pytest.fixture
def token(session, world, account):
    """A key of the coordinator's that lives for a day."""
    return make_token(session, account, world.strandvik.id)


def make_token(session, account, place):
    actor = Actor(account, place)
    made = tokens.make_token(actor, "", may_write=False, at=NOON, expires_at=NOON + 9 * SECOND)
    session.add(made.row)
    session.flush()
    return made


def test_a_key_stands_for_its_account_until_the_instant_it_ends(session, world, account, token):
    found = tokens.actor_of(session, token.secret, NOON + 8 * SECOND)

    assert (found.account_id, found.municipality_id) == (account, world.strandvik.id)
    assert found.roles == {Role.COORDINATOR}
    assert not found.may_write
    assert token.secret.startswith(tokens.TOKEN_PREFIX)
    assert tokens.actor_of(session, token.secret, NOON + 9 * SECOND) is None
    assert tokens.actor_of(session, "samvev_other", NOON) is None


def test_the_last_day_of_use_is_kept_once_a_day_and_of_known_keys_alone(
    session, token, monkeypatch
):
    kept = []
    monkeypatch.setattr(
        tokens, "transaction", lambda one: kept.append(token.row.last_used_on) or nullcontext(one)
    )
    today = NOON.date()
    tomorrow = today + timedelta(days=1)

    tokens.tell_used(session, "samvev_other", today)
    for day in (today, today, tomorrow, tomorrow):
        tokens.tell_used(session, token.secret, day)

    assert kept == [None, today]
    assert token.row.last_used_on == tomorrow


def test_all_keys_of_an_account_are_revoked_in_one_municipality_or_in_all(session, world, account):
    here, there = world.strandvik.id, world.fjellby.id
    made = {place: make_token(session, account, place) for place in (here, there)}
    others = make_token(session, world.accounts["larer"], here)

    tokens.revoke_all(session, account, NOON, municipality_id=here)
    assert made[here].row.revoked_at == NOON
    assert tokens.actor_of(session, made[here].secret, NOON) is None
    assert made[there].row.revoked_at is None

    tokens.revoke_all(session, account, NOON + SECOND)
    assert made[here].row.revoked_at == NOON
    assert made[there].row.revoked_at == NOON + SECOND
    assert others.row.revoked_at is None


def test_only_an_active_account_is_one(session, world, account):
    assert tokens.active_account(session, account) == account
    assert tokens.active_account(session, world.accounts["sperret"]) is None


# --- one-time links ------------------------------------------------------------------------------


def test_a_link_opens_what_it_is_for_within_a_day(session, account):
    secret = tokens.make_link(session, SET, account, NOON)
    session.flush()
    day = timedelta(hours=24)

    assert tokens.open_link(session, secret, SET, NOON + day - SECOND).account_id == account
    assert tokens.open_link(session, secret, SET, NOON + day) is None
    assert tokens.open_link(session, secret, FIRST, NOON) is None
    assert tokens.open_link(session, "other", SET, NOON) is None
    session.get(OneTimeLink, secret_hash(secret)).used_at = NOON
    assert tokens.open_link(session, secret, SET, NOON) is None


def used(session):
    """When each link was used or made useless, by its secret's hash."""
    return dict(session.execute(select(OneTimeLink.secret_hash, OneTimeLink.used_at)).all())


def test_a_new_link_makes_earlier_ones_of_its_kind_and_account_useless(session, world, account):
    other = world.accounts["larer"]
    earlier, before, beside, others, nobodys = (
        secret_hash(tokens.make_link(session, purpose, one, NOON))
        for purpose, one in (
            (SET, account),
            (SET, account),
            (FIRST, account),
            (SET, other),
            (SET, None),
        )
    )
    tokens.make_link(session, SET, account, NOON + SECOND)
    session.flush()

    found = used(session)
    assert (found[earlier], found[before]) == (NOON, NOON + SECOND)
    assert [found[one] for one in (beside, others, nobodys)] == [None] * 3
    tokens.make_link(session, SET, None, NOON + 2 * SECOND)
    session.flush()
    assert used(session)[nobodys] == NOON + 2 * SECOND
    assert used(session)[others] is None


def test_links_are_kept_of_one_maker_or_made_useless_of_one(session, world, account):
    maker, other = world.accounts["lokal.strandvik"], world.accounts["sentral"]

    def make(made_by, purpose):
        secret = tokens.make_link(session, purpose, account, NOON, made_by=made_by)
        session.flush()
        return secret_hash(secret)

    mine, commands = make(maker, SET), make(None, FIRST)
    tokens.void_links(session, SET, account, NOON, keep_of=maker)
    tokens.void_links(session, FIRST, account, NOON, keep_of=maker)
    assert (used(session)[mine], used(session)[commands]) == (None, NOON)

    theirs = make(other, FIRST)
    for at in (NOON + SECOND, NOON + 2 * SECOND):
        tokens.void_links_made_by(session, other, at)
        session.flush()
    assert (used(session)[mine], used(session)[theirs]) == (None, NOON + SECOND)
    assert used(session)[commands] == NOON


# --- tries ---------------------------------------------------------------------------------------


def test_ten_tries_in_a_quarter_of_an_hour_and_then_one_waits_for_its_end(session):
    end = NOON + timedelta(minutes=15)
    waits = [throttle.count_try(session, "k", NOON) for _ in range(11)]

    assert waits == [None] * 10 + [timedelta(minutes=15)]
    assert throttle.count_try(session, "k", end - SECOND) == SECOND
    assert throttle.count_try(session, "other", NOON) is None
    waits = [throttle.count_try(session, "k", end) for _ in range(11)]
    assert waits == [None] * 10 + [timedelta(minutes=15)]


def test_a_count_is_forgotten_alone_and_cleared_when_its_window_is_over(session):
    for key in ("a", "b"):
        throttle.count_try(session, key, NOON)
    throttle.forget(session, "a")
    assert keys(session) == {"b"}

    throttle.clear_old(session, NOON + timedelta(minutes=15))
    assert keys(session) == {"b"}
    throttle.clear_old(session, NOON + timedelta(minutes=15) + SECOND)
    assert keys(session) == set()


def keys(session):
    """Those of the test's own keys that are counted; others have signed in to the installation."""
    return set(session.scalars(select(LoginThrottle.key_hash))) & {"a", "b"}


# --- sessions ------------------------------------------------------------------------------------


def put(session, account, **values):
    """A session that lives, but for ``values``; its hash."""
    now = utc_now()
    usual = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(hours=1)}
    usual |= {"id_hash": new_id(), "data": "{}"}
    row = LoginSession(account_id=account, **(usual | values))
    session.add(row)
    session.flush()
    return row.id_hash


def test_a_session_is_open_until_it_ends_or_is_too_old(session, account):
    past = utc_now() - SECOND

    assert sessions.is_open(session, put(session, account))
    assert sessions.is_open(session, put(session, account, seen_at=past - timedelta(days=9)))
    assert not sessions.is_open(session, put(session, account, expires_at=past))
    assert not sessions.is_open(session, put(session, account, ended_at=past))
    assert not sessions.is_open(session, "unknown")
    assert not sessions.is_open(session, None)


def test_all_sessions_of_an_account_end_but_one(session, world, account):
    kept, gone = put(session, account), put(session, account)
    ended = put(session, account, ended_at=NOON)
    others = put(session, world.accounts["larer"])

    sessions.end_all(session, account, NOON + SECOND, but=kept)
    found = dict(session.execute(select(LoginSession.id_hash, LoginSession.ended_at)).all())
    assert [found[one] for one in (kept, gone, ended, others)] == [None, NOON + SECOND, NOON, None]

    sessions.end_all(session, account, NOON + SECOND)
    assert not sessions.is_open(session, kept)
    assert sessions.is_open(session, others)


@pytest.fixture
def kept(context, account):
    """Makes a session that stays until the test is over."""
    made = []

    def make(**values):
        with separate_session() as database, transaction(database):
            made.append(put(database, account, **values))
        return made[-1]

    yield make
    with separate_session() as database, transaction(database):
        for one in made:
            database.delete(database.get_one(LoginSession, one))


def seen(row_hash):
    with separate_session() as database:
        return database.get_one(LoginSession, row_hash).seen_at


def test_a_session_is_opened_while_somebody_uses_it_and_that_is_kept_once_a_minute(kept):
    opener = sessions.ServerSessions(timedelta(hours=1), timedelta(hours=8))
    now = utc_now()
    lately, before = now - timedelta(seconds=30), now - timedelta(minutes=2)
    rows = {at: kept(seen_at=at) for at in (lately, before, now - timedelta(hours=2))}

    opened = [opener._open_row(row_hash) for row_hash in rows.values()]

    assert [one is not None for one in opened] == [True, True, False]
    assert opened[0].row_hash == rows[lately]
    assert not opened[0].new
    assert not opened[0].modified
    assert seen(rows[lately]) == lately
    assert seen(rows[before]) >= now


def test_the_cookie_of_a_session_opens_none_on_the_rest_side(app, kept):
    opener = sessions.ServerSessions(timedelta(hours=1), timedelta(hours=8))
    secret = f"{sessions.SERVER_PREFIX}x"
    kept(id_hash=secret_hash(secret), data='{"a": 1}')
    cookie = {"Cookie": f"{opener.get_cookie_name(app)}={secret}"}

    def opened(path):
        with app.test_request_context(path, headers=cookie):
            return opener.open_session(app, request).row_hash

    assert opened("/person/list/") == secret_hash(secret)
    assert opened("/api/v1/person/") is None
    assert opened("/person/api/") == secret_hash(secret)


def test_an_ended_session_is_not_written_to(kept):
    living, ended = kept(), kept(ended_at=NOON)
    for one in (living, ended):
        sessions._update_row(one, data='{"a": 1}')

    with separate_session() as database:
        found = [database.get_one(LoginSession, one).data for one in (living, ended)]
    assert found == ['{"a": 1}', "{}"]


def test_a_session_begins_by_the_password_that_was_signed_in_by(session, account):
    password = session.get_one(User, account).password

    def begins(account_id, stored):
        started = sessions.ServerSession()
        started.start(account_id, stored)
        return sessions._is_password(session, started)

    assert begins(account, password)
    assert begins(account, None)
    assert not begins(account, "another")
    assert not begins(-1, password)


def test_a_session_knows_what_was_done_with_it():
    new = sessions.ServerSession()
    assert (new.new, new.modified, new.is_ended) == (True, False, False)
    new["a"] = 1
    assert new.modified
    signed_in = sessions.ServerSession()
    signed_in.start(1)
    assert signed_in.modified
    signed_in.end()
    assert signed_in.is_ended
    assert not sessions.ServerSession({}, "hash").new
