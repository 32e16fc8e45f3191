"""The desk: each number is the length of the list that it opens, for whoever reads it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import url_for
from sqlalchemy import select

from app.clock import today
from app.db import db
from app.desk.ways import WAYS
from app.models import Plan
from app.people.names import search_form
from app.plans import consent_states, lists, liveliness, meter_facts, meter_points
from app.plans.liveliness import Sign
from app.security.actor import acting_as, operator
from tests.desk.troubles import LIMITED

ENGLISH = {"Accept-Language": "en"}
CARD = re.compile(r'<a class="ds-card" data-color="\w+" href="([^"]+)"><strong>([^<]+)</strong>')
FIGURE = re.compile(r'<th scope="row"><a href="([^"]+)">([^<]+)</a></th><td>([\d\s]+)</td>')
HITS = re.compile(r"(\d+) hits?\s")
STATES = ("consent_state", "coordinator_state", "owner_access")


def read(client, path):
    """A page in English."""
    answer = client.get(unescape(path), headers=ENGLISH)
    assert answer.status_code == 200
    return answer.text


def length(client, path):
    """How many rows a list says that it has, or shows where it does not count."""
    page = read(client, path)
    hits = HITS.search(page)
    if hits is not None:
        return int(hits[1])
    return 0 if "No hits" in page else page.count('<th scope="row">')


def number(title):
    """The number in a heading."""
    return int(re.search(r"\d+", title)[0])


def test_each_card_tells_how_many_its_list_has(client_as):
    client = client_as("lokal.strandvik")

    cards = CARD.findall(read(client, "/desk/"))

    expected = {
        "consent=expired": 1,
        "owner_access=none": 1,
        "coordinator_state=without": 1,
        "/incoming-plan/": 1,
        "coordinator_state=leaves": 1,
        "evaluation=overdue": 2,
        "band=likely": 2,
        "never_signed_in=yes": 1,
        "/duplicates/merge/": 1,
        "/link-request/": 1,
        "/national-proposals/": 1,
        "state=failed": 1,
        "/training/": 1,
        "/routine/": 1,
    }
    for part, count in expected.items():
        [(path, title)] = [one for one in cards if part in one[0]]
        assert (title, number(title)) == (title, count)
        if "national" not in path:
            assert length(client, path) == count
    assert [path for path, _title in cards][0].endswith("consent=expired")


def test_the_oldest_is_told_by_its_day(client_as):
    page = read(client_as("lokal.strandvik"), "/desk/")

    expired = today() - timedelta(days=4)
    assert f"ran out on {expired:%d.%m.%Y}." in page
    leaves = today() + timedelta(days=9)
    assert f"The first role ends on {leaves:%d.%m.%Y}." in page


def test_each_figure_is_the_length_of_its_list(client_as):
    client = client_as("lokal.strandvik")

    figures = FIGURE.findall(read(client, "/desk/"))

    assert len(figures) == 15
    assert [length(client, path) for path, *_ in figures] == [int(one[2]) for one in figures]


def test_who_administers_a_part_is_told_of_that_part(client_as):
    client = client_as(LIMITED)
    page = read(client, "/desk/")

    cards = CARD.findall(page)
    [(path, title)] = [one for one in cards if "/plans/" in one[0]]
    assert "evaluation=overdue" in path
    assert all("/duplicates/" not in one for one, _title in cards)
    assert number(title) == length(client, path) == 1
    figures = {label: int(count) for _path, label, count in FIGURE.findall(page)}
    assert (figures["Active"], figures["Draft"]) == (1, 0)


def test_every_way_from_the_desk_leads_to_a_page(app, client_as):
    page = read(client_as("lokal.strandvik"), "/desk/")
    with app.test_request_context():
        addresses = [url_for(one.endpoint) for one in WAYS]

    assert [one for one in addresses if f'href="{one}"' not in page] == []


def test_where_nothing_is_wrong_it_is_said_with_the_time(client_as):
    page = read(client_as("lokal.fjellby"), "/desk/")

    assert "Nothing to do now" in page
    assert re.search(r"Checked \d\d\.\d\d\.\d{4} at\s\d\d\.\d\d\.", page)
    assert CARD.findall(page) == []


@pytest.mark.parametrize("username", ["koordinator.strandvik", "planeier", "sentral"])
@pytest.mark.parametrize("path", ["/desk/", "/link-request/list/"])
def test_the_desk_is_for_local_administrators(client_as, username, path):
    assert client_as("lokal.strandvik").get(path).status_code == 200
    assert (
        client_as(username).get(path).status_code
        == client_as(username).get("/plans/list/").status_code
    )
    assert client_as(username).get(path).status_code in (403, 404)


# --- the overview of plans -----------------------------------------------------------------------


@pytest.fixture
def here(app, world):
    """In Strandvik's scope, with all its plans."""
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        yield db.session.scalars(select(Plan)).all()


