"""The tree of units as a list of branches: pure, whatever part of the tree is given."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.models import Unit


@dataclass(frozen=True)
class Branch:
    """A unit and what stands under it, in the order given."""

    unit: Unit
    below: tuple["Branch", ...] = ()


def grow(units: Iterable[Unit]) -> tuple[Branch, ...]:
    """The units as branches; one whose parent is not among them stands at the top."""
    given = list(units)
    known = {unit.id for unit in given}
    by_parent: defaultdict[str | None, list[Unit]] = defaultdict(list)
    for unit in given:
        by_parent[unit.parent_id if unit.parent_id in known else None].append(unit)
    return _branches(by_parent, None)


def _branches(
    by_parent: defaultdict[str | None, list[Unit]], parent_id: str | None
) -> tuple[Branch, ...]:
    return tuple(Branch(unit, _branches(by_parent, unit.id)) for unit in by_parent[parent_id])
