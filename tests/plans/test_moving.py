"""A plan that moves to another municipality: consent first, nothing half done, and both told."""

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db
from app.enums import (
    EntryKind,
    MoveState,
    NoticeKind,
    PlanKind,
    PlanState,
    Section,
)
from app.errors import NotAllowed, NotFound
from app.files import storage
from app.jobs import rounds
from app.models import AuditEvent, Authority, Person, Plan, PlanEntry
from app.people.national_id import synthetic
from app.plans import arriving, life, move_consents, move_rounds, moving
from app.plans.arriving import AnotherHuman, NotToBeHad, WhoIsIt
from app.plans.move_consents import NoRightToMove, NotAsked
from app.plans.moving import (
    AddressIsProtected,
    AlreadyMoving,
    NotAgreed,
    NotThere,
    PackageChanged,
)
from app.plans.starting import HasOpenPlan
from app.side_tables import Notice
from tests.plans import garden as gardens
from tests.plans import moves
from tests.plans.moves import ALONG, RECEIVER, SENDER


@pytest.fixture
def move(app, world, garden):
    """A plan of planeier's that is about to move."""
    return moves.plant(app, world)


def told(plan_id, kind):
    """Who has a notice of this kind, asked within a scope."""
    found = select(Notice.person_id).where(
        Notice.plan_id == plan_id, Notice.kind == kind, Notice.settled_at.is_(None)
    )
    return set(db.session.scalars(found))


def events(plan_id):
    """What the log of the scope tells of a plan."""
    found = select(AuditEvent.action).where(AuditEvent.plan_id == plan_id)
    return set(db.session.scalars(found))


def is_sealed(package):
    """Whether there is something left to open."""
    return package.sealed_owner is not None and package.sealed_content is not None


# --- the whole way -------------------------------------------------------------------------------


def test_what_was_agreed_to_goes_along_and_nothing_else(move, world):
    new = move.accept(move.arrive())

    with move.at("9902"):
        plan = db.session.get_one(Plan, new)
        rows = db.session.scalars(select(PlanEntry).where(PlanEntry.plan_id == new)).all()
        assert {one.section for one in rows} == set(ALONG)
        assert all(one.details["written_by"].startswith("Koordinator") for one in rows)
        assert {one.author_id for one in rows} == {None}
        assert (plan.state, plan.kind) == (PlanState.DRAFT, PlanKind.EDUCATION_PLAN)
        assert plan.coordinator_id == world.fjellby.persons[RECEIVER]
        assert plan.owner.full_name == "Planeier Måkeskrikstad"
        assert "plan:arrived" in events(new)


def test_a_closed_copy_stays_and_everyone_is_told(move, world):
    people = world.strandvik.persons
    package_id = move.arrive()

    move.accept(package_id)

    with move.at("9901"):
        assert move.plan().state is PlanState.CLOSED
        assert "Fjellby" in move.plan().closed_reason
        assert {"plan:move_asked", "plan:move_sent", "plan:moved"} <= events(move.plan_id)
        everyone = {people["planeier"], people[SENDER], people["larer"]}
        assert told(move.plan_id, NoticeKind.PLAN_MOVED) == everyone
        rows = select(PlanEntry).where(PlanEntry.plan_id == move.plan_id)
        assert len(db.session.scalars(rows).all()) == len(gardens.KINDS)
    with move.at("9902"):
        assert not is_sealed(moves.package(package_id))


def test_nobody_from_the_old_plan_sees_the_new_one(move, client_as):
    new = move.accept(move.arrive())

    assert client_as("larer", "9902").get(f"/plan/show/{new}").status_code == 404
    assert client_as(RECEIVER).get(f"/plan/show/{new}").status_code == 200
    assert client_as("larer", "9901").get(f"/plan/show/{move.plan_id}").status_code == 200


def test_the_new_plan_tells_where_it_came_from(move, client_as):
    new = move.accept(move.arrive())

    assert "Strandvik" in client_as(RECEIVER).get(f"/plan/show/{new}").text


