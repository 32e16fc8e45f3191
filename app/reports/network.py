"""How far numbers that add up can be told apart: a table with its totals as a network. Pure.

Each number is a flow from one node to another; what comes into a node goes out of it. Another
table with the same totals is another flow, so what is possible for one number is found by pushing
flow round it. Exact for whole numbers, since such networks are totally unimodular.

Source: Gusfield, "A graph theoretic approach to statistical data security", SIAM J. Comput. 17
(1988); Ahuja, Magnanti and Orlin, "Network Flows" (1993), chapter 6.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Bounds = tuple[int, int | None]
"""The least and the greatest that a number may be, as far as is told; None: no greatest."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A number as a flow from ``tail`` to ``head``."""

    tail: int
    head: int
    count: int


class Network:
    """Numbers that add up at every node."""

    def __init__(self, arcs: Sequence[Arc]) -> None:
        self.arcs = arcs
        self._at: dict[int, list[int]] = {}
        for number, arc in enumerate(arcs):
            self._at.setdefault(arc.tail, []).append(number)
            self._at.setdefault(arc.head, []).append(number)

    def push(
        self, number: int, bounds: Sequence[Bounds], wanted: int, *, is_lowered: bool = False
    ) -> tuple[int, list[int]]:
        """By how much of ``wanted`` a number can be raised or lowered while all the others stay
        within bounds, and the numbers that hinder more."""
        arc = self.arcs[number]
        start, goal = (arc.tail, arc.head) if is_lowered else (arc.head, arc.tail)
        flow = [one.count for one in self.arcs]
        for pushed in range(wanted):
            came = self._reach(start, goal, number, flow, bounds)
            if goal not in came:
                return pushed, list(self._hindering(came, number, flow, bounds))
            self._carry(goal, start, came, flow)
        return wanted, []

    def _reach(
        self, start: int, goal: int, left_out: int, flow: list[int], bounds: Sequence[Bounds]
    ) -> dict[int, int]:
        """The nodes that one more can be pushed to, and by which number each was reached."""
        came, waiting = {start: -1}, deque([start])
        while waiting and goal not in came:
            node = waiting.popleft()
            for number in self._at[node]:
                arc = self.arcs[number]
                other = arc.head if arc.tail == node else arc.tail
                if number == left_out or other in came:
                    continue
                if _has_room(flow[number], bounds[number], is_raised=arc.tail == node):
                    came[other] = number
                    waiting.append(other)
        return came

    def _carry(self, goal: int, start: int, came: dict[int, int], flow: list[int]) -> None:
        """Push one along the way that was found."""
        node = goal
        while node != start:
            number = came[node]
            arc = self.arcs[number]
            is_raised = arc.head == node
            flow[number] += 1 if is_raised else -1
            node = arc.tail if is_raised else arc.head

    def _hindering(
        self, came: dict[int, int], left_out: int, flow: list[int], bounds: Sequence[Bounds]
    ) -> Iterator[int]:
        """The numbers at the edge of what was reached that more could pass without their bounds."""
        for number, arc in enumerate(self.arcs):
            if number == left_out or (arc.tail in came) == (arc.head in came):
                continue
            if _has_room(flow[number], (0, None), is_raised=arc.tail in came):
                yield number


def _has_room(flow: int, bounds: Bounds, *, is_raised: bool) -> bool:
    low, high = bounds
    return (high is None or flow < high) if is_raised else flow > low
