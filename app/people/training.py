"""Who has learned to coordinate, by the register of courses: rules on days, and their SQL twins.

A certificate counts for 24 months. Somebody who was just given the role has 60 days to take a
course, and a certificate with under 60 days left is about to end. A course that is retired still
counts for those who took it: it was held. Who keeps the register, and its pages, are in
``app.method``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, not_, or_, select

from app.clock import OSLO
from app.db import db
from app.enums import Role
from app.models import Course, CourseAttendance, Membership, Person
from app.screens.fields import show_date
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action, Resource

YEARS_COUNTED = 2
SOON = timedelta(days=60)
FOR_NEW_ONES = timedelta(days=60)


class Training(StrEnum):
    """How somebody who coordinates stands with the coordinator school."""

    TRAINED = "trained"
    DUE_SOON = "due_soon"
    NEW = "new"
    UNTRAINED = "untrained"


WORDS: dict[Training, Any] = {
    Training.TRAINED: _l("Has taken a course in the last 24 months"),
    Training.DUE_SOON: _l("Has under 60 days left of the last course"),
    Training.NEW: _l("New: is to take a course within 60 days"),
    Training.UNTRAINED: _l("No course in the last 24 months"),
}


@dataclass(frozen=True)
class Standing:
    """How somebody stands with the coordinator school, and until when something is to be done."""

    training: Training
    certified_on: date | None
    until: date | None

    @property
    def words(self) -> Any:
        """How it stands, in words."""
        return WORDS[self.training]


# --- rules on days -------------------------------------------------------------------------------


def lapses_on(certified_on: date) -> date:
    """The first day on which a certificate of this day counts no more."""
    try:
        return certified_on.replace(year=certified_on.year + YEARS_COUNTED)
    except ValueError:  # The 29th of February, in a year that has none.
        return date(certified_on.year + YEARS_COUNTED, 3, 1)


def newest_that_lapsed(on: date) -> date:
    """The newest day of a certificate that does not count on ``on`` any more."""
    try:
        return on.replace(year=on.year - YEARS_COUNTED)
    except ValueError:
        return date(on.year - YEARS_COUNTED, 2, 28)


def standing(certified_on: date | None, since: date, on: date) -> Standing:
    """How somebody who coordinates ``since`` a day stands, with their last certificate.

    ``until`` is the first day on which it is too late: when the certificate counts no more, or
    when a new one has had 60 days.
    """
    if certified_on is not None and lapses_on(certified_on) > on:
        left = lapses_on(certified_on)
        training = Training.DUE_SOON if left - on < SOON else Training.TRAINED
        return Standing(training, certified_on, left)
    if on - since < FOR_NEW_ONES:
        return Standing(Training.NEW, certified_on, since + FOR_NEW_ONES)
    return Standing(Training.UNTRAINED, certified_on, None)


# --- the same, for lists -------------------------------------------------------------------------


def trained_ids(on: date) -> Select[Any]:
    """The ids of persons with a certificate that counts on a day."""
    return _certified(on).where(CourseAttendance.certified_on > newest_that_lapsed(on))


def is_trained(person_id: Any, on: date) -> ColumnElement[bool]:
    """Whether the person of a column has a certificate that counts on a day."""
    found: ColumnElement[bool] = person_id.in_(trained_ids(on))
    return found


def is_due_soon(person_id: Any, on: date) -> ColumnElement[bool]:
    """Whether the person of a column has a certificate that counts, with under 60 days left."""
    soon = newest_that_lapsed(on + SOON - timedelta(days=1))
    lasting = _certified(on).where(CourseAttendance.certified_on > soon)
    return and_(is_trained(person_id, on), not_(person_id.in_(lasting)))


def is_new(person_id: Any, on: date) -> ColumnElement[bool]:
    """Whether all roles as coordinator that the person of a column holds are under 60 days old."""
    before = holds_role(on) & (Membership.starts_on <= on - FOR_NEW_ONES)
    found: ColumnElement[bool] = person_id.not_in(select(Membership.person_id).where(before))
    return found


DUE = "due"


def stands(person_id: Any, how: str, on: date) -> ColumnElement[bool]:
    """Whether the coordinator of a column stands so: by a ``Training``, where the trained are
    also those with few days left; or ``DUE``, for whoever should take a course now."""
    trained, new = is_trained(person_id, on), is_new(person_id, on)
    conditions = {
        Training.TRAINED: trained,
        Training.DUE_SOON: is_due_soon(person_id, on),
        Training.NEW: and_(not_(trained), new),
        Training.UNTRAINED: and_(not_(trained), not_(new)),
        DUE: or_(not_(trained), is_due_soon(person_id, on)),
    }
    return conditions[how]


def since(person_id: Any, on: date) -> ScalarSelect[Any]:
    """Since when the person of a column is coordinator, among the roles of today."""
    found = select(func.min(Membership.starts_on)).where(
        holds_role(on), Membership.person_id == person_id
    )
    return found.correlate_except(Membership).scalar_subquery()


def last_certificate(person_id: Any, on: date) -> ScalarSelect[Any]:
    """The day of the last certificate of the person of a column, up to a day."""
    found = select(func.max(CourseAttendance.certified_on)).where(
        CourseAttendance.person_id == person_id,
        CourseAttendance.ended_at.is_(None),
        CourseAttendance.certified_on <= on,
    )
    return found.correlate_except(CourseAttendance).scalar_subquery()


def holds_role(on: date) -> ColumnElement[bool]:
    """Whether a membership made somebody coordinator on a day, which may be past.

    A role that was ended later than that day was held on it.
    """
    day_after = datetime.combine(on + timedelta(days=1), time(), OSLO)
    return and_(
        Membership.role == Role.COORDINATOR,
        Membership.starts_on <= on,
        or_(Membership.ends_on.is_(None), Membership.ends_on > on),
        or_(Membership.ended_at.is_(None), Membership.ended_at >= day_after),
    )


def coordinator_ids(on: date) -> Select[Any]:
    """The ids of persons who are coordinators on a day, which may be past."""
    return select(Membership.person_id).where(holds_role(on))


def _certified(on: date) -> Select[Any]:
    return select(CourseAttendance.person_id).where(
        CourseAttendance.ended_at.is_(None), CourseAttendance.certified_on <= on
    )


# --- single persons ------------------------------------------------------------------------------


def certificates(actor: Actor, person_ids: Collection[str], on: date) -> dict[str, date]:
    """The day of each one's last certificate, of those who have one that the actor may see."""
    found = db.session.execute(
        scope.rows(actor, CourseAttendance, Action.SHOW)
        .with_only_columns(
            CourseAttendance.person_id, func.max(CourseAttendance.certified_on).label("last")
        )
        .where(
            CourseAttendance.person_id.in_(person_ids),
            CourseAttendance.ended_at.is_(None),
            CourseAttendance.certified_on <= on,
        )
        .group_by(CourseAttendance.person_id)
    )
    return {row.person_id: row.last for row in found}


