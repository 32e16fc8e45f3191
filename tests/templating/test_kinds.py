"""How a municipality sets up its kinds of plans: ages, parts, words and consent texts."""

from datetime import timedelta
from html import escape

import pytest
from sqlalchemy import select

from app.clock import today
from app.db import db
from app.enums import PlanKind
from app.models import AgeRule, ConsentText, PlanType
from app.security.actor import acting_as, operator
from app.templating import setup
from tests.conftest import with_world
from tests.plans import garden as gardens


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, with both municipalities set up for plans."""
    app = with_world(make_app(database_name))
    with app.app_context():
        for place in (app.extensions["test_world"].strandvik, app.extensions["test_world"].fjellby):
            with gardens.planting(place):
                pass
    return app


@pytest.fixture
def kind(app, world):
    """The id of Strandvik's relay log, and how to read what is set up there."""

    class Kind:
        def rows(self, model):
            with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
                found = select(model).where(model.kind == PlanKind.RELAY_LOG)
                return db.session.scalars(found.order_by(model.id)).all()

        @property
        def row(self):
            return self.rows(PlanType)[0]

    return Kind()


def facts(kind, **changes):
    return {
        "version": kind.row.version,
        "is_offered": "y",
        "sections": ["goals", "activities"],
        "consent_months": "6",
        "coordinator_nb": "stafettholder",
        "coordinator_nn": "stafetthaldar",
        "coordinator_en": "",
    } | changes


def test_setting_up_again_changes_nothing(app, world, kind):
    before = len(kind.rows(AgeRule)), len(kind.rows(ConsentText))

    with app.app_context(), gardens.planting(world.strandvik):
        setup.ensure(db.session(), world.strandvik.id, at=gardens.utc_now())

    assert (len(kind.rows(AgeRule)), len(kind.rows(ConsentText))) == before


def test_the_local_administrator_chooses_what_a_kind_of_plan_holds(app, client_as, kind, world):
    client, persons = client_as("lokal.strandvik"), world.strandvik.persons
    with app.app_context(), gardens.planting(world.strandvik):
        for owner in ("own", "other"):
            gardens.make_plan(
                persons[owner], persons["koordinator.strandvik"], kind=PlanKind.RELAY_LOG
            )

    assert "2 planer her er av denne typen" in client.get(f"/plan-kinds/edit/{kind.row.id}").text
    answer = client.send(f"/plan-kinds/edit/{kind.row.id}", facts(kind))

    assert answer.status_code == 302
    assert kind.row.sections[:2] == ["goals", "activities"]
    assert "consents" in kind.row.sections
    assert kind.row.consent_months == 6


def test_some_parts_of_a_kind_of_plan_have_a_consent_of_their_own(client_as, kind):
    client, path = client_as("lokal.strandvik"), f"/plan-kinds/edit/{kind.row.id}"

    client.send(path, facts(kind, own_consent=["activities"]))

    assert kind.row.own_consent == ["activities"]
    assert 'name="own_consent" value="activities" checked' in client.get(path).text


@pytest.mark.parametrize(
    "changes",
    [
        {"sections": []},
        {"consent_months": "0"},
        {"consent_months": "tull"},
        {"coordinator_nb": ""},
        {"sections": ["consents"]},
        {"own_consent": ["documents"]},
        {"own_consent": ["consents"]},
    ],
)
def test_what_makes_no_plan_is_refused(client_as, kind, changes):
    before = kind.row.version

    answer = client_as("lokal.strandvik").send(
        f"/plan-kinds/edit/{kind.row.id}", facts(kind, **changes)
    )

    assert answer.status_code == 422
    assert kind.row.version == before


def test_an_old_page_overwrites_nothing(client_as, kind):
    client = client_as("lokal.strandvik")
    old = facts(kind, consent_months="9")
    client.send(f"/plan-kinds/edit/{kind.row.id}", facts(kind, consent_months="7"))

    late = client.send(f"/plan-kinds/edit/{kind.row.id}", old)

    assert late.status_code == 409
    assert kind.row.consent_months == 7


@pytest.mark.parametrize(
    ("age", "days", "status"),
    [("15", 0, 302), ("18", 30, 302), ("11", 0, 422), ("19", 0, 422), ("16", -1, 422)],
)
def test_an_age_holds_from_a_day_that_has_not_passed(client_as, kind, age, days, status):
    day = (today() + timedelta(days=days)).strftime("%d.%m.%Y")

    answer = client_as("lokal.strandvik").send(
        f"/plan-kinds/age/{kind.row.id}", {"own_consent_age": age, "valid_from": day}
    )

    assert answer.status_code == status


def test_a_new_consent_text_leaves_the_old_one_as_it_was(client_as, kind):
    before = kind.rows(ConsentText)[0].texts
    client, path = client_as("lokal.strandvik"), f"/plan-kinds/text/{kind.row.id}"

    same = client.send(path, before)
    new = client.send(path, before | {"nb": "Ny tekst {{7*7}}"})

    assert (same.status_code, new.status_code) == (422, 302)
    texts = kind.rows(ConsentText)
    assert texts[0].texts == before
    assert (texts[-1].number, texts[-1].texts["nb"]) == (2, "Ny tekst {{7*7}}")
    assert "{{7*7}}" in client.get(path).text


def test_d14_what_a_municipality_writes_changes_no_other_and_is_never_run(
    app, client_as, kind, world
):
    client, name = client_as("lokal.strandvik"), "{{7*7}} ${7*7} %(x)s {0.__class__}"
    there = (app, world.fjellby)

    client.send(f"/plan-kinds/edit/{kind.row.id}", facts(kind, coordinator_nb=name))

    assert kind.row.coordinator_names["nb"] == name
    assert shipped(*there)["nb"] == "stafettholder"
    page = client.get(f"/plan-kinds/edit/{kind.row.id}")
    assert page.status_code == 200
    assert escape(name) in page.text
    assert "49" not in page.text.partition('name="coordinator_nb"')[2].partition(">")[0]
    client.send(f"/plan-kinds/edit/{kind.row.id}", facts(kind))


def shipped(app, place):
    """What another municipality calls the holder of a relay log."""
    with app.app_context(), acting_as(db.session(), operator(place.id)):
        found = select(PlanType.coordinator_names).where(PlanType.kind == PlanKind.RELAY_LOG)
        return db.session.scalars(found).one()


@pytest.mark.parametrize(
    ("username", "status"),
    [("koordinator.strandvik", 403), ("planeier", 403), ("sentral", 403), ("lokal.fjellby", 404)],
)
@pytest.mark.parametrize("page", ["edit", "age", "text"])
def test_nobody_else_sets_the_kinds_of_plans_up(client_as, kind, username, status, page):
    answer = client_as(username).get(f"/plan-kinds/{page}/{kind.row.id}")

    assert answer.status_code == status
