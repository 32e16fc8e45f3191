"""What a report has counted, before anything of it is told. Nothing here is shown to anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.reports import suppression


@dataclass(frozen=True, slots=True)
class Parts:
    """A group in parts that do not overlap."""

    labels: Sequence[Any]
    counts: Sequence[int]


@dataclass(frozen=True, slots=True)
class Cross:
    """A group divided in two ways at once. Of ``kept`` rows another report tells the total too."""

    labels: Sequence[Any]
    columns: Sequence[Any]
    counts: Sequence[Sequence[int]]
    kept: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Months:
    """What came and went in each month, the first of them after ``before``."""

    months: Sequence[date]
    before: int
    came: Sequence[int]
    went: Sequence[int]


@dataclass(frozen=True, slots=True)
class Waits:
    """How many days something took, one number for each time, by what it was."""

    labels: Sequence[Any]
    days: Sequence[Sequence[int]]


Counted = Parts | Cross | Months | Waits
FEWEST = suppression.STEP
FEWEST_FOR_QUARTILES = 4 * FEWEST
"""So many that five lie below the lower quartile, and five above the upper."""


def weeks(days: Sequence[int], quarter: int) -> int | None:
    """A quartile of the days in whole weeks (1, 2: the median, 3); None where so few would be one
    human's own time."""
    if len(days) < (FEWEST if quarter == 2 else FEWEST_FOR_QUARTILES):
        return None
    ordered = sorted(days)
    return round(ordered[(len(ordered) - 1) * quarter // 4] / 7)
