"""Documents are as fresh as the code."""

import re

import click
import pytest

from app.jobs.documents import ACCESS_PAGE, access_text
from config import ROOT, Settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"]


def test_the_page_on_access_is_what_roles_and_routes_say(make_app):
    """C3: no address comes, goes or opens for others without the page being written anew."""
    stale = "docs/access.md is stale; write it anew: .venv/bin/flask --app run docs access"
    assert ACCESS_PAGE.read_text(encoding="utf-8") == access_text(make_app("sqlite")), stale


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained(name: str):
    assert f"| `SAMVEV_{name.upper()}` |" in README


def test_no_setting_is_explained_that_does_not_exist():
    told = set(re.findall(r"^\| `SAMVEV_([A-Z_]+)` \|", README, re.M)) - {"WORKERS"}

    assert told == {name.upper() for name in Settings.model_fields}


def test_every_group_of_commands_is_told_of(make_app):
    commands = make_app("sqlite").cli.commands.values()
    ours = [one for one in commands if (one.callback or one).__module__.startswith("app.")]
    ours += [one for one in commands if isinstance(one, click.Group) and one.name not in BROUGHT]

    assert ours
    assert [one.name for one in ours if f"`{one.name}" not in README] == []


BROUGHT = {"db", "fab", "babel"}


@pytest.mark.parametrize("page", PAGES)
def test_places_that_a_document_names_are_there(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    rooms = "app|tests|docs|templates|translations|migrations|benchmarks"
    files = re.findall(rf"`((?:{rooms})/[A-Za-z0-9_/.]*)`", text)

    assert links or files
    folder = (ROOT / page).parent
    assert [link for link in links if not (folder / link).exists()] == []
    assert [file for file in files if not (ROOT / file).exists()] == []
