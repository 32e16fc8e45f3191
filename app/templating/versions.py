"""The versions of what is set up: one draft at most, and published ones that never change.

The same for standard roles, templates and what is national. Policy is asked by those who call.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.db import db
from app.errors import DomainError, StaleVersion
from app.models import StandardRole
from app.set_up_tables import (
    NationalPiece,
    NationalVersion,
    StandardRoleVersion,
    Template,
    TemplateVersion,
)

Head = StandardRole | Template | NationalPiece
Version = StandardRoleVersion | TemplateVersion | NationalVersion


class NoDraft(DomainError):
    """The draft was published or thrown away in the meantime."""


def published(head: Head, number: int | None = None) -> Any:
    """The version in use, or the one with a number; None where there is none."""
    wanted = head.number if number is None else number
    model = _model(head)
    return db.session.scalar(
        _of(head).where(model.number == wanted, model.published_at.is_not(None))
    )


def draft(head: Head) -> Any:
    """The draft, or None."""
    return db.session.scalar(_of(head).where(_model(head).published_at.is_(None)))


def newest_first(head: Head) -> list[Any]:
    """The published versions."""
    model = _model(head)
    found = _of(head).where(model.published_at.is_not(None)).order_by(model.number.desc())
    return list(db.session.scalars(found))


def begin(head: Head, content: dict[str, Any] | None = None) -> Any:
    """The draft; where there is none, a new one with ``content`` or that of the version in use."""
    row = draft(head)
    if row is not None:
        return row
    row = _new(head)
    before = published(head)
    row.number = _next(head)
    row.content = content if content is not None else dict(before.content)
    db.session.add(row)
    db.session.flush()
    return row


def keep(row: Version, content: dict[str, Any], *, version: str) -> None:
    """Save a draft.

    Raises:
        NoDraft: it was published meanwhile.
        StaleVersion: somebody else has saved it since ``version``.
    """
    if row.published_at is not None:
        raise NoDraft
    if version != str(row.version):
        raise StaleVersion
    row.content = content


def publish(head: Head, row: Version, *, at: datetime) -> None:
    """Make the draft the version in use.

    Raises:
        NoDraft: it is one no longer.
    """
    if row.published_at is not None:
        raise NoDraft
    if isinstance(row, NationalVersion):
        row.changes = None
    elif not isinstance(head, NationalPiece):
        _answer_national(head, row)
    row.published_at = at
    head.number = row.number


def _answer_national(head: StandardRole | Template, row: Any) -> None:
    """What the draft says of a national version holds from now; it comes from the same one as the
    version before it where it says none."""
    before = published(head)
    if row.national_number is None:
        row.national_number = None if before is None else before.national_number
    elif head.national_id is not None:
        head.national_number = max(head.national_number or 0, row.national_number)


def made_of(row: Any) -> int | None:
    """The national version that a version of a municipality's was made of, where it tells."""
    is_local = isinstance(row, StandardRoleVersion | TemplateVersion)
    return row.national_number if is_local else None


def tell_origin(row: Any, number: int | None) -> None:
    """Let a version of a municipality's tell which national one it was made of."""
    if isinstance(row, StandardRoleVersion | TemplateVersion):
        row.national_number = number


def answered(head: StandardRole | Template) -> int:
    """The latest national version that a copy has answered, be it in a draft that waits."""
    return max(head.national_number or 0, made_of(draft(head)) or 0)


def add_published(
    head: Head, content: dict[str, Any], *, at: datetime, is_used: bool = True
) -> Any:
    """A version that is published as it is, for what is shipped, copied or imported; in use, or
    beside the one in use."""
    row = _new(head)
    row.number, row.content, row.published_at = _next(head), content, at
    if is_used:
        head.number = row.number
    db.session.add(row)
    return row


def is_as_added(row: Version) -> bool:
    """Whether a version is one of ``add_published``: nobody has ever saved it as a draft."""
    return row.published_at is not None and row.version == 1


def _next(head: Head) -> int:
    numbers = _of(head).with_only_columns(_model(head).number)
    return max(db.session.scalars(numbers), default=0) + 1


def _model(head: Head) -> Any:
    if isinstance(head, StandardRole):
        return StandardRoleVersion
    return TemplateVersion if isinstance(head, Template) else NationalVersion


def _new(head: Head) -> Any:
    if isinstance(head, StandardRole):
        return StandardRoleVersion(role_id=head.id)
    if isinstance(head, Template):
        return TemplateVersion(template_id=head.id)
    return NationalVersion(piece_id=head.id)


def _of(head: Head) -> Select[Any]:
    if isinstance(head, StandardRole):
        return select(StandardRoleVersion).where(StandardRoleVersion.role_id == head.id)
    if isinstance(head, Template):
        return select(TemplateVersion).where(TemplateVersion.template_id == head.id)
    return select(NationalVersion).where(NationalVersion.piece_id == head.id)
