"""What a search gives: hits by kind, each with its page, and the lists that hold them all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.screens.typed import Term

SHOWN = 5


@dataclass(frozen=True)
class Hit:
    """One thing that was found: what it is called, what tells it from others, and its page."""

    text: str
    hint: str
    url: str


@dataclass(frozen=True)
class Group:
    """The first hits of one kind; ``lists`` lead to all of them when there are more."""

    name: str
    hits: Sequence[Hit]
    lists: Sequence[Hit] = field(default=())


def as_json(group: Group) -> dict[str, Any]:
    """The group as the palette reads it."""
    return {
        "name": group.name,
        "hits": [{"text": hit.text, "hint": hit.hint, "url": hit.url} for hit in group.hits],
        "lists": [{"text": hit.text, "hint": hit.hint, "url": hit.url} for hit in group.lists],
    }


def list_of(rows: Sequence[Any], endpoint: str, typed: Sequence[Term]) -> list[Hit]:
    """The whole list of what was typed, when not all hits are shown."""
    if len(rows) <= SHOWN:
        return []
    text = " ".join(one.text for one in typed)
    return [Hit(_("Show all"), text, url_for(endpoint, q=text))]


def whole_list(rows: Sequence[Any], endpoint: str) -> list[Hit]:
    """A list that has no search of several words, when not all hits are shown."""
    return [Hit(_("Show all"), "", url_for(endpoint))] if len(rows) > SHOWN else []
