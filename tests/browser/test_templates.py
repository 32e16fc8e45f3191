"""Every page is drawn by a template of our own, dressed in the layout, and in nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import request, template_rendered

from config import ROOT
from tests.browser.pages import openings
from tests.matrix.cells import ACTORS

FOLDER = ROOT / "templates"
EXTENDS = re.compile(r'(?:\{#.*?#\}\s*)?\{% extends "([^"]+)" %\}', re.S)
# The first is drawn when nothing else can be, with the same style sheets and the same head of the
# page; the other is a part of a page that is open.
UNDRESSED = {"bare.html", "people/_resembling.html"}


def dressed(name: str) -> bool:
    """Whether a template extends the layout, itself or through others of ours."""
    found = EXTENDS.match((FOLDER / name).read_text("utf-8").lstrip())
    return name == "layout.html" or (found is not None and dressed(found.group(1)))


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Each template that a call in a file names, with what is called."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            for one in node.args:
                if isinstance(one, ast.Constant) and str(one.value).endswith(".html"):
                    yield getattr(node.func, "id", getattr(node.func, "attr", "")), str(one.value)


def test_every_template_that_the_code_draws_is_ours_and_dressed():
    named = [call for path in (ROOT / "app").rglob("*.py") for call in calls(path)]
    pages = {name for called, name in named if called in ("render_template", "_form_page")}

    assert len(pages) > 15
    assert [name for _called, name in named if not (FOLDER / name).is_file()] == []
    assert [name for name in sorted(pages - UNDRESSED) if not dressed(name)] == []


@pytest.fixture
def drawn(site):
    """The templates that were drawn, by endpoint."""
    found = {}
    seen = {one.endpoint: one for one in openings(site)}
    clients = {actor: site.visitor(actor, "nb").client for actor in ACTORS}

    def note(_app, template, **_more):
        found.setdefault(request.endpoint, set()).add(template)

    with template_rendered.connected_to(note, site.app):
        for one in seen.values():
            clients[one.actor].get(one.path)
    return found


def test_every_page_is_drawn_by_one_template_of_ours_that_is_dressed(drawn):
    assert len(drawn) > 25
    for endpoint, templates in drawn.items():
        for template in templates:
            assert Path(template.filename or "").is_relative_to(FOLDER), endpoint
            assert template.name in UNDRESSED or dressed(template.name), endpoint
