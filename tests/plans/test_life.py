"""Pausing, closing, opening again and emergency access, each by those who may and by no others."""

import re

import pytest
from sqlalchemy import select

from app.db import db
from app.enums import NoticeKind, PlanKind, PlanState, Section
from app.models import AuditEvent, EmergencyAccess, Plan
from app.security.actor import acting_as, operator
from app.side_tables import Notice
from tests.plans import garden as gardens
from tests.plans import scenes

COORDINATOR = "koordinator.strandvik"


@pytest.fixture
def plan(app, world, garden):
    """A fresh active plan of planeier's kind, with larer and an open goal in it."""
    bed = garden.strandvik
    with app.app_context(), gardens.planting(world.strandvik):
        row = gardens.make_plan(
            world.strandvik.persons["planeier"],
            world.strandvik.persons[COORDINATOR],
            kind=PlanKind.EDUCATION_PLAN,
        )
        gardens.fill(bed, "fresh", row)
        gardens.teach(bed, "fresh", row)
        return row.id


def load(app, world, plan_id):
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        return db.session.get_one(Plan, plan_id)


def told(app, world, plan_id, kind):
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        found = select(Notice.person_id).where(Notice.plan_id == plan_id, Notice.kind == kind)
        return set(db.session.scalars(found))


def open_ones(garden):
    return [garden.strandvik.entries["fresh", s] for s in (Section.GOALS, Section.ACTIVITIES)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("pause", {}),
        ("close", {"reason": "ferdig"}),
        ("frame", {"needs": "hvile"}),
        ("hand-over", {"person_id": "x"}),
        ("stand-in", {"person_id": "x"}),
    ],
)
@pytest.mark.parametrize(
    ("username", "status"),
    [("planeier", 403), ("larer", 403), ("foresatt", 404), ("koordinator.fjellby", 404)],
)
def test_only_the_coordinator_changes_the_life_of_a_plan(
    app, world, client_as, plan, path, data, username, status
):
    in_ = "9901" if username == "larer" else None

    answer = client_as(username, in_).send(f"/plan/{path}/{plan}", data)

    assert answer.status_code == status
    assert load(app, world, plan).state is PlanState.ACTIVE


def test_a_paused_plan_is_read_by_all_and_written_by_none(app, world, client_as, plan):
    client = client_as(COORDINATOR)

    client.send(f"/plan/pause/{plan}")

    assert load(app, world, plan).state is PlanState.PAUSED
    assert client_as("larer", "9901").get(f"/plan/show/{plan}").status_code == 200
    assert client.get(f"/plan/frame/{plan}").status_code == 403
    client.send(f"/plan/resume/{plan}")
    assert client.get(f"/plan/frame/{plan}").status_code == 200


def test_a_plan_is_closed_after_every_open_activity_was_looked_at(
    app, world, garden, client_as, plan
):
    client, goal = client_as(COORDINATOR), open_ones(garden)

    some = client.send(f"/plan/close/{plan}", {"reason": "ferdig", "reviewed": goal[:1]})
    bare = client.send(f"/plan/close/{plan}", {"reason": "", "reviewed": goal})
    done = client.send(f"/plan/close/{plan}", {"reason": "ferdig", "reviewed": goal})

    assert (some.status_code, bare.status_code, done.status_code) == (422, 422, 302)
    closed = load(app, world, plan)
    assert (closed.state, closed.closed_reason) == (PlanState.CLOSED, "ferdig")
    assert told(app, world, plan, NoticeKind.PLAN_CLOSED) == {
        world.strandvik.persons["planeier"],
        world.strandvik.persons["larer"],
    }


def test_who_has_seen_nothing_yet_is_not_told_that_a_plan_is_closed(
    app, world, garden, client_as, plan
):
    scenes.set_state(app, world, plan, PlanState.DRAFT)

    close(client_as(COORDINATOR), garden, plan)

    assert load(app, world, plan).state is PlanState.CLOSED
    assert told(app, world, plan, NoticeKind.PLAN_CLOSED) == {world.strandvik.persons["planeier"]}