def test_a_plan_has_a_point_for_each_sign_and_lists_count_alike(here, plans):
    on = today()
    scores = dict(db.session.execute(select(Plan.id, liveliness.score(on))).all())

    for plan in here:
        found = liveliness.of(plan, on)
        assert scores[plan.id] == (None if found is None else found.score)
    for left_out in (None, *Sign):
        name = "lively" if left_out is None else f"no {left_out}"
        plan = next(one for one in here if one.id == plans[name])
        missing = [one.sign for one in liveliness.of(plan, on).points if not one.is_met]
        assert missing == ([] if left_out is None else [left_out])


def test_the_points_that_lists_count_are_those_of_the_meter(here):
    on = today()
    counted = dict(db.session.execute(select(Plan.id, meter_points.met(on))).all())

    for plan in here:
        meter = meter_facts.meter_of(plan)
        met = meter and sum(meter.points[one - 1].is_met for one in meter_points.COUNTED)
        assert counted[plan.id] == met
    assert {None} < {*counted.values()}


def test_every_choice_of_every_filter_finds_what_is_so(here, plans):
    def found(name, value):
        condition = lists.FILTERS[name].condition(value)
        return {*db.session.scalars(select(Plan.id).where(condition))}

    on = today()
    for state in consent_states.ConsentState:
        so = {one.id for one in here if consent_states.state_of(one, on) is state}
        assert found("consent", state.value) == so
    assert found("consent", "ends_30") == found("consent", "ends_60") == set()
    assert found("state", "open") == {one.id for one in here if one.closed_at is None}
    assert found("activity", "12") == {plans["quiet"]}
    assert found("evaluation", "overdue") == {plans["overdue"], plans["of_nav"]}
    assert {plans["due_today"], plans["lively"]} <= found("evaluation", "due")
    assert plans["lively"] in found("liveliness", "high")
    by_score = [found("liveliness", one) for one in ("low", "middle", "high")]
    assert set.union(*by_score) == {one.id for one in here if one.state == "active"}
    assert sum(map(len, by_score)) == len(set.union(*by_score))
    assert found("owner_access", "some").isdisjoint(found("owner_access", "none"))
    by_role = [found("coordinator_state", one) for one in ("in_place", "leaves", "without")]
    assert sum(map(len, by_role)) == len(here)
    of_meter = [found("meter", one) for one in ("low", "middle", "high")]
    assert sum(map(len, of_meter)) == sum(one.kind == "individual_plan" for one in here)


def test_the_overview_finds_a_coordinator_by_name_and_by_id(client_as, world):
    client, going = client_as("lokal.strandvik"), world.strandvik.persons["going"]

    assert length(client, "/plans/list/?coordinator=Reisende") == 1
    assert length(client, f"/plans/list/?coordinator={going}") == 1
    assert length(client, "/plans/list/?coordinator=Ingen") == 0
    assert client.get("/plans/list/?coordinator=01812090026").status_code == 400
    assert 'value="Reisende' in read(client, f"/plans/list/?coordinator={going}")


def test_what_is_worked_out_is_shown_sorted_and_exported(client_as):
    client = client_as("lokal.strandvik")
    asked = (
        "order=-liveliness&columns=owner,consent_state,coordinator_state,owner_access,liveliness"
    )

    first = read(client, f"/plans/list/?{asked}").partition("<tbody>")[2].partition("</tr>")[0]
    file = client.get(f"/plans/export?{asked}&format=csv", headers=ENGLISH).text

    assert "5 of 5" in first
    assert all(word in first for word in ("Valid", "In place", "Yes"))
    assert "Without role or login" in file
    assert len(file.splitlines()) == length(client, "/plans/list/") + 1


@pytest.mark.parametrize("order", ["owner", "-owner"])
def test_plans_sorted_by_their_owner_stand_once_each_on_pages_of_any_size(client_as, order):
    client, row = client_as("lokal.strandvik"), re.compile(r'<th scope="row"><a href="([^"]+)"')
    whole = row.findall(read(client, f"/plans/list/?order={order}&size=100"))
    found, address = [], f"/plans/list/?order={order}&size=4"

    while address:
        page = read(client, address)
        found += row.findall(page)
        following = re.search(r'<a rel="next" href="([^"]+)"', page)
        address = following and unescape(following.group(1))

    assert found == whole
    assert len(set(found)) == len(found) == length(client, "/plans/list/")
    file = client.get(f"/plans/export?order={order}").text.splitlines()[1:]
    names = [search_form(one.partition(";")[0]) for one in file]
    assert names == sorted(names, reverse=order == "-owner")


def test_a_ready_made_view_is_marked_where_one_is(client_as):
    page = read(client_as("lokal.strandvik"), "/plans/list/?state=open&activity=12")

    assert re.search(r'aria-current="true">No activity for 12 months', page)
    assert length(client_as("lokal.strandvik"), "/plans/list/?state=open&activity=12") == 1


def test_the_page_of_a_plan_tells_its_signs_to_those_who_keep_the_overview(client_as, plans):
    path = f"/plan/show/{plans['no meeting']}"

    page = read(client_as("lokal.strandvik"), path)

    assert "4 of 5 signs" in page
    assert "No meeting was held in the last 6 months" in page
    assert "signs that the plan is in use" in read(client_as("koordinator.strandvik"), path)
    assert "signs that the plan is in use" not in read(client_as("planeier"), path)