def test_a_tree_keeps_its_shape_as_far_as_its_parts_go_along(move):
    with move.app.app_context(), gardens.planting(move.world.strandvik):
        goal = db.session.get_one(PlanEntry, move.bed.entries["moving", Section.GOALS])
        activity = db.session.get_one(PlanEntry, move.bed.entries["moving", Section.ACTIVITIES])
        comment = db.session.get_one(PlanEntry, move.bed.entries["moving", Section.COMMENTS])
        activity.parent_id = goal.id
        comment.parent_id = move.bed.entries["moving", Section.MEETINGS]
        values = {"kind": EntryKind.EVALUATION, "parent_id": activity.id, "position": -1}
        gardens.entry(move.plan(), Section.ACTIVITIES, "Gikk fint", **values)
        gardens.entry(move.plan(), Section.GOALS, "Kastet", deleted_at=utc_now())
    parts = (Section.GOALS, Section.ACTIVITIES, Section.COMMENTS)
    move.begin(parts)
    move.agree(parts)

    new = move.accept(move.name(move.send()))

    with move.at("9902"):
        rows = db.session.scalars(select(PlanEntry).where(PlanEntry.plan_id == new)).all()
        kinds = {one.id: one.kind for one in rows}
        shape = {one.kind: kinds.get(one.parent_id) for one in rows}
        assert shape == {
            EntryKind.GOAL: None,
            EntryKind.ACTIVITY: EntryKind.GOAL,
            EntryKind.EVALUATION: EntryKind.ACTIVITY,
            EntryKind.COMMENT: None,
        }
        assert len(rows) == 4


# --- consent -------------------------------------------------------------------------------------


def test_nothing_is_sent_without_consent(move):
    move.begin()

    with pytest.raises(NotAgreed):
        move.send()

    with move.at("9901"):
        assert move.open_move().package_id is None


def test_a_giver_may_let_less_go_along_than_is_asked_for(move):
    move.begin()
    move.agree([Section.GOALS])

    package_id = move.send()

    with move.at("9902"):
        assert moves.package(package_id).sections == [Section.GOALS]


def test_what_was_not_asked_for_can_not_be_agreed_to(move):
    move.begin([Section.GOALS])

    with pytest.raises(NoRightToMove):
        move.agree([Section.GOALS, Section.MEETINGS])


def test_all_the_parents_must_agree_and_what_all_agree_to_goes(app, world, garden):
    move = moves.plant(app, world, owner="child")
    with app.app_context(), gardens.planting(world.strandvik):
        second = world.strandvik.persons["utgatt"]
        by = gardens.authority(world.strandvik.persons["child"], second)
        gardens.consent(move.plan(), by)
    move.begin()
    move.agree(by="foresatt")
    with pytest.raises(NotAgreed):
        move.send()
    with move.acting(SENDER, "9901") as actor:
        told = move_consents.Agreed(frozenset({Section.GOALS}), "oral", "Sagt i møte")
        move_consents.record(actor, move.plan(), second, told, at=utc_now())

    with move.at("9901"):
        assert moving.going_along(move.plan(), move.open_move(), today()) == [Section.GOALS]


def test_a_part_that_is_kept_from_a_parent_is_not_theirs_to_send(app, world, garden):
    move = moves.plant(app, world, owner="child")
    with app.app_context(), gardens.planting(world.strandvik):
        child = world.strandvik.persons["child"]
        by = db.session.scalars(select(Authority).where(Authority.owner_id == child)).one()
        gardens.withhold(by, Section.ABOUT_ME)
    move.begin()

    with pytest.raises(NoRightToMove):
        move.agree(ALONG, by="foresatt")
    move.agree([Section.GOALS], by="foresatt")

    with move.at("9901"):
        along = moving.going_along(move.plan(), move.open_move(), today())
        assert along == [Section.GOALS]


