"""The matrix of a standard role as it is edited: part by part, the locked ones too."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.enums import Capability, Level, PlanKind, Section
from app.errors import BadRequest
from app.models import PlanType
from app.security.plan_rights import BY_CAPABILITY, MOST_BY_CAPABILITY, MOST_GIVEN
from app.security.tenancy import here
from app.templating.kind_forms import CHOSEN
from app.templating.role_content import Matrix, RoleContent
from app.templating.shipped_types import STEERED

POSSIBLE = tuple(one for one in Section if one in {*CHOSEN, *STEERED, *BY_CAPABILITY.values()})
"""The parts that a plan can have at all; what else a role names opens nothing anywhere."""

BY_TICK: dict[Section, Capability] = {
    section: capability
    for capability, section in BY_CAPABILITY.items()
    if MOST_BY_CAPABILITY[section] is Level.READ
}
"""The parts that are in every plan, and given by ticking what the role lets one do besides."""


@dataclass(frozen=True)
class Cell:
    """One part of the plan for one role: what the draft gives, and what is in use.

    ``used`` is None while nothing is in use. A locked part keeps the level that it had.
    """

    section: Section
    level: Level
    used: Level | None
    is_offered: bool

    @property
    def choices(self) -> tuple[Level, ...]:
        """The levels that can be chosen; none where the part is locked.

        What is given by a tick is chosen here only to take away a level from a file.
        """
        most = MOST_GIVEN[self.section]
        is_open = self.is_offered and not self.is_by_tick
        return tuple(list(Level)[: most.rank + 1]) if is_open and most.rank else ()

    @property
    def is_by_tick(self) -> bool:
        """Whether the part is given by a tick, and no level of it is in the way."""
        has_level = self.level is not Level.NONE or self.used not in (None, Level.NONE)
        return self.section in BY_TICK and not has_level

    @property
    def is_changed(self) -> bool:
        """Whether the draft gives another level than what is in use."""
        return self.used is not None and self.used is not self.level

    @property
    def is_limited(self) -> bool:
        """Whether participants can do no more than read here."""
        return bool(self.choices) and self.choices[-1] is Level.READ


def by_kind() -> dict[PlanKind, frozenset[Section]]:
    """The parts that each kind of plan has here; those that a capability opens are in every one."""
    rows = db.session.scalars(select(PlanType).where(here(PlanType)))
    always = BY_CAPABILITY.values()
    return {row.kind: frozenset([*map(Section, row.sections), *always]) for row in rows}


def offered(
    kinds: Iterable[str], known: Mapping[PlanKind, frozenset[Section]] | None = None
) -> frozenset[Section]:
    """The parts that any of these kinds of plans has here; those of all kinds for none."""
    wanted = set(kinds) or set(PlanKind)
    parts = by_kind() if known is None else known
    return frozenset().union(*(some for kind, some in parts.items() if kind in wanted))


def cells(
    matrix: Mapping[Section, Level], used: RoleContent | None, open_ones: Collection[Section]
) -> list[Cell]:
    """The cells of one role, in the order of the parts; those that no plan of its kinds has are
    locked, and those that no plan at all has are left out."""
    return [
        Cell(
            section,
            matrix.get(section, Level.NONE),
            None if used is None else used.level(section),
            section in open_ones,
        )
        for section in POSSIBLE
    ]


def given(content: RoleContent) -> list[Section]:
    """The parts that a version gives a level in, in order, without those that no plan has."""
    return [one for one in POSSIBLE if content.level(one) is not Level.NONE]


def chosen(form: Mapping[str, str], prefix: str, before: Mapping[Section, Level]) -> Matrix:
    """The levels that a form sends; parts that it does not hold keep the level of ``before``.

    Raises:
        BadRequest: there is no such level, or nobody can be given it.
    """
    matrix: Matrix = {}
    for section in Section:
        sent = form.get(f"{prefix}{section}")
        try:
            level = before.get(section, Level.NONE) if sent is None else Level(sent)
        except ValueError:
            raise BadRequest from None
        if level.rank > MOST_GIVEN[section].rank:
            raise BadRequest
        matrix[section] = level
    return matrix


def set_all(matrix: Mapping[Section, Level], level: str, open_ones: Iterable[Section]) -> Matrix:
    """The matrix with one level in every open part, or the most that can be given there.

    Raises:
        BadRequest: there is no such level.
    """
    wanted = [section for section in open_ones if section not in BY_TICK]
    return {**matrix, **{section: at_most(section, level) for section in wanted}}


def at_most(section: Section, level: str) -> Level:
    """A level, or the most that can be given in a part.

    Raises:
        BadRequest: there is no such level.
    """
    try:
        return min(Level(level), MOST_GIVEN[section], key=lambda one: one.rank)
    except ValueError:
        raise BadRequest from None
