"""In which language, width and colour scheme a page is seen."""

from dataclasses import dataclass

WIDE, NARROW = 1280, 320


@dataclass(frozen=True)
class Look:
    """One way of seeing a page; ``width`` in CSS pixels."""

    language: str
    width: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.language}-{self.width}-{self.scheme}"


# The first three hold every language, width and scheme, the first six every pair of them; all
# twelve are all there are.
LOOKS = (
    Look("nb", WIDE, "light"),
    Look("nn", NARROW, "dark"),
    Look("en", WIDE, "dark"),
    Look("nb", NARROW, "dark"),
    Look("nn", WIDE, "light"),
    Look("en", NARROW, "light"),
    Look("nb", NARROW, "light"),
    Look("nn", WIDE, "dark"),
    Look("en", WIDE, "light"),
    Look("nb", WIDE, "dark"),
    Look("nn", NARROW, "light"),
    Look("en", NARROW, "dark"),
)
FEWEST = 2
PAIRED = 6
"""So many looks from the first on are wide and narrow by turns."""
