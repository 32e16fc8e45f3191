"""Sections with consent of their own, and own activities: what one yes to a person never holds."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.clock import day_of
from app.consent import operations
from app.consent.operations import OfferChanged
from app.consent.terms import offers
from app.db import db
from app.enums import Level, PlanKind, Section
from app.models import Grant, Participant, Plan, PlanType
from tests.consent.homes import GIVEN, everything, held, newest
from tests.consent.test_pages import SHOWN, agree, choose, consent, read
from tests.plans import garden

MAPPING = Section.MAPPING


@pytest.fixture
def plan_id(home):
    """A plan in which the mapping takes a consent of its own, and the teacher is given it."""
    with home.planting():
        kind = db.session.scalars(select(PlanType).where(PlanType.kind == PlanKind.RELAY_LOG)).one()
        kind.own_consent = [str(MAPPING)]
    plan_id = home.young_plan()
    with home.planting():
        garden.grant(teacher_in(plan_id), MAPPING, Level.READ)
    yield plan_id
    with home.planting():
        db.session.get_one(PlanType, kind.id).own_consent = []


def teacher_in(plan_id):
    return db.session.scalars(select(Participant).where(Participant.plan_id == plan_id)).one()


def covered(home, plan_id):
    """(section, whether it is for the whole service) of all that is covered."""
    return {
        (cover.section, cover.unit_id is not None)
        for one in home.consents(plan_id)
        for cover in one.covers
    }


def test_one_yes_to_a_person_and_their_service_does_not_hold_it(home, plan_id, client_as):
    owner = client_as("planeier")
    read(owner, plan_id)
    page = owner.get(f"/plan-consent-give/who/{plan_id}").text
    teacher = SHOWN.findall(page)[0].partition(":")[0]
    assert f'value="{teacher}:mapping"' in page
    assert " checked" not in page.partition("</main>")[0]

    consent(owner, plan_id, service=teacher)

    assert home.sees(plan_id) == GIVEN
    assert MAPPING not in {section for section, _ in covered(home, plan_id)}


def test_a_yes_of_its_own_holds_for_the_person_and_not_for_their_service(home, plan_id, client_as):
    owner = client_as("planeier")
    read(owner, plan_id)
    teacher = SHOWN.findall(owner.get(f"/plan-consent-give/who/{plan_id}").text)[0].partition(":")[
        0
    ]
    sent = {"service": teacher, "apart": f"{teacher}:mapping"}
    assert choose(owner, plan_id, **sent, later="y").status_code == 302
    again = owner.get(f"/plan-consent-give/who/{plan_id}").text
    assert f'value="{teacher}:mapping" checked' in again

    choose(owner, plan_id, **sent)
    assert agree(owner, plan_id).status_code == 302

    assert home.sees(plan_id) == GIVEN | {MAPPING: Level.READ}
    found = covered(home, plan_id)
    assert (MAPPING, False) in found
    assert (MAPPING, True) not in found
    assert (Section.GOALS, True) in found


def test_it_is_asked_by_itself_on_paper_too(home, plan_id, client_as):
    coordinator = client_as("koordinator.strandvik")
    with home.planting():
        teacher = teacher_in(plan_id).id

    paper = coordinator.get(f"/plan-consent-record/print/{plan_id}").text
    form = coordinator.get(f"/plan-consent-record/record/{plan_id}").text

    assert paper.count('class="box"') == 4
    assert f'name="apart" value="{teacher}:mapping"' in form


def test_who_is_given_nothing_else_is_not_agreed_to_without_a_yes_to_it(home, plan_id, client_as):
    with home.planting():
        for row in db.session.scalars(select(Grant).where(Grant.plan_id == plan_id)):
            if row.section is not MAPPING:
                row.ended_at = garden.utc_now()
    owner = client_as("planeier")
    read(owner, plan_id)

    assert choose(owner, plan_id).status_code == 422
    assert home.consents(plan_id) == []


@pytest.mark.parametrize("is_own", [True, False])
def test_own_activities_alone_are_not_agreed_to_for_the_whole_service(home, is_own):
    plan_id, actor = home.young_plan(), home.actor("planeier")
    with home.planting():
        for row in db.session.scalars(select(Grant).where(Grant.plan_id == plan_id)):
            row.own_only = is_own and row.section is Section.ACTIVITIES
    with home.acting(actor):
        plan = held(plan_id)
        alone = {one.participant.id: one.alone for one in offers(plan, day_of(actor.at))}
        choice = replace(everything(plan, day_of(actor.at), services=True), alone=alone)
        operations.give(actor, plan, newest(plan), choice, at=actor.at)

    assert ((Section.ACTIVITIES, True) in covered(home, plan_id)) is not is_own
    assert (Section.ACTIVITIES, False) in covered(home, plan_id)


def test_what_became_own_consent_meanwhile_is_not_agreed_to_unseen(home, plan_id):
    """A choice that does not know what stands alone was made of another offer."""
    actor = home.actor("planeier")
    with home.acting(actor):
        plan = db.session.get_one(Plan, plan_id)
        codes = [one.code for one in offers(plan, day_of(actor.at))]
        choice = everything(plan, day_of(actor.at))
        with pytest.raises(OfferChanged):
            operations.give(actor, plan, newest(plan), choice, at=actor.at)
        plan.type.own_consent = []
        assert [one.code for one in offers(plan, day_of(actor.at))] != codes
        db.session.rollback()
