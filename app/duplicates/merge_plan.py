"""What a merge would do, as plain values: looked over first, made again and compared when it is
done. Pure: it holds no rows and asks nothing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NOW = "now"
"""Stands for the instant at which a merge is done, which nobody knows when it is looked over."""

ADDED = "added"
"""In what is kept of a merge: a row that it made."""

Plain = str | int | bool | None


class Side(StrEnum):
    """Whose value, or whose login, is kept."""

    KEPT = "kept"
    GONE = "gone"


class Reason(StrEnum):
    """Why one person alone does not decide."""

    NATIONAL_IDS = "national_ids"
    ADULT_AND_CHILD = "adult_and_child"
    PROTECTED = "protected"
    LOGIN_ENDS = "login_ends"


class Remark(StrEnum):
    """What the summary tells beside what moves."""

    PARTICIPATION_ENDS = "participation_ends"
    GUARDIANS_STAY = "guardians_stay"
    GUARDIANS_END = "guardians_end"
    GUARDIANS_JOINED = "guardians_joined"
    COORDINATOR_WITHOUT_ROLE = "coordinator_without_role"
    ADDRESS_ERASED = "address_erased"
    REQUESTS_END = "requests_end"


@dataclass(frozen=True)
class Change:
    """One column of one row, before and after; ids and states only, never what is written."""

    table: str
    row_id: str
    column: str
    before: Plain
    after: Plain


@dataclass(frozen=True)
class Addition:
    """A new row that narrows an access."""

    table: str
    values: tuple[tuple[str, Plain], ...]


@dataclass(frozen=True)
class Narrowed:
    """A plan in which both took part, and what is left in each section: (section, one, other,
    level), with ``none`` where there is nothing."""

    plan_id: str
    sections: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Login:
    """What becomes of the logins: ids of accounts, and plans that the one that stays comes to."""

    stays: int | None = None
    ends: int | None = None
    gains: tuple[str, ...] = ()


@dataclass(frozen=True)
class MergePlan:
    """All that a merge would do.

    ``choices`` says per field whose value is kept. ``mark`` stands for the whole, and for the
    versions of what it was made of.
    """

    kept_id: str
    gone_id: str
    choices: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    additions: tuple[Addition, ...]
    narrowed: tuple[Narrowed, ...]
    login: Login
    remarks: tuple[tuple[Remark, int], ...]
    second: frozenset[Reason]
    versions: tuple[int, ...]

    @property
    def mark(self) -> str:
        """What the summary sends back: another one means that something has changed since."""
        return hashlib.sha256(repr(self._whole()).encode()).hexdigest()[:32]

    def _whole(self) -> tuple[Any, ...]:
        return (
            self.kept_id,
            self.gone_id,
            self.choices,
            sorted(self.changes, key=repr),
            sorted(self.additions, key=repr),
            self.narrowed,
            self.login,
            self.remarks,
            sorted(self.second),
            self.versions,
        )

    @property
    def moving(self) -> Counter[tuple[str, str]]:
        """How many rows go over to the one kept, by table and column."""
        return Counter(
            (one.table, one.column)
            for one in self.changes
            if one.before == self.gone_id and one.after == self.kept_id
        )

    @property
    def ending(self) -> Counter[str]:
        """How many rows end, by table."""
        return Counter(one.table for one in self.changes if one.after == NOW)


def as_list(change: Change) -> list[Any]:
    """A change as it is kept."""
    return [change.table, change.row_id, change.column, change.before, change.after]


def from_list(kept: list[Any]) -> Change:
    """A change that was kept."""
    return Change(*kept)


def dumped(values: Mapping[str, Any]) -> bytes:
    """What is sealed."""
    return json.dumps(values, sort_keys=True).encode()
