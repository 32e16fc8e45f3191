"""What stops a joining, who decides it, and by which pages."""

import re
from contextlib import suppress

import pytest
from sqlalchemy import select

from app.audit import log
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import JobState, PlanKind, Role
from app.errors import NotAllowed, NotFound
from app.jobs import runner
from app.joining import operations
from app.joining.outlook import Stop
from app.joining_tables import JoiningState, MunicipalityJoining, UnitMove, UnitMoveState
from app.models import (
    AgeRule,
    CentralAppointment,
    Job,
    Membership,
    Municipality,
    Person,
    Plan,
    PlanType,
)
from app.security.actor import Actor, acting_as, find_actor
from tests.conftest import with_world
from tests.joining import towns
from tests.plans import garden as gardens
from tests.plans.garden import planting

HOME = "/municipality-joining/"


@pytest.fixture(scope="module")
def app(make_app):
    """An installation in which somebody thinks of joining Fjellby into Strandvik. What is asked
    here is decided in Python: one database is enough."""
    app = with_world(make_app("sqlite"))
    with app.app_context():
        gardens.build(app.extensions["test_world"])
    return app


@pytest.fixture
def joining(context, world):
    """A proposal that waits; taken back afterwards."""
    sentral = find_actor(db.session(), world.accounts["sentral"], None, utc_now())
    with acting_as(db.session(), sentral), transaction():
        row = operations.propose(sentral, world.fjellby.id, world.strandvik.id, at=utc_now())
    yield row.id
    with acting_as(db.session(), sentral), transaction():
        row = db.session.get_one(MunicipalityJoining, row.id)
        if row.ended_at is None:
            row.state, row.ended_at = JoiningState.TAKEN_BACK, utc_now()


def stops(pk):
    """What stops it now."""
    row = db.session.get_one(MunicipalityJoining, pk)
    found = operations.outlook(row, at=utc_now()).stops
    db.session.rollback()
    return set(found)


def other_age(world):
    db.session.add(AgeRule(kind=PlanKind.INDIVIDUAL_PLAN, own_consent_age=18, valid_from=today()))


def another_part(world):
    kind = db.session.scalars(
        select(PlanType).where(PlanType.kind == PlanKind.INDIVIDUAL_PLAN)
    ).one()
    kind.sections = [*kind.sections, "print_export"]


def open_job(world):
    db.session.add(
        Job(
            kind="duplicate_scan",
            state=JobState.WAITING,
            account_id=1,
            title="x",
            created_at=utc_now(),
        )
    )


def unit_on_its_way(world):
    """Out of the one that goes; the same stands in the way when units come."""
    unit_id = world.fjellby.units["nav"]
    db.session.add(
        UnitMove(
            unit_id=unit_id,
            to_municipality_id=world.strandvik.id,
            state=UnitMoveState.ACCEPTED,
            unit_ids=[unit_id],
            proposed_by_id=1,
            proposed_at=utc_now(),
        )
    )


def shielded(world):
    db.session.get_one(Person, world.fjellby.persons["larer"]).is_shielded = True


def coordinator_of_one_place(world):
    """larer gets the role in Fjellby, and coordinates a plan in Strandvik without one there."""
    db.session.get_one(Membership, world.fjellby.memberships["larer"]).role = Role.COORDINATOR


@pytest.mark.parametrize(
    ("change", "stop"),
    [
        (other_age, Stop.AGES_DIFFER),
        (another_part, Stop.PARTS_LACK),
        (open_job, Stop.WORK_UNFINISHED),
        (unit_on_its_way, Stop.UNITS_ON_THE_WAY),
        (shielded, Stop.LOGIN_OF_TWO),
    ],
)
def test_what_would_change_somebodys_access_or_work_stops_it(change, stop, joining, world):
    before, after = stops(joining), set()

    # Nothing of it is kept.
    with suppress(NotKept), planting(world.fjellby):
        change(world)
        db.session.flush()
        row = db.session.get_one(MunicipalityJoining, joining)
        after |= set(operations.outlook(row, at=utc_now()).stops)
        raise NotKept

    assert (before, after) == (set(), {stop})


class NotKept(Exception):
    """Undoes what a test has changed."""


def approve(actor, pk):
    """Say yes; the job's id."""
    with acting_as(db.session(), actor), transaction():
        row = db.session.get_one(MunicipalityJoining, pk)
        return operations.approve(actor, row, has_backup=True, at=utc_now()).id


