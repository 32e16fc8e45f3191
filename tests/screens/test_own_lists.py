"""Columns, page size and saved views: kept for the account, asked of nobody else's rows."""

import re
from html import unescape
from uuid import uuid4

import pytest

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import UnitKind
from app.models import Person, Unit
from app.people import operations as people
from app.screens.list_pages import LIST_DOORS, ListPages
from app.security import tenancy
from app.security.actor import acting_as, operator
from app.side_tables import SavedView
from app.units import operations as units

HEADING = re.compile(r'<th scope="col"([^>]*)>(?:<a href="([^"]+)">)?([^<]+)')
VIEW = re.compile(r'<a class="ds-chip" data-wrap="wrap" href="([^"]+)"[^>]*>([^<]+)</a>')


def headings(page):
    """The shown columns: what is said of their order, where they lead, and their names."""
    return [
        (extra.strip(), unescape(address), name.strip())
        for extra, address, name in HEADING.findall(page.text)
        if "sr-only" not in name
    ]


def names_of(page):
    return [name for _extra, _address, name in headings(page)]


@pytest.fixture
def client(client_as):
    """A local administrator who starts with the usual columns and no view."""
    client = client_as("lokal.strandvik")
    client.send("/person/arrange", {"reset": "1"})
    for one in VIEW.findall(client.get("/person/list/").text):
        page = client.get(unescape(one[0])).text
        client.send(re.search(r'href="(/saved-view/[^"]+)"', page).group(1) + "/remove")
    return client


def test_columns_and_page_size_are_kept_for_the_account_alone(client, client_as):
    usual = names_of(client.get("/person/list/"))

    client.send(
        "/person/arrange",
        {"is_arranged": "1", "column": ["birth_date", "external_id"], "size": "50"},
    )

    page = client.get("/person/list/")
    assert names_of(page) == ["Navn", "Fødselsdato", "Id i et annet system"]
    assert '<option value="50" selected>' in page.text
    assert names_of(client_as("koordinator.strandvik").get("/person/list/")) == usual
    assert names_of(client.get("/person/list/?columns=name,unit")) == ["Navn", "Virksomhet"]

    client.send("/person/arrange", {"reset": "1"})
    assert names_of(client.get("/person/list/")) == usual


def test_all_columns_but_the_first_can_be_left_out(client):
    client.send("/person/arrange", {"is_arranged": "1"})

    assert names_of(client.get("/person/list/")) == ["Navn"]


@pytest.mark.parametrize("sent", [{"column": "national_id"}, {"size": "7"}, {"size": "x"}])
def test_nothing_else_can_be_kept(client, sent):
    assert client.send("/person/arrange", {"is_arranged": "1", **sent}).status_code == 400


def test_the_file_has_the_columns_that_show(client):
    usual = client.get("/person/export").text.splitlines()[0]
    assert len(usual.split(";")) == 6

    asked = client.get("/person/export?columns=name,external_id").text.splitlines()[0]
    client.send("/person/arrange", {"is_arranged": "1", "column": "address"})
    kept = client.get("/person/export").text.splitlines()[0]

    assert asked.strip("\ufeff") == "Etternavn;Fornavn;Id i et annet system"
    assert kept.strip("\ufeff") == "Etternavn;Fornavn;Adresse"


def put(app, place, model, pk, **values):
    """Set values on a row."""
    with app.app_context(), acting_as(db.session(), operator(place.id)), transaction() as session:
        row = session.get_one(model, pk)
        for name, value in values.items():
            setattr(row, name, value)


def test_a_file_of_units_holds_the_unit_above_and_no_shielded_leader(client, app, world):
    place, word = world.strandvik, f"W{uuid4().hex[:8]}"
    unit, leader = led_unit(app, place, word)
    address = f"/unit/export?columns=name,kind,parent,leader&q={word}"

    shown = client.get(address).text
    put(app, place, Person, leader, is_shielded=True)
    hidden = client.get(address).text

    above = shown.splitlines()[1].split(";")[2]
    assert f"{word};Skole;{above};Ola {word}" in shown
    assert above
    assert f"Ola {word}" not in hidden
    assert f"{word};Skole;{above};" in hidden
    assert unit


def led_unit(app, place, word):
    """A unit with a leader, both of this name."""
    actor = operator(place.id)
    with app.app_context(), acting_as(db.session(), actor), transaction() as session:
        leader = people.register(
            actor, people.PersonFacts("Ola", word), at=utc_now(), today=today()
        )
        session.flush()
        unit = Unit(name=word, kind=UnitKind.SCHOOL, is_outside=False, leader_id=leader.id)
        units.add(actor, unit, session.get_one(Unit, place.units["top"]), at=utc_now())
        session.flush()
        return unit.id, leader.id


def test_every_column_of_a_list_that_is_exported_can_be_exported(app):
    screens = [
        view
        for view in app.appbuilder.baseviews
        if isinstance(view, ListPages) and "export" in view.include_route_methods
    ]

    assert len(screens) > 4
    for view in screens:
        for column in view.all_columns:
            assert set(view.exported_as.get(column, (column,))) <= set(view.export_columns)
            assert column in view.label_columns


def test_lists_have_names_of_their_own(app):
    names = [v.list_name for v in app.appbuilder.baseviews if isinstance(v, ListPages)]

    assert len(names) == len(set(names)) > 5
    assert all(len(name) <= 40 for name in names)


