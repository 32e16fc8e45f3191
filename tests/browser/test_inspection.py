"""The walk would see what is wrong: each fault, put on a page that is right, is found."""

import pytest

from tests.browser.looks import Look
from tests.browser.wording import foreign

NARROW = Look("nb", 320, "light")
RIGHT = """<!doctype html><html lang="nb"><head><title>Personer – Samvev</title></head><body>
<a href="#main">Gå til innholdet</a><header>Samvev</header>
<nav class="menu"><a href="/person/list/" aria-current="page">Personer</a></nav>
<main id="main"><h1>Personer</h1></main></body></html>"""
FAULTS = {
    "axe image-alt": ("</main>", "<img src='data:,'></main>"),
    "axe color-contrast": ("</main>", "<p style='color:#eee;background:#fff'>svak</p></main>"),
    "not in nb: 'Persons'": ("<h1>Personer", "<h1>Persons"),
    "not in nb: 'Vel kommune'": ("</main>", "<p aria-label='Vel kommune'>x</p></main>"),
    "its language is en": ('lang="nb"', 'lang="en"'),
    "it has 2 h1": ("</main>", "<h1>Til</h1></main>"),
    "it has 0 header": ("header", "div"),
    "1 choices can't be made by typing": (
        "</main>",
        "<fieldset class=choice data-choices=/x><legend>Velg</legend>"
        "<button name=find>Søk</button></fieldset></main>",
    ),
    "0 entries of the menu are current": (' aria-current="page"', ""),
    "its first link does not lead to the content": ('href="#main"', 'href="#x"'),
    "it is wider than 320 px": ("</main>", "<p style='width:30rem'>bred</p></main>"),
    "console error: oops": ("</main>", "<script>console.error('oops')</script></main>"),
    "script error: bad": ("</main>", "<script>throw Error('bad')</script></main>"),
    "request to another host": ("</main>", "<img alt='' src='http://127.0.0.2:9/'></main>"),
    "loads /static/jquery.js": ("</main>", "<script src='/static/jquery.js'></script></main>"),
}


@pytest.fixture
def place(watcher, site):
    """Shows a page of the test's own at an address of the panel."""
    address = f"{site.address}/shown"

    def show(page: str) -> list[str]:
        watcher.become(site.cookie_of("a stranger", "nb"), NARROW)
        watcher.page.route(
            address, lambda route: route.fulfill(body=page, content_type="text/html")
        )
        watcher.page.goto(address)
        return watcher.problems("fault")

    yield show
    watcher.page.unroute(address)


def test_a_page_that_is_right_has_no_problem(place):
    assert place(RIGHT) == []


@pytest.mark.parametrize("problem", FAULTS)
def test_a_fault_is_found(place, problem):
    good, bad = FAULTS[problem]
    assert good in RIGHT

    found = place(RIGHT.replace(good, bad))

    assert any(one.startswith(problem) for one in found), found


def test_the_content_security_policy_is_heard_when_it_blocks(watcher, site):
    watcher.become(site.cookie_of("a stranger", "nb"), NARROW)
    watcher.open("/login/")
    watcher.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=\"top:0\">')")

    found = watcher.problems("fault")

    assert any("content security policy: style-src" in one for one in found), found


def test_a_text_with_placeholders_is_known_when_it_is_filled():
    assert foreign(["Kari Nordmann is saved."], "nb") == ["Kari Nordmann is saved"]
    assert foreign(["Kari Nordmann er lagret."], "nb") == []
    assert foreign(["Kari Nordmann er lagret."], "nn") == ["Kari Nordmann er lagret"]
    assert foreign(["Persons", "Kari Nordmann"], "en") == []