def test_a_refused_closing_keeps_what_was_written_and_ticked(garden, client_as, plan):
    ticked = open_ones(garden)[0]

    page = client_as(COORDINATOR).send(
        f"/plan/close/{plan}", {"reason": "målet er nådd", "reviewed": [ticked]}
    )

    assert 'value="målet er nådd"' in page.text
    assert f'value="{ticked}" checked' in page.text


def close(client, garden, plan):
    return client.send(f"/plan/close/{plan}", {"reason": "ferdig", "reviewed": open_ones(garden)})


def test_a_closed_plan_is_opened_again_by_the_local_administrator_with_a_reason(
    app, world, garden, client_as, plan
):
    coordinator, administrator = client_as(COORDINATOR), client_as("lokal.strandvik")
    close(coordinator, garden, plan)

    by_coordinator = coordinator.send(f"/plan/reopen/{plan}", {"reason": "likevel"})
    without = administrator.send(f"/plan/reopen/{plan}", {"reason": " "})
    opened = administrator.send(f"/plan/reopen/{plan}", {"reason": "likevel"})

    assert (by_coordinator.status_code, without.status_code) == (403, 422)
    assert opened.status_code == 302
    assert load(app, world, plan).state is PlanState.ACTIVE
    assert world.strandvik.persons[COORDINATOR] in told(app, world, plan, NoticeKind.PLAN_REOPENED)


def test_a_closed_individual_plan_stays_closed_while_the_owner_has_another(
    world, garden, client_as
):
    owner = world.strandvik.persons["young"]
    with client_as("lokal.strandvik") as administrator:
        pass
    plan = garden.strandvik.plans["closed"]
    app = client_as("lokal.strandvik").application
    with app.app_context(), gardens.planting(world.strandvik):
        gardens.make_plan(owner, world.strandvik.persons[COORDINATOR], state=PlanState.DRAFT)

    answer = administrator.send(f"/plan/reopen/{plan}", {"reason": "likevel"})

    assert answer.status_code == 409


def test_the_local_administrator_sees_that_a_plan_is_and_nothing_that_is_in_it(
    app, world, client_as, plan
):
    with app.app_context(), gardens.planting(world.strandvik):
        row = db.session.get_one(Plan, plan)
        row.needs = "Blåklokke"

    page = client_as("lokal.strandvik").get(f"/plan/show/{plan}")
    own = client_as(COORDINATOR).get(f"/plan/show/{plan}")

    assert page.status_code == 200
    assert "Blåklokke" not in page.text
    assert "Blåklokke" in own.text


def test_emergency_access_needs_a_reason_and_a_limit_and_is_told_at_once(
    app, world, client_as, plan
):
    client = client_as("lokal.strandvik")

    bare = client.send(f"/plan/emergency/{plan}", {"reason": "", "hours": "2"})
    long = client.send(f"/plan/emergency/{plan}", {"reason": "fare for liv", "hours": "25"})
    done = client.send(f"/plan/emergency/{plan}", {"reason": "fare for liv", "hours": "2"})

    assert (bare.status_code, long.status_code, done.status_code) == (422, 422, 302)
    assert told(app, world, plan, NoticeKind.EMERGENCY_ACCESS) >= {
        world.strandvik.persons["planeier"],
        world.strandvik.persons[COORDINATOR],
    }
    assert 'data-color="danger"' in client.get(f"/plan/show/{plan}").text


def test_what_is_opened_in_an_emergency_ends_with_it(app, world, client_as, plan):
    with app.app_context(), gardens.planting(world.strandvik):
        db.session.get_one(Plan, plan).needs = "Blåklokke"
    client = client_as("lokal.strandvik")
    client.send(f"/plan/emergency/{plan}", {"reason": "fare for liv", "hours": "2"})
    during = client.get(f"/plan/show/{plan}").text

    client.send(f"/plan/end-emergency/{plan}")

    assert "Blåklokke" in during
    assert "Blåklokke" not in client.get(f"/plan/show/{plan}").text