def test_a_heading_sorts_and_turns_round(client):
    page = client.get("/person/list/?q=m%C3%A5ke")
    by_birth = next(one for one in headings(page) if one[2].startswith("Fødselsdato"))

    upwards = client.get(by_birth[1])
    marked = next(one for one in headings(upwards) if one[0])

    assert "q=m" in by_birth[1]
    assert marked[0] == 'aria-sort="ascending"'
    assert marked[2] == "Fødselsdato"
    assert "order=-birth_date" in marked[1]
    assert 'aria-sort="descending"' in client.get(marked[1]).text


@pytest.mark.parametrize("order", ["birth_date", "-birth_date", "registered"])
def test_pages_by_birth_date_hold_everyone_once_those_without_last(client, order):
    word = f"Y{uuid4().hex[:8]}"
    for n, born in enumerate(["01.02.2010", "", "01.02.2009", "", "01.02.2010", "03.04.2012"]):
        client.register({"given_name": f"F{n}", "family_name": word, "birth_date": born})

    forwards = walk(client, f"/person/list/?q={word}&size=2&order={order}", "next")
    backwards = walk(client, f"/person/list/?q={word}&size=2&order={order}&end=1", "prev")

    assert len(forwards) == 3
    assert [name for page in forwards for name in page] == [
        name for page in reversed(backwards) for name in page
    ]
    if order != "registered":
        assert {n[-2:] for n in forwards[-1]} == {"F1", "F3"}


def walk(client, address, direction):
    """The names on each page."""
    pages = []
    while address:
        page = client.get(address).text
        pages.append(re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page))
        found = re.search(rf'<a rel="{direction}" href="([^"]+)"', page)
        address = unescape(found.group(1)) if found else None
    return pages


def test_a_view_keeps_filter_order_and_columns_for_its_owner(client, client_as):
    saved = client.send(
        "/person/keep-view?q=måke&state=all&order=-birth_date&columns=name,unit",
        {"name": " Alle  Måker "},
    )
    [(address, name)] = VIEW.findall(client.get("/person/list/").text)
    page = client.get(unescape(address))

    assert saved.status_code == 302
    assert name == "Alle Måker"
    assert names_of(page) == ["Navn", "Virksomhet"]
    assert 'value="måke"' in page.text
    assert "order=-birth_date" in unescape(address)
    for other in ("koordinator.strandvik", "lokal.fjellby"):
        assert "Alle Måker" not in client_as(other).get("/person/list/").text


def test_a_view_that_is_shared_by_link_shows_the_other_what_the_other_sees(client, client_as):
    client.send("/person/keep-view?q=k", {"name": "K"})
    [(address, _name)] = VIEW.findall(client.get("/person/list/").text)

    there = client_as("lokal.fjellby").get(unescape(address))

    assert there.status_code == 200
    assert "Måkeskrik" not in there.text
    assert client_as("planeier").get(unescape(address)).status_code == 403


def test_a_view_is_renamed_and_removed_with_what_was_typed(app, world, client, client_as):
    client.send("/person/keep-view?q=hemmelig", {"name": "En"})
    client.send("/person/keep-view?q=kari", {"name": "To"})
    page = client.get(unescape(VIEW.findall(client.get("/person/list/").text)[0][0])).text
    own = re.search(r'href="(/saved-view/[^"]+)"', page).group(1)
    others = [client_as(name) for name in ("koordinator.strandvik", "lokal.fjellby", "planeier")]

    assert [one.get(own).status_code for one in others] == [404] * 3
    assert [one.send(own, {"name": "X"}).status_code for one in others] == [404] * 3
    assert [one.send(f"{own}/remove").status_code for one in others] == [404] * 3
    assert client.send(own, {"name": "To"}).status_code == 422
    assert client.send(own, {"name": " "}).status_code == 422
    assert client.send(own, {"name": "Ein"}).status_code == 302
    assert [name for _a, name in VIEW.findall(client.get("/person/list/").text)] == ["Ein", "To"]

    assert client.send(f"{own}/remove").status_code == 302

    assert client.get(own).status_code == 404
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(world.strandvik.id)):
        row = db.session.get_one(SavedView, own.rpartition("/")[2])
        assert (row.name, row.parameters) == ("", {})


def test_a_view_needs_a_free_name_and_room(client):
    for number in range(30):
        assert client.send("/person/keep-view", {"name": f"V{number}"}).status_code == 302

    full = client.send("/person/keep-view?q=kari", {"name": "En til"})
    taken = client.send("/unit/keep-view", {"name": "V1"})

    assert full.status_code == 409
    assert 'value="En til"' in full.text
    assert 'href="#view-name"' in full.text.partition("ds-error-summary")[2]
    assert taken.status_code == 302
    for sent in ({"name": ""}, {"name": "V1"}, {"name": "x" * 101}):
        assert client.send("/unit/keep-view", sent).status_code == 422
    assert client.send("/person/keep-view?nonsense=1", {"name": "N"}).status_code == 400


def test_every_list_sends_what_it_shows_as_a_file(app, client):
    """One list holds nobody of a municipality, so there is no view and no file to keep."""
    screens = [one for one in app.extensions["samvev_views"] if isinstance(one, ListPages)]
    without = {one.endpoint for one in screens if not one.include_route_methods >= LIST_DOORS}
    assert without == {"CentralAppointmentView"}
    with app.test_request_context():
        paths = [
            one.url("export", order=list(one.orders)[-1], columns=",".join(one.all_columns))
            for one in screens
            if one.endpoint not in {*without, "MunicipalityView"}
        ]

    answers = {path: client.get(path).status_code for path in paths}

    assert {path: status for path, status in answers.items() if status != 200} == {}
