"""What owners and those who act for them have answered, as sums that tell of nobody.

Answers are told in groups, in the order in which they came: a group is whole when it holds the
answers of five different persons, and only whole groups are counted. So two sums, read on
different days, never differ by fewer than five persons' answers. They are counted for the whole
municipality alone, and not by unit or kind of plan: what two overlapping sums differ by could be
one person. Pure, but for ``read``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from app.clock import day_of
from app.db import db
from app.enums import PulseAnswer
from app.models import Pulse
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource

SMALLEST_GROUP = 5
QUESTIONS = ("useful", "heard", "knows_who")


class Answered(NamedTuple):
    """One person's answers; never shown."""

    person_id: str
    at: datetime
    said: tuple[PulseAnswer, PulseAnswer, PulseAnswer]


@dataclass(frozen=True)
class Sum:
    """How many answers are counted, and how many of them said yes, partly and no to each
    question. ``on`` is the day on which the last of them came."""

    count: int
    said: tuple[Counter[PulseAnswer], ...]
    on: date | None = None

    def good(self, question: int) -> float | None:
        """The part of the answers to a question that were yes; None when none are counted."""
        return self.said[question][PulseAnswer.GOOD] / self.count if self.count else None

    @property
    def all_good(self) -> float | None:
        """The part of all answers that were yes; None when none are counted."""
        if not self.count:
            return None
        return sum(one[PulseAnswer.GOOD] for one in self.said) / (self.count * len(self.said))


def groups(answers: Iterable[Answered]) -> list[Sum]:
    """The whole groups, oldest first; answers that wait for their group to be whole are left out.

    ``answers`` come in the order in which they were given.
    """
    found: list[Sum] = []
    waiting: list[Answered] = []
    persons: set[str] = set()
    for one in answers:
        waiting.append(one)
        persons.add(one.person_id)
        if len(persons) >= SMALLEST_GROUP:
            found.append(_sum(waiting))
            waiting, persons = [], set()
    return found


def _sum(answers: Sequence[Answered]) -> Sum:
    said = tuple(Counter(one.said[place] for one in answers) for place in range(len(QUESTIONS)))
    return Sum(len(answers), said, day_of(answers[-1].at))


def together(sums: Iterable[Sum]) -> Sum:
    """Several groups as one."""
    known = list(sums)
    said = tuple(
        sum((one.said[place] for one in known), Counter()) for place in range(len(QUESTIONS))
    )
    return Sum(sum(one.count for one in known), said, known[-1].on if known else None)


def read(actor: Actor) -> list[Sum]:
    """The whole groups of the municipality, for who reads reports."""
    if not policy.may_open(actor, Action.SHOW, Resource.REPORT):
        return []
    rows = db.session.execute(
        select(Pulse.person_id, Pulse.answered_at, Pulse.useful, Pulse.heard, Pulse.knows_who)
        .where(Pulse.municipality_id == actor.municipality_id, Pulse.answered_at.is_not(None))
        .order_by(Pulse.answered_at, Pulse.id)
    )
    return groups(
        Answered(person_id, answered_at, (useful, heard, knows_who))
        for person_id, answered_at, useful, heard, knows_who in rows
    )
