"""Help, the accessibility statement, and the foot that leads to them from every page."""

import re

import pytest

from app.screens.open_pages import LOOKED_THROUGH_ON
from tests.conftest import Client

FOOT = re.compile(r'<footer class="foot">(.*?)</footer>', re.S)
PAGES = ("/tilgjengelighet/", "/hjelp/", "/om/")


@pytest.fixture
def stranger(app):
    app.test_client_class = Client
    return app.test_client()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("username", [None, "planeier", "lokal.strandvik"])
def test_anyone_may_read_them(client_as, path, username):
    assert client_as(username).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/login/", *PAGES])
def test_a_strangers_pages_have_a_foot_that_leads_to_them(stranger, path):
    [foot] = FOOT.findall(stranger.get(path).text)

    assert all(f'href="{page}"' in foot for page in PAGES)


@pytest.mark.parametrize(
    "path", ["/desk/", "/person/list/", "/person/add", "/me/", "/no/such/page"]
)
def test_every_page_has_a_foot_that_leads_to_them(client_as, path):
    [foot] = FOOT.findall(client_as("lokal.strandvik").get(path).text)

    assert all(f'href="{page}"' in foot for page in PAGES)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_statement_says_what_the_regulations_ask_for(stranger, language):
    page = stranger.get("/tilgjengelighet/", headers={"Accept-Language": language}).text

    assert "WCAG 2.1" in page
    assert "Uutilsynet" in page
    assert "uustatus.no" in page
    assert LOOKED_THROUGH_ON.strftime("%d.%m.%Y") in page


def test_without_a_contact_the_municipality_is_whom_to_ask(stranger):
    page = stranger.get("/tilgjengelighet/", headers={"Accept-Language": "en"}).text

    assert "contact the municipality that gave you access" in page


def test_the_contact_of_the_settings_is_shown(app, stranger, monkeypatch):
    contact = "tilgjengelighet@strandvik.example.no"
    monkeypatch.setattr(app.config["SAMVEV"], "accessibility_contact", contact)

    page = stranger.get("/tilgjengelighet/", headers={"Accept-Language": "en"}).text

    assert contact in page
    assert "contact the municipality that gave you access" not in page
