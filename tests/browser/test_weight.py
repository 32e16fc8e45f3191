"""The pages stay light: the login page and the list of persons, with a cold cache."""

import pytest

from benchmarks.weight import weigh
from tests.browser.looks import LOOKS
from tests.browser.states import LOCAL, STRANGER

MOST_KIBIBYTES = 150


@pytest.mark.parametrize(("actor", "path"), [(STRANGER, "/login/"), (LOCAL, "/person/list/")])
def test_a_page_comes_in_less_than_150_kib(site, browser, actor, path):
    context = browser.new_context()
    context.add_cookies([site.cookie_of(actor, LOOKS[0].language)])

    found = weigh(context.new_page(), site.address + path)

    context.close()
    assert found.files > 3
    assert found.kibibytes < MOST_KIBIBYTES, found.addresses
