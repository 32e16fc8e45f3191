"""The tree of units holds together, whatever is done to it and in whatever order."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app.clock import utc_now
from app.db import db
from app.enums import UnitKind
from app.errors import DomainError
from app.models import Person, Unit
from app.units import operations as units
from app.units.tree import Branch, grow
from tests.units.planting import plant, staff, working_in
from tests.world import Place

ONE = st.integers(0, 30)


class Gardener(RuleBasedStateMachine):
    """Does to a few units what administrators do, allowed or not, and counts the persons."""

    place: Place

    @initialize()
    def begin(self) -> None:
        self.ids: list[str] = []
        self.people: list[str] = []
        self.at_top()

    def _unit(self, number: int) -> Unit:
        unit = db.session.get(Unit, self.ids[number % len(self.ids)])
        assert unit is not None
        return unit

    @rule()
    def at_top(self) -> None:
        with working_in(self.place) as actor:
            unit = plant(actor)
            self.ids.append(unit.id)
            self.people.append(staff(actor, unit).id)

    @rule(parent=ONE)
    def add(self, parent: int) -> None:
        with working_in(self.place) as actor:
            try:
                unit = plant(actor, self._unit(parent))
            except DomainError:
                return
            self.ids.append(unit.id)
            self.people.append(staff(actor, unit).id)

    @rule(unit=ONE, parent=st.none() | ONE)
    def move(self, unit: int, parent: int | None) -> None:
        self._try(
            lambda actor: units.move(
                actor,
                self._unit(unit),
                None if parent is None else self._unit(parent),
                at=utc_now(),
            )
        )

    @rule(loser=ONE, winner=ONE)
    def merge(self, loser: int, winner: int) -> None:
        self._try(
            lambda actor: units.merge(actor, self._unit(loser), self._unit(winner), at=utc_now())
        )

    @rule(unit=ONE)
    def retire(self, unit: int) -> None:
        self._try(lambda actor: units.retire(actor, self._unit(unit), at=utc_now()))

    @rule(unit=ONE)
    def restore(self, unit: int) -> None:
        self._try(lambda actor: units.restore(actor, self._unit(unit)))

    def _try(self, change) -> None:
        try:
            with working_in(self.place) as actor:
                change(actor)
        except DomainError:
            pass

    @invariant()
    def holds_together(self) -> None:
        with working_in(self.place):
            found = db.session.scalars(select(Unit).where(Unit.id.in_(self.ids))).all()
            rows = {unit.id: unit for unit in found}
            assert rows.keys() == set(self.ids)
            for unit in rows.values():
                above = rows[unit.parent_id] if unit.parent_id else None
                assert unit.path == (above.path if above else "/") + f"{unit.id}/"
                assert unit.path.count(unit.id) == 1
                assert unit.depth <= units.DEEPEST
                if unit.retired_at is None:
                    assert above is None or above.retired_at is None
            people = db.session.scalars(select(Person).where(Person.id.in_(self.people))).all()
            assert len(people) == len(self.people)
            for person in people:
                assert rows[person.unit_id].merged_into_id is None


@pytest.mark.usefixtures("context")
def test_paths_follow_parents_without_circles_and_nobody_is_lost(world):
    Gardener.place = world.strandvik

    run_state_machine_as_test(
        Gardener,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_tree_grows_from_what_is_given_in_its_order():
    top, second, below = (Unit(id=name, kind=UnitKind.OTHER) for name in ("a", "b", "c"))
    below.parent_id, top.parent_id = "b", "not given"

    grown = grow([second, below, top])

    assert grown == (Branch(second, (Branch(below),)), Branch(top))
