"""The legal meter (*§-måler*): what an individual plan must contain, and what is missing in it.

Pure over the facts of one plan; ``meter_facts`` gathers them. The nine points are those of the
regulation on habilitation, rehabilitation and coordinator (2011) § 19, which the regulation on
individual plans in welfare services (2022) carries on (``domain.md`` 6.2).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.enums import Section
from app.security.roles import Action
from app.templating.legal_points import TITLES

SOURCE = _l(
    "Regulation on habilitation, rehabilitation and coordinator § 19, carried on in the regulation"
    " on individual plans in welfare services (2022)."
)


@dataclass(frozen=True)
class MeterFacts:
    """What the meter asks of a plan: how many of each, and whether it is there.

    Participants are those who take part today, besides owner and coordinator. Goals and activities
    are those that are not in the bin. ``fields`` are the fields of the template that answer a
    point, by its number: those that are not filled in; none, when it is answered.
    """

    goals: int = 0
    has_resources: bool = False
    has_needs: bool = False
    participants: int = 0
    without_contribution: int = 0
    has_active_coordinator: bool = False
    activities: int = 0
    without_scope: int = 0
    without_responsible: int = 0
    without_description: int = 0
    has_period: bool = False
    has_next_evaluation: bool = False
    may_be_made: bool = False
    may_be_shared: bool = False
    has_cooperation: bool = False
    fields: Mapping[int, tuple["Unanswered", ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Unanswered:
    """A field of the template that is not filled in, and the part of the plan where it stands."""

    name: str
    part: Section


@dataclass(frozen=True)
class Mending:
    """A page where something is mended, and what one must be allowed there."""

    endpoint: str
    action: Action
    section: Section | None = None


FRAME = Mending("PlanView.frame", Action.EDIT)
OVERVIEW = Mending("PlanView.show", Action.SHOW)
GOALS = Mending("ContentView.section", Action.READ, Section.GOALS)
ACTIVITIES = Mending("ContentView.section", Action.READ, Section.ACTIVITIES)
PEOPLE = Mending("ParticipantView.overview", Action.READ, Section.PARTICIPANTS)
CONSENTS = Mending("ConsentView.overview", Action.READ, Section.CONSENTS)


Finder = Callable[[MeterFacts], Iterator["Lack"]]
OWNER = 1
ANSWERED_IN_WRITING = frozenset({4, 6, 7, 9})
"""The points that filled in forms of the template can answer whole; of the first they answer what
the owner has and needs. Goals, participants, activities and consents are more than text, and
whoever coordinates holds the role or not."""


@dataclass(frozen=True)
class Lack:
    """Something that is missing, in words, and the page where it is mended."""

    text: str
    at: Mending


@dataclass(frozen=True)
class Point:
    """One of the nine points: met when nothing is missing."""

    number: int
    title: Any
    missing: tuple[Lack, ...]

    @property
    def is_met(self) -> bool:
        """Whether the plan has what the point asks for."""
        return not self.missing


@dataclass(frozen=True)
class Meter:
    """All nine points of one plan."""

    points: tuple[Point, ...]

    @property
    def met(self) -> int:
        """How many points are met."""
        return sum(one.is_met for one in self.points)

    @property
    def total(self) -> int:
        """How many points there are."""
        return len(self.points)


def _written(facts: MeterFacts, point: int, lacks: Iterator[Lack]) -> Iterator[Lack]:
    """What is missing of what is written: nothing when the forms of the template answer the point.
    What would be written in the frame of the plan is told as the fields that ask for it."""
    found, asked = list(lacks), facts.fields.get(point)
    if asked is None:
        yield from found
    elif found and asked:
        yield from (one for one in found if one.at is not FRAME)
        for one in asked:
            text = _("«%(field)s» is not filled in.", field=one.name)
            yield Lack(text, Mending("ContentView.section", Action.READ, one.part))


def _owner(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.goals:
        yield Lack(_("No goal is written."), GOALS)
    yield from _written(facts, OWNER, _resources_and_needs(facts))


def _resources_and_needs(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.has_resources:
        yield Lack(_("What the owner can, likes and has is not written."), FRAME)
    if not facts.has_needs:
        yield Lack(_("What the owner needs is not written."), FRAME)


def _participants(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.participants:
        yield Lack(_("Nobody takes part besides the owner and the coordinator."), PEOPLE)


def _coordinator(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.has_active_coordinator:
        yield Lack(_("The coordinator does not hold the role any more."), OVERVIEW)


def _contributions(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.participants:
        yield Lack(_("Nobody takes part, so nobody's contribution is written."), PEOPLE)
    if facts.without_contribution:
        text = ngettext(
            "What %(num)s participant contributes is not written.",
            "What %(num)s participants contribute is not written.",
            facts.without_contribution,
        )
        yield Lack(text, PEOPLE)


def _activities(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.activities:
        yield Lack(_("No activity is written."), ACTIVITIES)
    if facts.without_scope:
        text = ngettext(
            "%(num)s activity does not say how much.",
            "%(num)s activities do not say how much.",
            facts.without_scope,
        )
        yield Lack(text, ACTIVITIES)
    if facts.without_responsible:
        text = ngettext(
            "%(num)s activity has nobody responsible.",
            "%(num)s activities have nobody responsible.",
            facts.without_responsible,
        )
        yield Lack(text, ACTIVITIES)


def _carrying_out(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.activities:
        yield Lack(_("No activity is written."), ACTIVITIES)
    if facts.without_description:
        text = ngettext(
            "%(num)s activity does not say how it is done.",
            "%(num)s activities do not say how they are done.",
            facts.without_description,
        )
        yield Lack(text, ACTIVITIES)


def _period(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.has_period:
        yield Lack(_("The period of the plan is not set."), FRAME)
    if not facts.has_next_evaluation:
        yield Lack(_("The day of the next evaluation is not set."), FRAME)


def _consents(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.may_be_made:
        yield Lack(_("There is no valid consent to the plan being made."), CONSENTS)
    if not facts.may_be_shared:
        yield Lack(_("There is no valid consent to sharing information."), CONSENTS)


def _cooperation(facts: MeterFacts) -> Iterator[Lack]:
    if not facts.has_cooperation:
        text = _("Others that the plan needs or wants cooperation with are not written.")
        yield Lack(text, FRAME)


FINDERS: tuple[Finder, ...] = (
    _owner,
    _participants,
    _coordinator,
    _contributions,
    _activities,
    _carrying_out,
    _period,
    _consents,
    _cooperation,
)
POINTS = tuple(zip(TITLES, FINDERS, strict=True))


def measure(facts: MeterFacts) -> Meter:
    """The nine points, each met or with what is missing in the user's language."""
    return Meter(
        tuple(
            Point(number, title, tuple(_missing(facts, number, find)))
            for number, (title, find) in enumerate(POINTS, start=1)
        )
    )


def _missing(facts: MeterFacts, point: int, find: Finder) -> Iterator[Lack]:
    found = find(facts)
    return _written(facts, point, found) if point in ANSWERED_IN_WRITING else found