def test_a_part_that_is_kept_from_a_parent_after_the_yes_stays_behind(app, world, garden):
    move = moves.plant(app, world, owner="child")
    move.begin()
    move.agree(by="foresatt")
    package_id = move.name(move.send())
    with app.app_context(), gardens.planting(world.strandvik):
        child = world.strandvik.persons["child"]
        by = db.session.scalars(select(Authority).where(Authority.owner_id == child)).one()
        gardens.withhold(by, Section.ABOUT_ME)

    with pytest.raises(NotToBeHad):
        move.accept(package_id)

    with move.at("9901"):
        assert move.plan().state is PlanState.ACTIVE


def test_taking_a_yes_back_ends_the_move_and_empties_the_package(move, world):
    package_id = move.arrive()

    with move.acting("planeier", "9901") as actor:
        move_consents.refuse(actor, move.plan(), at=utc_now())

    with move.at("9902"):
        assert not is_sealed(moves.package(package_id))
    with move.at("9901"):
        assert move.open_move().state is MoveState.CONSENT_REFUSED
        stopped = told(move.plan_id, NoticeKind.MOVE_STOPPED)
        assert stopped == {world.strandvik.persons[SENDER]}
    with pytest.raises(NotAllowed):
        move.accept(package_id)


@pytest.mark.parametrize("what", ["consent to the plan", "right to consent", "closed elsewhere"])
def test_a_plan_is_not_taken_over_when_what_carried_it_has_ended(move, what):
    package_id = move.arrive()
    with move.app.app_context(), gardens.planting(move.world.strandvik):
        plan = move.plan()
        if what == "consent to the plan":
            for one in plan.consents:
                one.withdrawn_at = utc_now()
        elif what == "right to consent":
            db.session.get_one(Person, plan.owner_id).birth_date = gardens.born(12)
        else:
            plan.state, plan.closed_at = PlanState.CLOSED, utc_now()

    try:
        with pytest.raises(NotToBeHad):
            move.accept(package_id)
    finally:
        with move.app.app_context(), gardens.planting(move.world.strandvik):
            db.session.get_one(Person, plan.owner_id).birth_date = gardens.born(16)

    with move.at("9902"):
        assert is_sealed(moves.package(package_id))


def test_whoever_has_no_say_neither_agrees_nor_refuses(move):
    move.begin()

    with pytest.raises(NotAllowed):
        move.agree(by=SENDER)
    with pytest.raises(NotFound):
        move.agree(by="foresatt")
    with pytest.raises(NotAllowed), move.acting(SENDER, "9901") as actor:
        move_consents.refuse(actor, move.plan(), at=utc_now())


# --- beginning and sending -----------------------------------------------------------------------


def test_a_plan_is_on_one_move_at_a_time(move):
    move.begin()

    with pytest.raises(AlreadyMoving):
        move.begin()


def test_a_plan_moves_to_another_municipality_that_uses_the_panel(move, world):
    for to in (world.strandvik.id, 0):
        with pytest.raises(NotThere), move.acting(SENDER, "9901") as actor:
            moving.begin(actor, move.plan(), to, ALONG, at=utc_now())


def test_the_move_of_a_shielded_owner_is_not_written_here(move):
    with move.app.app_context(), gardens.planting(move.world.strandvik):
        db.session.get_one(Person, move.plan().owner_id).is_shielded = True
    try:
        with pytest.raises(AddressIsProtected):
            move.begin()
    finally:
        with move.app.app_context(), gardens.planting(move.world.strandvik):
            db.session.get_one(Person, move.plan().owner_id).is_shielded = False


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.CLOSED])
def test_a_draft_and_a_closed_plan_do_not_move(app, world, garden, state):
    move = moves.plant(app, world, state=state)

    with pytest.raises(NotAllowed):
        move.begin()


