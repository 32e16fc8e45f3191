"""Why a pair was found, in sentences for a reviewer: what speaks for it, and what against."""

from dataclasses import dataclass
from typing import Any

from app.duplicate_tables import DuplicatePair
from app.duplicates.levels import Field, Level
from app.duplicates.scoring import Finding
from app.duplicates.words import sentence

TELLING_PLACE = frozenset({Field.PHONE, Field.ADDRESS, Field.UNIT})
# That a phone is shared and the given name is not would tell whose phone it is.
TELLING_TOGETHER = frozenset({Level.HOUSEHOLD})
FEW = 2


@dataclass(frozen=True)
class Reasons:
    """Sentences that speak for the two being one, and against it, the weightiest first."""

    speaks_for: tuple[Any, ...]
    speaks_against: tuple[Any, ...]

    @property
    def few(self) -> str:
        """The weightiest that speak for it, for a list."""
        return " ".join(str(one) for one in self.speaks_for[:FEW])


def reasons_of(pair: DuplicatePair) -> Reasons:
    """Why the pair was found; of a shielded person nothing that could tell where they are."""
    is_hidden = pair.first.is_shielded or pair.second.is_shielded
    found = [one for one in _findings(pair) if not (is_hidden and _tells_place(one))]
    found.sort(key=lambda one: -abs(one.bits))
    return Reasons(
        tuple(sentence(one) for one in found if one.bits > 0),
        tuple(sentence(one) for one in found if one.bits < 0),
    )


def _findings(pair: DuplicatePair) -> list[Finding]:
    """What was kept with the pair, but for what an earlier version found and this one can't say."""
    levels = set(Level)
    return [
        Finding(Field(field), Level(level), float(bits))
        for field, level, bits in pair.findings
        if level in levels
    ]


def _tells_place(finding: Finding) -> bool:
    return finding.field in TELLING_PLACE or finding.level in TELLING_TOGETHER
