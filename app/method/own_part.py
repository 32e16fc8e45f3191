"""What a coordinator is to do with the method: the own course, routines to read, what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.db import db
from app.method import routines
from app.models import Course, Gathering, Routine
from app.people import training
from app.people.training import Standing
from app.security import scope
from app.security.actor import Actor


@dataclass(frozen=True)
class OwnPart:
    """How the actor stands with the coordinator school, and what is to be read and gone to."""

    standing: Standing | None
    course: Course | None
    gathering: Gathering | None
    unread: Sequence[Routine]


def of(actor: Actor, on: date) -> OwnPart:
    """The actor's own part; without a standing for who is no coordinator today."""
    return OwnPart(
        _standing(actor, on),
        training.next_course(actor, on),
        _next_gathering(actor, on),
        routines.unread(actor),
    )


def _standing(actor: Actor, on: date) -> Standing | None:
    if actor.person_id is None:
        return None
    since: date | None = training.since_of(actor.person_id, on)
    if since is None:
        return None
    last = training.certificates(actor, [actor.person_id], on).get(actor.person_id)
    return training.standing(last, since, on)


def _next_gathering(actor: Actor, on: date) -> Gathering | None:
    found: Gathering | None = db.session.scalar(
        scope.rows(actor, Gathering)
        .where(Gathering.retired_at.is_(None), Gathering.held_on >= on)
        .order_by(Gathering.held_on, Gathering.id)
        .limit(1)
    )
    return found
