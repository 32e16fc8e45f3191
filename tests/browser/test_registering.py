"""Registering somebody who is registered already, and choosing the one who is there."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.clock import utc_now
from app.db import db, transaction
from app.models import Person
from app.people import operations as people
from app.security.actor import acting_as, operator
from tests.browser.hands import Keyboard
from tests.browser.signed_in import LOOKS, broken, signed_in

COVERED = """() => document.querySelector(".said").getBoundingClientRect().top
  < document.activeElement.getBoundingClientRect().bottom"""
NAMES = ("Ragnvald", "Aakvåg")


@pytest.fixture(scope="module")
def known(site) -> str:
    """Somebody registered a while ago; the id."""
    at = utc_now()
    facts = people.PersonFacts(
        *NAMES, at.date().replace(year=1971, month=3, day=9), phone="+4740112299"
    )
    with (
        site.app.app_context(),
        acting_as(db.session(), operator(site.world.strandvik.id)) as actor,
        transaction(),
    ):
        return people.register(actor, facts, at=at, today=at.date()).id


def write(hands: Keyboard) -> None:
    """The same human, as one writes who does not know of the other."""
    hands.write("#given_name", "Ragnvald")
    hands.write("#family_name", "Åkvåg")
    hands.write("#birth_date", "09.03.1971")
    hands.write("#phone", "40112299")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: str(look["viewport"]["width"]))
def test_a_coordinator_chooses_the_existing_person_by_keyboard(site, browser, known, look):
    with signed_in(site, browser, "koordinator.strandvik", **look) as page:
        page.goto("/person/add")
        addresses: list[str] = []
        page.on("request", lambda request: addresses.append(request.url))
        hands = Keyboard(page)

        write(hands)
        said = page.get_by_role("status").filter(has_text="resemble")
        expect(said).to_be_in_viewport()
        expect(said).to_contain_text("1 registered person resembles this one.")
        assert not page.evaluate(COVERED)
        assert broken(page) == []
        hands.press(f".resembling a[href$='{known}']")

        expect(page.get_by_role("heading", level=1)).to_have_text(" ".join(NAMES))
        assert not any("40112299" in address for address in addresses)


def test_who_is_shown_follows_what_is_written_and_registering_anyway_asks_why(site, browser, known):
    with signed_in(site, browser, "koordinator.strandvik") as page:
        page.goto("/person/add")
        write(Keyboard(page))
        part = page.locator(".resembling")
        expect(part).to_be_visible()
        page.get_by_label("Phone").fill("")
        for field, other in (("Given name", "Zeno"), ("Family name", "Qvam"), ("Birth date", "")):
            page.get_by_label(field).fill(other)
        expect(part).to_be_hidden()
        expect(page.locator(".said")).to_be_empty()

        write(Keyboard(page))
        why = page.get_by_label("Why you register a new person")
        why.fill("Another person, seen in the register")
        page.get_by_label("Given name").fill("Ragnvald Emil")
        expect(why).to_have_value("Another person, seen in the register")
        page.wait_for_timeout(800)
        page.get_by_role("button", name="Save").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Ragnvald Emil Åkvåg")
        retire(site, page)


def retire(site, page: Page) -> None:
    """So that the next test finds one person again."""
    person_id = re.search("show/(.+)$", page.url).group(1)
    here = operator(site.world.strandvik.id)
    with site.app.app_context(), acting_as(db.session(), here), transaction() as session:
        session.get_one(Person, person_id).retired_at = utc_now()


@pytest.mark.parametrize("look", LOOKS[1:], ids=["320"])
def test_without_scripts_they_are_shown_after_the_first_press_of_save(site, browser, known, look):
    with signed_in(
        site, browser, "koordinator.strandvik", java_script_enabled=False, **look
    ) as page:
        page.goto("/person/add")
        page.get_by_label("Given name").fill("Ragnvald")
        page.get_by_label("Family name").fill("Åkvåg")
        page.get_by_label("Birth date").fill("09.03.1971")
        page.get_by_role("button", name="Save").click()

        expect(page.get_by_label("Family name")).to_have_value("Åkvåg")
        page.get_by_role("link", name=re.compile("Use this one")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(" ".join(NAMES))
