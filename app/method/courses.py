"""The coordinator school: who is signed up for a course, and who has got its certificate."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.errors import BadRequest, DomainError
from app.models import Course, CourseAttendance, Person
from app.people import training
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action


class SignedUpAlready(DomainError):
    """The person is signed up for the course already."""

    message = _l("This person is signed up for the course already.")


class NotHeldYet(DomainError):
    """Nobody has a certificate of a course before it is held."""

    status = 422
    message = _l("The certificate can't be from before the course, or from a day to come.")


class HasCertificate(DomainError):
    """Who has taken the course is not taken off it."""

    message = _l("Take the certificate back first: this person has taken the course.")


def sign_up(actor: Actor, course: Course, person: Person, *, at: datetime) -> CourseAttendance:
    """Sign somebody up for a course.

    Raises:
        SignedUpAlready
    """
    policy.require(actor, Action.EDIT, course)
    policy.require(actor, Action.CHOOSE, person)
    if person.id in {one.person_id for one in attending(course)}:
        raise SignedUpAlready(field="person_id")
    return _sign_up(course, person.id, at)


def sign_up_all_due(actor: Actor, course: Course, *, at: datetime) -> int:
    """Sign up every coordinator who should take a course now; how many came to be."""
    policy.require(actor, Action.EDIT, course)
    known = {one.person_id for one in attending(course)}
    wanted = [one for one in due_ids(actor, day_of(at)) if one not in known]
    for person_id in wanted:
        _sign_up(course, person_id, at)
    return len(wanted)


def _sign_up(course: Course, person_id: str, at: datetime) -> CourseAttendance:
    row = CourseAttendance(id=new_id(), course_id=course.id, person_id=person_id, recorded_at=at)
    db.session.add(row)
    return row


def take_off(actor: Actor, course: Course, attendance_id: str, *, at: datetime) -> CourseAttendance:
    """Take somebody off a course that they have not taken.

    Raises:
        HasCertificate
        BadRequest: somebody else is named.
    """
    policy.require(actor, Action.EDIT, course)
    row = _among(course, attendance_id)
    if row.certified_on is not None:
        raise HasCertificate
    row.ended_at = at
    return row


def certify(
    actor: Actor, course: Course, attendance_ids: Collection[str], on: date, *, at: datetime
) -> int:
    """Keep that those who are named took the course; how many had no certificate before.

    Raises:
        NotHeldYet: the day is before the course, or after today.
        BadRequest: one of them is not signed up.
    """
    policy.require(actor, Action.EDIT, course)
    if not course.held_on <= on <= day_of(at):
        raise NotHeldYet(field="certified_on")
    rows = [_among(course, one) for one in attendance_ids]
    new = [one for one in rows if one.certified_on is None]
    for one in rows:
        one.certified_on = on
    return len(new)


def take_back(actor: Actor, course: Course, attendance_id: str) -> CourseAttendance:
    """Take back a certificate that was given by mistake."""
    policy.require(actor, Action.EDIT, course)
    row = _among(course, attendance_id)
    row.certified_on = None
    return row


def _among(course: Course, attendance_id: str) -> CourseAttendance:
    for one in attending(course):
        if one.id == attendance_id:
            return one
    raise BadRequest


# --- questions -----------------------------------------------------------------------------------


def attending(course: Course) -> Sequence[CourseAttendance]:
    """Those who are signed up, by name."""
    found = (
        select(CourseAttendance)
        .join(CourseAttendance.person)
        .where(CourseAttendance.course_id == course.id, CourseAttendance.ended_at.is_(None))
        .options(joinedload(CourseAttendance.person))
        .order_by(Person.search_family, CourseAttendance.id)
    )
    return db.session.scalars(found).all()


def due_ids(actor: Actor, on: date) -> Sequence[str]:
    """Ids of the coordinators among those the actor administers who should take a course now."""
    found = scope.rows(actor, Person, Action.EXPORT).where(
        Person.id.in_(training.coordinator_ids(on)), training.stands(Person.id, training.DUE, on)
    )
    ids = found.with_only_columns(Person.id).order_by(Person.search_family, Person.id)
    return db.session.scalars(ids).all()


def counts(actor: Actor, ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """How many are signed up for each of some courses, and how many have its certificate."""
    rows = db.session.execute(
        scope.rows(actor, CourseAttendance)
        .where(CourseAttendance.course_id.in_(ids), CourseAttendance.ended_at.is_(None))
        .with_only_columns(
            CourseAttendance.course_id,
            func.count().label("signed_up"),
            func.count(CourseAttendance.certified_on).label("certified"),
        )
        .group_by(CourseAttendance.course_id)
    )
    return {row.course_id: (row.signed_up, row.certified) for row in rows}
