"""What a merge moves and ends, as it is found: a list that the functions of ``merge_finding`` and
``merge_participation`` add to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.duplicates.merge_facts import plain
from app.duplicates.merge_plan import NOW, Addition, Change, Narrowed, Plain, Remark
from app.duplicates.merge_rows import Rows, Standing
from app.enums import Role
from app.models import Plan


@dataclass
class Moves:
    """What was found so far."""

    rows: Rows
    staying: Standing | None
    changes: list[Change] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    narrowed: list[Narrowed] = field(default_factory=list)
    remarks: dict[Remark, int] = field(default_factory=dict)

    @property
    def kept(self) -> str:
        """The id of the one kept."""
        return str(self.rows.two.kept.id)

    @property
    def gone(self) -> str:
        """The id of the other."""
        return str(self.rows.two.gone.id)

    def put(self, row: Any, column: str, after: Plain) -> None:
        """Let a column of a row become something else."""
        before = plain(getattr(row, column))
        if before != after:
            self.changes.append(Change(row.__tablename__, str(row.id), column, before, after))

    def move(self, row: Any, column: str) -> None:
        """Let a row belong to the one kept."""
        self.put(row, column, self.kept)

    def park(self, row: Any, column: str) -> None:
        """Let a row belong to the one who is out of use, where it opens nothing."""
        self.put(row, column, self.gone)

    def swap(self, row: Any, column: str) -> None:
        """Let a row belong to the other of the two, so that what did not fit still does not."""
        self.put(row, column, self.kept if getattr(row, column) == self.gone else self.gone)

    def end(self, row: Any, column: str = "ended_at") -> None:
        """End a row."""
        self.put(row, column, NOW)

    def remark(self, what: Remark, number: int = 1) -> None:
        """Count what the summary tells."""
        self.remarks[what] = self.remarks.get(what, 0) + number

    def is_dormant(self, person_id: str) -> bool:
        """Whether what this one coordinates was closed to their own login, and would be opened by
        the one that stays."""
        own = self.rows.standing(person_id)
        if self.staying is None or own.account_id is None:
            return False
        return Role.COORDINATOR in self.staying.roles and Role.COORDINATOR not in own.roles


def is_theirs(plan: Plan, ids: tuple[str, str]) -> bool:
    """Whether one of the two owns or coordinates a plan."""
    return plan.owner_id in ids or plan.coordinator_id in ids


def ordered(changes: Iterable[Change]) -> list[list[Change]]:
    """Changes in the order in which the database takes them: what ends first."""
    found = list(changes)
    ends = {(one.table, one.row_id) for one in found if one.after == NOW}
    first = [one for one in found if (one.table, one.row_id) in ends]
    return [first, [one for one in found if (one.table, one.row_id) not in ends]]
