"""What a search gives: hits by kind, each with its page, and the lists that hold them all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


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
