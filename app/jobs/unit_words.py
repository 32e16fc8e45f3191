"""What the pages of moving units say of units and places: names and kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.enums import UnitKind
from app.joining.unit_family import Offered
from app.screens.words import words


@dataclass(frozen=True)
class Branch:
    """A unit that goes, and what is part of it."""

    name: str
    kind: Any
    below: Sequence["Branch"]


def branches(offered: Offered, parent: str | None = None) -> list[Branch]:
    """The units that go, each with those that are part of it."""
    return [
        Branch(str(one["name"]), words(UnitKind(str(one["kind"]))), branches(offered, one["id"]))
        for one in offered
        if one["parent"] == parent
    ]
