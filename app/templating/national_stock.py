"""What is shipped, as the first national standard roles and templates of the installation."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.columns import new_id
from app.enums import SetUpKind
from app.models import Municipality
from app.set_up_tables import NationalPiece, NationalVersion
from app.templating import heads, versions
from app.templating.role_content import RoleContent
from app.templating.shipped.all_templates import TEMPLATES
from app.templating.shipped_roles import ROLES
from app.templating.template_content import TemplateContent
from app.templating.texts import key_of

Content = RoleContent | TemplateContent


def shipped() -> Iterator[tuple[SetUpKind, str, Content]]:
    """Everything that is shipped: what it is, its key, and what it says."""
    for role in ROLES:
        yield SetUpKind.STANDARD_ROLE, role.key, role.content
    for template in TEMPLATES:
        yield SetUpKind.TEMPLATE, key_of(template.names.nb), template


def ensure(session: Session, *, at: datetime) -> None:
    """Make national what is shipped and was never national, in the caller's transaction, and
    ``renew`` the rest. What the central administrator has changed or retired stays as it is.
    """
    if _missing(session):
        _hold(session)
        _add(session, _missing(session), at)
    renew(session, at=at)


def renew(session: Session, *, at: datetime) -> None:
    """Make new versions of what another release ships with other texts than before.

    The new one is in use at once where the one before it came with a release, too; municipalities
    are asked, as for every national change. Where the central administrator has made it another,
    or has begun to, it stands beside what is in use, to be taken up or left.
    """
    if not _changed(session):
        return
    _hold(session)
    for piece, content in _changed(session):
        before = versions.published(piece)
        is_ours = versions.is_as_added(before) and versions.draft(piece) is None
        versions.add_published(piece, heads.as_json(content), at=at, is_used=is_ours)
        if is_ours:
            heads.put_names(piece, content)
    session.flush()


def _hold(session: Session) -> None:
    """Hold one municipality's row, the same for everybody, so that two at once make one of each."""
    first = select(Municipality.id).order_by(Municipality.id).limit(1)
    session.scalars(first.with_for_update(key_share=True)).first()


def _add(session: Session, missing: list[tuple[SetUpKind, str, Content]], at: datetime) -> None:
    positions = select(NationalPiece.what, func.max(NationalPiece.position))
    found = session.execute(positions.group_by(NationalPiece.what))
    last: dict[SetUpKind, int] = dict(iter(found))
    for what, key, content in missing:
        last[what] = last.get(what, -1) + 1
        piece = NationalPiece(id=new_id(), what=what, key=key, position=last[what])
        heads.put_names(piece, content)
        session.add(piece)
        session.flush()
        versions.add_published(piece, heads.as_json(content), at=at)
    session.flush()


def _missing(session: Session) -> list[tuple[SetUpKind, str, Content]]:
    found = session.execute(select(NationalPiece.what, NationalPiece.key))
    known = {(what, key) for what, key in found}
    return [one for one in shipped() if one[:2] not in known]


def _changed(session: Session) -> list[tuple[NationalPiece, Content]]:
    """What is shipped as no version of it says it yet, of what is offered to municipalities."""
    offered = select(NationalPiece).where(
        NationalPiece.retired_at.is_(None), NationalPiece.number.is_not(None)
    )
    pieces = {(one.what, one.key): one for one in session.scalars(offered)}
    said: defaultdict[str, list[Any]] = defaultdict(list)
    published = select(NationalVersion).where(NationalVersion.published_at.is_not(None))
    for row in session.scalars(published):
        said[row.piece_id].append(row.content)
    return [
        (pieces[what, key], content)
        for what, key, content in shipped()
        if (what, key) in pieces and not _is_said(content, said[pieces[what, key].id])
    ]


def _is_said(content: Content, said: list[Any]) -> bool:
    """Whether a version says the same; a field that a release adds is no other text."""
    plain = heads.as_json(content)
    return plain in said or any(type(content).model_validate(one) == content for one in said)
