"""Where the bars and lines of a chart stand: pure geometry, drawn by ``templates/_charts.html``.

Widths are in percent of whatever room there is, so that text keeps its size on a narrow screen.
What can't be told has no size, and so nothing is drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

BAR_HEIGHT = 44
FEW_LABELS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: how long, and what is said of it in words. ``size`` is None where it is not told."""

    label: Any
    size: float | None
    said: Any


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars below each other. ``full`` is the size of a bar as wide as the page, if not the
    longest."""

    name: str
    title: Any
    description: Any
    bars: Sequence[Bar]
    full: float | None = None

    @property
    def height(self) -> int:
        """How high it is drawn."""
        return BAR_HEIGHT * len(self.bars)

    @property
    def drawn(self) -> Iterator[tuple[Bar, int, str]]:
        """Each bar, how far down it stands, and how wide it is."""
        full = self.full or max((bar.size or 0 for bar in self.bars), default=0) or 1
        for number, bar in enumerate(self.bars):
            yield bar, BAR_HEIGHT * number, f"{min(100.0, (bar.size or 0) * 100 / full):.2f}%"


@dataclass(frozen=True, slots=True)
class Series:
    """A line: what it is about, and its size at each of the chart's points in time."""

    label: Any
    sizes: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over time, one size for each of ``moments``."""

    name: str
    title: Any
    description: Any
    moments: Sequence[Any]
    series: Sequence[Series]
    full: float | None = None

    @property
    def top(self) -> int:
        """The number at the upper edge: the least of 10, 20, 50, 100 ... that all fit below."""
        if self.full is not None:
            return round(self.full)
        largest = max((size or 0 for one in self.series for size in one.sizes), default=0)
        step = 10
        while True:
            for times in (1, 2, 5):
                if largest <= step * times:
                    return step * times
            step *= 10

    def segments(self, series: Series) -> Iterator[str]:
        """The unbroken pieces of a line, as points on a field of 100 by 100."""
        piece: list[str] = []
        for number, size in enumerate(series.sizes):
            if size is None:
                yield from _line(piece)
                piece = []
            else:
                piece.append(f"{self._across(number):.2f},{100 - size * 100 / self.top:.2f}")
        yield from _line(piece)

    @property
    def ticks(self) -> Iterator[tuple[Any, str, str]]:
        """The moments that are written below: what, how far across, and which end stands there."""
        last = len(self.moments) - 1
        chosen = sorted({round(last * part / (FEW_LABELS - 1)) for part in range(FEW_LABELS)})
        for number in chosen if last >= 0 else ():
            anchor = "start" if number == 0 else "end" if number == last else "middle"
            yield self.moments[number], f"{self._across(number):.2f}%", anchor

    def _across(self, number: int) -> float:
        return number * 100 / max(1, len(self.moments) - 1)


def _line(piece: Sequence[str]) -> Iterator[str]:
    """A piece as the points of a line; a single one is drawn as a dot."""
    if piece:
        yield " ".join(piece if len(piece) > 1 else [*piece, *piece])
