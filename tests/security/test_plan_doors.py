"""The doors to plans, tried in ways that no page uses: cases of the catalogue (``security.md``).

What is only read is read in the installation of ``plan_words``.
"""

import re
from contextlib import contextmanager
from html import unescape

import pytest
from flask_appbuilder.charts.views import BaseChartView
from sqlalchemy import event
from werkzeug.exceptions import HTTPException

from app.clock import utc_now
from app.db import db
from app.models import Plan
from app.people.national_id import synthetic
from app.security import policy, tenancy
from app.security.actor import find_actor
from app.security.roles import RESOURCES, Action, Resource
from app.security.routes import Audience
from tests.api.conftest import MISSING, bearer
from tests.conftest import TOKEN
from tests.matrix.cells import OPEN_BY_ANY, SECTION_OF
from tests.plans import garden as gardens
from tests.security import plan_addresses as addresses
from tests.security.plan_words import MARK, words_in

MODELS = {resource: model for model, resource in reversed(RESOURCES.items())}
"""The first model of each resource: its versions come after it."""
REFUSED = (302, 403, 404)


@pytest.fixture(scope="module")
def app(wooded):
    """An installation that is hardly ever changed."""
    return wooded


@pytest.fixture
def wood(app):
    """Ids of the plan with a word in each text."""
    return app.extensions["test_wood"]


@pytest.fixture
def garden(app):
    """Ids of the other plans."""
    return app.extensions["test_garden"]


@pytest.fixture
def doors(app):
    """The registry."""
    return app.extensions["samvev_doors"]


def doors_of(wood):
    """An address of each kind about the plan, all of them shown to larer."""
    activity = wood.entries["activities"]
    return [
        f"/plan/show/{wood.plans['open']}",
        f"/plan-content/section/{wood.plans['open']}?section=activities",
        f"/plan-entry/show/{activity}",
        f"/plan-entry-history/show/{activity}",
        f"/participation/show/{wood.participants['open larer']}",
    ]


# --- methods and addresses -----------------------------------------------------------------------


@pytest.mark.parametrize(("username", "status"), [("larer", 200), ("planeier", 404), (None, 302)])
def test_c4_another_method_is_decided_as_its_own(client_as, wood, username, status):
    client = client_as(username, in_="9901" if username == "larer" else None)

    for path in doors_of(wood):
        head = client.head(path)
        assert (head.status_code, head.data) == (status, b"")
        for method in ("OPTIONS", "TRACE", "PATCH", "PUT", "DELETE", "POST"):
            answer = client.open(path, method=method, data={"_method": "GET"})
            # A form without its token is refused before anybody asks for the page.
            told = (200, 302) if method == "OPTIONS" else (400, 405)
            assert answer.status_code in told, (method, path)
            assert not words_in(answer.text)


def test_c4_no_parameter_or_header_makes_a_post_of_a_get(app, client_as, wood):
    client, pause = client_as("koordinator.strandvik"), f"/plan/pause/{wood.plans['open']}"
    override = dict.fromkeys(("X-HTTP-Method-Override", "X-Method-Override"), "POST")

    assert client.get(f"{pause}?_method=POST", headers=override).status_code == 405
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(wood.place.id)):
        assert db.session.get_one(Plan, wood.plans["open"]).state == "active"


TRICKS = [
    lambda path: f"/{path}",
    lambda path: path.replace("/", "//"),
    lambda path: path.replace("/plan", "/./plan", 1),
    lambda path: f"/x/..{path}",
    lambda path: path.replace("/show", "/%2e/show"),
    lambda path: path.replace("show", "%73how"),
    lambda path: path.upper(),
    lambda path: path.replace("show", "Show"),
    lambda path: f"{path}/",
    lambda path: f"{path};a=b",
    lambda path: f"{path}.json",
    lambda path: f"{path}%20",
    lambda path: f"{path}%00",
    lambda path: f"{path}%2f..",
    lambda path: f"{path}?pk={MISSING}",
    lambda path: f"{path}#x",
]


@pytest.mark.parametrize("username", ["larer", "planeier"])
def test_c5_an_address_written_otherwise_opens_nothing_more(client_as, wood, username):
    client = client_as(username, in_="9901" if username == "larer" else None)
    plain = f"/plan/show/{wood.plans['open']}"
    opens = client.get(plain).status_code == 200
    assert opens is (username == "larer")

    for trick in TRICKS:
        answer = client.get(trick(plain), follow_redirects=True)
        assert answer.status_code in ({200, 400, 404} if opens else {400, 404}), trick(plain)
        assert opens or not words_in(answer.text)


