"""What was written when the session had ended is not lost, and nobody else gets it."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app.clock import utc_now
from app.db import db, transaction
from app.models import LoginSession, Person
from app.screens import kept_forms
from app.security import tenancy
from app.security.keys import secret_hash
from tests.conftest import TOKEN
from tests.world import PASSWORD

FORM = {"given_name": "Ålaug", "family_name": "Skrivelyst", "phone": "22 22 55 55"}
KEPT = re.compile(r'name="kept" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def end_session(app, client):
    """Let the session of a browser grow too old."""
    cookie = client.get_cookie("samvev").value
    with app.app_context(), transaction() as database:
        row = database.get(LoginSession, secret_hash(cookie))
        row.seen_at = row.seen_at - timedelta(days=1)


def send_too_late(app, client, path="/person/add", form=FORM, **more):
    """Send a form whose page was opened before the session ended."""
    token = client.csrf()
    end_session(app, client)
    return client.post(path, data={"csrf_token": token, **form}, **more)


def sign_in_with(client, page, username):
    """Sign in on the page that carries what was written."""
    form = {
        "csrf_token": TOKEN.search(page).group(1),
        "kept": KEPT.search(page).group(1),
        "username": username,
        "password": PASSWORD,
    }
    return client.post("/login/", data=form)


def registered(app, world, family_name):
    """How many persons of Strandvik have this family name."""
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(world.strandvik.id)):
        return db.session.query(Person).filter_by(family_name=family_name).count()


def test_what_was_written_can_be_sent_after_signing_in_again(app, world, client_as):
    client = client_as("lokal.strandvik")
    late = send_too_late(app, client, form=FORM | {"family_name": "Ettersendt"})
    back = sign_in_with(client, late.text, "lokal.strandvik")
    shown = client.get(back.headers["Location"]).text
    fields = [(name, unescape(value)) for name, value in HIDDEN.findall(shown)]
    form = {name: value for name, value in fields if name != "next"}
    form["csrf_token"] = TOKEN.search(shown).group(1)

    onward = client.post("/kept-form/", data=form)
    saved = client.post(onward.headers["Location"], data=form)

    assert late.status_code == 401
    assert "Ettersendt" in shown
    assert (onward.status_code, onward.headers["Location"]) == (307, "/person/add")
    assert saved.status_code == 302
    assert registered(app, world, "Ettersendt") == 1


def test_the_sign_in_page_holds_nothing_that_can_be_read(app, client_as):
    client = client_as("lokal.strandvik")

    page = send_too_late(app, client).text

    assert not any(text in page for text in ("Ålaug", "Skrivelyst", "22 22 55 55"))
    assert KEPT.search(page)


def test_it_is_not_given_to_another_login(app, client_as):
    client = client_as("lokal.strandvik")
    page = send_too_late(app, client).text

    answer = sign_in_with(client, page, "koordinator.strandvik")

    assert answer.headers["Location"] == "/"
    assert client.get("/kept-form/").status_code == 302


def test_it_is_carried_on_when_the_password_is_wrong_first(app, client_as):
    client = client_as("lokal.strandvik")
    page = send_too_late(app, client).text
    form = {
        "csrf_token": TOKEN.search(page).group(1),
        "kept": KEPT.search(page).group(1),
        "username": "lokal.strandvik",
    }

    wrong = client.post("/login/", data=form | {"password": "ikke dette"})
    right = sign_in_with(client, wrong.text, "lokal.strandvik")

    assert wrong.status_code == 422
    assert right.headers["Location"] == "/kept-form/"


def test_thrown_away_it_is_gone(app, world, client_as):
    client = client_as("lokal.strandvik")
    page = send_too_late(app, client, form=FORM | {"family_name": "Bortkastet"}).text
    sign_in_with(client, page, "lokal.strandvik")

    client.send("/kept-form/", {"throw_away": "1"})

    assert client.get("/kept-form/").status_code == 302
    assert registered(app, world, "Bortkastet") == 0


def test_passwords_are_never_kept(app, client_as):
    client = client_as("lokal.strandvik")
    form = {"old_password": PASSWORD, "password": "et nytt passord", "again": "et nytt passord"}

    answer = send_too_late(app, client, "/me/password", form)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")


def test_a_button_alone_is_not_kept_and_leads_back_to_its_page(app, world, client_as):
    client = client_as("lokal.strandvik")
    person = f"/person/show/{world.strandvik.persons['other']}"

    answer = send_too_late(
        app,
        client,
        f"/person/retire/{world.strandvik.persons['other']}",
        {},
        headers={"Referer": f"http://localhost{person}"},
    )

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login/?next={person}"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"data": {**FORM, "csrf_token": "x"}}, id="a token that is none"),
        pytest.param({"data": FORM}, id="no token"),
        pytest.param({"headers": {"Sec-Fetch-Site": "cross-site"}}, id="another site"),
        pytest.param({"headers": {"Sec-Fetch-Site": "same-site"}}, id="a neighbour"),
    ],
)
def test_what_another_place_sent_is_not_kept(app, client_as, change):
    client = client_as("lokal.strandvik")
    token = client.csrf()
    end_session(app, client)

    answer = client.post("/person/add", **{"data": {**FORM, "csrf_token": token}, **change})

    assert answer.status_code == 302
    assert "kept" not in answer.text


def test_a_form_of_an_earlier_session_of_the_same_login_is_shown_and_not_saved(
    app, world, client_as
):
    client = client_as("lokal.strandvik")
    old = client.csrf()
    client.send("/logout/")
    client.send("/login/", {"username": "lokal.strandvik", "password": PASSWORD})

    answer = client.post(
        "/person/add", data={"csrf_token": old, **FORM, "family_name": "Gammelt Skjema"}
    )
    shown = client.get(answer.headers["Location"])

    assert answer.status_code == 303
    assert "Gammelt Skjema" in shown.text
    assert registered(app, world, "Gammelt Skjema") == 0


def test_it_is_kept_for_an_hour(app, monkeypatch):
    with app.test_request_context(
        "/person/add", method="POST", data={"given_name": "Kari", "csrf_token": "x"}
    ):
        sealed = kept_forms._seal(7)
        in_time = kept_forms.unseal(sealed, 7)
        monkeypatch.setattr(
            kept_forms, "utc_now", lambda: utc_now() + timedelta(hours=1, seconds=1)
        )

        assert in_time.fields == (("given_name", "Kari"),)
        assert kept_forms.unseal(sealed, 7) is None


def test_broken_and_foreign_seals_hold_nothing(app):
    with app.test_request_context():
        ring = app.extensions["samvev_keyring"]

        assert kept_forms.unseal("", 7) is None
        assert kept_forms.unseal("x" * 100, 7) is None
        assert kept_forms.unseal(ring.seal(b"a file").decode(), 7) is None


def test_nothing_waits_for_who_has_not_written_anything(client_as):
    assert client_as("planeier").get("/kept-form/").headers["Location"] == "/"
