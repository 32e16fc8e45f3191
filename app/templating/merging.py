"""Putting what has changed nationally on top of what a municipality has changed itself: pure.

Three contents go in: the one that both come from, ours, and theirs. What only one side has changed
is taken from that side. What both have changed, each in its own way, is ours or theirs as asked
for: so the two answers differ in nothing but that, and telling how they differ tells what it is.
A text is one thing in all its languages, so that none of them says something else than the others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from pydantic import ValidationError

from app.templating.template_content import Keyed, ReadyActivity, ReadyGoal, SuggestedParticipant
from app.templating.texts import Content, Text

Said = TypeVar("Said", bound=Content)


class Side(Enum):
    """Whose is taken of what both have changed."""

    OURS = "ours"
    THEIRS = "theirs"


class _Missing(Enum):
    """What stands for a piece that one of the three does not have."""

    MISSING = "missing"


MISSING = _Missing.MISSING


def merged(base: Said, ours: Said, theirs: Said, *, of_both: Side = Side.OURS) -> Said:
    """What both sides have made of ``base``; of what both have changed, that of one side."""
    return _Merge(of_both is Side.OURS).contents(base, ours, theirs)


@dataclass(frozen=True)
class _Merge:
    prefers_ours: bool

    def one(self, base: Any, ours: Any, theirs: Any) -> Any:
        """What becomes of a value; MISSING where it is taken away."""
        if _same(ours, theirs) or _same(base, theirs):
            return ours
        if _same(base, ours):
            return theirs
        if base is MISSING or ours is MISSING or theirs is MISSING:
            return self.preferred(ours, theirs)
        if isinstance(ours, Content) and not isinstance(ours, Text):
            return self.contents(base, ours, theirs)
        if isinstance(ours, tuple):
            return self.listed(base, ours, theirs)
        if isinstance(ours, Mapping):
            return self.named(base, ours, theirs)
        return self.preferred(ours, theirs)

    def preferred(self, ours: Any, theirs: Any) -> Any:
        """What is taken where both have changed the same thing."""
        return ours if self.prefers_ours else theirs

    def contents(self, base: Said, ours: Said, theirs: Said) -> Said:
        """Each field by itself; the whole of one side where the fields do not go together."""
        fields = {
            name: self.one(*(getattr(one, name) for one in (base, ours, theirs)))
            for name in type(ours).model_fields
        }
        try:
            made: Said = type(ours).model_validate(
                {n: one for n, one in fields.items() if one is not MISSING}
            )
        except ValidationError:
            return ours if self.prefers_ours else theirs
        return made

    def named(self, base: Any, ours: Any, theirs: Any) -> dict[Any, Any]:
        """What stands under names, such as levels under parts of the plan."""
        names = list(dict.fromkeys((*ours, *theirs)))
        found = {
            name: self.one(*(one.get(name, MISSING) for one in (base, ours, theirs)))
            for name in names
        }
        return {name: one for name, one in found.items() if one is not MISSING}

    def listed(self, base: Any, ours: Any, theirs: Any) -> tuple[Any, ...]:
        """The pieces of a list, known again by their keys, or by what they are called."""
        lists = (base, ours, theirs)
        sides = [{_key(one): one for one in side} for side in lists]
        found = self.named(*sides)
        is_doubled = any(len(a) < len(b) for a, b in zip(sides, lists, strict=True))
        if is_doubled or not found:
            made: tuple[Any, ...] = self.preferred(ours, theirs)
            return made
        keys = self.order(*([key for key in side if key in found] for side in sides))
        return tuple(found[key] for key in keys)

    def order(self, base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any]:
        """The order of the side that has moved something; what the other has more stands after
        what it stands after there."""
        common = set(ours) & set(theirs)
        was, here, there = ([key for key in one if key in common] for one in (base, ours, theirs))
        is_ours = there == was or (here != was and self.prefers_ours)
        found, others = (list(ours), theirs) if is_ours else (list(theirs), ours)
        for place, key in enumerate(others):
            if key not in found:
                before = [one for one in others[:place] if one in found]
                found.insert(found.index(before[-1]) + 1 if before else 0, key)
        return found


def _same(one: Any, other: Any) -> bool:
    """Whether two say the same; the order of what is only chosen says nothing."""
    if isinstance(one, tuple) and isinstance(other, tuple) and _is_chosen((*one, *other)):
        return set(one) == set(other)
    return bool(one == other)


def _is_chosen(values: Iterable[Any]) -> bool:
    return not any(isinstance(one, Content) for one in values)


def _key(piece: Any) -> Any:
    if isinstance(piece, Keyed):
        return piece.key
    if isinstance(piece, SuggestedParticipant):
        return piece.functions.nb
    return piece.names.nb if isinstance(piece, ReadyGoal | ReadyActivity) else piece