def test_c9_an_action_that_does_not_exist_is_no_error(app, client_as):
    bases = {getattr(view, "route_base", None) for view in app.appbuilder.baseviews}
    paths = [f"{base}/action/burn/1" for base in sorted(filter(None, bases))]
    stranger, admin = client_as(None), client_as("lokal.strandvik")

    assert len(paths) > 20
    for path in (*paths, "/plans/action_post", "/plan/burn/1"):
        for client in (stranger, admin):
            assert client.get(path).status_code in (404, 405), path
    token = {"csrf_token": stranger.csrf(), "action": "burn", "rowid": "1"}
    assert stranger.post("/plans/action_post", data=token).status_code == 404


# --- what is shown is what may be done -----------------------------------------------------------

LINK = re.compile(r'(?:href|formaction)="(/[^"#]*)"')
FORM = re.compile(r'<form[^>]* action="(/[^"#]*)"[^>]*>.*?</form>', re.S)
ON_SOMETHING_THERE = {
    "GiveConsentView.who",
    "GiveConsentView.check",
    "RecordConsentView.ask",
    "AuthorityView.withhold",
    "AuthorityView.open_again",
    "AuthorityView.end",
    "DecisionView.edit",
    "PlanView.end_stand_in",
    "PlanView.end_emergency",
    "PlanView.take_back",
    "PlanView.go_on",
    "ParticipantView.end_all",
}
"""Pages that follow on an earlier step, and buttons beside what this plan has none of."""


def crawl(app, client, plan_id):
    """The endpoints that the pages of a plan lead to, by what stands in the address of each."""
    match = app.url_map.bind("localhost").match
    waiting, seen, found = [f"/plan/show/{plan_id}"], set(), {}
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        if "text/html" not in answer.content_type:
            continue
        for link in links(main_of(answer.text)):
            methods = [m for m in ("GET", "POST") if _leads(match, link, m)]
            endpoint, values = match(link.partition("?")[0], methods[0])
            found.setdefault(endpoint, set()).add(values.get("pk"))
            is_of_plan = endpoint.partition(".")[0] in OF_PLANS
            if "GET" in methods and is_of_plan and endpoint not in seen:
                seen.add(endpoint)
                waiting.append(link)
    return found


def links(page):
    """Where its links lead, and its forms that have a button."""
    yield from map(unescape, LINK.findall(page))
    yield from (unescape(one[1]) for one in FORM.finditer(page) if "<button" in one[0])


def main_of(page):
    """What stands between the head and the foot of a page."""
    return page.partition("<main")[2].partition("</main>")[0]


OF_PLANS = {
    "PlanView",
    "ContentView",
    "EntryView",
    "EntryHistoryView",
    "ParticipantView",
    "ParticipationView",
    "MatrixView",
    "AccessView",
    "AuthorityView",
    "ConsentView",
    "GiveConsentView",
    "EndConsentView",
    "RecordConsentView",
    "DecisionView",
}


def _leads(match, link, method):
    try:
        match(link.partition("?")[0], method)
    except HTTPException:
        return False
    return True


@pytest.mark.parametrize(
    "username", ["koordinator.strandvik", "planeier", "larer", "lokal.strandvik"]
)
def test_c6_the_pages_of_a_plan_lead_to_what_may_be_done_and_nothing_else(
    app, world, garden, doors, client_as, username, database_name
):
    if database_name != "sqlite":
        pytest.skip("the pages are the same")
    plan_id = garden.strandvik.plans["ip"]
    found = crawl(app, client_as(username, in_="9901" if username == "larer" else None), plan_id)

    with app.app_context():
        place = world.strandvik
        actor = find_actor(db.session(), world.accounts[username], place.id, gardens.utc_now())
        with tenancy.applied(db.session(), actor.scope):
            dead = [
                (e, pk)
                for e, pks in found.items()
                for pk in pks
                if not opens(doors[e], actor, e, pk)
            ]
            plan = db.session.get_one(Plan, plan_id)
            allowed = {
                endpoint
                for endpoint, door in doors.items()
                if endpoint.partition(".")[0] in OF_PLANS
                and door.resource is Resource.PLAN
                and opens(door, actor, endpoint, plan.id)
            }

    assert dead == []
    assert allowed - set(found) - ON_SOMETHING_THERE == set()