def test_a_role_that_would_open_a_closed_plan_stops_it(joining, world):
    with planting(world.strandvik):
        plan = db.session.scalars(select(Plan).where(Plan.kind == PlanKind.RELAY_LOG)).one()
        coordinator, plan.coordinator_id = plan.coordinator_id, world.strandvik.persons["larer"]
    try:
        assert stops(joining) == set()
        with planting(world.fjellby):
            coordinator_of_one_place(world)
        assert stops(joining) == {Stop.LOGIN_OF_TWO}
    finally:
        with planting(world.fjellby):
            member = db.session.get_one(Membership, world.fjellby.memberships["larer"])
            member.role = Role.PARTICIPANT
        with planting(world.strandvik):
            db.session.get_one(Plan, plan.id).coordinator_id = coordinator


@pytest.mark.parametrize(
    ("name", "number", "refused"),
    [
        ("sentral", None, NotAllowed),
        ("lokal.fjellby", "9902", NotFound),
        ("koordinator.strandvik", "9901", NotFound),
        ("planeier", "9901", NotFound),
    ],
)
def test_nobody_but_a_local_administrator_of_the_one_that_takes_over_approves(
    name, number, refused, joining, world
):
    place = world.place(number).id if number else None
    actor = find_actor(db.session(), world.accounts[name], place, utc_now())

    with pytest.raises(refused):
        approve(actor, joining)


def test_whoever_administers_a_part_answers_for_nothing(joining, world):
    with planting(world.strandvik):
        member = db.session.get_one(Membership, world.strandvik.memberships["lokal.strandvik"])
        member.unit_id = world.strandvik.units["school"]
    try:
        actor = towns.actor(world, "lokal.strandvik", world.strandvik)
        with pytest.raises(NotFound):
            approve(actor, joining)
    finally:
        with planting(world.strandvik):
            db.session.get_one(Membership, member.id).unit_id = None


def test_it_takes_two(joining, world):
    """Also where the central administrator is local administrator too."""
    actor = towns.actor(world, "lokal.strandvik", world.strandvik)
    with transaction():
        row = db.session.get_one(MunicipalityJoining, joining)
        proposer, row.proposed_by_id = row.proposed_by_id, actor.account_id
    try:
        with pytest.raises(operations.AnotherMustApprove):
            approve(actor, joining)
    finally:
        with transaction():
            db.session.get_one(MunicipalityJoining, joining).proposed_by_id = proposer


def test_work_that_was_ordered_asks_again_when_it_runs(app, joining, world):
    """P10: here the one who proposed it is central administrator no longer."""
    actor = towns.actor(world, "lokal.strandvik", world.strandvik)
    job_id = approve(actor, joining)
    with transaction():
        appointed = db.session.scalars(select(CentralAppointment)).one()
        appointed.ended_at = utc_now()
    try:
        runner.run_job(job_id, world.strandvik.id)
    finally:
        with transaction():
            db.session.get_one(CentralAppointment, appointed.id).ended_at = None

    with acting_as(db.session(), actor):
        job = db.session.get_one(Job, job_id)
        assert (job.state, job.report["failure"]) == (JobState.FAILED, "joining_taken_back")
    assert db.session.get_one(Municipality, world.fjellby.id).is_in_use


def test_from_the_proposal_to_the_answer_by_the_pages(client_as, world, app):
    sentral, local = client_as("sentral"), client_as("lokal.strandvik")
    for client in (sentral, local):
        client.send("/language/", {"language": "en"})
    both = {"from_id": str(world.fjellby.id), "into_id": str(world.strandvik.id)}

    same = sentral.send(f"{HOME}add", both | {"into_id": both["from_id"]})
    proposed = sentral.send(f"{HOME}add", both)
    again = sentral.send(f"{HOME}add", both)
    seen = sentral.get(proposed.location).text
    asked = local.get("/desk/").text
    before = local.get(proposed.location).text
    with app.app_context(), transaction():
        log.record(Actor(), "backup:taken")
    after = local.get(proposed.location).text
    without = local.send(proposed.location.replace("show", "approve"))
    answered = local.send(proposed.location.replace("show", "decline"))

    assert (same.status_code, proposed.status_code, again.status_code) == (
        422,
        302,
        409 if again.status_code == 409 else 422,
    )
    assert "The panel knows of no backup." in before
    assert "The last backup that the panel knows of was taken " in after
    assert "backup that the panel knows of" not in seen
    assert "People with a login in both" in seen
    assert not re.search("Ravnetind|Måkeskrik|Kari", seen)
    assert proposed.location.rpartition("/")[2] in asked
    assert (without.status_code, answered.status_code) == (422, 302)
    assert "Nothing was changed." in local.get(proposed.location).text
