"""Somebody who puts together all that was told, and reasons about what each number can be.

Linear reasoning over whole numbers: from a sum and bounds of its parts follow bounds of each part,
over and over until nothing follows any more. It knows which numbers add up to which, and nothing
of how they were made.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.reports.suppression import Flow, OneWay, Told, TwoWay

INFINITE = 10**9
Bounds = dict[Hashable, tuple[int, int]]


@dataclass
class Attacker:
    """What is known of numbers by name: bounds, and that signed numbers add up to nothing."""

    bounds: Bounds = field(default_factory=dict)
    sums: list[Mapping[Hashable, int]] = field(default_factory=list)

    def hears(self, name: Hashable, one: Told) -> None:
        """A number is told, once more perhaps."""
        low, high = self.bounds.get(name, (0, INFINITE))
        said = INFINITE if one.high is None else one.high
        self.bounds[name] = (max(low, one.low), min(high, said))

    def knows(self, total: Hashable, parts: Iterable[Hashable]) -> None:
        """That parts add up to a total."""
        self.sums.append({total: -1, **dict.fromkeys(parts, 1)})

    def reads_parts(self, told: OneWay, name: str, total: Hashable) -> None:
        """A table of parts; other tables may have the same total."""
        parts = [(name, place) for place in range(len(told.cells))]
        for part, cell in zip(parts, told.cells, strict=True):
            self.hears(part, cell)
        self.hears(total, told.total)
        self.knows(total, parts)

    def reads_table(self, told: TwoWay, name: str, total: Hashable) -> None:
        """A table of rows and columns."""
        height, width = len(told.rows), len(told.columns)
        for i, row in enumerate(told.cells):
            self.hears((name, i, "all"), told.rows[i])
            self.knows((name, i, "all"), [(name, i, j) for j in range(width)])
            for j, cell in enumerate(row):
                self.hears((name, i, j), cell)
        for j, column in enumerate(told.columns):
            self.hears((name, "all", j), column)
            self.knows((name, "all", j), [(name, i, j) for i in range(height)])
        self.hears(total, told.total)
        self.knows(total, [(name, i, "all") for i in range(height)])
        self.knows(total, [(name, "all", j) for j in range(width)])

    def reads_months(self, told: Flow, before: Told) -> None:
        """Months in a row: what was there, and what came, are what went and what is there."""
        self.hears(("stock", -1), before)
        for month, (came, went, stock) in enumerate(
            zip(told.came, told.went, told.stock, strict=True)
        ):
            for name, one in (("came", came), ("went", went), ("stock", stock)):
                self.hears((name, month), one)
            self.sums.append(
                {
                    ("stock", month - 1): 1,
                    ("came", month): 1,
                    ("went", month): -1,
                    ("stock", month): -1,
                }
            )

    def concludes(self) -> Bounds:
        """The bounds of every number, when nothing more follows."""
        found = {name: self.bounds.get(name, (0, INFINITE)) for one in self.sums for name in one}
        found |= {name: bounds for name, bounds in self.bounds.items() if name not in found}
        while any(_narrow(found, one) for one in self.sums):
            pass
        return found


def _narrow(bounds: Bounds, terms: Mapping[Hashable, int]) -> bool:
    """Let what adds up to nothing narrow each of its numbers; whether it did."""
    spans = {name: _signed(bounds[name], sign) for name, sign in terms.items()}
    lowest = sum(low for low, _high in spans.values())
    highest = sum(high for _low, high in spans.values())
    changed = False
    for name, sign in terms.items():
        low, high = spans[name]
        span = (max(low, -(highest - high)), min(high, -(lowest - low)))
        if span != (low, high):
            assert span[0] <= span[1], "what was told can't be true"
            bounds[name] = _signed(span, sign)
            changed = True
            spans[name] = span
            lowest += span[0] - low
            highest += span[1] - high
    return changed


def _signed(bounds: tuple[int, int], sign: int) -> tuple[int, int]:
    return bounds if sign > 0 else (-bounds[1], -bounds[0])


def fewest_possible(found: Bounds, names: Sequence[Hashable] | None = None) -> int:
    """How many values are possible for the number of which most is known."""
    spans = (found[name] for name in (names or found))
    return min(high - low + 1 for low, high in spans)
