"""Which plans a municipality that is grown has: kind, age, and three years of what became of them.

Pure: drawn by a seeded generator, the same in every run, in days before the day of growing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from app.demonstration.plan_recipes import (
    ABSENCE,
    ABSENCE_NN,
    GROWING,
    HOME,
    PLAY,
    PLAY_NN,
    READ,
    READ_NN,
    RESPITE,
    RESPITE_NN,
    STEADY,
    STROKE,
    Given,
    Recipe,
)
from app.enums import Language, PlanKind, PlanState

T = TypeVar("T")
THREE_YEARS = 1_095
BASES: dict[Language, tuple[tuple[Recipe, int], ...]] = {
    Language.NB: (
        (STROKE, 10), (STEADY, 12), (GROWING, 9), (READ, 22), (PLAY, 14), (ABSENCE, 21),
        (RESPITE, 12),
    ),
    Language.NN: ((HOME, 28), (READ_NN, 24), (PLAY_NN, 14), (ABSENCE_NN, 22), (RESPITE_NN, 12)),
}  # fmt: skip
"""What plans are made after, and how many of a hundred."""

STATES = (
    (PlanState.ACTIVE, 61),
    (PlanState.CLOSED, 13),
    (PlanState.ARCHIVED, 10),
    (PlanState.AWAITING_CONSENT, 8),
    (PlanState.PAUSED, 4),
    (PlanState.DRAFT, 4),
)
IN_USE = (
    (Given.VALID, 74), (Given.PAPER, 9), (Given.ORAL, 4), (Given.EXPIRED, 13),
)  # fmt: skip
WAITING = ((Given.NONE, 45), (Given.HALF, 15), (Given.WITHDRAWN, 22), (Given.RESET, 18))
OVER = frozenset({PlanState.CLOSED, PlanState.ARCHIVED})


@dataclass(frozen=True)
class Shape:
    """One plan: after which recipe, begun and last touched and closed how many days ago."""

    recipe: Recipe
    started: int
    quiet: int
    closed: int | None

    @property
    def alive(self) -> int:
        """For how many days something happened in it."""
        return self.started - self.quiet


def shapes(draw: Random, language: Language, count: int) -> list[Shape]:
    """So many plans, the oldest first."""
    found = [_shape(draw, language) for _number in range(count)]
    return sorted(found, key=lambda one: -one.started)


def _shape(draw: Random, language: Language) -> Shape:
    base, state = _one_of(draw, BASES[language]), _one_of(draw, STATES)
    started, closed = _begun(draw, state), None
    if state in OVER:
        longest = started - 60
        closed = draw.randint(90 if state is PlanState.ARCHIVED else 1, longest)
    given = _given(draw, state, started)
    level = draw.randint(0, 3) if base.kind is PlanKind.RELAY_LOG else None
    recipe = replace(base, state=state, given=given, level=level)
    return Shape(recipe, started, closed or _quiet(draw, state, started), closed)


def _begun(draw: Random, state: PlanState) -> int:
    """Drafts are young, and who waits for a first consent has mostly not waited for years."""
    if state is PlanState.DRAFT:
        return draw.randint(1, 120)
    if state in OVER:
        return draw.randint(200, THREE_YEARS)
    return draw.randint(15, THREE_YEARS)


def _given(draw: Random, state: PlanState, started: int) -> Given:
    if state is PlanState.DRAFT:
        return Given.NONE
    if state is PlanState.AWAITING_CONSENT:
        return _one_of(draw, WAITING)
    given = _one_of(draw, IN_USE)
    return Given.VALID if given is Given.EXPIRED and started < 380 else given


def _quiet(draw: Random, state: PlanState, started: int) -> int:
    """How long ago something happened: weeks for most, a year and more for some."""
    most = 40 if draw.random() < 0.72 else 200 if draw.random() < 0.5 else 700
    if state is PlanState.PAUSED:
        most = 300
    return draw.randint(0, min(most, started - 1))


def _one_of(draw: Random, weighted: Sequence[tuple[T, int]]) -> T:
    return draw.choices([one for one, _w in weighted], [weight for _one, weight in weighted])[0]
