"""The palette: from anywhere to anything by keyboard, and an ordinary form without scripts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.signed_in import LOOKS, broken, signed_in
from tests.world import CANARY

OWN = CANARY["9901"]


@pytest.fixture
def page(site, browser):
    """The first page of the local administrator of Strandvik."""
    with signed_in(site, browser, "lokal.strandvik") as opened:
        opened.goto("/")
        yield opened


def answered_by(page: Page, answer: Callable[[Route], Any]) -> None:
    """Let ``answer`` see to the searches of the page. It is opened anew for that: one in a hundred
    pages that are open already still sends its next request past it."""
    page.route("**/search/hits", answer)
    page.reload()


def palette(page: Page):
    """The dialog, the field in it, and its hits."""
    dialog = page.get_by_role("dialog")
    return dialog, dialog.get_by_role("combobox"), dialog.get_by_role("option")


@pytest.mark.parametrize("keys", ["Control+k", "/"])
def test_keys_open_it_with_the_field_focused_and_esc_gives_the_focus_back(page, keys):
    link = page.get_by_role("link", name="Samvev", exact=True)
    link.focus()
    dialog, field, options = palette(page)

    page.keyboard.press(keys)
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_the_button_in_the_header_opens_it(page):
    page.get_by_role("search").get_by_role("button", name="Search").click()

    expect(palette(page)[1]).to_be_focused()


def test_a_slash_in_a_field_is_a_slash(page):
    page.goto("/person/add")
    name = page.get_by_label("Given name")

    name.press_sequentially("a/b")

    expect(name).to_have_value("a/b")
    expect(palette(page)[0]).to_be_hidden()


def test_the_slash_can_be_switched_off_and_stays_off(page):
    page.keyboard.press("Control+k")
    page.get_by_label("Open this with the key / as well").uncheck()
    page.goto("/person/list/")

    page.keyboard.press("/")
    expect(palette(page)[0]).to_be_hidden()
    page.keyboard.press("Control+k")

    expect(palette(page)[0]).to_be_visible()


def test_arrows_and_enter_open_a_person_that_was_typed(page):
    dialog, field, options = palette(page)
    page.keyboard.press("Control+k")

    page.keyboard.type(f"kar {OWN}sen")
    hit = options.filter(has_text=f"Kari {OWN}sen")
    expect(hit).to_be_visible()
    expect(dialog.get_by_role("status")).to_have_text(re.compile(r"^\d+ hit"))
    expect(dialog.get_by_role("group", name="Persons")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(hit).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", hit.get_attribute("id"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Kari {OWN}sen")
    assert re.search(r"/person/show/[0-9a-f-]{36}$", page.url)


def test_arrows_go_round_by_way_of_the_field(page):
    _dialog, field, options = palette(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("home")
    expect(options).to_have_count(1)

    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")

    expect(options.first).to_have_attribute("aria-selected", "false")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))


def test_commands_are_there_and_lead_where_they_say(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("reg pers")
    command = palette(page)[2].filter(has_text="Register a person")
    expect(command).to_be_visible()

    command.click()

    expect(page).to_have_url(re.compile("/person/add$"))


def test_enter_without_a_hit_opens_the_page_of_all_hits(page):
    page.keyboard.press("Control+k")
    page.keyboard.type(f"kari {OWN}")

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    expect(page.get_by_role("link", name=f"Kari {OWN}sen").first).to_be_visible()


def test_an_old_answer_never_replaces_a_newer_one(page):
    """The first question is held back until the second one is answered."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        is_old = "q=per&" in (route.request.post_data or "")
        held.append(route) if is_old else route.continue_()

    answered_by(page, hold)
    dialog, field, options = palette(page)
    page.keyboard.press("Control+k")
    expect(options.first).to_be_visible()
    with page.expect_request("**/search/hits"):
        field.fill("per")
    field.fill(f"kari {OWN}")
    expect(options.filter(has_text=f"Kari {OWN}sen")).to_be_visible()
    assert held, "the old question was not asked"

    for route in held:
        route.abort()
    page.keyboard.press("ArrowDown")

    expect(options.filter(has_text=f"Per {OWN}sen")).to_have_count(0)
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(dialog.get_by_role("status")).to_have_text(re.compile(r"^\d+ hit"))


def test_a_search_that_fails_says_so(page):
    answered_by(page, lambda route: route.fulfill(status=503))
    dialog, _field, options = palette(page)

    page.keyboard.press("Control+k")

    expect(dialog.get_by_role("status")).to_have_text(re.compile("did not answer"))
    expect(options).to_have_count(0)


def test_a_name_is_drawn_as_text(site, page):
    client = site.client("lokal.strandvik")
    name = "<img src=x onerror=alert(1)>"
    client.send("/person/add", {"given_name": "Xss", "family_name": name})

    page.keyboard.press("Control+k")
    page.keyboard.type("xss")

    expect(palette(page)[2].filter(has_text=f"Xss {name}")).to_be_visible()


def test_a_national_id_is_turned_away(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("01812090026")

    expect(palette(page)[0].get_by_role("status")).to_have_text(
        "A national id is not searched for here."
    )


def test_without_scripts_it_is_a_form_with_a_page_of_hits(site, browser):
    with signed_in(site, browser, "koordinator.strandvik", java_script_enabled=False) as page:
        page.goto("/")
        field = page.get_by_role("search").get_by_label("Name or word")

        field.fill(f"{OWN} kari")
        field.press("Enter")

        expect(page).to_have_url(re.compile(r"/search/\?q="))
        page.get_by_role("link", name=f"Kari {OWN}sen").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Kari {OWN}sen")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look["color_scheme"])
def test_it_works_for_all(site, browser, look):
    with signed_in(site, browser, "lokal.strandvik", **look) as page:
        page.goto("/")
        page.keyboard.press("Control+k")
        page.keyboard.type(OWN)
        unit = re.compile(rf"^\s*{OWN} skole")  # Plans are told with their unit, too.
        expect(palette(page)[2].filter(has_text=unit)).to_be_visible()
        page.keyboard.press("ArrowDown")
        assert broken(page) == []

        page.keyboard.press("Escape")
        page.goto(f"/search/?q={OWN}")
        expect(page.get_by_role("heading", name="Persons")).to_be_visible()
        assert broken(page) == []
