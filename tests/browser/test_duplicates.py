"""Possible duplicates as reviewers meet them: a chain of three by keyboard, and on a telephone."""

import pytest

from tests.browser.hands import Keyboard, Mouse
from tests.browser.inspection import Watcher
from tests.browser.looks import NARROW, WIDE, Look
from tests.browser.states import LOCAL
from tests.duplicates.pairing import Pairing

SUCCESS = ".ds-alert[data-color=success]"
NAME = "Trekjede"


@pytest.fixture(scope="module")
def chain(site):
    """A = B, B = C and, less surely, A = C; the pairs' ids in the order of the queue."""
    here = Pairing(site.app, site.world.strandvik)
    a, b, c = (here.register(given, NAME) for given in ("Siv", "Siv Eva", "Eva"))
    return [here.pair(a, b, score=22.0), here.pair(b, c, score=21.0), here.pair(a, c, score=5.0)]


@pytest.fixture
def open_for(browser, site):
    """Opens a window for the local administrator, who is signed in."""
    contexts = []

    def opened(hands, width=WIDE):
        context = browser.new_context(
            java_script_enabled=hands is Keyboard,
            base_url=site.address,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_cookies([site.cookie(site.visitor(LOCAL, "nb").client)])
        page = context.new_page()
        page.set_default_timeout(20_000)
        return hands(page)

    yield opened
    for context in contexts:
        context.close()


def shown(page):
    """The id of the pair that is shown."""
    return page.url.partition("/show/")[2].partition("?")[0]


def test_a_chain_of_three_is_reviewed_with_one_key_each(open_for, chain):
    hands = open_for(Keyboard)
    page = hands.page
    page.goto(f"/duplicates/list/?q={NAME}")
    hands.press("main tbody th a")
    page.wait_for_url("**/duplicates/show/*")
    assert shown(page) == chain[0]
    assert page.locator("ol.found li").count() == 3

    hands.write("#note", "2 ganger innom 3 steder")
    assert shown(page) == chain[0]
    assert page.input_value("#note") == "2 ganger innom 3 steder"
    hands.go("#answer button[value=not_same]")
    page.keyboard.press("2")
    page.wait_for_url(f"**/duplicates/show/{chain[1]}*")
    assert page.is_visible(SUCCESS)
    page.keyboard.press("4")
    page.wait_for_url(f"**/duplicates/show/{chain[2]}*")
    page.keyboard.press("3")
    page.wait_for_url(f"**/duplicates/show/{chain[1]}*")
    hands.press(f"{SUCCESS} button")
    page.wait_for_url(f"**/duplicates/show/{chain[2]}")

    hands.go("#keys-on")
    page.keyboard.press("Space")
    page.keyboard.press("3")
    assert page.locator("[aria-keyshortcuts]:not(#top-search button)").count() == 0
    assert shown(page) == chain[2]


def test_a_pair_is_answered_on_a_narrow_screen_without_javascript(open_for, site):
    pair_id = Pairing(site.app, site.world.strandvik).two("Smalskjerm")
    hands = open_for(Mouse, NARROW)
    page = hands.page
    page.goto("/duplicates/list/?q=Smalskjerm")
    page.click("main tbody th a")
    assert shown(page) == pair_id

    page.click("#answer button[value=later]")
    page.wait_for_url("**/duplicates/list/*")
    page.click(f"{SUCCESS} button")
    page.wait_for_url(f"**/duplicates/show/{pair_id}")

    assert "Smalskjerm" in page.inner_text("main table")


@pytest.mark.parametrize("look", [Look("nb", WIDE, "light"), Look("nn", NARROW, "dark")], ids=str)
def test_the_pages_have_nothing_that_shuts_people_out(site, watcher: Watcher, chain, look):
    watcher.become(site.cookie_of(LOCAL, look.language), look)
    wrong = []
    for path in (
        "/duplicates/list/?state=all",
        f"/duplicates/show/{chain[0]}",
        "/duplicates/figures",
    ):
        watcher.open(path)
        wrong += [f"{path}: {one}" for one in watcher.problems(f"{path} {look}")]

    assert not wrong, "\n".join(wrong)
