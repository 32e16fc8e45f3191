"""Two records of one person made one in the browser, and two again: by keyboard, and at 320 px."""

import re

import pytest
from playwright.sync_api import expect

from app.enums import PairState
from tests.browser.hands import Keyboard
from tests.browser.signed_in import broken, signed_in
from tests.duplicates.pairing import Pairing

NARROW = {"width": 320, "height": 720}


@pytest.fixture
def page(site, browser):
    """A page of the local administrator of Strandvik."""
    with signed_in(site, browser, "lokal.strandvik") as opened:
        yield opened


@pytest.fixture
def pair(site):
    """Two records of one name with different phone numbers: the pair's id, and how to read it."""
    here = Pairing(site.app, site.world.strandvik)
    return here, here.two("Nettleser")


def test_two_records_with_different_phones_are_merged_by_keyboard_and_separated(page, pair):
    here, pair_id = pair
    page.set_viewport_size(NARROW)
    hands = Keyboard(page)
    page.goto(f"/duplicates/show/{pair_id}")
    page.get_by_role("button", name="The same person: merge").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose what to keep")
    assert broken(page) == []
    assert page.locator("input[type=radio]:checked").count() == 0

    hands.go("#phone-A")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.locator("#phone-B").is_checked()
    page.get_by_role("button", name="See what it leads to").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look over the merge")
    expect(page.get_by_role("main")).to_contain_text("can be undone for 90 days")
    assert broken(page) == []
    assert here.load(pair_id).state is PairState.OPEN

    page.get_by_role("button", name=re.compile("one person$")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge of two records")
    expect(page.get_by_role("main")).to_contain_text("Merged")
    assert broken(page) == []
    assert here.load(pair_id).state is PairState.MERGED

    page.get_by_role("button", name=re.compile("^Undo the merge of")).press("Enter")
    expect(page.get_by_role("main")).to_contain_text("All is as it was")
    assert broken(page) == []
    assert here.load(pair_id).state is PairState.OPEN
