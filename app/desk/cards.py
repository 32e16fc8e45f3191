"""A card of what to do now: a number, what it leads to, and since when. What it counts is a list.

A number is made by ``app.screens.figures``, or is the length of what a page shows, so that it can
never say other than the page it opens. Which cards there are stands in ``to_do``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import ColumnElement

from app.clock import day_of
from app.screens.figures import CountedList, figure, since
from app.security.actor import Actor
from app.security.routes import Door


class Harm(StrEnum):
    """How bad it is to leave something; the colour of the card."""

    SEVERE = "danger"
    SOME = "warning"
    NONE = "info"


@dataclass(frozen=True)
class Count:
    """How many there are, and since when; ``oldest`` is None where it is not known."""

    number: int
    oldest: date | None = None


class Source(Protocol):
    """What a card counts, and the page that shows it."""

    @property
    def endpoint(self) -> str:
        """The page."""

    @property
    def asked(self) -> Mapping[str, str]:
        """What the page is asked for."""

    def count(self, actor: Actor, at: datetime) -> Count:
        """How many the page shows the actor now."""


@dataclass(frozen=True)
class OfList:
    """The rows of a list; ``oldest`` makes the column that tells since when.

    Where it tells the first day without something, the last day with it is what people are told.
    """

    listed: CountedList
    asked: Mapping[str, str]
    oldest: Callable[[date], ColumnElement[Any]] | None = None
    tells_first_day_without: bool = False

    @property
    def endpoint(self) -> str:
        """The list."""
        return self.listed.endpoint

    def count(self, actor: Actor, at: datetime) -> Count:
        """How many rows the list has for the actor."""
        if self.oldest is None:
            return Count(figure(actor, self.listed, "", self.asked).count)
        number, least = since(actor, self.listed, self.asked, self.oldest(day_of(at)))
        day = as_day(least)
        if day is not None and self.tells_first_day_without:
            day -= timedelta(days=1)
        return Count(number, day)


@dataclass(frozen=True)
class OfPage:
    """What a page shows that has no list of one table behind it."""

    endpoint: str
    counted: Callable[[Actor, datetime], Count]
    asked: Mapping[str, str] = field(default_factory=dict)

    def count(self, actor: Actor, at: datetime) -> Count:
        """How many the page shows the actor."""
        return self.counted(actor, at)


@dataclass(frozen=True)
class Card:
    """Something to do when there is one or more of it: how it is told, and what it counts.

    ``title`` makes the heading of a number; ``since`` says what the oldest day is.
    """

    key: str
    harm: Harm
    title: Callable[[int], str]
    consequence: Any
    source: Source
    since: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Due:
    """A card with something on it."""

    card: Card
    count: Count


def due(actor: Actor, cards: Iterable[Card], at: datetime) -> list[Due]:
    """The cards with something on them, worst first, of those whose pages the actor may open."""
    counted = [
        Due(card, card.source.count(actor, at))
        for card in cards
        if is_open_to(actor, card.source.endpoint)
    ]
    found = [one for one in counted if one.count.number]
    return sorted(found, key=lambda one: list(Harm).index(one.card.harm))


def is_open_to(actor: Actor, endpoint: str) -> bool:
    """Whether there is such a page, and the actor may come in."""
    doors: dict[str, Door] = current_app.extensions["samvev_doors"]
    door = doors.get(endpoint)
    return door is not None and door.opens_for(actor)


def as_day(value: Any) -> date | None:
    """The day of what a database answers for a day or an instant."""
    return day_of(value) if isinstance(value, datetime) else value
