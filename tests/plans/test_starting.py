"""Starting a plan step by step: what is kept, what is refused, and what is made."""

import re

import pytest
from sqlalchemy import select

from app.clock import today
from app.db import db
from app.enums import PlanState
from app.models import AuditEvent, Authority, Plan
from app.security.actor import acting_as, operator
from tests.plans import garden as gardens

START = "/plan-start/"
TEMPLATE = re.compile(r'name="template_id" value="([^"]+)"')


@pytest.fixture
def newborn(app, world):
    """A person nobody has a plan for, by the age in years."""

    def make(age):
        with app.app_context(), gardens.planting(world.strandvik):
            born = None if age is None else gardens.born(age)
            return gardens.person(world.strandvik, f"new {age}", "Nyfødt", born).id

    return make


def choose_kind(client, kind, **more):
    """The first step, and that of the template where there are any: the last, which is blank."""
    answer = client.send(f"{START}?step=kind", {"kind": kind, "level": "", **more})
    if answer.location is not None and answer.location.endswith("step=template"):
        found = TEMPLATE.findall(client.get(answer.location).text)
        answer = client.send(f"{START}?step=template", {"template_id": found[-1]})
    return answer


def choose(client, owner, kind="individual_plan", **more):
    """Go through the first steps, to that of the owner."""
    client.send(f"{START}discard")
    choose_kind(client, kind, **more)
    return client.send(f"{START}?step=owner", {"owner_id": owner})


def finish(client):
    """Go on from the third step to the last, and start the plan."""
    client.send(f"{START}?step=authorities", {"next": "1"})
    client.send(f"{START}?step=unit", {"unit_id": ""})
    key = client.form_key(f"{START}?step=review")
    return client.send(f"{START}?step=review", {"form_key": key}), key


def plans_of(app, place, owner):
    with app.app_context(), acting_as(db.session(), operator(place.id)):
        return db.session.scalars(select(Plan).where(Plan.owner_id == owner)).all()


def test_a_coordinator_starts_a_plan_that_only_they_and_the_owner_see(
    app, world, client_as, newborn
):
    owner = newborn(30)
    client = client_as("koordinator.strandvik")
    choose(client, owner)

    answer, _key = finish(client)

    plan = plans_of(app, world.strandvik, owner)[0]
    assert answer.location.endswith(f"/plan/show/{plan.id}")
    assert plan.state is PlanState.DRAFT
    assert plan.coordinator_id == world.strandvik.persons["koordinator.strandvik"]
    assert client.get(answer.location).status_code == 200
    assert client_as("larer", "9901").get(answer.location).status_code == 404


def test_starting_is_written_to_the_log(app, world, client_as, newborn):
    owner = newborn(31)
    client = client_as("koordinator.strandvik")
    choose(client, owner)

    finish(client)

    plan = plans_of(app, world.strandvik, owner)[0]
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        told = select(AuditEvent.action).where(AuditEvent.plan_id == plan.id)
        assert "plan:added" in db.session.scalars(told).all()


def test_what_is_chosen_waits_for_the_next_visit(client_as, newborn):
    choose(client_as("koordinator.strandvik"), newborn(32))

    page = client_as("koordinator.strandvik").get(f"{START}?step=authorities").text

    assert "Nyfødt" in page or "Steg 3 av 5" in page or "Steg 4 av 6" in page


def test_an_owner_who_was_just_registered_is_chosen_when_one_comes_back(client_as, newborn):
    owner, client = newborn(39), client_as("koordinator.strandvik")
    client.send(f"{START}discard")
    choose_kind(client, "education_plan")

    page = client.get(f"{START}?step=owner&person={owner}").text

    assert f'value="{owner}" checked' in page


def test_another_coordinator_does_not_see_what_was_chosen(client_as, newborn):
    choose(client_as("koordinator.strandvik"), newborn(33))

    answer = client_as("koordinator.fjellby").get(f"{START}?step=authorities")

    assert answer.location.endswith("step=kind")


def test_sending_the_last_step_twice_makes_one_plan(app, world, client_as, newborn):
    owner = newborn(34)
    client = client_as("koordinator.strandvik")
    choose(client, owner, kind="education_plan")
    first, key = finish(client)

    choose_kind(client, "education_plan")
    client.send(f"{START}?step=owner", {"owner_id": owner})
    client.send(f"{START}?step=authorities", {"next": "1"})
    client.send(f"{START}?step=unit", {"unit_id": ""})
    again = client.send(f"{START}?step=review", {"form_key": key})

    assert again.location == first.location
    assert len(plans_of(app, world.strandvik, owner)) == 1


def test_a_second_open_individual_plan_is_refused_with_a_way_to_the_first(world, garden, client_as):
    client = client_as("koordinator.strandvik")

    answer = choose(client, world.strandvik.persons["planeier"])

    assert answer.status_code == 409
    assert f"/plan/show/{garden.strandvik.plans['ip']}" in answer.text


def test_who_may_not_know_of_the_first_plan_gets_no_way_to_it(app, world, garden, client_as):
    with app.app_context(), gardens.planting(world.strandvik):
        plan = db.session.get_one(Plan, garden.strandvik.plans["ip"])
        before, plan.coordinator_id = plan.coordinator_id, world.strandvik.persons["other"]

    answer = choose(client_as("koordinator.strandvik"), world.strandvik.persons["planeier"])

    with app.app_context(), gardens.planting(world.strandvik):
        db.session.get_one(Plan, garden.strandvik.plans["ip"]).coordinator_id = before
    assert answer.status_code == 409
    assert garden.strandvik.plans["ip"] not in answer.text


