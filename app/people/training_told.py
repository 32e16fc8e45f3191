"""Saying it on the page when somebody is made coordinator without a course that counts."""

from typing import Any

from flask import flash
from werkzeug.wrappers import Response

from app.clock import today
from app.db import db
from app.models import Person
from app.people import training
from app.security.actor import current_actor


def warn(person: Person | None) -> None:
    """Say that the person has no course in the last 24 months, if so; it stops nobody."""
    if person is not None and (text := training.warning(current_actor(), person, today())):
        flash(text, "warning")


def warned(answer: Any, person_id: str | None) -> Any:
    """The answer to a form that may have made somebody coordinator, with the warning if it did."""
    is_done = isinstance(answer, Response) and answer.status_code == 302
    if is_done and person_id is not None:
        warn(db.session.get(Person, person_id))
    return answer
