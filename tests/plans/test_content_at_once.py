"""Several people at work in one plan at the same moment: each is answered, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.enums import Section
from app.models import PlanEntry
from tests.plans.content_world import Plot, add_to, version_on

WRITERS = ("koordinator.strandvik", "planeier", "koordinator.strandvik", "planeier")


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture
def ip(garden):
    """The id of planeier's plan in Strandvik."""
    return garden.strandvik.plans["ip"]


def at_once(sendings):
    """The answers to what is sent at the same moment: (client, address, form)."""
    barrier = Barrier(len(sendings))

    def send(sending):
        client, path, form = sending
        form = {"csrf_token": client.csrf(), **form}
        barrier.wait()
        return client.post(path, data=form)

    with ThreadPoolExecutor(len(sendings)) as threads:
        return list(threads.map(send, sendings))


def test_what_several_add_at_once_is_all_kept(plot, ip, client_as):
    clients = [client_as(name) for name in WRITERS]
    parent = plot.add_entry(ip, Section.GOALS, "Felles mål")
    forms = [{"title": f"Delmål {n}"} for n in range(len(clients))]

    path = add_to(ip, "goal", parent)
    answers = at_once([(client, path, form) for client, form in zip(clients, forms, strict=True)])

    assert [one.status_code for one in answers] == [302] * len(clients)
    rows = plot.entries(ip, parent_id=parent)
    assert {one.title for one in rows} == {form["title"] for form in forms}
    assert sorted(one.position for one in rows) == [1, 2, 3, 4]


def test_of_those_who_change_the_same_at_once_one_saves_and_the_others_see_it(plot, ip, client_as):
    clients = [client_as(name) for name in WRITERS]
    entry = plot.add_entry(ip, Section.GOALS, "Før")
    path = f"/plan-entry/edit/{entry}"
    forms = [
        {"title": f"Etter {n}", "version": version_on(client.get(path).text)}
        for n, client in enumerate(clients)
    ]

    answers = at_once([(client, path, form) for client, form in zip(clients, forms, strict=True)])

    assert sorted(one.status_code for one in answers) == [302, 409, 409, 409]
    saved = plot.read(PlanEntry, entry).title
    for answer, form in zip(answers, forms, strict=True):
        if answer.status_code == 409:
            assert saved in answer.text
            assert form["title"] in answer.text
    assert [one.number for one in plot.versions(entry)] == [1, 2]


def test_the_same_form_sent_many_times_at_once_makes_one_row(plot, ip, client_as):
    client = client_as("koordinator.strandvik")
    path = add_to(ip, "mapping")
    form = {"title": "Sendt fire ganger", "form_key": client.form_key(path)}
    clients = [client] + [client_as("koordinator.strandvik") for _n in range(3)]

    answers = at_once([(one, path, form) for one in clients])

    assert {one.status_code for one in answers} == {302}
    assert len(plot.entries(ip, title="Sendt fire ganger")) == 1
