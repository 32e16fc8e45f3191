"""What a comparison found, in a sentence each, in the user's language."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.duplicates.levels import Level
from app.duplicates.scoring import Finding

SENTENCES: dict[Level, Any] = {level: _l("To be written") for level in Level}


def sentence(finding: Finding) -> Any:
    """One plain sentence of what was found about a field."""
    return SENTENCES[finding.level]


def speaks_for(finding: Finding) -> bool:
    """Whether the finding says that the two are one person."""
    return finding.bits > 0


def reasons(findings: tuple[Finding, ...]) -> tuple[Any, ...]:
    """A sentence per finding: those that speak for it first, the weightiest first."""
    ordered = sorted(findings, key=lambda one: (not speaks_for(one), -abs(one.bits)))
    return tuple(sentence(one) for one in ordered)
