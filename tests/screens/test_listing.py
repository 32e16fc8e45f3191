"""Lists: pages that together hold every row once, in Norwegian order, however one turns them."""

import re
from html import unescape
from uuid import uuid4

import pytest

NAME = re.compile(r'<th scope="row"><a href="[^"]+">([^<]+)</a>')
LINK = r'<a rel="{}" href="([^"]+)"'


@pytest.fixture
def listed(client_as):
    """A client, and the word that 23 persons of its own begin with."""
    client = client_as("lokal.strandvik")
    word = f"Z{uuid4().hex[:8]}"
    endings = [*"aåøæzmkb", "aa", "Å", "é", "č", *(f"m{n:02}" for n in range(11))]
    for ending in endings:
        client.register({"given_name": "Side", "family_name": f"{word}{ending}"})
    return client, word, len(endings)


def names_on(page):
    """The family names on a page, without the word that they all begin with."""
    return [unescape(name).partition(",")[0][9:] for name in NAME.findall(page.text)]


def turn(client, page, direction):
    """The page behind a link, or None when there is none."""
    found = re.search(LINK.format(direction), page.text)
    return client.get(unescape(found.group(1))) if found else None


def walk(client, start, direction):
    """The names on every page from ``start`` on, page by page."""
    page, pages = client.get(start), []
    while page is not None:
        assert page.status_code == 200
        pages.append(names_on(page))
        page = turn(client, page, direction)
    return pages


@pytest.mark.parametrize("order", ["family_name", "-family_name", "given_name", "-given_name"])
def test_pages_hold_every_row_once_forwards_and_backwards(listed, order):
    client, word, many = listed
    start = f"/person/list/?family_name={word}&size=4&order={order}"

    forwards = [name for page in walk(client, start, "next") for name in page]
    backwards = [name for page in reversed(walk(client, f"{start}&end=1", "prev")) for name in page]

    assert len(forwards) == len(set(forwards)) == many
    assert backwards == forwards


def test_names_come_in_norwegian_order(listed):
    client, word, _many = listed

    names = [n for p in walk(client, f"/person/list/?family_name={word}", "next") for n in p]

    assert [name for name in names if name in "bkzæøå"] == ["b", "k", "z", "æ", "ø", "å"]
    assert names.index("č") < names.index("k")


def test_the_filter_is_kept_from_page_to_page_and_in_the_export(listed):
    client, word, many = listed

    page = client.get(f"/person/list/?family_name={word}&size=4")
    export = re.search(r'href="(/person/export\?format=csv[^"]+)"', page.text).group(1)
    rows = client.get(unescape(export)).get_data(as_text=True).splitlines()

    assert f"family_name={word}" in re.search(LINK.format("next"), page.text).group(1)
    assert len(rows) == many + 1
    assert all(word in row for row in rows[1:])


def test_no_hits_and_an_unreadable_date_are_told_apart(client_as):
    client = client_as("lokal.strandvik")

    nobody = client.get("/person/list/?family_name=qqqqqqqq")
    unreadable = client.get("/person/list/?birth_date=31.02.2020")

    assert (nobody.status_code, names_on(nobody)) == (200, [])
    assert (unreadable.status_code, names_on(unreadable)) == (400, [])
    assert 'id="filter-birth_date-error"' in unreadable.text
