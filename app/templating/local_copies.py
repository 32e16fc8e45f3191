"""The municipality's own copies of what is national. They remember which version they come from;
what is changed is the copy, never the original."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.columns import new_id
from app.enums import SetUpKind
from app.models import StandardRole
from app.security.tenancy import here
from app.set_up_tables import NationalPiece, NationalVersion, Template
from app.templating import heads, versions
from app.templating.role_content import RoleContent
from app.templating.template_content import TemplateContent
from app.templating.texts import key_of

BEFORE_VERSIONS = 0
"""The national version that a role from before there were versions comes from."""

Copy = StandardRole | Template


def model_of(what: SetUpKind) -> type[Copy]:
    """The kind of row that a copy of something national is."""
    return StandardRole if what is SetUpKind.STANDARD_ROLE else Template


def in_use(session: Session) -> list[tuple[NationalPiece, NationalVersion]]:
    """What is national and in use, with the version in use, in order."""
    found = (
        select(NationalPiece, NationalVersion)
        .join(NationalVersion, NationalVersion.piece_id == NationalPiece.id)
        .where(
            NationalPiece.retired_at.is_(None),
            NationalVersion.number == NationalPiece.number,
            NationalVersion.published_at.is_not(None),
        )
        .order_by(NationalPiece.what, NationalPiece.position, NationalPiece.id)
    )
    return [(piece, version) for piece, version in session.execute(found)]


def top_up(session: Session, *, at: datetime) -> None:
    """Copy what is national and not here yet; in the caller's transaction and scope.

    Roles that were here before there was anything national are tied to the one of their name, and
    otherwise stay as they are.
    """
    national = in_use(session)
    roles = list(session.scalars(select(StandardRole).where(here(StandardRole))))
    _adopt(roles, national, at)
    session.flush()
    for what in SetUpKind:
        taken = keys(session, what)
        for piece, version in national:
            if piece.what is what and piece.key not in taken:
                copy(session, piece, version, at=at)


def copy(session: Session, piece: NationalPiece, version: NationalVersion, *, at: datetime) -> Copy:
    """A copy of the municipality's own that says what a national version says, in use at once."""
    key = key_of(piece.key, keys(session, piece.what))
    head: Copy
    if piece.what is SetUpKind.STANDARD_ROLE:
        role = RoleContent.model_validate(version.content)
        head = StandardRole(id=new_id(), key=key, position=_last(session, StandardRole) + 1)
        heads.put_role(head, role)
    else:
        template = TemplateContent.model_validate(version.content)
        head = Template(id=new_id(), key=key, kind=template.kind)
        head.position = _last(session, Template) + 1
        heads.put_names(head, template)
    head.national_id, head.national_number = piece.id, version.number
    session.add(head)
    session.flush()
    versions.add_published(head, version.content, at=at)
    session.flush()
    return head


def keys(session: Session, what: SetUpKind) -> set[str]:
    """The keys that the municipality uses of a kind."""
    model = model_of(what)
    return {key for key in session.scalars(select(model.key).where(here(model))) if key}


def _last(session: Session, model: type[Copy]) -> int:
    last = session.scalar(select(func.max(model.position)).where(here(model)))
    return -1 if last is None else last


def _adopt(
    roles: Sequence[StandardRole],
    national: Iterable[tuple[NationalPiece, NationalVersion]],
    at: datetime,
) -> None:
    """Give roles from before there were keys and versions what they lack, and nothing else."""
    by_key = {
        piece.key: (piece, version)
        for piece, version in national
        if piece.what is SetUpKind.STANDARD_ROLE
    }
    taken = {role.key for role in roles if role.key}
    for role in roles:
        if role.key is None:
            role.key = key_of(role.names.get("nb", ""), taken)
            taken.add(role.key)
        if not role.kinds:
            continue
        if role.number == 0:
            versions.add_published(role, heads.as_json(heads.role_in_use(role)), at=at)
        if role.national_id is None and role.key in by_key:
            _tie(role, *by_key[role.key])


def _tie(role: StandardRole, piece: NationalPiece, version: NationalVersion) -> None:
    """Remember where a role comes from. One that says something else is told of the difference,
    whether the municipality or a later release made it."""
    says_same = heads.role_in_use(role) == RoleContent.model_validate(version.content)
    role.national_id = piece.id
    role.national_number = version.number if says_same else BEFORE_VERSIONS
