"""What publishing a standard role does for those who have it: what is less holds at once, what is
more is asked, and nothing is ever widened by it."""

import re
from collections import Counter

import pytest
from sqlalchemy import select, text

from app.clock import utc_now
from app.db import db
from app.enums import JobState, Level, NoticeKind, Section
from app.jobs import role_publishing as jobs
from app.jobs import runner
from app.models import Grant, Job, Participant, StandardRole
from app.plans import role_proposals, role_publishing
from app.set_up_tables import RoleProposal
from app.side_tables import Notice
from tests.conftest import FORM_KEY, with_world
from tests.drills import IS_FULL, size
from tests.jobs import cancelling
from tests.plans import garden
from tests.plans.role_scenes import (
    GIVES,
    VERSION,
    draft,
    give,
    given_to,
    publish,
    standing,
)
from tests.plans.scenes import levels_of, look, notices, planting

READ, WRITE, NONE = Level.READ, Level.WRITE, Level.NONE


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, with both municipalities set up for plans."""
    app = with_world(make_app(database_name))
    with app.app_context():
        for place in (app.extensions["test_world"].strandvik, app.extensions["test_world"].fjellby):
            with garden.planting(place):
                pass
    return app


@pytest.fixture
def one(app, world):
    return standing(app, world)


@pytest.fixture
def local(client_as):
    return client_as("lokal.strandvik")


@pytest.fixture
def coordinator(client_as):
    return client_as("koordinator.strandvik")


# --- publishing ----------------------------------------------------------------------------------


def test_the_review_tells_each_change_in_words_and_whom_it_touches(local, one):
    draft(local, one.role, goals="write", activities="none")

    page = local.get(f"/standard-role-publishing/review/{one.role}").text

    assert "Lese → Lese og skrive" in page
    assert "Lese og skrive → Ingen tilgang" in page
    assert page.count("1 deltaker i 1 plan") == 2
    assert 'type="radio"' in page
    assert "checked" not in page


def test_nothing_is_published_before_it_is_said_for_whom(local, one):
    draft(local, one.role, goals="write")
    path = f"/standard-role-publishing/review/{one.role}"
    version = VERSION.search(local.get(path).text).group(1)

    assert local.send(path, {"version": version}).status_code == 422


def test_for_new_ones_only_leaves_those_who_have_the_role_as_they_are(app, world, local, one):
    draft(local, one.role, goals="write", activities="none")

    publish(local, one.role, "new_only")

    assert given_to(app, world, one.participant) == GIVES
    assert look(app, world, lambda: db.session.get_one(StandardRole, one.role).number) == 2


def test_less_holds_at_once_and_more_waits_for_the_coordinator(app, world, local, one):
    draft(local, one.role, goals="write", activities="none", comments="comment")

    publish(local, one.role, "all_existing")

    assert levels_of(app, world, one) == {Section.GOALS: READ, Section.COMMENTS: Level.COMMENT}
    told = notices(app, world, one.plan)
    persons = world.strandvik.persons
    assert (persons["koordinator.strandvik"], NoticeKind.ROLE_PROPOSED) in told
    assert (persons["planeier"], NoticeKind.ROLE_PROPOSED) in told
    assert (persons["koordinator.strandvik"], NoticeKind.ACCESS_STOPPED) in told


def test_a_yes_gives_it_and_it_waits_for_consent(app, world, local, coordinator, one):
    draft(local, one.role, goals="write")
    publish(local, one.role, "all_existing")

    answer_proposal(coordinator, one, "yes")

    assert given_to(app, world, one.participant)[Section.GOALS] is WRITE
    assert levels_of(app, world, one)[Section.GOALS] is READ
    assert number_of(app, world, one) == 2
    assert not proposed(app, world, one)
    told = {kind for _person, kind in notices(app, world, one.plan)}
    assert NoticeKind.ROLE_PROPOSED not in told
    assert NoticeKind.CONSENT_WANTED in told


def test_a_no_leaves_it_and_what_it_gives_less_later_is_still_taken_away(
    app, world, local, coordinator, one
):
    draft(local, one.role, goals="write")
    publish(local, one.role, "all_existing")

    answer_proposal(coordinator, one, "no")
    draft(local, one.role, goals="none")
    publish(local, one.role, "all_existing")

    assert Section.GOALS not in given_to(app, world, one.participant)
    assert number_of(app, world, one) == 3


def test_only_the_coordinator_answers(client_as, local, one):
    draft(local, one.role, goals="write")
    publish(local, one.role, "all_existing")
    path = f"/participation-proposal/answer/{one.participant}"

    assert client_as("planeier").get(path).status_code == 403
    assert local.get(path).status_code in (403, 404)
    assert client_as("koordinator.fjellby").get(path).status_code == 404


def test_an_answer_to_a_proposal_that_another_has_replaced_gives_nothing(
    app, world, local, coordinator, one
):
    draft(local, one.role, goals="write")
    publish(local, one.role, "all_existing")
    path = f"/participation-proposal/answer/{one.participant}"
    form = proposal_form(coordinator, path)
    draft(local, one.role, goals="manage")
    publish(local, one.role, "all_existing")

    answer = coordinator.send(path, form | {"answer": "yes"})

    assert answer.status_code == 409
    assert given_to(app, world, one.participant)[Section.GOALS] is READ


def test_what_was_given_by_hand_is_left_and_told(app, world, local, one):
    with planting(app, world.strandvik):
        row = db.session.get_one(Participant, one.participant)
        goals = next(grant for grant in row.grants if grant.section is Section.GOALS)
        goals.level = WRITE
    draft(local, one.role, goals="none")

    review = local.get(f"/standard-role-publishing/review/{one.role}").text
    publish(local, one.role, "all_existing")

    assert "gitt for hånd" in review
    assert given_to(app, world, one.participant)[Section.GOALS] is WRITE


def test_what_is_left_of_an_access_begins_no_earlier_and_ends_no_later(app, world, local, one):
    last = garden.today() + garden.timedelta(days=3)
    with planting(app, world.strandvik):
        for grant in db.session.get_one(Participant, one.participant).grants:
            grant.starts_on, grant.ends_on = last - garden.timedelta(days=1), last
    draft(local, one.role, activities="read")

    publish(local, one.role, "all_existing")

    def periods():
        rows = select(Grant).where(
            Grant.participant_id == one.participant,
            Grant.section == Section.ACTIVITIES,
            Grant.ended_at.is_(None),
        )
        row = db.session.scalars(rows).one()
        return row.starts_on, row.ends_on, row.level

    assert look(app, world, periods) == (last - garden.timedelta(days=1), last, READ)


def test_those_who_have_an_older_version_can_be_brought_along_afterwards(app, world, local, one):
    draft(local, one.role, activities="read")
    publish(local, one.role, "new_only")

    publish(local, one.role, "all_existing")

    assert given_to(app, world, one.participant)[Section.ACTIVITIES] is READ
    assert number_of(app, world, one) == 2
    page = local.get(f"/standard-role-publishing/review/{one.role}").text
    assert "Det er ingenting å publisere" in page
    assert 'name="reach"' not in page


def test_a_coordinator_edits_and_publishes_no_role(coordinator, one):
    for path in (
        f"/standard-role-edit/edit/{one.role}",
        f"/standard-role-publishing/review/{one.role}",
        f"/standard-role/holders/{one.role}",
    ):
        assert coordinator.get(path).status_code == 403
    assert coordinator.get(f"/standard-role-edit/show/{one.role}").status_code == 200


# --- for many, as a job --------------------------------------------------------------------------


@pytest.mark.drill
def test_many_are_brought_along_by_a_job_that_is_cancelled_half_way_and_goes_on(
    app, world, local, one, monkeypatch
):
    everyone = [one.participant, *crowd(app, world, one.role, size(5, 9_999))]
    monkeypatch.setattr(role_publishing, "AT_ONCE", size(2, role_publishing.AT_ONCE))
    draft(local, one.role, goals="write", activities="read")
    job_id = publish(local, one.role, "all_existing").rpartition("/")[2]
    work = (jobs, "_bring_some")
    cancelling.cancel_after_half(monkeypatch, local, work, job_id)

    done = cancelling.work_until_cancelled(app, local, world.strandvik.id, job_id)
    half = look(app, world, lambda: brought(everyone))
    cancelling.go_on(app, local, world.strandvik.id, job_id)

    once = {"moved": 1, "proposed": 1, "told": 3}
    whole = look(app, world, lambda: brought(everyone))
    assert [counts for counts in half.values() if counts] == [once] * done
    assert list(whole.values()) == [once] * len(everyone)


def test_a_job_of_somebody_who_may_not_edit_roles_any_more_stops(
    app, world, local, one, monkeypatch
):
    monkeypatch.setattr(role_publishing, "AT_ONCE", 0)
    draft(local, one.role, activities="read")
    job_id = publish(local, one.role, "all_existing").rpartition("/")[2]
    with planting(app, world.strandvik):
        db.session.get_one(StandardRole, one.role).retired_at = utc_now()
    monkeypatch.undo()

    run(app, world, job_id)

    job = look(app, world, lambda: db.session.get_one(Job, job_id))
    assert job.state is JobState.FAILED
    assert given_to(app, world, one.participant) == GIVES


def crowd(app, world, role, count):
    """More who have the role, each in a plan of its own."""
    persons = world.strandvik.persons
    owner, coordinator = persons["planeier"], persons["koordinator.strandvik"]
    kind = garden.PlanKind.DEVELOPMENT_PLAN
    found = []
    with planting(app, world.strandvik):
        for _number in range(count):
            plan = garden.make_plan(owner, coordinator, kind=kind)
            row = garden.add_participant(plan, persons["larer"])
            for section, level in GIVES.items():
                garden.grant(row, section, level)
            give(row.id, role)
            found.append(row.id)
    if IS_FULL:
        # What a server learns by itself, a minute or so after so many came at once.
        with app.extensions["samvev_owner_engine"].begin() as connection:
            connection.execute(text("ANALYZE"))
    return found


def brought(participants):
    """For each: how often the access that is less was lowered, more was proposed, and anybody was
    told of it (the coordinator of both, the owner of what is proposed). Nothing where none was."""
    found = {one: Counter() for one in participants}
    plans = {}
    for row in db.session.scalars(select(Participant).where(Participant.id.in_(participants))):
        plans[row.plan_id] = row.id
    lowered = select(Grant).where(Grant.section == Section.ACTIVITIES, Grant.level == READ)
    for row in db.session.scalars(lowered.where(Grant.ended_at.is_(None))):
        if row.participant_id in found:
            found[row.participant_id]["moved"] += 1
    for row in db.session.scalars(select(RoleProposal)):
        if row.participant_id in found:
            found[row.participant_id]["proposed"] += 1
    kinds = (NoticeKind.ROLE_PROPOSED, NoticeKind.ACCESS_STOPPED)
    for row in db.session.scalars(select(Notice).where(Notice.kind.in_(kinds))):
        if row.plan_id in plans:
            found[plans[row.plan_id]]["told"] += 1
    return found


def run(app, world, job_id):
    with app.app_context():
        runner.run_job(job_id, world.strandvik.id)


def proposal_form(coordinator, path):
    page = coordinator.get(path).text
    found = re.search(r'name="proposal" value="([\w-]+)"', page)
    return {"proposal": found.group(1), "form_key": FORM_KEY.search(page).group(1)}


def answer_proposal(coordinator, one, said):
    path = f"/participation-proposal/answer/{one.participant}"
    answer = coordinator.send(path, proposal_form(coordinator, path) | {"answer": said})
    assert answer.status_code == 302, answer.text


def number_of(app, world, one):
    return look(
        app, world, lambda: db.session.get_one(Participant, one.participant).standard_role_number
    )


def proposed(app, world, one):
    return look(
        app,
        world,
        lambda: (
            role_proposals.open_one(db.session.get_one(Participant, one.participant)) is not None
        ),
    )
