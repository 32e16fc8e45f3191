"""What is shipped, as the first national standard roles and templates of the installation."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.columns import new_id
from app.enums import SetUpKind
from app.models import Municipality
from app.set_up_tables import NationalPiece
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
    """Make national what is shipped and was never national, in the caller's transaction.

    What the central administrator has changed or retired stays as it is. One municipality's row,
    the same for everybody, is held meanwhile, so that two at once make one of each.
    """
    if not _missing(session):
        return
    first = select(Municipality.id).order_by(Municipality.id).limit(1)
    session.scalars(first.with_for_update(key_share=True)).first()
    missing = _missing(session)
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