def test_what_changed_since_it_was_looked_over_is_not_sent(move):
    move.begin()
    move.agree()
    with move.at("9901"):
        mark = moving.preview(move.plan(), ALONG)[2]
    with move.app.app_context(), gardens.planting(move.world.strandvik):
        gardens.entry(move.plan(), Section.GOALS, "Kom til")

    with pytest.raises(PackageChanged), move.acting(SENDER, "9901") as actor:
        moving.send(actor, move.plan(), mark=mark, at=utc_now())

    with move.at("9901"):
        assert move.open_move().state is MoveState.ASKED


def test_what_is_sent_can_not_be_widened(move):
    move.begin()
    move.agree([Section.GOALS])
    move.send()

    with pytest.raises(NotAsked):
        move.agree(ALONG)


def test_what_waits_can_not_be_read_in_the_database(move):
    package_id = move.arrive()

    with move.at("9902"):
        package = moves.package(package_id)
        kept = package.sealed_owner + package.sealed_content
        assert b"skrik" not in kept
        assert b"Planeier" not in kept
        assert arriving.owner_of(package).given_name == "Planeier"


# --- ending it -----------------------------------------------------------------------------------


def test_a_move_that_is_taken_back_leaves_nothing_over_there(move):
    package_id = move.arrive()

    with move.acting(SENDER, "9901") as actor:
        moving.stop(actor, move.plan(), at=utc_now())

    with move.at("9902"):
        package = moves.package(package_id)
        assert (package.state, is_sealed(package)) == (MoveState.TAKEN_BACK, False)
    move.begin()


def test_closing_the_plan_takes_the_move_back(move):
    package_id = move.arrive()

    with move.acting(SENDER, "9901") as actor:
        reviewed = [one.id for one in life.open_activities(move.plan())]
        life.close(actor, move.plan(), reason="Ferdig", reviewed=reviewed, at=utc_now())

    with move.at("9901"):
        assert move.plan().closed_reason == "Ferdig"
    with move.at("9902"):
        assert not is_sealed(moves.package(package_id))


def test_a_no_has_a_reason_and_the_plan_stays(move, world):
    package_id = move.arrive()
    with pytest.raises(life.ReasonNeeded), move.acting(RECEIVER, "9902") as actor:
        arriving.decline(actor, moves.package(package_id), reason=" ", at=utc_now())

    with move.acting(RECEIVER, "9902") as actor:
        arriving.decline(actor, moves.package(package_id), reason="Bor ikke her", at=utc_now())

    with move.at("9902"):
        assert not is_sealed(moves.package(package_id))
    with move.at("9901"):
        assert (move.open_move().state, move.open_move().reason) == (
            MoveState.DECLINED,
            "Bor ikke her",
        )
        assert move.plan().state is PlanState.ACTIVE
        persons = world.strandvik.persons
        both = {persons["planeier"], persons[SENDER]}
        assert told(move.plan_id, NoticeKind.MOVE_STOPPED) == both


def test_nobody_answers_after_30_days_and_the_round_ends_it(move):
    package_id, late = move.arrive(), utc_now() + moving.LONGEST_WAIT
    with pytest.raises(NotAllowed):
        move.accept(package_id, late)

    with move.app.app_context():
        place = move.world.strandvik.id
        ended, again = (move_rounds.run(db.session(), place, late) for _turn in range(2))

    assert ended >= 1
    assert again == 0
    with move.at("9901"):
        assert move.open_move().state is MoveState.EXPIRED
    with move.at("9902"):
        assert not is_sealed(moves.package(package_id))


def test_the_round_ends_what_no_consent_carries_and_leaves_the_rest(app, world, garden):
    carried, left = moves.plant(app, world), moves.plant(app, world)
    package_ids = [carried.arrive(), left.arrive()]
    with app.app_context(), gardens.planting(world.strandvik):
        for one in left.plan().consents:
            one.withdrawn_at = utc_now()

    with app.app_context():
        rounds.expire_all()

    with carried.at("9902"):
        assert [is_sealed(moves.package(one)) for one in package_ids] == [True, False]


