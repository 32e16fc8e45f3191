"""What of a count may be told to anyone: pure arithmetic.

Every number that a report tells (cell, margin, total, month) is told as a step of five: 0-4, 5-9,
10-14 ... The steps are the same for every number, so two reports of the same group say the same,
whatever page or file they stand in. Where a sum and its parts together would tell more of one of
them than its step, numbers are withheld (secondary suppression) until at least five values remain
possible for each of them.

Withstands:
* sums within a table: row and column totals, and the total (audited exactly: a table with its
  totals is a network, and what is possible for one number is a flow in it);
* other tables over the same group: they share its total alone, which no table narrows;
* a part against the whole: the rest is told as little as a number is, to five values or more;
* a report today and one tomorrow: a change of one either is not seen, or is one to nine;
* stock against what came and went in each month, in one report or in one each month: of each of
  them at least four values remain possible (``flow``);
* what a withheld number gives away by being withheld: there is room to spare (``ROOM``) in every
  sum of three parts or more.
Does not withstand somebody who knows from elsewhere about all changes but one, when that one
happens to cross a step; nor all the parts of a municipality put beside the whole by readers who
each hold one of them. So there are no filters but fixed groups, and periods are calendar ones.

Source: Hundepool et al., "Handbook on Statistical Disclosure Control", Eurostat 2024, chapter 5
(tables of counts: rounding, secondary suppression, auditing); Gusfield, "A graph theoretic approach
to statistical data security", SIAM J. Comput. 17 (1988); SSB, "Håndbok i statistisk
konfidensialitet" (groups smaller than five).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.reports.network import Arc, Network

STEP = 5
ROOM = STEP - 1
CELL, MARGIN, TOTAL = range(3)
"""What is withheld first; a total, which other tables tell too, never is."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a number: between which two it lies. Withheld, there is no upper one."""

    low: int
    high: int | None

    @property
    def is_withheld(self) -> bool:
        """Whether nothing is told, so that other numbers tell no more than they should."""
        return self.high is None

    @property
    def is_few(self) -> bool:
        """Whether it is told that there are fewer than five, none among them."""
        return self.high is not None and self.high < STEP

    @property
    def middle(self) -> int | None:
        """About how many, for a chart; None where that is not told."""
        return None if self.high is None else (self.low + self.high) // 2


WITHHELD = Told(0, None)


def told(count: int) -> Told:
    """The step that a number by itself lies in."""
    low = count - count % STEP
    return Told(low, low + STEP - 1)


def share(part: Told, whole: Told) -> tuple[int, int] | None:
    """Between which percentages a part lies, by what is told of both; None where it is not told."""
    if part.high is None or whole.high is None or part.is_few or whole.is_few:
        return None
    return part.low * 100 // whole.high, min(100, -(-part.high * 100 // whole.low))


@dataclass(frozen=True, slots=True)
class OneWay:
    """A group in parts that do not overlap, with its total."""

    cells: tuple[Told, ...]
    total: Told


@dataclass(frozen=True, slots=True)
class TwoWay:
    """A group divided in two ways at once, with the totals of rows and columns."""

    cells: tuple[tuple[Told, ...], ...]
    rows: tuple[Told, ...]
    columns: tuple[Told, ...]
    total: Told


@dataclass(frozen=True, slots=True)
class Flow:
    """What came and went in each period, and how many there were at the end of each."""

    came: tuple[Told, ...]
    went: tuple[Told, ...]
    stock: tuple[Told, ...]


def one_way(counts: Sequence[int]) -> OneWay:
    """What is told of the parts of a group, and of all of it."""
    if len(counts) < 2:
        return OneWay(tuple(map(told, counts)), told(sum(counts)))
    arcs = [*(Arc(0, 1, count) for count in counts), Arc(1, 0, sum(counts))]
    ranks = [CELL] * len(counts) + [TOTAL]
    found = _protected(arcs, ranks, [(len(counts), tuple(range(len(counts))))])
    return OneWay(tuple(found[:-1]), found[-1])


def two_way(counts: Sequence[Sequence[int]]) -> TwoWay:
    """What is told of a group that is divided in two ways: a list of rows of the same length."""
    height, width = len(counts), len(counts[0]) if counts else 0
    if height < 2 or width < 2:
        flat = one_way([count for row in counts for count in row])
        return _narrow(flat, height, width)
    end = 1 + height + width
    arcs = [
        *(Arc(1 + i, 1 + height + j, counts[i][j]) for i in range(height) for j in range(width)),
        *(Arc(0, 1 + i, sum(counts[i])) for i in range(height)),
        *(Arc(1 + height + j, end, sum(row[j] for row in counts)) for j in range(width)),
        Arc(end, 0, sum(map(sum, counts))),
    ]
    ranks = [CELL] * (height * width) + [MARGIN] * (height + width) + [TOTAL]
    found = _protected(arcs, ranks, list(_sums(height, width)))
    rows_from, columns_from = height * width, height * width + height
    return TwoWay(
        tuple(tuple(found[i * width : (i + 1) * width]) for i in range(height)),
        tuple(found[rows_from:columns_from]),
        tuple(found[columns_from:-1]),
        found[-1],
    )


