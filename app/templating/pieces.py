"""The pieces of a template: where each stands, and adding, changing, moving and removing them.

Pure: content goes in, and other content comes out. A piece is found by its address,
``sections/home/fields/goals``; ``sections/home/fields`` is the list that it stands in, and the
empty address is the template itself. What has a key stands under it, and the rest under their
numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from app.errors import DomainError
from app.templating.template_content import (
    Keyed,
    ReadyActivity,
    ReadyGoal,
    SuggestedParticipant,
    TemplateContent,
    TemplateField,
    TemplateSection,
)
from app.templating.texts import Content, Text, key_of

SECTIONS, FIELDS, GOALS = "sections", "fields", "goals"
ACTIVITIES, PARTICIPANTS = "activities", "participants"
KINDS: dict[str, type[Content]] = {
    SECTIONS: TemplateSection,
    FIELDS: TemplateField,
    GOALS: ReadyGoal,
    ACTIVITIES: ReadyActivity,
    PARTICIPANTS: SuggestedParticipant,
}
HELD: dict[str, tuple[str, ...]] = {
    "": (SECTIONS, GOALS, PARTICIPANTS),
    SECTIONS: (FIELDS,),
    GOALS: (ACTIVITIES,),
}
"""Which lists there are, in the template itself and in pieces of each kind."""
NOT_OWN: dict[str, frozenset[str]] = {
    name: frozenset({*HELD.get(name, ()), *(("form", "kind") if not name else ())})
    for name in ("", *KINDS)
}
"""What belongs to a piece, but is no fact of its own."""

Facts = dict[str, Any]


class NoSuchPiece(DomainError):
    """The address names what is not in the template, or not any more."""

    message = _l("This is not in the template any more.")


class NoRoom(DomainError):
    """The template holds as much of this as it can."""

    status = 422
    message = _l("There is no room for more here.")


@dataclass(frozen=True)
class Address:
    """Where a piece or a list of pieces stands: names of lists and keys or numbers by turns."""

    steps: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Address":
        """The address that a text stands for.

        Raises:
            NoSuchPiece: there can be no such place in a template.
        """
        steps = tuple(text.split("/")) if text else ()
        holder = ""
        for name in steps[::2]:
            if name not in HELD.get(holder, ()):
                raise NoSuchPiece
            holder = name
        return cls(steps)

    def __str__(self) -> str:
        return "/".join(self.steps)

    @property
    def is_list(self) -> bool:
        """Whether it is the address of a list, and so of a piece that is to be added."""
        return len(self.steps) % 2 == 1

    @property
    def list_name(self) -> str:
        """The name of the list, empty for the template itself."""
        if not self.steps:
            return ""
        return self.steps[-1] if self.is_list else self.steps[-2]

    @property
    def listed(self) -> "Address":
        """The list that the piece stands in."""
        return self if self.is_list else Address(self.steps[:-1])

    @property
    def holder(self) -> "Address":
        """What the list belongs to: the template, a section or a goal."""
        return Address(self.listed.steps[:-1])

    def of(self, last: str | int) -> "Address":
        """The address one step further."""
        return Address((*self.steps, str(last)))


TOP = Address()


# --- finding -------------------------------------------------------------------------------------


def find(content: TemplateContent, address: Address) -> Content:
    """The piece at an address.

    Raises:
        NoSuchPiece
    """
    found: Content = content
    for name, key in zip(address.steps[::2], address.steps[1::2], strict=False):
        listed = getattr(found, name)
        found = listed[_place(listed, key)]
    return found


def pieces(content: TemplateContent, listed: Address) -> tuple[Any, ...]:
    """The pieces of a list, in order."""
    found: tuple[Any, ...] = getattr(find(content, listed.holder), listed.list_name)
    return found


def key_in_list(listed: tuple[Any, ...], place: int) -> str:
    """What a piece is called in an address: its key, or its number."""
    piece = listed[place]
    return piece.key if isinstance(piece, Keyed) else str(place)


def own_facts(piece: Content, list_name: str) -> Facts:
    """What a piece says itself, without what stands in it, as plain values."""
    return piece.model_dump(mode="json", exclude=set(NOT_OWN[list_name]))


def mark(piece: Content, list_name: str) -> str:
    """What tells whether a piece has been changed: a form carries it as its version."""
    told = piece.model_dump_json(exclude=set(NOT_OWN[list_name]))
    return sha256(told.encode()).hexdigest()[:16]


def located(content: TemplateContent, address: Address, seen: str) -> Address:
    """Where a piece without a key stands now, known by its mark: others may have moved it.

    A piece that is changed, or has a key, is where it was.

    Raises:
        NoSuchPiece: what it stood in is gone.
    """
    name = address.list_name
    if not address.steps or issubclass(KINDS[name], Keyed):
        return address
    listed = pieces(content, address.listed)
    marks = [mark(one, name) for one in listed]
    number = _number(address.steps[-1])
    if seen in marks and not (number < len(marks) and marks[number] == seen):
        return address.listed.of(marks.index(seen))
    return address


# --- changing ------------------------------------------------------------------------------------


def add(
    content: TemplateContent, listed: Address, piece: Content, place: int | None = None
) -> TemplateContent:
    """The template with one piece more, last or at a place. A key that is taken is made anew.

    Raises:
        NoRoom
        NoSuchPiece: what the list belongs to is gone.
    """

    def added(before: tuple[Any, ...]) -> tuple[Any, ...]:
        taken = {one.key for one in before if isinstance(one, Keyed)}
        one = piece
        if isinstance(piece, Keyed) and piece.key in taken:
            one = piece.model_copy(update={"key": key_of(piece.names.nb, taken)})
        at = len(before) if place is None else min(place, len(before))
        return (*before[:at], one, *before[at:])

    return _whole(_with_list(content, listed.steps, added))


def change(content: TemplateContent, address: Address, facts: Facts) -> TemplateContent:
    """The template with other facts of a piece; its key, and what stands in it, stay.

    Raises:
        NoSuchPiece
    """
    if not address.steps:
        return content.model_copy(update=_checked(content, facts))

    def changed(before: tuple[Any, ...]) -> tuple[Any, ...]:
        at = _place(before, address.steps[-1])
        one = before[at].model_copy(update=_checked(before[at], facts))
        return (*before[:at], one, *before[at + 1 :])

    changed_content: TemplateContent = _with_list(content, address.listed.steps, changed)
    return changed_content


def remove(content: TemplateContent, address: Address) -> tuple[TemplateContent, Content, int]:
    """The template without a piece; the piece, and the place where it stood.

    Raises:
        NoSuchPiece
    """
    listed = _beside(content, address)
    at = _place(listed, address.steps[-1])
    rest = (*listed[:at], *listed[at + 1 :])
    return _with_list(content, address.listed.steps, lambda _before: rest), listed[at], at


def move(
    content: TemplateContent, address: Address, *, up: bool
) -> tuple[TemplateContent, Address]:
    """The template with a piece one place further up or down, and its address there.

    Sections change places with the next one in the same part of the plan. The first stays first.

    Raises:
        NoSuchPiece
    """
    listed = _beside(content, address)
    at = _place(listed, address.steps[-1])
    others = range(at - 1, -1, -1) if up else range(at + 1, len(listed))
    other = next((one for one in others if _stand_together(listed[at], listed[one])), at)
    order = list(listed)
    order[at], order[other] = order[other], order[at]
    moved = _with_list(content, address.listed.steps, lambda _before: tuple(order))
    return moved, address.listed.of(key_in_list(tuple(order), other))


def place_among(content: TemplateContent, address: Address) -> tuple[int, int]:
    """Which one of how many a piece is, counted among those that it changes places with."""
    listed = pieces(content, address.listed)
    piece = listed[_place(listed, address.steps[-1])]
    together = [one for one in listed if _stand_together(piece, one)]
    number = next(n for n, one in enumerate(together, start=1) if one is piece)
    return number, len(together)


def name_of(piece: Any) -> Text:
    """What a piece is called."""
    found: Text = piece.functions if isinstance(piece, SuggestedParticipant) else piece.names
    return found


def _beside(content: TemplateContent, address: Address) -> tuple[Any, ...]:
    """The list that a piece stands in, with the piece itself."""
    if not address.steps or address.is_list:
        raise NoSuchPiece
    return pieces(content, address.listed)


def _stand_together(one: Content, other: Content) -> bool:
    if isinstance(one, TemplateSection) and isinstance(other, TemplateSection):
        return one.part is other.part
    return True


def _place(listed: tuple[Any, ...], key: str) -> int:
    for place in range(len(listed)):
        if key_in_list(listed, place) == key:
            return place
    raise NoSuchPiece


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 10**6


def _with_list(
    holder: Any, steps: tuple[str, ...], change: Callable[[tuple[Any, ...]], tuple[Any, ...]]
) -> Any:
    """``holder`` with the list at the end of ``steps`` changed."""
    name, *rest = steps
    listed = getattr(holder, name)
    if not rest:
        return holder.model_copy(update={name: change(listed)})
    at = _place(listed, rest[0])
    one = _with_list(listed[at], tuple(rest[1:]), change)
    return holder.model_copy(update={name: (*listed[:at], one, *listed[at + 1 :])})


def _checked(piece: Content, facts: Facts) -> Facts:
    """The facts as the piece keeps them, each of its own kind."""
    whole = type(piece).model_validate(piece.model_dump() | facts)
    return {name: getattr(whole, name) for name in facts}


def _whole(content: TemplateContent) -> TemplateContent:
    """The content with every rule about it asked again."""
    try:
        return TemplateContent.model_validate(content.model_dump())
    except ValidationError as error:
        if any(one["type"] == "too_long" for one in error.errors()):
            raise NoRoom from None
        raise
