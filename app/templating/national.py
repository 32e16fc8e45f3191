"""The national library: standard roles and templates that the central administrator publishes.

Municipalities use copies of what is published; nothing here reaches into any of them. What is said
of templates (drafts, publishing, retiring) is in ``templates`` and holds for these as well.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.audit import log
from app.columns import new_id
from app.db import db
from app.enums import SetUpKind
from app.errors import DomainError, NotFound, StaleVersion
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.set_up_tables import NationalPiece, NationalVersion
from app.templating import heads, national_changes, versions
from app.templating.role_content import RoleContent
from app.templating.template_content import TemplateContent
from app.templating.texts import key_of

REPLACED = "take_up"
MODELS: dict[SetUpKind, type[RoleContent] | type[TemplateContent]] = {
    SetUpKind.STANDARD_ROLE: RoleContent,
    SetUpKind.TEMPLATE: TemplateContent,
}


class NothingNew(DomainError):
    """What is to be published says what is in use already."""

    message = _l("Nothing differs from what is in use, so there is nothing to publish.")


def read(piece: NationalPiece, content: dict[str, object]) -> RoleContent | TemplateContent:
    """What a version of something national says."""
    return MODELS[piece.what].model_validate(content)


def add(
    actor: Actor, content: RoleContent | TemplateContent, *, key: str | None = None
) -> NationalPiece:
    """Something new, which no municipality sees before it is published."""
    policy.require_open(actor, Action.ADD, Resource.NATIONAL_PIECE)
    what = kind_of(content)
    mine = NationalPiece.what == what
    taken = set(db.session.scalars(select(NationalPiece.key).where(mine)))
    last = db.session.scalar(select(func.max(NationalPiece.position)).where(mine))
    piece = NationalPiece(
        id=new_id(),
        what=what,
        key=key_of(key or content.names.nb, taken),
        position=0 if last is None else last + 1,
    )
    heads.put_names(piece, content)
    db.session.add(piece)
    db.session.flush()
    versions.begin(piece, heads.as_json(content))
    return piece


def kind_of(content: RoleContent | TemplateContent) -> SetUpKind:
    """Whether it is a standard role or a template."""
    return SetUpKind.STANDARD_ROLE if isinstance(content, RoleContent) else SetUpKind.TEMPLATE


def save_role(actor: Actor, piece: NationalPiece, content: RoleContent, *, version: str) -> None:
    """Keep the draft of a national standard role; ``version`` is empty when there was none.

    Raises:
        StaleVersion: somebody else has saved or published it since.
    """
    policy.require(actor, Action.EDIT, piece)
    row = versions.draft(piece)
    if version != draft_version(piece):
        raise StaleVersion
    row = row or versions.begin(piece)
    versions.keep(row, heads.as_json(content), version=str(row.version))
    if piece.number is None:
        heads.put_names(piece, content)
    db.session.flush()


def draft_version(piece: NationalPiece) -> str:
    """What a form about the draft keeps, to see whether somebody else saved it meanwhile."""
    row = versions.draft(piece)
    return f"{piece.number or 0}.{0 if row is None else row.version}"


def let_say(actor: Actor, piece: NationalPiece, number: int, *, version: str) -> str | None:
    """Let the draft say what a published version says: that in use, to throw the draft away, or
    another. There is a draft afterwards; what there was before comes back by the id of the answer.

    Raises:
        StaleVersion: somebody else has saved or published it since.
        NothingNew: there is no such version.
    """
    policy.require(actor, Action.EDIT, piece)
    if version != draft_version(piece):
        raise StaleVersion
    wanted = versions.published(piece, number)
    if wanted is None:
        raise NothingNew
    row = versions.draft(piece)
    before = None if row is None else {"content": row.content}
    row = row or versions.begin(piece)
    versions.keep(row, dict(wanted.content), version=str(row.version))
    log.record(actor, "national_piece:draft_says_version", piece)
    if before is None or before["content"] == wanted.content:
        return None
    return national_changes.note(actor, piece, REPLACED, before)


def say_again(actor: Actor, piece: NationalPiece, change: str) -> None:
    """Let the draft say what the actor put away.

    Raises:
        NothingToUndo, NotFound, UndoneAlready
    """
    policy.require(actor, Action.EDIT, piece)
    what, before = national_changes.take_back(actor, piece, change)
    if what != REPLACED:
        raise NotFound
    row = versions.draft(piece)
    versions.keep(row, before["content"], version=str(row.version))
    if piece.number is None:
        heads.put_names(piece, read(piece, row.content))


def beside(piece: NationalPiece) -> NationalVersion | None:
    """The newest version that came with a release and says something else than what is in use."""
    current = versions.published(piece)
    if current is None:
        return None
    found = (one for one in versions.newest_first(piece) if one.number > current.number)
    newest = next(found, None)
    return None if newest is None or newest.content == current.content else newest


def with_news() -> set[str]:
    """The ids of those beside which a release has put a version that is not in use."""
    found = (
        select(NationalVersion.piece_id)
        .join(NationalPiece, NationalPiece.id == NationalVersion.piece_id)
        .where(
            NationalVersion.published_at.is_not(None),
            NationalVersion.number > NationalPiece.number,
        )
    )
    return set(db.session.scalars(found))


def publish_role(actor: Actor, piece: NationalPiece, *, version: str, at: datetime) -> None:
    """Offer the draft to every municipality. Those that have a copy are asked; none is changed.

    Raises:
        StaleVersion, NothingNew
    """
    policy.require(actor, Action.EDIT, piece)
    row = versions.draft(piece)
    if version != draft_version(piece):
        raise StaleVersion
    before = versions.published(piece)
    if row is None or (before is not None and before.content == row.content):
        raise NothingNew
    versions.publish(piece, row, at=at)
    heads.put_names(piece, read(piece, row.content))


def move(actor: Actor, piece: NationalPiece, *, up: bool) -> bool:
    """Change places with the one before or after, among its kind; whether there was one."""
    policy.require(actor, Action.EDIT, piece)
    beside = list(
        db.session.scalars(
            select(NationalPiece)
            .where(NationalPiece.what == piece.what, NationalPiece.retired_at.is_(None))
            .order_by(NationalPiece.position, NationalPiece.id)
        )
    )
    at = beside.index(piece)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(beside):
        return False
    beside[at], beside[other] = beside[other], beside[at]
    for position, one in enumerate(beside):
        if one.position != position:
            one.position = position
    return True


def with_drafts() -> set[str]:
    """The ids of those that have a draft."""
    found = select(NationalVersion.piece_id).where(NationalVersion.published_at.is_(None))
    return set(db.session.scalars(found))
