"""Where standard roles and templates stand: in a municipality, or in the national library.

For what is alike in both: exports, imports and proposals.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.enums import Role, SetUpKind
from app.models import StandardRole
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.set_up_tables import (
    NationalPiece,
    NationalVersion,
    StandardRoleVersion,
    Template,
    TemplateVersion,
)
from app.templating import heads, national, role_changes, standard_roles, templates, versions
from app.templating.role_content import RoleContent
from app.templating.template_content import TemplateContent

Head = StandardRole | Template | NationalPiece
Said = RoleContent | TemplateContent

RESOURCES = {
    SetUpKind.STANDARD_ROLE: Resource.STANDARD_ROLE,
    SetUpKind.TEMPLATE: Resource.TEMPLATE,
}


def is_national(actor: Actor) -> bool:
    """Whether the actor works in the national library, and in no municipality."""
    return actor.municipality_id is None and actor.holds(Role.CENTRAL_ADMINISTRATOR)


def resource(actor: Actor, what: SetUpKind) -> Resource:
    """What the actor's rights to this kind of thing go by."""
    return Resource.NATIONAL_PIECE if is_national(actor) else RESOURCES[what]


def standing(actor: Actor, what: SetUpKind) -> list[Any]:
    """What stands here of a kind and is not retired, in order, for those who may see it."""
    model: Any = NationalPiece
    if not is_national(actor):
        model = StandardRole if what is SetUpKind.STANDARD_ROLE else Template
    found = scope.rows(actor, model).where(model.retired_at.is_(None))
    if model is NationalPiece:
        found = found.where(NationalPiece.what == what)
    return list(db.session.scalars(found.order_by(model.position, model.id)))


def kind(head: Head) -> SetUpKind:
    """Whether it is a standard role or a template."""
    if isinstance(head, NationalPiece):
        return head.what
    return SetUpKind.STANDARD_ROLE if isinstance(head, StandardRole) else SetUpKind.TEMPLATE


def read(head: Head, row: Any) -> Said:
    """What a version of it says."""
    return national.MODELS[kind(head)].model_validate(row.content)


def in_use(head: Head) -> Said | None:
    """What is in use; None while it has never been published."""
    if isinstance(head, StandardRole):
        return standard_roles.in_use(head)
    row = versions.published(head)
    return None if row is None else read(head, row)


def drafted(head: Head) -> Said | None:
    """What the draft says; None where there is none, or it says what is in use."""
    if isinstance(head, StandardRole):
        return standard_roles.drafted(head)
    row = versions.draft(head)
    said = None if row is None else read(head, row)
    return None if said == in_use(head) else said


def draft_version(head: StandardRole | Template) -> str:
    """What a form about the draft keeps, to see whether somebody else saved it meanwhile."""
    if isinstance(head, StandardRole):
        return standard_roles.draft_version(head)
    row = versions.draft(head)
    return "" if row is None else str(row.version)


def in_use_of(found: list[Any]) -> dict[str, Said]:
    """What several of one kind say, by id, in one question: what is in use, or else the draft."""
    if not found:
        return {}
    model, own = _versions_of(found[0])
    rows = db.session.scalars(select(model).where(own.in_([one.id for one in found])))
    by_head: dict[str, dict[int | None, Any]] = {}
    for row in rows:
        number = None if row.published_at is None else row.number
        by_head.setdefault(getattr(row, own.key), {})[number] = row
    said = {}
    for one in found:
        of_it = by_head.get(one.id, {})
        row = of_it.get(one.number) or of_it.get(None)
        if row is not None:
            said[one.id] = read(one, row)
        elif isinstance(one, StandardRole) and one.kinds:
            said[one.id] = heads.role_in_use(one)
    return said


def _versions_of(head: Head) -> tuple[Any, Any]:
    if isinstance(head, StandardRole):
        return StandardRoleVersion, StandardRoleVersion.role_id
    if isinstance(head, Template):
        return TemplateVersion, TemplateVersion.template_id
    return NationalVersion, NationalVersion.piece_id


def says_same(one: Said, other: Said) -> bool:
    """Whether two say the same, in whatever order a role tells it."""
    if isinstance(one, RoleContent) and isinstance(other, RoleContent):
        return not role_changes.differences(one, other)
    return one == other


def add(actor: Actor, content: Said, *, key: str) -> Head:
    """Something new here, as a draft."""
    if is_national(actor):
        return national.add(actor, content, key=key)
    if isinstance(content, RoleContent):
        return standard_roles.add(actor, content, key=key)
    return templates.begin(actor, content, key=key)


def put_draft(actor: Actor, head: Head, content: Said, *, at: datetime) -> None:
    """Let the draft say this, of which nothing is told that is national; what is in use stays in
    use until somebody publishes it."""
    if isinstance(head, StandardRole) and isinstance(content, RoleContent):
        version = standard_roles.draft_version(head)
        standard_roles.save(actor, head, content, version=version, at=at)
        versions.tell_origin(versions.draft(head), None)
        return
    policy.require(actor, Action.EDIT, head)
    row = versions.draft(head) or versions.begin(head, heads.as_json(content))
    versions.keep(row, heads.as_json(content), version=str(row.version))
    versions.tell_origin(row, None)
    if head.number is None and not isinstance(head, StandardRole):
        heads.put_names(head, content)
    db.session.flush()
