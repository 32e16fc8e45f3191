"""The matrix of a standard role as it is edited: part by part, the locked ones too."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.enums import Level, PlanKind, Section
from app.errors import BadRequest
from app.models import PlanType
from app.security.plan_rights import MOST_GIVEN
from app.security.tenancy import here
from app.templating.role_content import Matrix, RoleContent


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
        """The levels that can be chosen; none where the part is locked."""
        most = MOST_GIVEN[self.section]
        return tuple(list(Level)[: most.rank + 1]) if self.is_offered and most.rank else ()

    @property
    def is_changed(self) -> bool:
        """Whether the draft gives another level than what is in use."""
        return self.used is not None and self.used is not self.level

    @property
    def is_limited(self) -> bool:
        """Whether participants can do no more than read here."""
        return bool(self.choices) and self.choices[-1] is Level.READ


def by_kind() -> dict[PlanKind, frozenset[Section]]:
    """The parts that each kind of plan has here."""
    rows = db.session.scalars(select(PlanType).where(here(PlanType)))
    return {row.kind: frozenset(Section(one) for one in row.sections) for row in rows}


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
    """The cells of one role, in the order of the parts; those that no plan has are locked."""
    return [
        Cell(
            section,
            matrix.get(section, Level.NONE),
            None if used is None else used.level(section),
            section in open_ones,
        )
        for section in Section
    ]


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
    return {**matrix, **{section: at_most(section, level) for section in open_ones}}


def at_most(section: Section, level: str) -> Level:
    """A level, or the most that can be given in a part.

    Raises:
        BadRequest: there is no such level.
    """
    try:
        return min(Level(level), MOST_GIVEN[section], key=lambda one: one.rank)
    except ValueError:
        raise BadRequest from None
