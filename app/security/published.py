"""What is published never changes: plans keep the version of the template that they were made from,
and participants the version of the role that they were given.

Held twice: no flush writes what a published version says, and no statement does, by a trigger that
``walls`` puts up. What is not part of what it says, such as its reach, may change.
"""

from typing import Any

from flask_appbuilder import Model
from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from app.set_up_tables import NationalVersion, StandardRoleVersion, TemplateVersion

VERSIONS: dict[type[Model], str] = {
    StandardRoleVersion: "role_id",
    TemplateVersion: "template_id",
    NationalVersion: "piece_id",
}
"""The kinds of versions, and by which column they belong to what they are versions of."""

SAID = ("content", "number", "published_at")


class PublishedForever(RuntimeError):
    """Code tried to change a published version: a bug, never shown, always stopped."""


def fixed_columns(model: type[Model]) -> tuple[str, ...]:
    """The columns that a published version of this kind keeps as they are."""
    return (*SAID, VERSIONS[model])


def install(session_class: type[Session] | Any) -> None:
    """Put the guard on every session made by ``session_class``."""
    event.listen(session_class, "before_flush", _guard_flush)


def _guard_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in session.dirty:
        if type(row) in VERSIONS and _was_published(session, row) and _is_rewritten(row):
            raise PublishedForever(f"a published {type(row).__name__} never changes")
    for row in session.deleted:
        if type(row) in VERSIONS:
            raise PublishedForever(f"a {type(row).__name__} is never deleted")


def _was_published(session: Session, row: Any) -> bool:
    """Whether the row was published before this change; what was not read is asked for."""
    before = inspect(row).attrs.published_at.load_history().non_added()
    if not before:
        model = type(row)
        before = [session.scalar(select(model.published_at).where(model.id == row.id))]
    return before[0] is not None


def _is_rewritten(row: Any) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in fixed_columns(type(row)))
