"""Every page says in short what it is for and for whom."""

import re

import pytest

from app.screens.scoped_view import ScopedModelView
from config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# An error says what is wrong instead; pages in the frame of a plan say it themselves. A form to
# print and sign, and a printed plan, stand alone.
WITHOUT = {"problem.html", "plan.html", "print.html", "paper.html"}
FRAMES = ('{% extends "layout.html" %}', '{% extends "plans/plan.html" %}')

FOR_WHOM = re.compile(r"\bFor (those|local|leaders|central|admin|every)|\byour?\b", re.IGNORECASE)


@pytest.fixture
def generated(app):
    """The generated screens."""
    found = [view for view in app.appbuilder.baseviews if isinstance(view, ScopedModelView)]
    assert len(found) > 6
    return found


def test_every_page_has_a_place_for_it():
    pages = {
        path.name: path.read_text("utf-8")
        for path in TEMPLATES
        if any(frame in path.read_text("utf-8") for frame in FRAMES)
    }

    assert len(pages) > 20
    assert {name for name, page in pages.items() if 'class="intro"' not in page} <= WITHOUT


def test_every_generated_screen_says_it_on_each_of_its_pages(generated):
    # Their records have a page of their own.
    own_page = {"JobView", "PlanListView", "LinkRequestView", "MergeListView", "IncomingListView"}
    silent = [
        f"{type(view).__name__}.{name}"
        for view in generated
        for name, text in (
            ("list", view.intro),
            ("add", view.add_intro),
            ("edit", view.edit_intro),
            ("show", view.show_intro),
        )
        if view.has_door(name)
        and not text
        and not (name == "show" and type(view).__name__ in own_page)
    ]

    assert silent == []


def test_every_entry_of_the_menu_says_for_whom_it_is(app):
    told = {
        item.baseview.endpoint: str(item.baseview.intro)
        for item in app.extensions["samvev_menu"].menu
        for item in item.childs or [item]
    }

    assert [name for name, text in told.items() if not FOR_WHOM.search(text)] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/no/such/page", "may have been moved"),
        ("/municipality/edit/9901", "ask the local administrator"),
    ],
)
def test_a_refusal_says_what_to_do_next(client_as, path, expected):
    page = client_as("lokal.strandvik").get(path, headers={"Accept-Language": "en"}).text

    assert expected in page
    assert len(re.findall("<h1>", page)) == 1
