"""How likely two records are one person, and why.

Pure arithmetic on normal forms: levels from ``comparing`` and ``together``, bits from ``weights``,
summed. Most pairs that share a key are told apart by two glances, before names are looked at.
"""

from dataclasses import dataclass
from functools import lru_cache

from app.duplicates import comparing
from app.duplicates.levels import FIELD_OF, Field, Level
from app.duplicates.record import Record
from app.duplicates.together import together
from app.duplicates.weights import SHIPPED, Weights
from app.enums import MatchBand


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


# Father and son of one name live together: without a date to compare nobody is certain to be one.
SHORT_OF_CERTAIN = 0.1
# Where no date can be compared, it is the name's rarity that tells namesakes apart.
_NAME_COUNTS = frozenset({Level.NAME_ALONE, Level.UNDATED})
_TELLS_APART = frozenset(
    {Level.ID_SAME, Level.ID_SAME_DOUBTFUL, Level.ID_NEAR, Level.ID_REPLACED, Level.PHONE_SAME}
    | {Level.EMAIL_SAME, Level.EMAIL_MAILBOX, Level.EMAIL_NEAR, Level.EMAIL_OF_NAME}
)
# Who shares nothing but a name is not worth a look: no band, no findings, and this score.
FAR_APART = -20.0
NO_CANDIDATE = Comparison(FAR_APART, None, ())
_CACHED = 1 << 14


def compare(a: Record, b: Record, weights: Weights = SHIPPED) -> Comparison:
    """How likely two records are one person; the order of the two does not matter."""
    if _is_hopeless(a, b):
        return NO_CANDIDATE
    return _scorer(weights).compare(a, b)


def explained(a: Record, b: Record, weights: Weights) -> Comparison:
    """As ``compare``, with findings of two who are no candidates too."""
    return _scorer(weights).compare(a, b, is_explained=True)


def band_of(score: float, weights: Weights) -> MatchBand | None:
    """How sure it is that two of this score are one; None where they are no candidates."""
    if score < weights.possible:
        return None
    if score < weights.probable:
        return MatchBand.POSSIBLE
    return MatchBand.PROBABLE if score < weights.certain else MatchBand.CERTAIN


def _is_hopeless(a: Record, b: Record) -> bool:
    """Whether no contact is shared, and birth dates or valid numbers are of two people."""
    if a.phone == b.phone != "" or a.mailbox == b.mailbox != "" or a.street == b.street != "":
        return False
    one, other = a.number, b.number
    if one is not None and other is not None:
        if one.digits == other.digits:
            return False
        if one.is_valid and other.is_valid and one.kind is other.kind:
            return True
    if not (a.birth and b.birth) or a.other_birth or b.other_birth:
        return False
    return comparing.birth(a.birth, b.birth) in _APART


_APART = frozenset({Level.BIRTH_DIFFERS, Level.BIRTH_GENERATION})


_OTHER_FAMILY_NAME = frozenset(
    {Level.FAMILY_DIFFERS, Level.FAMILY_ALIKE, Level.FAMILY_MOVED, Level.FAMILY_OTHER_NAME}
)


def levels_of(a: Record, b: Record, names: comparing.Names) -> list[Level]:
    """The levels that two records reach, one a field and those of several together."""
    found = [
        level
        for level in (
            comparing.national_id(a.number, b.number),
            comparing.births(a, b),
            names.given,
            names.family,
            comparing.phone(a.phone, b.phone),
            comparing.email(a, b),
            comparing.address(a, b),
            comparing.unit(a.unit, b.unit),
        )
        if level is not None
    ]
    if names.family in _OTHER_FAMILY_NAME and comparing.email_tells_name(a, b):
        found.append(Level.EMAIL_TELLS_NAME)
    return found + together(frozenset(found))


def _held_short(found: frozenset[Level]) -> Level | None:
    """The level for which two are never certain to be one, whatever else agrees.

    Without a date it may be father and son. 1 January stands for a day that nobody knew, so it and
    a name and an address are what many at one reception centre share.
    """
    if Level.UNDATED in found:
        return Level.UNDATED
    is_told = bool(found & _TELLS_APART)
    return Level.BIRTH_SAME_NEW_YEAR if Level.BIRTH_SAME_NEW_YEAR in found and not is_told else None


class _Scorer:
    """Weights made ready: what names say is looked up once for each pair of names."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._bits = dict(weights.bits)
        self._names = lru_cache(maxsize=_CACHED)(self._name_bits)

    def compare(self, a: Record, b: Record, *, is_explained: bool = False) -> Comparison:
        names, given_bits, family_bits, rarity = self._names(a.given, a.family, b.given, b.family)
        levels = levels_of(a, b, names)
        bits = self._bits
        extra = {names.given: given_bits, names.family: family_bits}
        score = self._weights.base + given_bits + family_bits
        score += sum([bits[level] for level in levels])
        for level in _NAME_COUNTS.intersection(levels):
            extra[level] = self._weights.rarity[level] * rarity
            score += extra[level]
        held_by = _held_short(frozenset(levels))
        if held_by is not None:
            over = max(0.0, score - self._weights.certain + SHORT_OF_CERTAIN)
            extra[held_by] = extra.get(held_by, 0.0) - over
            score -= over
        score = round(score, 2)
        band = band_of(score, self._weights)
        if band is None and not is_explained:
            return Comparison(score, None, ())
        findings = (
            Finding(FIELD_OF[level], level, round(bits[level] + extra.get(level, 0.0), 2))
            for level in levels
        )
        return Comparison(score, band, tuple(findings))

    def _name_bits(
        self, a_given: str, a_family: str, b_given: str, b_family: str
    ) -> tuple[comparing.Names, float, float, float]:
        """How two names compare, what their being rare or common adds to each, and how rare both
        together are."""
        weights = self._weights
        names = comparing.names(a_given, a_family, b_given, b_family)
        given = family = given_rarity = family_rarity = 0.0
        if names.given_words and names.given:
            given_rarity = weights.given_rarity(names.given_words)
            given = weights.rarity.get(names.given, 0.0) * given_rarity
        if names.family_words and (level := names.family or names.given):
            family_rarity = weights.family_rarity(names.family_words)
            family = weights.rarity.get(level, 0.0) * family_rarity
        if names.family is None:
            given, family = given + family, 0.0
        return names, given, family, given_rarity + family_rarity


@lru_cache(maxsize=4)
def _scorer(weights: Weights) -> _Scorer:
    return _Scorer(weights)
