"""Decisions about a plan: who records and reads them, and how long one may complain."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import DecisionKind, PlanKind
from app.errors import NotAllowed, NotFound
from app.models import AuditEvent, Plan
from app.plans import decisions
from app.plans.decisions import DecisionFacts
from app.security.actor import acting_as, find_actor, operator
from app.side_tables import PlanDecision
from tests.plans import garden as gardens

ENGLISH = {"Accept-Language": "en"}
DAY = date(2026, 3, 2)
SENT = {
    "kind": "individual_decision",
    "what": "Rett til individuell plan er innvilget",
    "legal_ground": "hol § 7-1",
    "decided_on": "02.03.2026",
    "complaint_until": "",
}


@pytest.fixture
def acting(app, world):
    """Runs something as a login in Strandvik, with a plan, in one transaction."""

    def run(username, plan_id, do):
        with app.app_context():
            account, place = world.accounts[username], world.strandvik.id
            actor = find_actor(db.session(), account, place, utc_now())
            with acting_as(db.session(), actor), transaction():
                return do(actor, db.session.get(Plan, plan_id))

    return run


@pytest.fixture
def kept(app, world):
    """The decisions of a plan as they are kept, the oldest first."""

    def ask(plan_id):
        with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
            found = select(PlanDecision).where(PlanDecision.plan_id == plan_id)
            return db.session.scalars(found.order_by(PlanDecision.id)).all()

    return ask


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_the_time_to_complain_is_four_weeks_where_one_may_complain(kind):
    expected = None if kind is DecisionKind.NO_DECISION else date(2026, 3, 30)

    assert decisions.complaint_limit(kind, DAY) == expected


def test_every_kind_of_plan_has_its_say_about_the_legal_ground():
    assert set(decisions.LEGAL_GROUNDS) == set(PlanKind)
    assert "§ 11-10" in decisions.LEGAL_GROUNDS[PlanKind.EDUCATION_PLAN]["nb"]
    assert "§ 7-1" in decisions.LEGAL_GROUNDS[PlanKind.INDIVIDUAL_PLAN]["nn"]


FACTS = DecisionFacts(DecisionKind.RIGHT_OF_COMPLAINT, "Koordinator oppnevnt", "hol § 7-2", DAY)


@pytest.mark.parametrize(
    ("username", "error"),
    [
        ("koordinator.strandvik", None),
        ("planeier", NotAllowed),
        ("larer", NotAllowed),
        ("lokal.strandvik", NotAllowed),
        ("foresatt", NotFound),
    ],
)
def test_the_coordinator_alone_records(acting, garden, username, error):
    def record(actor, plan):
        return decisions.record(actor, plan, FACTS, at=utc_now())

    plan_id = garden.strandvik.plans["ip"]
    if error is None:
        assert acting(username, plan_id, record).complaint_until == date(2026, 3, 30)
    else:
        with pytest.raises(error):
            acting(username, plan_id, record)


def test_nothing_is_recorded_in_a_closed_plan(acting, garden):
    def record(actor, plan):
        return decisions.record(actor, plan, FACTS, at=utc_now())

    with pytest.raises(NotAllowed):
        acting("koordinator.strandvik", garden.strandvik.plans["closed"], record)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"decided_on": date(2999, 1, 1)}, decisions.DecidedLater),
        ({"complaint_until": DAY - timedelta(days=1)}, decisions.ComplaintBeforeDecision),
        (
            {"kind": DecisionKind.NO_DECISION, "complaint_until": DAY},
            decisions.NothingToComplainOf,
        ),
    ],
)
def test_what_cannot_be_is_refused(acting, garden, values, error):
    facts = replace(FACTS, **values)

    with pytest.raises(error):
        acting(
            "koordinator.strandvik",
            garden.strandvik.plans["ip"],
            lambda actor, plan: decisions.record(actor, plan, facts, at=utc_now()),
        )


def test_the_day_of_the_decision_may_be_the_last_day_to_complain(acting, garden):
    facts = DecisionFacts(FACTS.kind, "x", "y", DAY, DAY)
    found = acting(
        "koordinator.strandvik",
        garden.strandvik.plans["draft"],
        lambda actor, plan: decisions.record(actor, plan, facts, at=utc_now()),
    )

    assert found.complaint_until == DAY


# --- the pages -----------------------------------------------------------------------------------


def test_a_decision_is_recorded_once_read_and_changed(client_as, garden, kept):
    plan_id = garden.strandvik.plans["relay_log"]
    client = client_as("koordinator.strandvik")
    add, listed = f"/plan-decision/add/{plan_id}", f"/plan-decision/list/{plan_id}"
    assert "No decision is recorded" in client.get(listed, headers=ENGLISH).text

    sent = SENT | {"form_key": client.form_key(add)}
    for _time in range(2):
        answer = client.send(add, sent)
        assert (answer.status_code, answer.location) == (302, listed)
    [decision] = kept(plan_id)
    assert decision.complaint_until == date(2026, 3, 30)
    assert SENT["what"] in client_as("foresatt").get(listed).text

    edit = f"/plan-decision/edit/{plan_id}?decision={decision.id}"
    assert SENT["what"] in client.get(edit).text
    changed = SENT | {"version": decision.version, "what": "Avslått", "kind": "no_decision"}
    assert client.send(edit, changed).status_code == 302
    [decision] = kept(plan_id)
    assert (decision.what, decision.complaint_until) == ("Avslått", None)

    stale = client.send(edit, changed | {"what": "Noe annet"}, headers=ENGLISH)
    assert stale.status_code == 409
    assert "Avslått" in stale.text
    assert "Noe annet" in stale.text


def test_bad_input_is_told_beside_its_field_and_kept(client_as, garden, kept):
    plan_id = garden.strandvik.plans["draft"]
    client, before = client_as("koordinator.strandvik"), len(kept(plan_id))
    path = f"/plan-decision/add/{plan_id}"

    for wrong, text in (
        ({"what": ""}, "This must be filled in."),
        ({"decided_on": "31.02.2026"}, "This is no date."),
        ({"complaint_until": "01.03.2026"}, "can&#39;t be before the day of the decision"),
    ):
        answer = client.send(path, SENT | wrong, headers=ENGLISH)
        assert answer.status_code == 422
        assert text in answer.text
        assert SENT["legal_ground"] in answer.text
    assert len(kept(plan_id)) == before


def test_the_usual_legal_ground_is_suggested(client_as, garden):
    client = client_as("koordinator.strandvik")

    page = client.get(f"/plan-decision/add/{garden.strandvik.plans['ip']}", headers=ENGLISH).text
    assert "helse- og omsorgstjenesteloven § 7-1" in page


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("planeier", 200),
        ("larer", 403),
        ("lokal.strandvik", 403),
        ("foresatt", 404),
        ("koordinator.fjellby", 404),
    ],
)
def test_who_reads_the_decisions(client_as, garden, username, status):
    place = "9901" if username == "larer" else None
    client = client_as(username, in_=place)
    plan_id = garden.strandvik.plans["ip"]

    assert client.get(f"/plan-decision/list/{plan_id}").status_code == status
    if username == "planeier":
        assert client.get(f"/plan-decision/add/{plan_id}").status_code == 403


def test_a_decision_is_not_reached_through_another_plan(acting, client_as, garden, kept):
    ip, relay = garden.strandvik.plans["ip"], garden.strandvik.plans["relay_log"]
    decision = acting(
        "koordinator.strandvik",
        ip,
        lambda actor, plan: decisions.record(actor, plan, FACTS, at=utc_now()),
    )
    client = client_as("koordinator.strandvik")

    assert client.get(f"/plan-decision/edit/{ip}?decision={decision.id}").status_code == 200
    assert client.get(f"/plan-decision/edit/{relay}?decision={decision.id}").status_code == 404
    assert client.get(f"/plan-decision/edit/{ip}?decision=x").status_code == 404


def test_reading_the_decisions_is_on_the_record(client_as, app, garden, world):
    plan_id = garden.strandvik.plans["ip"]
    client_as("planeier").get(f"/plan-decision/list/{plan_id}")

    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        events = db.session.scalars(
            select(AuditEvent).where(
                AuditEvent.plan_id == plan_id, AuditEvent.action == "plan:section_shown"
            )
        ).all()
    assert events
    assert {str(one.section) for one in events} == {"consents"}


def test_today_is_no_future_day(acting, garden):
    facts = DecisionFacts(DecisionKind.NO_DECISION, "x", "y", today())
    found = acting(
        "koordinator.strandvik",
        garden.strandvik.plans["draft"],
        lambda actor, plan: decisions.record(actor, plan, facts, at=utc_now()),
    )

    assert found.complaint_until is None
    assert gardens.yesterday() < found.decided_on
