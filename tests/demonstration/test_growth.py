"""A made-up municipality that is grown: plans of all kinds over three years, people from elsewhere,
and who can sign in. At a size that fits here; ``benchmarks.desk`` grows the whole of it."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.clock import today, utc_now
from app.db import db, transaction
from app.demonstration import growth
from app.demonstration.accounts import PASSWORD
from app.demonstration.grown_shapes import shapes
from app.demonstration.growth import CannotGrow, grow
from app.enums import Language, PlanKind, PlanState, UnitKind
from app.models import (
    AccountProfile,
    Consent,
    Membership,
    Municipality,
    Participant,
    Person,
    Plan,
    PlanEntryVersion,
    Unit,
)
from app.municipalities import operations as municipalities
from app.municipalities.register import load_register
from app.people import operations as people
from app.people.national_id import synthetic
from app.security import plan_access
from app.security.actor import acting_as, operator
from app.units import operations as units

PERSONS, PLANS = 900, 70


@pytest.fixture(scope="module")
def grown(make_app):
    """An installation in which the large municipality is grown, beside one with a nurse."""
    app: Flask = make_app("sqlite", demo=True)
    with app.app_context():
        with transaction() as session:
            municipalities.load(session, load_register(), demonstration=True)
            found = select(Municipality).where(Municipality.number == "9902")
            fjellby = session.scalars(found).one()
            fjellby.is_in_use = True
            session.flush()
            with acting_as(session, operator(fjellby.id)) as actor:
                _register_nurse(actor)
        with transaction() as session:
            made = grow(session, persons=PERSONS, plans=PLANS, at=utc_now(), today=today())
        app.extensions["grown"] = made
    return app


def _register_nurse(actor):
    unit = Unit(name="Heimetenesta", kind=UnitKind.HOME_CARE, is_outside=False)
    units.add(actor, unit, None, at=utc_now())
    db.session.flush()
    born = date(1980, 5, 1)
    facts = people.PersonFacts("Gunnlaug", "Sjukepleiar", born, unit_id=unit.id)
    number = synthetic(born, 3)
    people.register(actor, facts, national_id_text=number, at=utc_now(), today=today())


@pytest.fixture
def here(grown):
    """Within the municipality that was grown."""
    actor = operator(grown.extensions["grown"].municipality_id)
    with grown.app_context(), acting_as(db.session(), actor):
        yield db.session


def test_plans_of_all_kinds_and_states_go_back_three_years(here):
    plans = here.scalars(select(Plan)).all()

    assert len(plans) == PLANS
    assert {one.kind for one in plans} == set(PlanKind)
    assert {PlanState.ACTIVE, PlanState.CLOSED, PlanState.ARCHIVED} <= {one.state for one in plans}
    oldest = min(one.started_at for one in plans)
    assert timedelta(days=900) < utc_now() - oldest < timedelta(days=1_100)
    assert all(one.started_at <= one.last_activity_at <= utc_now() for one in plans)


def test_nothing_was_written_before_its_plan_or_after_it_went_quiet(here):
    plans = {one.id: one for one in here.scalars(select(Plan))}
    for version in here.scalars(select(PlanEntryVersion)):
        plan = plans[version.entry.plan_id]
        assert plan.started_at <= version.at <= plan.last_activity_at


def test_what_a_plan_is_in_fits_its_consents(here):
    on = today()
    for plan in here.scalars(select(Plan)):
        may_be_made = plan_access.may_be_made(plan, on)
        if plan.state is PlanState.ACTIVE and not may_be_made:
            assert any(one.ends_on <= on for one in plan.consents)
        if plan.state is PlanState.DRAFT:
            assert plan.consents == []


def test_people_are_as_many_as_asked_for_and_some_are_registered_twice(here):
    assert here.scalar(select(func.count(Person.id))) == PERSONS + 1  # And the nurse.
    names = Counter(
        (one.family_name, one.given_name, one.birth_date) for one in here.scalars(select(Person))
    )
    assert max(names.values()) <= 2


def test_somebody_from_elsewhere_comes_in_with_the_login_they_have(here):
    nurse = here.scalars(select(Person).where(Person.family_name == "Sjukepleiar")).one()
    roles = here.scalars(select(Membership).where(Membership.person_id == nurse.id)).all()

    assert len(roles) == 1
    assert here.get(AccountProfile, roles[0].account_id) is not None


def test_some_who_take_part_have_been_in_the_panel_and_some_never(here):
    profiles = here.scalars(select(AccountProfile.last_login_at)).all()

    assert None in profiles
    assert any(one is not None for one in profiles)
    assert here.scalar(select(func.count(Participant.id))) > PLANS
    assert here.scalar(select(func.count(Consent.id))) > PLANS


def test_its_local_administrator_signs_in(grown):
    client = grown.test_client()
    token = client.get("/login/").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {"csrf_token": token, "username": growth.LOCAL_ADMINISTRATOR, "password": PASSWORD}

    assert client.post("/login/", data=data).status_code == 302
    assert client.get("/plans/list/").status_code == 200


def test_it_is_grown_once_and_no_real_municipality_is(grown, monkeypatch):
    monkeypatch.setattr(growth, "GROWN_FROM", PLANS)
    for number in (growth.NUMBER, "0301", "9901"):
        with grown.app_context(), pytest.raises(CannotGrow), transaction() as session:
            grow(session, number, persons=10, plans=1, at=utc_now(), today=today())


def test_the_same_plans_are_drawn_every_time():
    assert shapes(Random("a"), Language.NN, 30) == shapes(Random("a"), Language.NN, 30)
