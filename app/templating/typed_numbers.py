"""Numbers as people write them here: a comma before decimals, and spaces between thousands.

They are kept as decimal text with a point, exactly as precise as they were written. Pure.
"""

import re

SPACES = str.maketrans("", "", " \u00a0\u2009\u202f")
MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
WRITTEN = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,10})?")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}([ \u00a0\u2009\u202f][0-9]{3})+([.,][0-9]+)?")
TWO_MEANINGS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
"""A point before three digits: thousands here, decimals elsewhere."""


KEPT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


def is_kept_number(text: str) -> bool:
    """Whether a text is a number as they are kept."""
    return bool(KEPT.fullmatch(text))


def parse_number(text: str) -> str | None:
    """The number that was written; None when it is none, or may be read in two ways.

    >>> parse_number("1 250,50")
    '1250.50'
    >>> parse_number("1.250") is None
    True
    """
    tidy = text.strip().translate(MINUS)
    plain = tidy.translate(SPACES) if GROUPED.fullmatch(tidy) else tidy
    if not WRITTEN.fullmatch(plain) or TWO_MEANINGS.fullmatch(plain):
        return None
    return plain.replace(",", ".").removeprefix("+")


def written(number: str) -> str:
    """A kept number as one types it.

    >>> written("1250.50")
    '1250,50'
    """
    return number.replace(".", ",")


def read(number: str) -> str:
    """A kept number as one reads it, thousands apart.

    >>> read("-1250.5")
    '-1\\xa0250,5'
    """
    whole, _point, decimals = number.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    groups = f"{int(digits):,}".replace(",", "\u00a0")
    return sign + groups + ("," + decimals if decimals else "")
