"""The list of what is in a template, as the editor shows it: sections by part of the plan, with
the fields of the one that is open, ready goals and suggested participants."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.screens.words import words
from app.templating import pieces
from app.templating.pieces import TOP, Address
from app.templating.template_content import PARTS, Keyed, TemplateContent


@dataclass(frozen=True)
class Node:
    """A piece in the list. ``mark`` knows a piece without a key again when others move it."""

    at: str
    name: str
    mark: str
    is_first: bool
    is_last: bool
    is_current: bool
    is_open: bool
    count: int
    inside: "Group | None" = None


@dataclass(frozen=True)
class Group:
    """Pieces that change places with each other, and the list that new ones are added to."""

    title: str
    listed: str
    nodes: tuple[Node, ...]


def groups(content: TemplateContent, current: Address) -> list[Group]:
    """Everything in the template, in order."""
    sections = list(_sections(content, current))
    goals = _group(_("Ready goals"), content, TOP.of(pieces.GOALS), current)
    people = _group(_("Suggested participants"), content, TOP.of(pieces.PARTICIPANTS), current)
    return [*sections, goals, people]


def _sections(content: TemplateContent, current: Address) -> Iterator[Group]:
    listed = TOP.of(pieces.SECTIONS)
    for part in PARTS:
        found = content.in_part(part)
        if found:
            nodes = tuple(_nodes(found, [one.key for one in found], content, listed, current))
            yield Group(words(part), str(listed), nodes)


def _group(title: str, content: TemplateContent, listed: Address, current: Address) -> Group:
    found = pieces.pieces(content, listed)
    names = [pieces.key_in_list(found, place) for place in range(len(found))]
    return Group(title, str(listed), tuple(_nodes(found, names, content, listed, current)))


def _nodes(
    found: Any, names: list[str], content: TemplateContent, listed: Address, current: Address
) -> Iterator[Node]:
    held = pieces.HELD.get(listed.list_name, ())
    for place, (piece, name) in enumerate(zip(found, names, strict=True)):
        at = listed.of(name)
        is_open = bool(held) and current.steps[: len(at.steps)] == at.steps
        yield Node(
            at=str(at),
            name=pieces.name_of(piece).here,
            mark="" if isinstance(piece, Keyed) else pieces.mark(piece, listed.list_name),
            is_first=place == 0,
            is_last=place == len(names) - 1,
            is_current=at == current,
            is_open=is_open,
            count=len(getattr(piece, held[0])) if held else 0,
            inside=_inside(content, at.of(held[0]), current) if is_open else None,
        )


def _inside(content: TemplateContent, listed: Address, current: Address) -> Group:
    title = _("Fields") if listed.list_name == pieces.FIELDS else _("Activities")
    return _group(title, content, listed, current)