# --- accepting -----------------------------------------------------------------------------------


def test_a_plan_is_accepted_once(move):
    package_id = move.arrive()
    move.accept(package_id)

    with pytest.raises(NotAllowed):
        move.accept(package_id)


def test_the_same_national_id_is_the_same_person_here(move, world):
    digits = synthetic(gardens.born(16), 77)
    with move.app.app_context(), gardens.planting(world.strandvik):
        moves.with_national_id(world.strandvik, "planeier", digits)
    with move.app.app_context(), gardens.planting(world.fjellby):
        known = gardens.person(world.fjellby, "known", "Planeier", gardens.born(16))
        moves.with_national_id(world.fjellby, "known", digits)
    try:
        new = move.accept(move.arrive())
        with move.at("9902"):
            assert db.session.get_one(Plan, new).owner_id == known.id
    finally:
        with move.app.app_context(), gardens.planting(world.strandvik):
            row = db.session.get_one(Person, world.strandvik.persons["planeier"])
            row.national_id_cipher = row.national_id_hash = None


def test_two_national_ids_are_two_persons(move, world):
    with move.app.app_context(), gardens.planting(world.strandvik):
        digits = synthetic(gardens.born(16), 78)
        moves.with_national_id(world.strandvik, "planeier", digits)
    package_id = move.arrive()
    try:
        with pytest.raises(AnotherHuman):
            move.accept(package_id, person_id=world.fjellby.persons["own"])
        new = move.accept(package_id, is_new=True)
    finally:
        with move.app.app_context(), gardens.planting(world.strandvik):
            row = db.session.get_one(Person, world.strandvik.persons["planeier"])
            row.national_id_cipher = row.national_id_hash = None
    with move.at("9902"):
        assert db.session.get_one(Plan, new).owner.national_id_hash is not None


@pytest.mark.parametrize("is_both", [True, False])
def test_it_must_be_said_who_the_owner_is_here(move, world, is_both):
    package_id = move.arrive()
    person_id = world.fjellby.persons["own"] if is_both else None

    with pytest.raises(WhoIsIt):
        move.accept(package_id, person_id=person_id, is_new=is_both)


def test_an_owner_with_an_open_plan_over_there_gets_no_second_and_nothing_is_half_done(
    app, world, garden
):
    with app.app_context(), gardens.planting(world.strandvik):
        db.session.get_one(Plan, garden.strandvik.plans["ip"]).kind = PlanKind.FAMILY_PLAN
    move = moves.plant(app, world, kind=PlanKind.INDIVIDUAL_PLAN)
    package_id = move.arrive()

    with pytest.raises(HasOpenPlan):
        move.accept(package_id, person_id=world.fjellby.persons["young"])

    with move.at("9901"):
        assert move.plan().state is PlanState.ACTIVE
        assert move.open_move().state is MoveState.SENT
    with move.at("9902"):
        assert is_sealed(moves.package(package_id))


def test_only_the_named_coordinator_accepts(move, client_as):
    move.begin()
    move.agree()
    package_id = move.send()

    with pytest.raises(NotFound):
        move.accept(package_id)
    move.name(package_id)

    assert move.accept(package_id)


def test_a_document_comes_along_as_a_copy_of_its_own(move):
    with move.app.app_context(), gardens.planting(move.world.strandvik):
        key = storage.keep(b"innhold")
        row = db.session.get_one(PlanEntry, move.bed.entries["moving", Section.DOCUMENTS])
        row.details = {"file": {"key": key, "type": "application/pdf", "size": 7}}
    move.begin([Section.DOCUMENTS])
    move.agree([Section.DOCUMENTS])

    new = move.accept(move.name(move.send()))

    with move.at("9902"):
        row = db.session.scalars(select(PlanEntry).where(PlanEntry.plan_id == new)).one()
        copy = row.details["file"]["key"]
        assert copy != key
        assert storage.read(copy) == b"innhold"
