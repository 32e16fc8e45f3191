"""What is said of a measure: shares, numbers and days, and whether they meet their goal. Pure.

Two kinds of shares are told. What the reader can look up one by one in a list (who of the
coordinators took a course, which plans are overdue) is told as it is, as a percentage from five
on. What the reader can't look up (who got the introduction, which plans hold a decision) is told
by the steps of ``suppression`` alone, so that no two shares differ by one person or plan.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.reports.suppression import STEP, told

QUARTERS = 4


class Met(StrEnum):
    """Whether a goal is met."""

    YES = "yes"
    NO = "no"
    NEAR = "near"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Share:
    """A share in per cent: between these two, which are the same where it is told as it is.

    ``part`` and ``whole`` are told only where the reader can look them up.
    """

    low: int | None = None
    high: int | None = None
    part: int | None = None
    whole: int | None = None

    @property
    def middle(self) -> int | None:
        """The share for a chart; None where none is told."""
        return None if self.low is None or self.high is None else (self.low + self.high) // 2

    def meets(self, goal: int) -> Met:
        """Whether it is at least the goal; near it where what is told lies on both sides."""
        if self.low is None or self.high is None:
            return Met.UNKNOWN
        if self.low >= goal:
            return Met.YES
        return Met.NO if self.high < goal else Met.NEAR

    def stays_under(self, goal: int) -> Met:
        """Whether it is less than the goal."""
        if self.low is None or self.high is None:
            return Met.UNKNOWN
        if self.high < goal:
            return Met.YES
        return Met.NO if self.low >= goal else Met.NEAR


NOTHING = Share()


def looked_up(part: int, whole: int) -> Share:
    """The share of what the reader can look up: its numbers, and a percentage from five on."""
    if whole < STEP:
        return Share(part=part, whole=whole)
    percent = round(100 * part / whole)
    # Rounding must not make of nearly all all, nor of a few none.
    percent = min(percent, 99) if part < whole else percent
    percent = max(percent, 1) if part > 0 else percent
    return Share(percent, percent, part, whole)


def protected(part: int, whole: int) -> Share:
    """The share of what the reader can't look up: between two percentages, and no numbers."""
    of_part, of_whole = told(part), told(whole)
    if of_whole.is_few or of_part.high is None or of_whole.high is None:
        return NOTHING
    return Share(
        of_part.low * 100 // of_whole.high, min(100, -(-of_part.high * 100 // of_whole.low))
    )


def moments(on: date) -> list[date]:
    """The days that measures are told for: a year ago, the last days of the four quarters that
    are over, and today."""
    ends = []
    end = quarter_start(on) - timedelta(days=1)
    for _each in range(QUARTERS):
        ends.append(end)
        end = quarter_start(end) - timedelta(days=1)
    return [year_before(on), *reversed(ends), on]


def quarter_start(on: date) -> date:
    """The first day of the quarter that a day lies in."""
    return date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)


def year_before(on: date) -> date:
    """The same day a year before; the 28th for the 29th of February."""
    try:
        return on.replace(year=on.year - 1)
    except ValueError:
        return date(on.year - 1, 2, 28)
