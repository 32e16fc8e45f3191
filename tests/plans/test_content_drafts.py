"""Drafts: kept while somebody writes, offered to them again, and shown to nobody else."""

import pytest
from sqlalchemy import select

from app.db import db
from app.enums import Section
from app.models import PlanEntry
from app.side_tables import EntryDraft
from tests.plans.content_world import Plot, add_to, section_of, version_on

DRAFT = {"title": "Uferdig tanke", "body": "ikke ferd", "draft": "typed"}


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture
def ip(garden):
    """The id of planeier's plan in Strandvik."""
    return garden.strandvik.plans["ip"]


@pytest.fixture
def coordinator(client_as):
    """Who coordinates the plans of Strandvik."""
    return client_as("koordinator.strandvik")


def kept(plot):
    """The drafts that hold something."""
    with plot.looking():
        return [one for one in db.session.scalars(select(EntryDraft)) if one.values]


def test_what_is_written_is_kept_offered_taken_up_and_emptied_when_saved(plot, ip, coordinator):
    path = add_to(ip, "about")
    before = len(plot.entries(ip))

    answer = coordinator.send(path, DRAFT)
    assert answer.status_code == 200
    assert answer.json["said"]
    assert len(plot.entries(ip)) == before
    assert "kind=about" in coordinator.get(section_of(ip, Section.ABOUT_ME)).text
    offered = coordinator.get(path).text
    assert "take_up=1" in offered
    assert "Uferdig tanke" not in offered
    assert 'value="Uferdig tanke"' in coordinator.get(f"{path}&take_up=1").text

    coordinator.send(path, {"title": "Ferdig tanke", "body": "ferdig"})

    assert kept(plot) == []
    assert "take_up=1" not in coordinator.get(path).text


def test_without_script_a_button_keeps_the_draft_and_comes_back_to_it(plot, ip, coordinator):
    path = add_to(ip, "mapping")

    page = coordinator.send(path, DRAFT | {"draft": "kept"}, follow_redirects=True)

    assert page.status_code == 200
    assert 'value="Uferdig tanke"' in page.text
    thrown = coordinator.send(path, {"throw_away": "1"}, follow_redirects=True)
    assert "Uferdig tanke" not in thrown.text
    assert kept(plot) == []


def test_a_draft_of_a_change_remembers_what_it_was_a_change_of(plot, ip, coordinator, client_as):
    entry = plot.add_entry(ip, Section.GOALS, "Slik det er")
    path = f"/plan-entry/edit/{entry}"
    opened = version_on(coordinator.get(path).text)
    coordinator.send(path, DRAFT | {"version": opened})
    owner = client_as("planeier")
    assert "Uferdig tanke" not in owner.get(f"{path}?take_up=1").text
    owner.send(path, {"version": version_on(owner.get(path).text), "title": "Eierens"})

    page = coordinator.get(f"{path}?take_up=1").text
    assert "Uferdig tanke" in page
    answer = coordinator.send(path, {"version": version_on(page), "title": "Uferdig tanke"})

    assert answer.status_code == 409
    assert "Eierens" in answer.text
    assert plot.read(PlanEntry, entry).title == "Eierens"
    coordinator.send(path, {"throw_away": "1"})


def test_nobody_else_is_offered_a_draft(plot, ip, coordinator, client_as):
    path = add_to(ip, "goal")
    coordinator.send(path, DRAFT)

    owner = client_as("planeier")
    for page in (owner.get(path), owner.get(f"{path}&take_up=1")):
        assert page.status_code == 200
        assert "Uferdig tanke" not in page.text
    assert 'ds-alert" data-color="info"' in coordinator.get(section_of(ip, Section.GOALS)).text
    assert 'ds-alert" data-color="info"' not in owner.get(section_of(ip, Section.GOALS)).text
    assert "take_up=1" not in owner.get(path).text
    owner.send(path, {"throw_away": "1"})
    assert len(kept(plot)) == 1
    coordinator.send(path, {"throw_away": "1"})


def test_a_draft_that_comes_after_the_form_was_saved_is_not_kept(plot, ip, coordinator):
    path = add_to(ip, "goal")
    key = {"form_key": coordinator.form_key(path)}
    coordinator.send(path, {"title": "Lagret", **key})

    coordinator.send(path, DRAFT | key)

    assert kept(plot) == []


def test_a_draft_has_a_largest_size(plot, ip, coordinator):
    answer = coordinator.send(add_to(ip, "goal"), DRAFT | {"body": "x" * 60_001})

    assert answer.status_code == 422
    assert kept(plot) == []
