"""How much each finding says for or against "the same person", in bits, and the bands.

One bit more doubles the odds. The weights are plain data that go in and out of JSON.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.duplicates.levels import Level


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Bits per level; names count more the rarer they are.

    ``certain``, ``probable`` and ``possible`` are the lowest scores of the bands.
    """

    bits: Mapping[Level, float]
    certain: float = 12.0
    probable: float = 4.0
    possible: float = -2.0
    given_shares: Mapping[str, float] = field(default_factory=dict)
    family_shares: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What ``from_json`` makes the same weights of."""
        return {name: dict(v) if isinstance(v, Mapping) else v for name, v in asdict(self).items()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Weights":
        """The weights that were written."""
        bits = {Level(name): float(value) for name, value in content["bits"].items()}
        return cls(**{**content, "bits": bits})


SHIPPED = Weights(
    {
        Level.ID_SAME: 20, Level.ID_NEAR: 12, Level.ID_REPLACED: 8, Level.ID_DIFFERS: -17,
        Level.ID_DOUBTFUL_DIFFERS: -3,
        Level.BIRTH_SAME: 9, Level.BIRTH_SAME_NEW_YEAR: 4, Level.BIRTH_SWAPPED: 6,
        Level.BIRTH_NEAR: 3, Level.BIRTH_NEW_YEAR: 1, Level.BIRTH_DIFFERS: -6,
        Level.BIRTH_GENERATION: -10,
        Level.GIVEN_SAME: 5, Level.GIVEN_NICKNAME: 3, Level.GIVEN_PART: 4, Level.GIVEN_NEAR: 3,
        Level.GIVEN_DIFFERS: -6,
        Level.FAMILY_SAME: 5, Level.FAMILY_PART: 4, Level.FAMILY_NEAR: 3, Level.FAMILY_DIFFERS: -3,
        Level.NAMES_SWAPPED: 8,
        Level.PHONE_SAME: 11, Level.PHONE_NEAR: 5, Level.PHONE_DIFFERS: -1,
        Level.EMAIL_SAME: 11, Level.EMAIL_NEAR: 7, Level.EMAIL_MAILBOX: 4, Level.EMAIL_DIFFERS: -1,
        Level.ADDRESS_SAME: 6, Level.ADDRESS_NEAR: 3, Level.ADDRESS_POSTCODE: 1,
        Level.ADDRESS_DIFFERS: -1,
        Level.UNIT_SAME: 2, Level.UNIT_DIFFERS: -0.5,
        Level.TWINS: -8, Level.GENERATIONS: -8, Level.HOUSEHOLD: -8,
    }
)  # fmt: skip
