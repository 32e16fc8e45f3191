"""Plans made from the templates that are shipped: what is asked for can be filled in, and an
individual plan that is filled in has all that the law says."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import today
from app.db import db
from app.enums import EntryKind, FieldKind, PlanKind, Section
from app.models import Plan, PlanEntry
from app.plans.meter_facts import meter_of
from app.templating import heads
from app.templating.shipped.all_templates import TEMPLATES
from tests.plans import form_world
from tests.plans.content_world import Plot

OF_THE_LAW = [one for one in TEMPLATES if one.kind is PlanKind.INDIVIDUAL_PLAN]


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture
def ip(garden, plot):
    """planeier's plan, with what every plan is asked for, and nothing of the owner's needs."""
    pk = garden.strandvik.plans["ip"]
    with plot.planting():
        plan = db.session.get_one(Plan, pk)
        row = db.session.get_one(PlanEntry, garden.strandvik.entries["ip", Section.ACTIVITIES])
        row.details = {"scope": "to timer i uka", "responsible": "owner"}
        plan.participants[0].contribution = "Følger opp på skolen"
        plan.needs = plan.resources = plan.cooperation = ""
        plan.period_to = today() + timedelta(days=300)
        plan.next_evaluation_on = today() + timedelta(days=30)
        forms = (PlanEntry.plan_id == pk, PlanEntry.kind == EntryKind.FORM)
        for one in db.session.scalars(select(PlanEntry).where(*forms)):
            one.deleted_at = one.deleted_at or one.created_at
    return pk


def typed(field):
    """Something in a field, by the names of its inputs."""
    if field.kind is FieldKind.TABLE:
        dates = {one.key for one in field.columns if one.kind == "date"}
        return {
            f"f_{field.key}-0-c_{one.key}": "1.9.2026" if one.key in dates else "Svar"
            for one in field.columns
        }
    answers = {
        FieldKind.DATE: "1.9.2026",
        FieldKind.NUMBER: "12,5",
        FieldKind.PERSON: "owner",
        FieldKind.CHOICE: field.choices[0].key if field.choices else "",
    }
    return {f"f_{field.key}": answers.get(field.kind, "Svar")}


@pytest.mark.parametrize("content", OF_THE_LAW, ids=[one.names.nb for one in OF_THE_LAW])
def test_an_individual_plan_that_is_filled_in_has_nine_of_nine(app, plot, ip, client_as, content):
    coordinator = client_as("koordinator.strandvik")
    key = f"ferdig-{OF_THE_LAW.index(content)}"
    with plot.planting():
        form_world.give(ip, form_world.template(heads.as_json(content), key=key)[1][0])

    def lacking():
        with plot.looking(), app.test_request_context():
            points = meter_of(db.session.get_one(Plan, ip)).points
            return [one.number for one in points if not one.is_met]

    assert lacking() == [1, 9]
    for section in content.sections:
        sent = {name: text for one in section.fields for name, text in typed(one).items()}
        path = f"/plan-content/add/{ip}?kind=form&key={section.key}"
        assert coordinator.send(path, sent).status_code == 302, section.names.nb

    assert lacking() == []
