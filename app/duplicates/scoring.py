"""How likely two records are one person, and why.

Pure arithmetic on normal forms: levels from ``levels``, bits from ``weights``, summed.
"""

from dataclasses import dataclass

from app.duplicates import levels
from app.duplicates.levels import FIELD_OF, Field, Level
from app.duplicates.record import Record
from app.duplicates.weights import SHIPPED, Weights
from app.enums import MatchBand

# What any two persons start with: that they are one is unlikely.
PRIOR = -14.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one field, and the bits it adds; below zero it speaks against."""

    field: Field
    level: Level
    bits: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two records compare. ``score`` is in bits; without a band they are no candidates."""

    score: float
    band: MatchBand | None
    findings: tuple[Finding, ...]


def compare(a: Record, b: Record, weights: Weights = SHIPPED) -> Comparison:
    """How likely two records are one person; the order of the two does not matter."""
    found = [Finding(FIELD_OF[level], level, weights.bits[level]) for level in _levels(a, b)]
    score = round(PRIOR + sum(one.bits for one in found), 2)
    return Comparison(score, _band(score, weights), tuple(found))


def _levels(a: Record, b: Record) -> list[Level]:
    names = levels.name_levels(a.given, a.family, b.given, b.family)
    birth = levels.birth_level(a.birth, b.birth)
    found = [
        levels.national_id_level(a.number, b.number),
        birth,
        *names,
        levels.phone_level(a.phone, b.phone),
        levels.email_level(a, b),
        levels.address_level(a, b),
        levels.unit_level(a.unit, b.unit),
    ]
    if Level.GIVEN_DIFFERS in names:
        is_twin = birth is Level.BIRTH_SAME and Level.FAMILY_SAME in names
        found.append(Level.TWINS if is_twin else Level.HOUSEHOLD)
    elif birth is Level.BIRTH_GENERATION:
        found.append(Level.GENERATIONS)
    return [level for level in found if level]


def _band(score: float, weights: Weights) -> MatchBand | None:
    if score >= weights.certain:
        return MatchBand.CERTAIN
    if score >= weights.probable:
        return MatchBand.PROBABLE
    return MatchBand.POSSIBLE if score >= weights.possible else None