def opens(door, actor, endpoint, pk):
    """Whether a door about a row, or about none, opens for the actor."""
    if door.audience is not Audience.RULED or pk is None or door.resource not in MODELS:
        return door.opens_for(actor)
    row = db.session.get(MODELS[door.resource], pk)
    if row is None:
        return False
    if door.resource is Resource.PLAN and endpoint in OPEN_BY_ANY:
        wanted = [(a, s) for a in OPEN_BY_ANY[endpoint] for s in gardens.KINDS]
        return any(policy.decide(actor, action, row, section=s) for action, s in wanted)
    if door.action is Action.READ and endpoint not in SECTION_OF:
        return any(policy.decide(actor, Action.READ, row, section=s) for s in gardens.KINDS)
    section = SECTION_OF.get(endpoint)
    return bool(policy.decide(actor, door.action, row, section=section))


# --- what strangers learn ------------------------------------------------------------------------


@contextmanager
def counting(app):
    """How many statements a block makes."""
    with app.app_context():
        engine = db.engine
    heard = []

    def hear(*told):
        heard.append(told[2])

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def test_c7_a_foreign_row_costs_as_much_as_one_that_is_not_there(app, world, garden, client_as):
    client, bed = client_as("koordinator.strandvik"), garden.fjellby
    secret = bearer(app, world, "koordinator.strandvik", "9901")
    options = {"headers": {"Authorization": f"Bearer {secret}"}}
    pairs = {
        "/plan/show/": bed.plans["ip"],
        "/plan-content/bin/": bed.plans["ip"],
        "/plan-entry/show/": bed.entries["ip", gardens.Section.GOALS],
        "/participation/show/": bed.participants["ip", "larer"],
        "/plan-consent/show/": bed.consents["ip", "larer"],
        "/handover/answer/": bed.handovers["ip"],
        "/api/v1/plan/": bed.plans["ip"],
        "/api/v1/participant/": bed.participants["ip", "larer"],
    }
    for path in ("/my-plans/", "/api/v1/plan/"):  # The first request notes that it is the first.
        client.get(path, **options)

    for path, pk in pairs.items():
        made = []
        for one in (pk, MISSING):
            with counting(app) as heard:
                answer = client.get(f"{path}{one}", **(options if "/api/" in path else {}))
            assert answer.status_code == 404
            made.append(len(heard))
        assert made[0] == made[1], path


def test_c8_what_the_public_role_of_the_framework_may_do_opens_nothing(app, client_as, wood):
    manager = app.appbuilder.sm
    with app.app_context():
        public = manager.add_role(manager.auth_role_public)
        for name, view in (("can_list", "PlanListView"), ("can_show", "PlanView")):
            manager.add_permission_role(public, manager.add_permission_view_menu(name, view))
        assert manager.is_item_public("can_list", "PlanListView") is False

    stranger = client_as(None)
    for path in ("/plans/list/", f"/plan/show/{wood.plans['open']}"):
        assert stranger.get(path).status_code == 302
    assert stranger.get("/api/v1/plan/").status_code == 401


# --- lists and filters ---------------------------------------------------------------------------


def test_d2_nothing_is_done_with_many_plans_at_once(app, client_as, garden):
    many = {rule.endpoint for rule in app.url_map.iter_rules() if "bulk" in rule.rule}
    assert many == {
        f"{name}.bulk"
        for name in ("PersonView", "UnitView", "OutsideView", "CourseView", "RoutineView")
    } | {"GatheringView.bulk"}
    client = client_as("lokal.strandvik")
    rows = [garden.strandvik.plans["ip"], garden.fjellby.plans["ip"]]

    for path in ("/plans/bulk", "/plans/action_post", "/plan/bulk"):
        assert client.send(path, {"action": "retire", "row": rows}).status_code == 404


def test_d5_filters_of_the_framework_are_refused_and_fill_no_form(app, client_as, world, garden):
    client, foreign = client_as("lokal.strandvik"), world.fjellby.persons["young"]
    guess = f"_flt_0_owner_id={foreign}"

    for path in addresses.lists(app):
        if path.endswith(("/list/", "/export", "/choices", "/key-roles/")):
            answer = client.get(f"{path}?{guess}")
            assert answer.status_code in (400, 403, 404), path
    coordinator = client_as("koordinator.strandvik")
    for path in (
        "/person/add",
        "/role/add",
        "/plan-start/",
        f"/plan-participant/add/{garden.strandvik.plans['ip']}",
    ):
        asked = coordinator.get(f"{path}?{guess}&person={foreign}&_flt_0_person={foreign}")
        assert asked.status_code == 200
        assert foreign not in asked.text
        assert gardens.CANARY["9902"] not in asked.text


