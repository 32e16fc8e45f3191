"""A number on the desk is the length of the list that it opens, and what one would count by hand.

In municipalities drawn at random, seen by a local administrator of the whole or of a unit, on the
pages as they are sent.
"""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from app.clock import today
from app.desk.to_do import CARDS
from app.views import DeskView
from tests.conftest import with_world
from tests.desk import plain_counts
from tests.desk.worlds import plant
from tests.drills import size
from tests.world import PASSWORD

WORLDS = size(2, 40)
CARD = re.compile(r'<a class="ds-card"[^>]*href="([^"]*)"><strong>([^<]*)</strong>')
FIGURE = re.compile(r'<th scope="row"><a href="([^"]*)">[^<]*</a></th><td>([^<]*)</td>')
NUMBER = re.compile(r"\d[\d\u00a0\u202f ]*")
LISTED_APART = re.compile(r"/duplicates/(accounts|plans|units)/")


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, in which each world is a municipality."""
    return with_world(make_app(database_name))


@pytest.mark.drill
@settings(
    max_examples=WORLDS,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@example(seed=9, is_limited=True)
@given(seed=st.integers(0, 10**6), is_limited=st.booleans())
def test_each_number_on_the_desk_is_its_list_and_a_plain_count(app, seed, is_limited):
    on = today()
    place = plant(app, seed, on, is_limited=is_limited)
    desk = Desk(app, place)

    wrong = [*desk.unlike_their_lists(), *desk.unlike_plain_counts()]

    assert not wrong or today() != on, "\n".join(wrong)


class Desk:
    """The desk as the reader of a world gets it: numbers, by where they lead."""

    def __init__(self, app, place):
        self.app, self.place, self.client = app, place, app.test_client()
        page = self.client.get("/login/").text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        data = {"csrf_token": token, "username": place.username, "password": PASSWORD}
        assert self.client.post("/login/", data=data).status_code == 302
        main = self.client.get("/desk/").text.partition("<main")[2]
        self.cards = {unescape(link): number(text) for link, text in CARD.findall(main)}
        self.figures = {unescape(link): number(text) for link, text in FIGURE.findall(main)}
        assert self.figures, "the desk has no figures"

    def unlike_their_lists(self):
        """Numbers that are not how many the page shows to which they lead."""
        for link, told in [*self.cards.items(), *self.figures.items()]:
            if told is not None and (shown := self.rows(link)) != told:
                yield f"{link}: {told} on the desk, {shown} in the list"

    def unlike_plain_counts(self):
        """Numbers that are not what the database's owner counts; none is nought."""
        with self.app.test_request_context():
            asked = {one.key: self.link(one.source) for one in DeskView.cards}
            figures = {
                self.app.url_for(endpoint, **dict(parameters)): question
                for (endpoint, parameters), question in plain_counts.figures().items()
            }
        for key, question in plain_counts.CARDS.items():
            if not self.is_partly_seen(key, asked[key]):
                yield from self.compared(asked[key], self.cards.get(asked[key], 0), question)
        for link, told in self.figures.items():
            if "/plans/" in link or self.place.unit_path is None:
                yield from self.compared(link, told, figures[same(link, figures)])

    def compared(self, link, told, question):
        """What is told against a plain count."""
        counted = plain_counts.count(
            self.app, question, self.place.municipality_id, self.place.on, self.place.unit_path
        )
        if counted != told:
            yield f"{link}: {told} on the desk, {counted} counted by hand"

    def is_partly_seen(self, key, link):
        """Whether the reader sees some rows only, by rules that are not about a plan's unit."""
        return self.place.unit_path is not None and key not in plain_counts.OF_PLANS

    def link(self, source):
        """Where a card leads, within a request."""
        return self.app.url_for(source.endpoint, **source.asked)

    def rows(self, link):
        """How many the page shows."""
        apart = LISTED_APART.match(link)
        joint = "&" if "?" in link else "?"
        answer = self.client.get(link if apart else f"{link}{joint}size=100")
        assert answer.status_code == 200, link
        main = answer.text.partition("<main")[2]
        return main.count('<li class="ds-card">') if apart else body(main).count("<tr")


def body(main):
    """The rows of the first table of a page; nothing where it has none."""
    return main.partition("<tbody>")[2].partition("</tbody>")[0]


def number(told):
    """The first number in a text; None for a way on, which counts nothing."""
    found = NUMBER.search(told)
    return int(re.sub(r"\D", "", found.group())) if found else None


def same(link, links):
    """The one of ``links`` that asks for the same, in whatever order."""
    wanted = urlsplit(link).path, sorted(parse_qsl(urlsplit(link).query))
    for one in links:
        if (urlsplit(one).path, sorted(parse_qsl(urlsplit(one).query))) == wanted:
            return one
    raise AssertionError(f"no plain count for {link}")


def test_every_card_is_counted_by_hand_or_is_known_to_be_a_likeness(app):
    """What resembles something is no question in SQL: those numbers are held to their pages."""
    likenesses = {"account_twice", "participant_twice", "plan_twice", "unit_twice", "proposals"}

    assert {one.key for one in DeskView.cards} == likenesses | plain_counts.CARDS.keys()
    assert {one.key for one in CARDS} <= {one.key for one in DeskView.cards}