def test_everyone_who_may_see_the_plan_sees_on_each_page_that_it_is_read_in_an_emergency(
    client_as, plan
):
    administrator = client_as("lokal.strandvik")
    administrator.send(f"/plan/emergency/{plan}", {"reason": "fare for liv", "hours": "2"})
    pages = {
        "lokal.strandvik": [f"/plan/show/{plan}", f"/plan-content/section/{plan}?section=goals"],
        "planeier": [f"/plan/show/{plan}", f"/plan-access/who/{plan}"],
        COORDINATOR: [
            f"/plan-consent/overview/{plan}",
            f"/plan-content/section/{plan}?section=goals",
        ],
        "larer": [f"/plan/show/{plan}", f"/plan-content/section/{plan}?section=goals"],
    }

    def marked(username, page):
        answer = client_as(username, "9901" if username == "larer" else None).get(page)
        assert answer.status_code == 200, page
        is_told = "fare for liv" in answer.text
        assert (f"/plan/end-emergency/{plan}" in answer.text) is (
            is_told and username == "lokal.strandvik"
        )
        return is_told

    assert all(marked(name, page) for name, paths in pages.items() for page in paths)
    administrator.send(f"/plan/end-emergency/{plan}")
    del pages["lokal.strandvik"]
    assert not any(marked(name, page) for name, paths in pages.items() for page in paths)


@pytest.mark.parametrize("username", [COORDINATOR, "planeier", "lokal.fjellby", "sentral"])
def test_only_the_local_administrator_opens_a_plan_in_an_emergency(
    app, world, client_as, plan, username
):
    client_as(username).send(f"/plan/emergency/{plan}", {"reason": "x", "hours": "1"})

    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        found = select(EmergencyAccess).where(EmergencyAccess.plan_id == plan)
        assert db.session.scalar(found) is None


def test_opening_a_plan_is_written_to_the_log_with_the_right_it_was_opened_by(
    app, world, client_as, plan
):
    client_as("larer", "9901").get(f"/plan/show/{plan}")

    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.plan_id == plan, AuditEvent.action == "plan:shown")
        ).one()
        assert event.basis == "participant"


def seal_of(client, plan):
    """What the form says it showed."""
    page = client.get(f"/plan/frame/{plan}").text
    return re.search(r'name="version" value="([^"]+)"', page).group(1)


def test_what_is_written_elsewhere_in_the_plan_is_no_conflict(app, world, client_as, plan):
    client = client_as(COORDINATOR)
    version = seal_of(client, plan)
    client.send(f"/plan-content/add/{plan}?kind=comment", {"body": "hei"})

    answer = client.send(f"/plan/frame/{plan}", {"needs": "ro", "version": version})

    assert answer.status_code == 302
    assert load(app, world, plan).needs == "ro"


def test_the_frame_keeps_what_two_people_write(app, world, client_as, plan):
    client = client_as(COORDINATOR)
    version = seal_of(client, plan)
    client.send(f"/plan/frame/{plan}", {"needs": "ro", "version": version})

    late = client.send(f"/plan/frame/{plan}", {"needs": "fart", "version": version})

    assert late.status_code == 409
    assert "fart" in late.text
    assert ">ro<" in late.text
    assert load(app, world, plan).needs == "ro"


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("01.01.2026", "31.12.2026", 302),
        ("01.01.2026", "01.01.2026", 422),
        ("", "31.12.2026", 422),
        ("tull", "", 422),
    ],
)
def test_a_period_ends_after_it_begins(client_as, plan, first, last, status):
    client = client_as(COORDINATOR)
    data = {"period_from": first, "period_to": last, "version": seal_of(client, plan)}

    answer = client.send(f"/plan/frame/{plan}", data)

    assert answer.status_code == status


@pytest.mark.parametrize("key", ["planeier", COORDINATOR])
@pytest.mark.usefixtures("plan")
def test_who_an_open_plan_needs_is_not_retired(world, client_as, key):
    person = world.strandvik.persons[key]

    answer = client_as("lokal.strandvik").send(f"/person/retire/{person}", {"reason": "flyttet"})

    assert answer.status_code == 409


def test_each_line_of_the_overview_leads_to_its_plan(client_as, plan):
    page = client_as("lokal.strandvik").get("/plans/list/").text

    assert f'href="/plan/show/{plan}"' in page
