"""Sending a form once, and seeing what somebody else saved in the meantime."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.models import SubmittedForm
from app.screens.listing import is_id
from app.security.actor import Actor
from app.security.keys import secret_hash

KEPT_FOR = timedelta(days=2)
KEY = "form_key"


@dataclass(frozen=True)
class Difference:
    """A field that two people gave different values: what is saved, and what was typed here."""

    name: str
    label: Any
    saved: str
    typed: str


def form_key() -> str | None:
    """The key of the form that was sent, when it has one."""
    key = request.form.get(KEY, "")
    return key if is_id(key) else None


def is_sent() -> bool:
    """Whether a form was sent to be done, and not to search in one of its fields."""
    return request.method == "POST" and "find" not in request.form


def put_error(form: Any, error: DomainError) -> None:
    """Place a broken rule beside its field, or on top of the form.

    A refused access is no matter of the form: it gets the page, and the event, of any other.
    """
    if error.is_refusal:
        raise error
    if error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, str(error)]
    else:
        form.form_errors.append(str(error))


def new_key() -> str:
    """A key for a form that is drawn for the first time."""
    return str(uuid4())


def earlier_result(session: Session, actor: Actor, key: str | None) -> str | None:
    """Where the same form led when it was accepted before, otherwise None."""
    if key is None:
        return None
    row = session.get(SubmittedForm, _hash(actor, key))
    return row.location if row is not None else None


def remember(session: Session, actor: Actor, key: str | None, location: str, at: datetime) -> None:
    """Keep, in the caller's transaction, that the form was accepted."""
    if key is None or actor.account_id is None:
        return
    session.add(
        SubmittedForm(
            key_hash=_hash(actor, key), account_id=actor.account_id, location=location, at=at
        )
    )


def clear_old(session: Session, at: datetime) -> None:
    """Forget forms that nobody sends again."""
    session.execute(delete(SubmittedForm).where(SubmittedForm.at < at - KEPT_FOR))


def _hash(actor: Actor, key: str) -> str:
    return secret_hash(f"{actor.account_id}:{key}")


def differences(form: FlaskForm, row: Any, names: list[str]) -> list[Difference]:
    """The fields whose typed value is not the saved one, both as users read them."""
    saved = type(form)(formdata=None, obj=row)
    found = []
    for name in names:
        mine, theirs = form[name], saved[name]
        if mine.flags.secret:
            continue
        if as_text(mine) != as_text(theirs):
            found.append(Difference(name, mine.label.text, as_text(theirs), as_text(mine)))
    return found


def as_text(field: Any) -> str:
    """The value of a form field in words."""
    if hasattr(field, "describe"):
        if field.is_unseen:
            return _("As it is registered")
        row = field.current
        return field.describe(row) if row is not None else ""
    if hasattr(field, "iter_choices"):
        return next((str(choice[1]) for choice in field.iter_choices() if choice[2]), "")
    if isinstance(field.data, bool):
        return "✓" if field.data else "–"
    return str(field._value())
