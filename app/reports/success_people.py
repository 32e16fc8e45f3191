"""The measures of success that are about the coordinators: trained, new, and gathered.

They are read for several days at once. What was true on a day that is past is told by what is
known now: roles have first and last days, and certificates and gatherings theirs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from app.clock import OSLO
from app.db import db
from app.enums import Role
from app.models import CourseAttendance, Gathering, GatheringAttendance, Membership, Person
from app.people.training import FOR_NEW_ONES, lapses_on
from app.reports.success_values import Share, looked_up, year_before
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action


@dataclass(frozen=True, slots=True)
class Held:
    """A role as coordinator: whose, from which day, and the first day without it."""

    person_id: str
    starts_on: date
    ends_on: date | None
    ended_at: datetime | None

    def holds(self, on: date) -> bool:
        """Whether it was held on a day, to its end; the twin of ``training.holds_role``."""
        if self.starts_on > on or (self.ends_on is not None and self.ends_on <= on):
            return False
        after = datetime.combine(on + timedelta(days=1), time(), OSLO)
        return self.ended_at is None or self.ended_at >= after


@dataclass(frozen=True)
class Staff:
    """The roles of coordinators, and the days of their certificates by person."""

    roles: Sequence[Held]
    certificates: dict[str, list[date]]

    def coordinators(self, on: date) -> set[str]:
        """Who was coordinator on a day."""
        return {one.person_id for one in self.roles if one.holds(on)}

    def is_trained(self, person_id: str, on: date) -> bool:
        """Whether somebody had a certificate that counted on a day."""
        return any(one <= on < lapses_on(one) for one in self.certificates.get(person_id, ()))

    def trained(self, on: date) -> Share:
        """How many of the coordinators were trained on a day."""
        them = self.coordinators(on)
        return looked_up(sum(self.is_trained(one, on) for one in them), len(them))

    def new_and_trained(self, on: date) -> Share:
        """How many of those who began in the year before a day were trained within 60 days.

        Who began less than 60 days before the day still has time, and is left out.
        """
        first = self._first_days()
        oldest = year_before(on)
        new = {who: day for who, day in first.items() if oldest < day + FOR_NEW_ONES <= on}
        in_time = [
            who
            for who, day in new.items()
            if any(one < day + FOR_NEW_ONES and lapses_on(one) > day for one in self._of(who))
        ]
        return looked_up(len(in_time), len(new))

    def _of(self, person_id: str) -> Iterable[date]:
        return self.certificates.get(person_id, ())

    def _first_days(self) -> dict[str, date]:
        first: dict[str, date] = {}
        for one in self.roles:
            first[one.person_id] = min(one.starts_on, first.get(one.person_id, one.starts_on))
        return first


def staff(actor: Actor) -> Staff:
    """The coordinators among those whom the actor administers."""
    rows = db.session.execute(
        select(Membership.person_id, Membership.starts_on, Membership.ends_on, Membership.ended_at)
        .join(Person, Membership.person_id == Person.id)
        .where(Membership.role == Role.COORDINATOR, scope.visible(actor, Person, Action.EXPORT))
    )
    roles = [Held(*row) for row in rows]
    return Staff(roles, _certificates({one.person_id for one in roles}))


def _certificates(person_ids: Collection[str]) -> dict[str, list[date]]:
    found: dict[str, list[date]] = defaultdict(list)
    rows = db.session.execute(
        select(CourseAttendance.person_id, CourseAttendance.certified_on).where(
            CourseAttendance.ended_at.is_(None), CourseAttendance.certified_on.is_not(None)
        )
    )
    for row in rows:
        if row.person_id in person_ids:
            found[row.person_id].append(row.certified_on)
    return found


@dataclass(frozen=True)
class Gathered:
    """How many gatherings were held in the year before a day, and how many of those asked came."""

    held: int
    came: Share


def gathered(actor: Actor, days: Sequence[date]) -> list[Gathered]:
    """The gatherings of the year before each day."""
    rows = db.session.execute(
        scope.rows(actor, Gathering)
        .outerjoin(
            GatheringAttendance,
            (GatheringAttendance.gathering_id == Gathering.id)
            & GatheringAttendance.ended_at.is_(None)
            & GatheringAttendance.was_there.is_not(None),
        )
        .where(Gathering.retired_at.is_(None), Gathering.held_on > year_before(min(days)))
        .with_only_columns(
            Gathering.id,
            Gathering.held_on,
            func.count(GatheringAttendance.id).label("told"),
            func.count().filter(GatheringAttendance.was_there.is_(True)).label("came"),
        )
        .group_by(Gathering.id, Gathering.held_on)
    ).all()
    found = []
    for on in days:
        held = [row for row in rows if year_before(on) < row.held_on <= on]
        came = looked_up(sum(row.came for row in held), sum(row.told for row in held))
        found.append(Gathered(len(held), came))
    return found
