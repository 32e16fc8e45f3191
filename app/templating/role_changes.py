"""What differs between two versions of a standard role: pure, and wider told from narrower."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.enums import Capability, Language, Level, Section
from app.templating.role_content import RoleContent

ONLY_LIMITS = frozenset({Capability.OWN_ACTIVITIES_ONLY})
"""Capabilities that take something away; all others give."""


class Facet(StrEnum):
    """What of a standard role a difference is about."""

    NAME = "name"
    KINDS = "kinds"
    LEVEL = "level"
    CAPABILITY = "capability"
    MONTHS = "months"
    GIVEN_BY = "given_by"


@dataclass(frozen=True)
class Difference:
    """One thing that two versions say differently; ``key`` is the language, part or capability."""

    facet: Facet
    key: Any
    old: Any
    new: Any

    @property
    def is_wider(self) -> bool:
        """Whether the newer one lets a participant do more."""
        if self.facet is Facet.LEVEL:
            return bool(self.new.rank > self.old.rank)
        return self.facet is Facet.CAPABILITY and self.new is not (self.key in ONLY_LIMITS)

    @property
    def is_narrower(self) -> bool:
        """Whether the newer one lets a participant do less."""
        return self.facet in (Facet.LEVEL, Facet.CAPABILITY) and not self.is_wider


@dataclass(frozen=True)
class Rights:
    """What a standard role lets one do: the levels by part, and the capabilities."""

    matrix: dict[Section, Level]
    capabilities: frozenset[Capability]

    def level(self, section: Section) -> Level:
        """The level in a part of the plan."""
        return self.matrix.get(section, Level.NONE)


def rights(content: RoleContent) -> Rights:
    """What a version lets one do."""
    return Rights(dict(content.matrix), frozenset(content.capabilities))


def least(several: Iterable[Rights]) -> Rights:
    """What all of them let one do, with the limits of any."""
    first, *others = several
    for one in others:
        lowest = {s: min(first.level(s), one.level(s), key=lambda at: at.rank) for s in Section}
        limits = (first.capabilities | one.capabilities) & ONLY_LIMITS
        first = Rights(lowest, (first.capabilities & one.capabilities) | limits)
    return first


def wider_capabilities(old: Rights, new: Rights) -> list[Capability]:
    """Capabilities by which the newer rights let one do more, in order."""
    return [one.key for one in _of_capabilities(old.capabilities, new.capabilities) if one.is_wider]


def differences(old: RoleContent, new: RoleContent) -> list[Difference]:
    """All that differs, in the order of the editor."""
    return list(_all(old, new))


def _all(old: RoleContent, new: RoleContent) -> Iterator[Difference]:
    for language in (Language.NB, Language.NN, Language.EN):
        before, after = (getattr(one.names, language) for one in (old, new))
        if before != after:
            yield Difference(Facet.NAME, language, before, after)
    if set(old.kinds) != set(new.kinds):
        yield Difference(Facet.KINDS, None, old.kinds, new.kinds)
    for section in Section:
        if old.level(section) is not new.level(section):
            yield Difference(Facet.LEVEL, section, old.level(section), new.level(section))
    yield from _of_capabilities(frozenset(old.capabilities), frozenset(new.capabilities))
    if old.months != new.months:
        yield Difference(Facet.MONTHS, None, old.months, new.months)
    if set(old.given_by) != set(new.given_by):
        yield Difference(Facet.GIVEN_BY, None, old.given_by, new.given_by)


def _of_capabilities(
    old: frozenset[Capability], new: frozenset[Capability]
) -> Iterator[Difference]:
    for one in Capability:
        if (one in old) is not (one in new):
            yield Difference(Facet.CAPABILITY, one, one in old, one in new)
