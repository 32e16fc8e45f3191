"""The language of a page: the login's choice, the person's, the browser's, and bokmål."""

import re
from datetime import date

import pytest
from flask import render_template_string
from flask_babel import ngettext

from app.db import db, transaction
from app.enums import Language
from app.models import AccountProfile, Person
from app.screens.fields import show_date
from app.security import tenancy
from app.security.actor import acting_as, operator
from tests.conftest import Client

LANGUAGE = re.compile(r'<html lang="([a-z]+)"')
SIGN_IN = {"nb": "Logg inn", "nn": "Logg inn", "en": "Sign in", "se": "Logge sisa"}


def language_of(answer):
    """The language that a page says it is in."""
    return LANGUAGE.search(answer.text).group(1)


@pytest.fixture
def stranger(app):
    app.test_client_class = Client
    return app.test_client()


@pytest.fixture
def prefers(app, world):
    """Says which language the person behind a login of Strandvik prefers, until the test ends."""
    changed = []

    def put(username, language):
        pk = world.strandvik.persons[username]
        with (
            app.app_context(),
            acting_as(db.session(), operator(world.strandvik.id)),
            transaction(),
        ):
            db.session.get_one(Person, pk).language = language
        changed.append(username)

    yield put
    for username in dict.fromkeys(changed):
        put(username, None)
        with app.app_context(), transaction() as database:
            profile = database.get(AccountProfile, world.accounts[username])
            if profile is not None:
                profile.language = None


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("nb-NO,nb;q=0.9", "nb"),
        ("nn-NO", "nn"),
        ("no", "nb"),
        ("en-GB,en", "en"),
        ("de, nn;q=0.5", "nn"),
        ("de", "nb"),
        ("", "nb"),
    ],
)
def test_a_stranger_reads_what_the_browser_asks_for(stranger, asked, spoken):
    assert language_of(stranger.get("/login/", headers={"Accept-Language": asked})) == spoken


def test_the_persons_language_goes_before_the_browsers(client_as, prefers):
    prefers("koordinator.strandvik", Language.NN)

    page = client_as("koordinator.strandvik").get("/my-plans/", headers={"Accept-Language": "en"})

    assert language_of(page) == "nn"


def test_what_the_login_chose_goes_before_the_persons_language(client_as, prefers):
    prefers("koordinator.strandvik", Language.NN)
    client = client_as("koordinator.strandvik")

    client.send("/language/", {"language": "en"})
    again = client_as("koordinator.strandvik")

    assert language_of(client.get("/my-plans/")) == "en"
    assert language_of(again.get("/my-plans/")) == "en"


def test_the_persons_language_follows_the_municipality(client_as, prefers):
    prefers("larer", Language.EN)

    in_strandvik = client_as("larer", "9901").get("/my-plans/", headers={"Accept-Language": "nn"})
    in_fjellby = client_as("larer", "9902").get("/my-plans/", headers={"Accept-Language": "nn"})

    assert language_of(in_strandvik) == "en"
    assert language_of(in_fjellby) == "nn"


def test_a_new_language_in_ones_own_contact_data_is_spoken_at_once(app, world, client_as, prefers):
    prefers("koordinator.strandvik", None)
    client = client_as("koordinator.strandvik")
    page = client.get("/me/", headers={"Accept-Language": "en"}).text
    version = re.search(r'name="version" value="(\d+)"', page).group(1)

    client.send("/me/contact", {"version": version, "contact_language": "nn"})

    assert language_of(client.get("/my-plans/", headers={"Accept-Language": "en"})) == "nn"


def test_north_sami_borrows_from_bokmal_and_says_so(stranger):
    page = stranger.get("/login/", headers={"Accept-Language": "se"})

    assert language_of(page) == "nb"
    assert '<h1><span lang="se">Logge sisa</span></h1>' in page.text
    assert "Har du glemt passordet?" in page.text
    assert '<p lang="se">Dušše oassi teavsttain lea davvisámegillii.</p>' in page.text
    assert "Davvisámegiella" in page.text


@pytest.mark.parametrize("language", SIGN_IN)
def test_the_note_is_there_for_the_language_that_needs_it_alone(stranger, language):
    page = stranger.get("/login/", headers={"Accept-Language": language}).text

    assert SIGN_IN[language] in page
    assert ("<aside" in page) == (language == "se")


def test_a_person_can_prefer_north_sami_on_both_databases(app, world, prefers):
    prefers("koordinator.strandvik", Language.SE)

    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(world.strandvik.id)):
        pk = world.strandvik.persons["koordinator.strandvik"]
        assert db.session.get_one(Person, pk).language is Language.SE


@pytest.mark.parametrize(
    ("language", "million", "count"),
    [
        ("nb", "1\u00a0234\u00a0567", "1\u00a0234 treff"),
        ("nn", "1\u00a0234\u00a0567", "1\u00a0234 treff"),
        ("se", "1\u00a0234\u00a0567", "1\u00a0234 treff"),
        ("en", "1,234,567", "1,234 hits"),
    ],
)
def test_numbers_are_written_as_the_language_does(app, language, million, count):
    with app.test_request_context(headers={"Accept-Language": language}):
        in_python = ngettext("%(num)s hit", "%(num)s hits", 1234)
        in_page = render_template_string(
            "{{ ngettext('%(num)s hit', '%(num)s hits', 1234) }}|{{ show_number(1234567) }}"
        )

    assert in_python == count
    assert in_page == f"{count}|{million}"


@pytest.mark.parametrize("language", ["nb", "nn", "se", "en"])
def test_dates_are_day_month_and_year_in_every_language(app, language):
    with app.test_request_context(headers={"Accept-Language": language}):
        assert show_date(date(2026, 5, 7)) == "07.05.2026"
        assert show_date(None) == ""
