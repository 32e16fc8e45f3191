"""States that no address alone gives are as right as the pages of the walk."""

import pytest

from app.accounts import central
from app.clock import utc_now
from app.db import transaction
from tests.browser.form_states import STATES
from tests.browser.inspection import Watcher
from tests.browser.looks import LOOKS
from tests.browser.pages import IN_STATES
from tests.browser.states import SEND
from tests.drills import size

LOOKS_EACH = size(1, len(LOOKS))

# What is wrong has the focus, and the title begins with it.
TELLS = """() => document.activeElement.closest("[role=alert]") !== null
  && /^(Feil|Error): /.test(document.title)"""


def looks_of(name):
    """Some looks for a state; the next state gets the next ones."""
    first = list(STATES).index(name) * LOOKS_EACH
    return [LOOKS[(first + number) % len(LOOKS)] for number in range(LOOKS_EACH)]


@pytest.mark.drill
@pytest.mark.parametrize("name", STATES)
def test_the_state_is_right(name, site, watcher):
    state = STATES[name]
    for look in looks_of(name):
        watcher.leave()
        watcher.become(site.cookie_of(state.actor, look.language), look)

        state.reach(watcher, site)

        assert watcher.problems(f"state {name}") == [], f"{name}, {look}"
        assert watcher.status == state.status, f"{name}, {look}"
        if state.status in (409, 422):
            assert watcher.page.evaluate(TELLS), f"{name}, {look}"


@pytest.mark.parametrize("look", LOOKS[: size(1, 2)], ids=str)
def test_the_page_for_the_first_administrator_is_right(look, empty_site, browser):
    with empty_site.app.app_context(), transaction():
        secret = central.first_link(at=utc_now())
    context = browser.new_context()
    watcher = Watcher(context, empty_site.address)
    stranger = empty_site.client(None)
    assert stranger.send("/language/", {"language": look.language}).status_code == 302
    watcher.become(empty_site.cookie(stranger), look)

    watcher.open(f"/first-administrator/{secret}")
    watcher.page.click(SEND)

    assert watcher.problems("state first administrator") == []
    assert watcher.status == 422
    context.close()


def test_pages_that_no_row_opens_are_among_the_states():
    assert {
        "PasswordLinkView.set_password",  # a_password_that_is_too_short
        "FirstAdministratorView.make",  # test_the_page_for_the_first_administrator_is_right
        "ImportView.columns",  # columns_to_choose
    } == IN_STATES