def since_of(person_id: str, on: date) -> date | None:
    """Since when somebody is coordinator, among the roles of a day; None for who is not."""
    found: date | None = db.session.scalar(
        select(func.min(Membership.starts_on)).where(
            holds_role(on), Membership.person_id == person_id
        )
    )
    return found


def next_course(actor: Actor, on: date) -> Course | None:
    """The first course that is still to be held, or is held today."""
    found: Course | None = db.session.scalar(
        scope.rows(actor, Course)
        .where(Course.retired_at.is_(None), Course.held_on >= on)
        .order_by(Course.held_on, Course.id)
        .limit(1)
    )
    return found


def warning(actor: Actor, person: Person, on: date) -> str:
    """What is to be said when somebody is made coordinator; empty when there is nothing to say.

    It never stops anybody: the course may come after the work has begun.
    """
    if not policy.may_open(actor, Action.LIST, Resource.COURSE):
        return ""
    last = certificates(actor, [person.id], on).get(person.id)
    if last is not None and lapses_on(last) > on:
        return ""
    if person.id == actor.person_id:
        said = _("You have no course in the coordinator school from the last 24 months.")
    else:
        said = _(
            "%(name)s has no course in the coordinator school from the last 24 months.",
            name=person.full_name,
        )
    return f"{said} {say_next(next_course(actor, on))}"


def say_next(course: Course | None) -> str:
    """When the next course is."""
    if course is None:
        return _("No course is planned yet.")
    day = show_date(course.held_on)
    return _("The next course is %(title)s on %(day)s.", title=course.title, day=day)
