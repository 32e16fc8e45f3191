"""What bringing a participant to a newer version of their standard role does: pure.

What the role itself gave is narrowed at once; what it gives more is only proposed; what a
coordinator gave beyond it by hand, or held back, is left as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.enums import Capability, Level, Section
from app.security.plan_rights import BY_CAPABILITY
from app.templating.role_changes import ONLY_LIMITS, Rights, wider_capabilities

Given = Mapping[Section, Level]


@dataclass(frozen=True)
class Step:
    """What is narrowed to which level, proposed, and left though it is more than the role gives."""

    narrowed: Given = field(default_factory=dict)
    proposed: Given = field(default_factory=dict)
    left: Given = field(default_factory=dict)
    capabilities: tuple[Capability, ...] = ()
    limits: frozenset[Capability] = frozenset()

    @property
    def is_wider(self) -> bool:
        """Whether anything waits for a yes."""
        return bool(self.proposed or self.capabilities)


def step(before: Rights, after: Rights, given: Given) -> Step:
    """What leads from what the role gave to what it gives, for somebody who is given ``given``."""
    narrowed: dict[Section, Level] = {}
    proposed: dict[Section, Level] = {}
    left: dict[Section, Level] = {}
    for section in Section:
        old, new = before.level(section), after.level(section)
        now = given.get(section, Level.NONE)
        if new.rank < old.rank and now.rank > old.rank:
            left[section] = now
        elif new.rank < old.rank and now.rank > new.rank:
            narrowed[section] = new
        elif new.rank > old.rank and old.rank <= now.rank < new.rank:
            proposed[section] = new
    for section in _no_more_named(before, after):
        if given.get(section, Level.NONE).rank > after.level(section).rank:
            narrowed[section] = after.level(section)
            left.pop(section, None)
    return Step(
        narrowed,
        proposed,
        left,
        tuple(wider_capabilities(before, after)),
        (after.capabilities - before.capabilities) & ONLY_LIMITS,
    )


def _no_more_named(before: Rights, after: Rights) -> list[Section]:
    """The parts that the role opened by a capability which it has no more."""
    return [
        section
        for capability, section in BY_CAPABILITY.items()
        if capability in before.capabilities - after.capabilities
    ]