def test_other_kinds_of_plans_may_stand_beside_each_other(world, client_as):
    client = client_as("koordinator.strandvik")

    answer = choose(client, world.strandvik.persons["planeier"], kind="education_plan")

    assert answer.status_code == 302


def test_an_owner_without_a_birth_date_is_refused(client_as, newborn):
    answer = choose(client_as("koordinator.strandvik"), newborn(None))

    assert answer.status_code == 422


def test_nobody_starts_a_plan_for_themselves(app, world, client_as):
    own = world.strandvik.persons["koordinator.strandvik"]
    with app.app_context(), gardens.planting(world.strandvik) as _:
        person = db.session.get_one(gardens.Person, own)
        person.birth_date = gardens.born(40)

    answer = choose(client_as("koordinator.strandvik"), own)

    assert answer.status_code == 422


@pytest.mark.parametrize("place", ["fjellby", "strandvik"])
def test_an_owner_is_one_of_the_own_municipality(world, client_as, place):
    owner = getattr(world, place).persons["own"]

    answer = choose(client_as("koordinator.strandvik"), owner, kind="education_plan")

    assert answer.status_code == (302 if place == "strandvik" else 422)


@pytest.mark.parametrize(
    ("kind", "level", "status"),
    [
        ("relay_log", "2", 302),
        ("relay_log", "", 422),
        ("relay_log", "4", 422),
        ("individual_plan", "", 302),
        ("individual_plan", "1", 422),
        ("", "", 422),
    ],
)
def test_a_relay_log_has_a_level_and_no_other_plan_has(client_as, kind, level, status):
    client = client_as("koordinator.strandvik")
    client.send(f"{START}discard")

    answer = client.send(f"{START}?step=kind", {"kind": kind, "level": level})

    assert answer.status_code == status


STATED = {
    "kind": "parental_responsibility",
    "may_consent": "y",
    "ground": "Sett i Folkeregisteret",
    "confirmed": "y",
}


def test_a_guardian_is_stated_and_never_taken_for_granted(app, world, client_as, newborn):
    owner, parent = newborn(8), world.strandvik.persons["foresatt"]
    client = client_as("koordinator.strandvik")
    choose(client, owner)

    without = client.send(
        f"{START}?step=authorities", STATED | {"holder_id": parent, "confirmed": ""}
    )
    stated = client.send(f"{START}?step=authorities", STATED | {"holder_id": parent})
    finish(client)

    assert without.status_code == 422
    assert stated.status_code == 302
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        found = db.session.scalars(select(Authority).where(Authority.owner_id == owner)).all()
    assert [(one.holder_id, one.may_consent, one.starts_on) for one in found] == [
        (parent, True, today())
    ]


def test_the_same_guardian_is_not_stated_twice(world, client_as, newborn):
    owner, parent = newborn(7), world.strandvik.persons["foresatt"]
    client = client_as("koordinator.strandvik")
    choose(client, owner)
    client.send(f"{START}?step=authorities", STATED | {"holder_id": parent})

    again = client.send(f"{START}?step=authorities", STATED | {"holder_id": parent})

    assert again.status_code == 422


def test_a_stated_guardian_is_taken_out_again(world, client_as, newborn):
    client = client_as("koordinator.strandvik")
    choose(client, newborn(6))
    holder = world.strandvik.persons["foresatt"]
    client.send(f"{START}?step=authorities", STATED | {"holder_id": holder})
    before = client.get(f"{START}?step=authorities").text

    client.send(f"{START}?step=authorities", {"remove": "0"})

    assert 'name="remove"' in before
    assert 'name="remove"' not in client.get(f"{START}?step=authorities").text


def test_another_owner_takes_no_guardians_over(world, client_as, newborn):
    client = client_as("koordinator.strandvik")
    choose(client, newborn(5))
    holder = world.strandvik.persons["foresatt"]
    client.send(f"{START}?step=authorities", STATED | {"holder_id": holder})

    client.send(f"{START}?step=owner", {"owner_id": newborn(4)})

    assert 'name="remove"' not in client.get(f"{START}?step=authorities").text


@pytest.mark.parametrize("step", ["owner", "authorities", "unit", "review"])
def test_no_step_is_jumped_over(client_as, step):
    client = client_as("koordinator.strandvik")
    client.send(f"{START}discard")

    answer = client.get(f"{START}?step={step}")

    assert answer.location.endswith("step=kind")


@pytest.mark.parametrize(
    "username", ["lokal.strandvik", "planeier", "foresatt", "larer", "sentral"]
)
def test_only_a_coordinator_starts_plans(client_as, username):
    in_ = "9901" if username == "larer" else None

    answer = client_as(username, in_).get(START)

    assert answer.status_code in (302, 403)
    assert answer.status_code == 403 or "municipality-choice" in answer.location


def test_a_step_that_does_not_exist_is_refused(client_as):
    assert client_as("koordinator.strandvik").get(f"{START}?step=x").status_code == 400
