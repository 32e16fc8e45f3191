"""Rows of an import that resemble somebody registered, or an earlier row: and what is chosen.

Plain data that goes in and out of JSON; what resembles what is found elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

from app.enums import MatchBand

Finding = tuple[str, str, float]


class What(StrEnum):
    """What becomes of a row that resembles somebody."""

    USE = "use"
    REGISTER = "register"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True)
class AlikeTo:
    """Whom a row resembles: somebody registered, or an earlier line; neither, when it is somebody
    whom the one who imports may not see."""

    person_id: str | None
    line: int | None
    band: MatchBand
    score: float
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, repr=False)
class AlikeRow:
    """A row that resembles others, the likeliest first. ``position`` counts rows from 0."""

    position: int
    line: int
    name: str
    birth_date: date | None
    others: tuple[AlikeTo, ...]

    def as_json(self) -> dict[str, Any]:
        """The row as it is kept."""
        born = self.birth_date.isoformat() if self.birth_date else None
        others = [
            [one.person_id, one.line, one.band.value, one.score, one.findings]
            for one in self.others
        ]
        kept = {"position": self.position, "line": self.line, "name": self.name}
        return kept | {"born": born, "others": others}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """The row that was kept."""
        others = tuple(
            AlikeTo(
                person_id,
                line,
                MatchBand(band),
                score,
                tuple((found, level, bits) for found, level, bits in findings),
            )
            for person_id, line, band, score, findings in kept["others"]
        )
        born = date.fromisoformat(kept["born"]) if kept["born"] else None
        return cls(kept["position"], kept["line"], kept["name"], born, others)


@dataclass(frozen=True)
class Choice:
    """What becomes of a row. ``person_id`` is whom it is, ``reason`` why it is registered."""

    what: What
    person_id: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Chosen:
    """What was chosen for rows by their positions, and for all the rest."""

    rest: Choice | None = None
    rows: Mapping[int, Choice] = field(default_factory=dict)

    def of(self, row: AlikeRow) -> Choice:
        """What becomes of the row; without a choice it is left out."""
        return self.rows.get(row.position) or self.rest or Choice(What.LEAVE_OUT)

    def as_json(self) -> dict[str, Any]:
        """The choices as they are kept."""
        return {
            "rest": None if self.rest is None else _plain(self.rest),
            "rows": {str(position): _plain(one) for position, one in self.rows.items()},
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The choices that were kept; none from nothing."""
        rest = kept.get("rest")
        return cls(
            None if rest is None else _choice(rest),
            {int(position): _choice(one) for position, one in kept.get("rows", {}).items()},
        )


def _plain(choice: Choice) -> list[str | None]:
    return [choice.what.value, choice.person_id, choice.reason]


def _choice(kept: Sequence[Any]) -> Choice:
    what, person_id, reason = kept
    return Choice(What(what), person_id, reason)