def flow(before: int, came: Sequence[int], went: Sequence[int]) -> Flow:
    """What is told of periods in a row, of which ``before`` says how many there were at first.

    Steps of stock, came and went may disagree by one step, which rules out one value of each. Two
    such periods in a row the same way would rule out more, so the second is withheld. What is told
    of a period never depends on later ones: earlier reports told the same of it.
    """
    stock, earlier = before, 0
    told_came, told_went, told_stock = [], [], []
    for more, fewer in zip(came, went, strict=True):
        rise = told(stock + more - fewer).low - told(stock).low
        stock += more - fewer
        off = rise - told(more).low + told(fewer).low
        is_withheld = off != 0 and off == earlier
        earlier = 0 if is_withheld else off
        told_came.append(WITHHELD if is_withheld else told(more))
        told_went.append(WITHHELD if is_withheld else told(fewer))
        told_stock.append(told(stock))
    return Flow(tuple(told_came), tuple(told_went), tuple(told_stock))


def _narrow(flat: OneWay, height: int, width: int) -> TwoWay:
    """A table with one row or one column, whose totals are its cells."""
    cells, total = flat.cells, (flat.total,)
    if height < 2:
        return TwoWay((cells,) * height, total * height, cells, flat.total)
    return TwoWay(tuple((cell,) for cell in cells), cells, total * width, flat.total)


def _sums(height: int, width: int) -> Iterable[tuple[int, tuple[int, ...]]]:
    """Which arc of a two-way table is the sum of which others."""
    rows_from, columns_from = height * width, height * width + height
    for i in range(height):
        yield rows_from + i, tuple(range(i * width, (i + 1) * width))
    for j in range(width):
        yield columns_from + j, tuple(range(j, rows_from, width))
    yield columns_from + width, tuple(range(rows_from, columns_from))
    yield columns_from + width, tuple(range(columns_from, columns_from + width))


# --- The audit -----------------------------------------------------------------------------------


def _protected(
    arcs: Sequence[Arc], ranks: Sequence[int], sums: Sequence[tuple[int, tuple[int, ...]]]
) -> list[Told]:
    """What is told of each number, so that no fewer than five values are possible for any."""
    found = [told(arc.count) for arc in arcs]
    costs = [(rank, arc.count < STEP, arc.count) for arc, rank in zip(arcs, ranks, strict=True)]
    for total, parts in sums:
        if _lacks_room(found, total, parts):
            found[min(parts, key=costs.__getitem__)] = WITHHELD
    network = Network(arcs)
    while relieving := _relieving(network, found, ranks):
        found[min(relieving, key=costs.__getitem__)] = WITHHELD
    return found


def _lacks_room(found: Sequence[Told], total: int, parts: Sequence[int]) -> bool:
    """Whether a sum leaves its parts little room below what is told of them.

    Steps of five leave room enough above: the lower ends of parts never add up to more than that
    of their sum.
    """
    highs = [found[part].high for part in parts]
    high = found[total].high
    if high is None or None in highs:
        return False
    return sum(one or 0 for one in highs) < high + (ROOM if len(parts) > 2 else 0)


def _relieving(network: Network, found: Sequence[Told], ranks: Sequence[int]) -> list[int]:
    """The numbers of which one is to be withheld, as another is known too well; none when all
    are well."""
    bounds = [(one.low, one.high) for one in found]
    for number, arc in enumerate(network.arcs):
        step = told(arc.count)
        is_withheld = found[number].is_withheld
        most_up = ROOM if is_withheld else step.low + ROOM - arc.count
        most_down = min(ROOM, arc.count) if is_withheld else arc.count - step.low
        up, above = network.push(number, bounds, most_up)
        down, below = network.push(number, bounds, most_down, is_lowered=True)
        if up + down < ROOM:
            open_to = [one for one in (*above, *below) if _can_be_withheld(found, ranks, one)]
            if open_to:
                return open_to
    return []


def _can_be_withheld(found: Sequence[Told], ranks: Sequence[int], number: int) -> bool:
    return not found[number].is_withheld and ranks[number] != TOTAL
