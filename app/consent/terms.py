"""What is consented to: what each participant is offered, and what somebody chose. Pure."""

import hashlib
from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.enums import Level, Section
from app.models import Participant, Plan
from app.security.own_activities import is_held_to_own
from app.security.plan_rights import Levels

LONGEST_MONTHS = 36

Cover = tuple[str | None, str | None, Section, Level]
"""A participant or a service, and the section that may be seen, how far."""


@dataclass(frozen=True)
class Offer:
    """What a participant is to see, when those who may consent agree.

    ``apart`` are the sections that take a yes of their own; what is agreed to along with the rest
    never holds them. With ``own_only`` the activities are the participant's own alone.
    """

    participant: Participant
    levels: Levels
    ends: dict[Section, date] = field(default_factory=dict)
    """The last day of each access that ends before the participation does."""
    apart: frozenset[Section] = frozenset()
    own_only: bool = False

    @property
    def alone(self) -> frozenset[Section]:
        """What is agreed to for the participant by name, and never for their service too."""
        own = frozenset({Section.ACTIVITIES} if self.own_only else ())
        return (self.apart | own) & self.levels.keys()

    def chosen(self, apart: Collection[Section]) -> Levels:
        """What is agreed to by a yes to the participant, and one to each section of ``apart``."""
        return {
            section: level
            for section, level in self.levels.items()
            if section not in self.apart or section in apart
        }

    @property
    def code(self) -> str:
        """Eight letters that change when the sections, the levels or the service do.

        They stand beside what is shown, on paper too, so that what is agreed to is what was read.
        """
        parts = [f"{section}={level}" for section, level in self.levels.items()]
        parts += [f"alone={section}" for section in sorted(self.alone)]
        text = "|".join([self.participant.id, self.participant.unit_id or "", *parts])
        return hashlib.sha256(text.encode()).hexdigest()[:8].upper()


def offers(plan: Plan, on: date) -> list[Offer]:
    """What those who take part today are offered; who is granted nothing is not among them."""
    apart = frozenset(Section(one) for one in plan.type.own_consent)
    found = [_offer(one, apart, on) for one in plan.participants if one.is_active(on)]
    return [one for one in found if one.levels]


def _offer(participant: Participant, apart: frozenset[Section], on: date) -> Offer:
    granted = {one.section: one for one in participant.grants if one.is_active(on)}
    levels = {section: granted[section].level for section in Section if section in granted}
    ends = {
        section: granted[section].last_day
        for section in levels
        if _is_sooner(granted[section].last_day, participant.last_day)
    }
    own_only = Section.ACTIVITIES in levels and is_held_to_own(participant)
    return Offer(participant, levels, ends, apart & levels.keys(), own_only)  # type: ignore[arg-type]  # None is never sooner


def _is_sooner(day: date | None, than: date | None) -> bool:
    return day is not None and (than is None or day < than)


@dataclass(frozen=True)
class Choice:
    """What somebody agrees to share: with whom, how far, and until when (exclusive).

    ``shared`` is by participant. ``services`` names, by participant, the service whose people may
    see the same when that participant is away, but for what is ``alone`` the participant's.
    """

    ends_on: date
    shared: dict[str, Levels] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    alone: dict[str, frozenset[Section]] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        """The last day it holds, as people write it."""
        return self.ends_on - timedelta(days=1)

    def covers(self) -> Iterator[Cover]:
        """Each cover: a participant or a service, a section and a level."""
        for participant_id, levels in self.shared.items():
            for section, level in levels.items():
                yield participant_id, None, section, level
        for unit_id, levels in self.by_service().items():
            for section, level in levels.items():
                yield None, unit_id, section, level

    def by_service(self) -> dict[str, Levels]:
        """What each chosen service may see: the highest that one of its chosen people may."""
        found: dict[str, Levels] = {}
        for participant_id, unit_id in self.services.items():
            so_far = found.setdefault(unit_id, {})
            alone = self.alone.get(participant_id, frozenset())
            for section, level in self.shared.get(participant_id, {}).items():
                if section not in alone:
                    so_far[section] = max(so_far.get(section, level), level, key=_rank)
        return found

    def seal(self) -> str:
        """A text that is another for another choice: what is agreed to is what was looked over."""
        lines = sorted("|".join(str(part) for part in cover) for cover in self.covers())
        return hashlib.sha256("\n".join([str(self.ends_on), *lines]).encode()).hexdigest()


def _rank(level: Level) -> int:
    return level.rank


def changed_since(choice: Choice, offered: list[Offer]) -> list[str]:
    """Participants of a choice who are no longer offered just what was chosen for them."""
    now = {one.participant.id: one for one in offered}
    return [
        participant_id
        for participant_id, levels in choice.shared.items()
        if participant_id not in now
        or now[participant_id].chosen(levels) != levels
        or now[participant_id].alone != choice.alone.get(participant_id, frozenset())
        or choice.services.get(participant_id, now[participant_id].participant.unit_id)
        != now[participant_id].participant.unit_id
    ]


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on, or the last one where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def latest_end(on: date) -> date:
    """The latest day, exclusive, that a consent given today may end."""
    return add_months(on, LONGEST_MONTHS) + timedelta(days=1)