@pytest.mark.parametrize("path", ["/plans/list/", "/plans/export", "/api/v1/plan/"])
def test_d6_a_list_is_neither_filtered_nor_sorted_by_what_it_does_not_show(
    app, world, client_as, wood, path
):
    """C10: the order of rows, or their number, would tell what stands in them."""
    client = client_as("lokal.strandvik")
    secret = bearer(app, world, "lokal.strandvik", "9901")
    options = {"headers": {"Authorization": f"Bearer {secret}"}} if "/api/" in path else {}
    assert client.get(path, **options).status_code == 200

    for guess in addresses.GUESSES:
        answer = client.get(f"{path}?{guess}", **options)
        is_search = guess.startswith("q=") and not options
        assert answer.status_code == (200 if is_search else 400), guess
        assert not any(pk in answer.text for pk in wood.plans.values())


def test_d7_what_stands_in_a_plan_is_found_by_no_search(client_as, wood):
    admin, coordinator = client_as("lokal.strandvik"), client_as("koordinator.strandvik")
    plan = wood.plans["open"]
    assert plan in admin.get("/plans/list/?q=Ola").text

    assert plan not in admin.get(f"/plans/list/?q={MARK}").text
    assert plan not in admin.get(f"/plans/export?q={MARK}").text
    for client in (admin, coordinator):
        found = client.send("/search/hits", {"q": MARK}).get_json()
        assert found["groups"] == client.send("/search/hits", {"q": "qqqqq"}).get_json()["groups"]
        for choices in ("/person/choices", "/unit/choices"):
            assert client.send(choices, {"q": MARK}).get_json()["result"] == []


def test_d8_statistics_are_those_of_the_reports_which_tell_of_no_few(app, client_as):
    views = [view for view in app.appbuilder.baseviews if isinstance(view, BaseChartView)]
    rules = [rule.rule for rule in app.url_map.iter_rules()]

    assert views == []
    numbers = [rule for rule in rules if re.search("chart|graph|statist|report|facet", rule)]
    assert all(rule.startswith("/reports/") for rule in numbers)
    told = client_as("lokal.strandvik").get("/reports/export?report=kinds&format=csv").text
    assert not re.search(r";[0-4](;|\r|$)", told)  # tests/reports has the attacks by differencing


def test_d12_who_is_known_elsewhere_is_registered_as_anybody(client_as, world):
    client, born = client_as("lokal.strandvik"), gardens.date(2010, 5, 17)
    known_there = synthetic(born, 1 + world.fjellby.id * 10)
    known_here = synthetic(born, 1 + world.strandvik.id * 10)
    facts = {"given_name": "Ny", "family_name": "Innflytter"}

    def answer(number):
        found = client.send("/person/find", {"national_id": number})
        text = TOKEN.sub("", found.text.replace(found.headers["X-Request-ID"], ""))
        added = client.send("/person/add", facts | {"national_id": number})
        return found.status_code, text.replace(number, ""), added.status_code

    there, nowhere = answer(known_there), answer(synthetic(born, 77))

    assert there == nowhere
    assert there[2] == 302
    assert answer(known_here)[2] == 409


# --- privileges ----------------------------------------------------------------------------------


def test_p3_a_standard_role_is_changed_by_local_administrators_alone(app, doors, world):
    changing = {
        name: one
        for name, one in doors.items()
        if one.resource is Resource.STANDARD_ROLE and one.action not in policy.READ_ONLY
    }
    with app.app_context():
        opened = {
            username: {name for name, one in changing.items() if one.opens_for(actor)}
            for username in ("lokal.strandvik", "koordinator.strandvik", "planeier", "larer")
            if (actor := _actor(world, username))
        }

    assert changing
    assert opened.pop("lokal.strandvik") == set(changing)
    assert set().union(*opened.values()) == set()


def _actor(world, username):
    place = world.strandvik.id
    return find_actor(db.session(), world.accounts[username], place, utc_now())


def test_p11_nobody_acts_as_somebody_else(app, client_as, garden):
    names = re.compile("impersonat|log.?in.?as|switch.?user|act.?as|sudo|assume", re.I)
    assert not [rule.rule for rule in app.url_map.iter_rules() if names.search(str(rule))]
    seen_as = f"/participation/seen-as/{garden.strandvik.participants['ip', 'larer']}"
    client = client_as("koordinator.strandvik")

    page = client.get(seen_as)

    assert page.status_code == 200
    assert "<form" not in main_of(page.text)
    assert client.send(seen_as).status_code == 405
    assert "Koordinator" in client.get("/me/").text
