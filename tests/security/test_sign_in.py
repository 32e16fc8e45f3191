"""Signing in and out, as each of the demonstration logins."""

import pytest

from tests.world import LOGINS


@pytest.mark.parametrize("username", sorted(set(LOGINS) - {"sperret"}))
def test_everyone_with_an_active_account_can_sign_in(client_as, username):
    client = client_as(username)

    assert client.get("/municipality-choice/").status_code == 200


def test_a_withdrawn_account_is_refused_in_the_words_of_a_wrong_password(client_as):
    stranger = client_as(None)

    withdrawn = stranger.send("/login/", {"username": "sperret", "password": "samvev-demo"})
    wrong = stranger.send("/login/", {"username": "larer", "password": "wrong password"})

    assert withdrawn.status_code == wrong.status_code == 422


def test_a_cookie_from_before_signing_out_opens_nothing(client_as):
    client = client_as("lokal.strandvik")
    cookie = client.get_cookie("samvev").value
    assert client.get("/person/list/").status_code == 200

    client.send("/logout/")
    client.set_cookie("samvev", cookie)

    assert client.get("/person/list/").status_code == 302
