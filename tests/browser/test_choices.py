"""Choosing a person or a unit in a form: by typing, by keyboard alone, and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signed_in import LOOKS, broken, signed_in
from tests.world import CANARY

OWN = CANARY["9901"]
SCHOOL = f"{OWN} skole"


@pytest.fixture
def page(site, browser):
    """A page of the local administrator of Strandvik."""
    with signed_in(site, browser, "lokal.strandvik") as opened:
        yield opened


def choice(page: Page, label: str):
    """The part of the form, the field to type in, and its hits."""
    part = page.get_by_role("group", name=label)
    return part, part.get_by_role("combobox"), part.get_by_role("option")


def sent(page: Page, name: str):
    """The field that is sent."""
    return page.locator(f"input[name={name}]")


def test_a_unit_is_chosen_by_keyboard_and_saved(page):
    page.goto("/person/add")
    page.get_by_label("Given name").fill("Vel")
    page.get_by_label("Family name").fill("Gerson")
    part, field, options = choice(page, "Unit")
    expect(sent(page, "unit_id")).to_have_value("")
    expect(part).to_contain_text("None chosen")

    field.press_sequentially("skole")
    expect(options).to_have_count(1)
    expect(options).to_have_text(f"{SCHOOL} School")
    expect(part.get_by_role("status")).to_have_text("1 hit")
    field.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    field.press("Enter")

    expect(part).to_contain_text(f"{SCHOOL} (School)")
    expect(part.get_by_role("status")).to_have_text(f"{SCHOOL} (School) is chosen.")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vel Gerson")
    expect(page.get_by_role("main")).to_contain_text(SCHOOL)


def test_the_choice_is_kept_after_an_error_and_can_be_removed(page, site):
    page.goto("/person/add")
    part, field, options = choice(page, "Unit")
    field.press_sequentially("sko")
    options.first.click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()

    expect(part).to_contain_text(f"{SCHOOL} (School)")
    expect(sent(page, "unit_id")).to_have_value(site.world.strandvik.units["school"])
    part.get_by_role("button", name="Remove").click()

    expect(sent(page, "unit_id")).to_have_value("")
    expect(part.get_by_role("status")).to_have_text("None chosen")
    expect(field).to_be_focused()


def test_persons_of_one_name_are_told_apart_by_birth_date(page, site):
    client = site.client("lokal.strandvik")
    for day in ("01.02.1980", "03.04.1990"):
        name = {"given_name": "Navne", "family_name": "Søsken", "birth_date": day}
        client.register(name)
    page.goto("/unit/add")
    part, field, options = choice(page, "Leader")

    field.press_sequentially("søs nav")
    expect(options).to_have_text(["Navne Søsken 01.02.1980", "Navne Søsken 03.04.1990"])
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")

    expect(part).to_contain_text("Navne Søsken (03.04.1990)")
    expect(sent(page, "parent_id")).to_have_value("")


def test_a_name_that_is_not_chosen_is_neither_sent_as_a_choice_nor_forgotten(page):
    page.goto("/person/add")
    page.get_by_label("Given name").fill("Half")
    page.get_by_label("Family name").fill("Typed")
    part, field, options = choice(page, "Unit")
    field.press_sequentially("skole")
    expect(options.first).to_be_visible()

    page.get_by_label("Family name").focus()
    expect(options).to_have_count(0)
    expect(part.get_by_role("status")).to_have_text(re.compile("Choose one of the hits"))
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_contain_text("Choose one of the hits")
    expect(field).to_have_value("skole")


def test_esc_closes_the_hits_and_leaves_the_form_as_it_was(page):
    page.goto("/person/add")
    _part, field, options = choice(page, "Unit")
    field.press_sequentially("skole")
    expect(options.first).to_be_visible()

    field.press("Escape")

    expect(options).to_have_count(0)
    expect(field).to_have_value("skole")
    expect(sent(page, "unit_id")).to_have_value("")


def test_what_is_typed_stands_in_no_address(page):
    page.goto("/person/add")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    _part, field, options = choice(page, "Unit")

    field.press_sequentially("skole")
    expect(options.first).to_be_visible()

    assert any(address.endswith("/unit/choices") for address in addresses)
    assert not any("skole" in address for address in addresses)


def test_a_unit_is_moved_by_keyboard_alone(page, site):
    place = site.world.strandvik
    page.goto(f"/unit/move/{place.units['nav']}")
    part, field, options = choice(page, "Part of")
    field.focus()

    page.keyboard.type("skole")
    expect(options).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(part).to_contain_text(f"{SCHOOL} (School)")
    page.get_by_role("button", name="Move", exact=True).focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("is moved")


def test_without_scripts_one_searches_in_a_step_and_saves(site, browser):
    with signed_in(site, browser, "lokal.strandvik", java_script_enabled=False) as page:
        page.goto("/person/add")
        page.get_by_label("Given name").fill("Uten")
        page.get_by_label("Family name").fill("Skript")
        part = page.get_by_role("group", name="Unit")

        part.get_by_role("textbox").fill("skole")
        part.get_by_role("button", name="Search").click()
        part.get_by_label(f"{SCHOOL} (School)").check()
        page.get_by_role("button", name="Save").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Uten Skript")
        expect(page.get_by_role("main")).to_contain_text(SCHOOL)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look["color_scheme"])
def test_it_works_for_all(site, browser, look):
    with signed_in(site, browser, "lokal.strandvik", **look) as page:
        page.goto("/unit/add")
        _part, field, options = choice(page, "Leader")
        field.press_sequentially(OWN)
        expect(options.first).to_be_visible()
        field.press("ArrowDown")
        assert broken(page) == []

        field.press("Enter")
        expect(options).to_have_count(0)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert broken(page) == []
