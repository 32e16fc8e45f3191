"""The main jobs, by keyboard alone and without JavaScript."""

from itertools import count

import pytest

from app.security.roles import Resource
from tests.browser.hands import Keyboard, Mouse
from tests.browser.looks import WIDE
from tests.browser.states import LOCAL, thing
from tests.world import CANARY, PASSWORD

HERE = CANARY["9901"]
SUMMARY = ".ds-error-summary"
SUCCESS = ".ds-alert[data-color=success]"
numbers = count(1)


@pytest.fixture(params=[Keyboard, Mouse], ids=["by keyboard", "without JavaScript"])
def hands(request, browser, site):
    """Somebody at a browser of their own, who is not signed in."""
    context = browser.new_context(
        java_script_enabled=request.param is Keyboard,
        base_url=site.address,
        locale="nb-NO",
        viewport={"width": WIDE, "height": 900},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield request.param(page)
    context.close()


def enter(hands, site, actor=LOCAL):
    """Be signed in already."""
    hands.page.context.add_cookies([site.cookie(site.visitor(actor, "nb").client)])


def heading(hands):
    """What the page is called."""
    return hands.page.inner_text("h1")


def first_row(hands):
    """The head of the first row of a list."""
    return hands.page.locator("main tbody th").first.inner_text()


def test_signing_in_and_out_leaves_nothing_behind_to_go_back_to(hands, site):
    page = hands.page
    page.goto("/person/list/")
    hands.write("#username", LOCAL)
    hands.write("#password", PASSWORD)
    hands.send("#password")
    page.wait_for_url(f"{site.address}/person/list/")
    hands.press(f"a[href='/person/show/{site.world.strandvik.persons['own']}']")
    page.wait_for_url("**/person/show/*")
    assert heading(hands) == f"Kari {HERE}sen"

    hands.press("[popovertarget=own-menu]")
    hands.press("form[action='/logout/'] button")
    page.wait_for_url("**/login/")
    page.go_back()

    assert HERE not in page.content()
    assert page.is_visible("#username")


def test_a_person_is_added_after_an_error(hands, site):
    enter(hands, site)
    number = next(numbers)
    page, born = hands.page, f"17.05.{1960 + 7 * number}"
    given, family = [("Åse", "Nordli"), ("Torbjørg", "Qvam"), ("Leif", "Brekkhus")][number % 3]
    page.goto("/")
    hands.press("nav.menu a[href='/person/list/']")
    page.wait_for_url("**/person/list/")
    hands.press("main a[href='/person/add']")
    page.wait_for_url("**/person/add")
    hands.write("#given_name", given)
    hands.write("#birth_date", "31.02.2010")
    hands.send("#birth_date")
    page.wait_for_selector(SUMMARY)
    assert hands.is_at(SUMMARY)
    assert page.title().startswith("Feil: ")

    hands.press(f"{SUMMARY} a[href='#family_name']")
    assert hands.is_at("#family_name")
    hands.write("#family_name", family)
    hands.write("#birth_date", born)
    hands.send("#birth_date")
    page.wait_for_url("**/person/show/*")

    assert heading(hands) == f"{given} {family}"
    assert f"{given} {family}" in page.inner_text(SUCCESS)
    assert born in page.inner_text("dl.record")


def test_a_list_is_filtered_and_sorted_and_a_record_opened(hands, site):
    enter(hands, site)
    page = hands.page
    page.goto("/person/list/")

    hands.write("form.filters [name=q]", f"{HERE}s")
    hands.send("form.filters [name=q]")
    page.wait_for_url("**q=*")
    before = first_row(hands)
    hands.press("main thead a[href*='order=-family_name']")
    page.wait_for_url("**order=-family_name*")
    after = first_row(hands)
    hands.press("main tbody th a")
    page.wait_for_url("**/person/show/*")

    assert HERE in before
    assert HERE in after
    assert before != after
    assert heading(hands).split()[0] in after


def test_a_conflict_of_two_is_seen_and_settled(hands, site):
    enter(hands, site)
    page, path = hands.page, f"/person/edit/{thing(site, Resource.PERSON)}"
    page.goto(path)
    hands.write("#given_name", "Min")
    theirs = {"given_name": "Deres", "family_name": "Nordby", "version": "1"}
    assert site.client(LOCAL).send(path, theirs).status_code == 302

    hands.send("#given_name")
    page.wait_for_selector(".ds-alert[role=alert]")

    assert hands.is_at(".ds-alert[role=alert]")
    assert {"Deres", "Min"} <= set(page.locator("main td").all_inner_texts())
    assert page.input_value("#given_name") == "Min"
    hands.send("#given_name")
    page.wait_for_url("**/person/show/*")
    assert heading(hands).startswith("Min ")


def test_a_person_is_retired_and_brought_back(hands, site):
    enter(hands, site)
    page, key = hands.page, thing(site, Resource.PERSON)
    page.goto(f"/person/show/{key}")

    hands.press(f"form[action='/person/retire/{key}'] button")
    page.wait_for_url("**/person/retire/*")
    hands.write("#reason", "Flyttet")
    hands.press("main form.record .actions button")
    page.wait_for_url("**/person/show/*")
    assert page.is_visible(".ds-alert[data-color=warning]")
    hands.press(f"form[action='/person/restore/{key}'] button")
    page.wait_for_selector(f"form[action='/person/retire/{key}']")

    assert page.is_visible(SUCCESS)
    assert not page.is_visible(".ds-alert[data-color=warning]")


def test_a_unit_is_found_by_searching_and_chosen(hands, site):
    enter(hands, site)
    page, key = hands.page, thing(site, Resource.PERSON)
    page.goto(f"/person/edit/{key}")

    hands.choose("unit_id", "nav", site.world.strandvik.units["nav"])
    hands.send("#given_name")
    page.wait_for_url("**/person/show/*")

    assert f"NAV {HERE}" in page.inner_text("dl.record")


def test_a_teacher_changes_to_the_other_municipality(hands, site):
    enter(hands, site, "larer in Strandvik")
    page = hands.page
    page.goto("/")
    assert "Strandvik" in page.inner_text(".place")

    hands.press("[popovertarget=own-menu]")
    hands.press("#own-menu a[href='/municipality-choice/']")
    page.wait_for_url("**/municipality-choice/")
    hands.press("main button[value='9902']")
    page.wait_for_selector(SUCCESS)

    assert "Fjellby" in page.inner_text(".place")


def test_the_language_is_changed_on_the_page_one_is_on(hands, site):
    enter(hands, site)
    page = hands.page
    page.goto("/unit/tree/")
    assert page.get_attribute("html", "lang") == "nb"

    hands.press("[popovertarget=languages]")
    hands.press("#languages button[value=en]")
    page.wait_for_selector("html[lang=en]")

    assert page.url.endswith("/unit/tree/")
    assert heading(hands) == "Units as a tree"
