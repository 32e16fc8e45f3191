"""Moving, merging and retiring units, below the web."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from app.clock import utc_now
from app.db import db
from app.enums import Role
from app.errors import NotAllowed, NotFound, StaleVersion
from app.models import Membership, Person, Unit
from app.security.actor import Actor, Holding, operator
from app.units import operations as units
from tests.units.planting import give_role, plant, staff, working_in

pytestmark = pytest.mark.usefixtures("context")


def test_moving_a_unit_takes_all_below_with_it(world):
    with working_in(world.strandvik) as actor:
        old, new = plant(actor), plant(actor)
        moved = plant(actor, old)
        below = plant(actor, plant(actor, moved))

        units.move(actor, moved, new, at=utc_now())

        assert moved.parent_id == new.id
        assert moved.path == f"{new.path}{moved.id}/"
        assert below.path.startswith(moved.path)
        assert below.path.endswith(f"/{below.parent_id}/{below.id}/")


def test_a_unit_can_move_to_the_top(world):
    with working_in(world.strandvik) as actor:
        moved = plant(actor, plant(actor))

        units.move(actor, moved, None, at=utc_now())

        assert moved.parent_id is None
        assert moved.path == f"/{moved.id}/"


def test_a_retired_unit_below_moves_too(world):
    with working_in(world.strandvik) as actor:
        moved, new = plant(actor), plant(actor)
        retired = plant(actor, moved)
        units.retire(actor, retired, at=utc_now())

        units.move(actor, moved, new, at=utc_now())

        assert retired.path == f"{moved.path}{retired.id}/"


@pytest.mark.parametrize("depth", [0, 1, 3], ids=["itself", "its child", "further down"])
def test_a_unit_is_not_moved_under_itself_or_below(world, depth):
    with working_in(world.strandvik) as actor:
        moved = below = plant(actor, plant(actor))
        for _ in range(depth):
            below = plant(actor, below)
        before = moved.path

        with pytest.raises(units.UnderItself):
            units.move(actor, moved, below, at=utc_now())

        assert moved.path == before


def test_a_unit_is_not_moved_under_a_retired_one(world):
    with working_in(world.strandvik) as actor:
        moved, retired = plant(actor), plant(actor)
        units.retire(actor, retired, at=utc_now())

        with pytest.raises(units.RetiredUnit):
            units.move(actor, moved, retired, at=utc_now())


def test_a_subtree_is_not_moved_deeper_than_the_panel_shows(world):
    with working_in(world.strandvik) as actor:
        deep = plant(actor)
        for _ in range(units.DEEPEST - 1):
            deep = plant(actor, deep)
        fits, too_tall = plant(actor), plant(actor)
        plant(actor, too_tall)

        units.move(actor, fits, deep, at=utc_now())
        assert fits.depth == units.DEEPEST

        with pytest.raises(units.TooDeep):
            units.move(actor, too_tall, deep, at=utc_now())


def test_a_unit_is_not_added_below_the_deepest_level(world):
    with working_in(world.strandvik) as actor:
        deep = plant(actor)
        for _ in range(units.DEEPEST):
            deep = plant(actor, deep)

        with pytest.raises(units.TooDeep):
            plant(actor, deep)


def test_merging_loses_no_person_role_or_unit(world):
    with working_in(world.strandvik) as actor:
        loser, winner = plant(actor), plant(actor)
        child = plant(actor, loser)
        grandchild = plant(actor, child)
        people = [staff(actor, loser) for _ in range(5)] + [staff(actor, winner)]
        people[0].retired_at = utc_now()
        role = give_role(people[1], world.accounts["sperret"], Role.PARTICIPANT, loser)
        role.ended_at = utc_now()

        units.merge(actor, loser, winner, at=utc_now())

        assert {person.unit_id for person in people} == {winner.id}
        assert role.unit_id == winner.id
        assert child.parent_id == winner.id
        assert grandchild.path == f"{winner.path}{child.id}/{grandchild.id}/"
        assert loser.retired_at is not None
        assert loser.merged_into_id == winner.id
        for model in (Person, Membership):
            assert not db.session.scalars(select(model).where(model.unit_id == loser.id)).all()
        assert not db.session.scalars(select(Unit).where(Unit.parent_id == loser.id)).all()


def test_the_winner_keeps_its_own_leader(world):
    with working_in(world.strandvik) as actor:
        loser, winner, unled = plant(actor), plant(actor), plant(actor)
        loser.leader_id = staff(actor, loser).id
        winner.leader_id = leader_id = staff(actor, winner).id
        db.session.flush()

        units.merge(actor, unled, winner, at=utc_now())
        units.merge(actor, loser, winner, at=utc_now())

        assert winner.leader_id == leader_id


def test_a_unit_can_be_merged_into_the_one_it_is_part_of(world):
    with working_in(world.strandvik) as actor:
        winner = plant(actor)
        loser = plant(actor, winner)
        child = plant(actor, loser)

        units.merge(actor, loser, winner, at=utc_now())

        assert child.path == f"{winner.path}{child.id}/"


def test_a_unit_is_not_merged_with_itself(world):
    with working_in(world.strandvik) as actor:
        unit = plant(actor)

        with pytest.raises(units.SameUnit):
            units.merge(actor, unit, unit, at=utc_now())


def test_a_unit_is_not_merged_into_its_own_part(world):
    with working_in(world.strandvik) as actor:
        unit = plant(actor)
        part = plant(actor, plant(actor, unit))

        with pytest.raises(units.MergedIntoOwnPart):
            units.merge(actor, unit, part, at=utc_now())


@pytest.mark.parametrize("which", ["loser", "winner"])
def test_a_retired_unit_takes_no_part_in_a_merge(world, which):
    with working_in(world.strandvik) as actor:
        pair = {"loser": plant(actor), "winner": plant(actor)}
        units.retire(actor, pair[which], at=utc_now())

        with pytest.raises(units.RetiredUnit):
            units.merge(actor, **pair, at=utc_now())


def test_a_refused_merge_leaves_everything_as_it_was(world):
    with working_in(world.strandvik) as actor:
        winner = plant(actor)
        for _ in range(units.DEEPEST):
            winner = plant(actor, winner)
        loser = plant(actor)
        child, person = plant(actor, loser), staff(actor, loser)
        ids = loser.id, child.id, person.id

    with pytest.raises(units.TooDeep):
        merge_by_id(world.strandvik, ids[0], winner.id)

    with working_in(world.strandvik):
        loser, child = (db.session.get(Unit, pk) for pk in ids[:2])
        assert (loser.retired_at, loser.merged_into_id) == (None, None)
        assert child.path == f"/{loser.id}/{child.id}/"
        assert db.session.get(Person, ids[2]).unit_id == loser.id


def test_a_unit_with_units_in_use_below_is_not_retired(world):
    with working_in(world.strandvik) as actor:
        unit = plant(actor)
        below, person = plant(actor, unit), staff(actor, unit)
        with pytest.raises(units.UnitsBelow):
            units.retire(actor, unit, at=utc_now())

        units.retire(actor, below, at=utc_now())
        units.retire(actor, unit, at=utc_now())

        assert unit.retired_at is not None
        assert person.unit_id == unit.id


def test_a_unit_comes_back_under_a_unit_in_use_only(world):
    with working_in(world.strandvik) as actor:
        parent = plant(actor)
        unit = plant(actor, parent)
        units.retire(actor, unit, at=utc_now())
        units.retire(actor, parent, at=utc_now())
        with pytest.raises(units.ParentIsRetired):
            units.restore(actor, unit)

        units.restore(actor, parent)
        units.restore(actor, unit)

        assert unit.retired_at is None


def test_a_merged_unit_does_not_come_back(world):
    with working_in(world.strandvik) as actor:
        loser, winner = plant(actor), plant(actor)
        units.merge(actor, loser, winner, at=utc_now())

        with pytest.raises(units.UnitWasMerged):
            units.restore(actor, loser)


def test_a_coordinator_moves_and_merges_nothing(world):
    with working_in(world.strandvik) as actor:
        one, other = plant(actor), plant(actor)
        coordinator = Actor(
            world.accounts["koordinator.strandvik"],
            world.strandvik.id,
            holdings=(Holding(Role.COORDINATOR),),
        )

        with pytest.raises(NotAllowed):
            units.move(coordinator, one, other, at=utc_now())
        with pytest.raises(NotAllowed):
            units.merge(coordinator, one, other, at=utc_now())


def test_an_actor_elsewhere_finds_no_unit_to_move_or_merge(world):
    with working_in(world.strandvik) as actor:
        one, other = plant(actor), plant(actor)
        stranger = operator(world.fjellby.id)

        for change in (units.move, units.merge):
            with pytest.raises(NotFound):
                change(stranger, one, other, at=utc_now())


def merge_by_id(place, loser_id, winner_id):
    with working_in(place) as actor:
        loser, winner = db.session.get(Unit, loser_id), db.session.get(Unit, winner_id)
        units.merge(actor, loser, winner, at=utc_now())


def move_by_id(place, unit_id, parent_id, *, read=None):
    """``read`` is the version that was read before somebody else's change."""
    with working_in(place) as actor:
        unit = db.session.get(Unit, unit_id)
        if read is not None:
            set_committed_value(unit, "version", read)
        units.move(actor, unit, db.session.get(Unit, parent_id), at=utc_now())


def test_a_change_that_another_just_made_is_not_overwritten(world):
    with working_in(world.strandvik) as actor:
        moved, first, second = plant(actor), plant(actor), plant(actor)
        read = moved.version
    move_by_id(world.strandvik, moved.id, first.id)

    with pytest.raises(StaleVersion):
        move_by_id(world.strandvik, moved.id, second.id, read=read)

    with working_in(world.strandvik):
        assert db.session.get(Unit, moved.id).parent_id == first.id


def test_two_who_move_units_under_each_other_at_once_make_no_circle(app, world):
    with working_in(world.strandvik) as actor:
        one, other = plant(actor).id, plant(actor).id
    start = Barrier(2)

    def move(unit_id, parent_id):
        with app.app_context():
            start.wait(30)
            try:
                move_by_id(world.strandvik, unit_id, parent_id)
            except (units.UnderItself, StaleVersion) as refused:
                return type(refused)

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(move, one, other), pool.submit(move, other, one)]
        refused = [answer.result() for answer in answers]

    assert refused.count(None) == 1
    with working_in(world.strandvik):
        parents = {db.session.get(Unit, pk).parent_id for pk in (one, other)}
    assert None in parents
