"""The life of templates: made, copied, drafted, published, retired and brought back.

A template that is in use always has a published version, which never changes; what is changed is
its draft. Plans keep the version that they were made from. Nothing here commits.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.columns import new_id
from app.db import db
from app.enums import PlanKind
from app.errors import DomainError, StaleVersion
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.security.tenancy import here
from app.set_up_tables import NationalPiece, NationalVersion, Template
from app.templating import heads, versions
from app.templating.template_check import Check, may_be_published
from app.templating.template_content import TemplateContent
from app.templating.texts import LONGEST_NAME, Text, key_of

COPY_OF = {"nb": "Kopi av {}", "nn": "Kopi av {}", "en": "Copy of {}"}


class NotReady(DomainError):
    """Something that is needed is missing in the template."""

    status = 422
    message = _l("Something must be put right before the template can be published.")


class NoNational(DomainError):
    """The template has no national original, or it is published no longer."""

    message = _l("This template has no national original to go back to.")


class NoSuchVersion(DomainError):
    """The template has no published version of this number."""

    message = _l("The template has no such version.")


def add(actor: Actor, kind: PlanKind, names: Text) -> Template:
    """A new template without anything in it yet, as a draft."""
    policy.require_open(actor, Action.ADD, Resource.TEMPLATE)
    return _begin(TemplateContent(kind=kind, names=names))


def begin(actor: Actor, content: TemplateContent, *, key: str | None = None) -> Template:
    """A new template that says this, as a draft, with a key of its own that is like ``key``."""
    policy.require_open(actor, Action.ADD, Resource.TEMPLATE)
    return _begin(content, key)


def copy(actor: Actor, source: Template) -> Template:
    """A new template with all that is in another, as a draft that nothing else changes with.

    What is copied is the version in use, or the draft of one that was never published. It comes
    from the same national original, if any.
    """
    policy.require_open(actor, Action.ADD, Resource.TEMPLATE)
    policy.require(actor, Action.SHOW, source)
    row = versions.published(source) or versions.draft(source)
    content = read(row)
    names = {
        code: COPY_OF[code].format(text)[:LONGEST_NAME]
        for code, text in content.names.by_language.items()
    }
    made = _begin(content.model_copy(update={"names": Text(**names)}))
    made.national_id, made.national_number = source.national_id, source.national_number
    versions.tell_origin(versions.draft(made), versions.made_of(row))
    return made


def begin_draft(actor: Actor, head: Template | NationalPiece) -> Any:
    """The draft, begun from the version in use where there is none."""
    policy.require(actor, Action.EDIT, head)
    return versions.begin(head)


def take_up(
    actor: Actor, head: Template | NationalPiece, number: int, *, version: str
) -> dict[str, Any]:
    """Let the draft say what an earlier version says; what it said before, for undoing.

    Raises:
        NoSuchVersion
        StaleVersion: the draft is another than the one that was seen.
    """
    policy.require(actor, Action.EDIT, head)
    earlier = versions.published(head, number)
    if earlier is None:
        raise NoSuchVersion
    return replace(actor, head, read(earlier), version=version)


def reset(actor: Actor, template: Template, *, version: str) -> dict[str, Any]:
    """Let the draft say what the national original says; what it said before, for undoing.

    A template whose national name another has here keeps its own name.

    Raises:
        NoNational
        StaleVersion: the draft is another than the one that was seen.
    """
    policy.require(actor, Action.EDIT, template)
    row = national_of(template)
    if row is None:
        raise NoNational
    content = read(row)
    beside = select(Template.names).where(
        here(Template), Template.id != template.id, Template.retired_at.is_(None)
    )
    if content.names.by_language in list(db.session.scalars(beside)):
        content = content.model_copy(update={"names": Text(**template.names)})
    return replace(actor, template, content, version=version, made_of=row.number)


def national_of(template: Template) -> NationalVersion | None:
    """The national version in use of what the template was copied from."""
    pk = template.national_id
    piece = db.session.get(NationalPiece, pk) if pk else None
    row: NationalVersion | None = None if piece is None else versions.published(piece)
    return row


def replace(
    actor: Actor,
    head: Template | NationalPiece,
    content: TemplateContent,
    *,
    version: str,
    made_of: int | None = None,
) -> dict[str, Any]:
    """Let the draft say something else, made of a national version if so; what it said before,
    for undoing.

    ``version`` is that of the draft which one saw; empty when there was none.

    Raises:
        StaleVersion: the draft is another than the one that was seen.
    """
    policy.require(actor, Action.EDIT, head)
    row = versions.draft(head)
    if version != ("" if row is None else str(row.version)):
        raise StaleVersion
    row = row or versions.begin(head)
    before = {"content": heads.as_json(read(row)), "made_of": versions.made_of(row)}
    keep(head, row, content, version=str(row.version))
    versions.tell_origin(row, made_of)
    db.session.flush()
    return before


def keep(
    head: Template | NationalPiece, row: Any, content: TemplateContent, *, version: str
) -> None:
    """Save the draft; the template is called what its first draft is called.

    Policy is asked by those who call.

    Raises:
        NoDraft: it was published meanwhile.
        StaleVersion: somebody else has saved it since ``version``.
    """
    versions.keep(row, heads.as_json(content), version=version)
    if head.number is None:
        heads.put_names(head, content)


def publish(
    actor: Actor,
    head: Template | NationalPiece,
    checks: Collection[Check],
    *,
    version: str,
    at: datetime,
) -> None:
    """Make the draft the version that new plans are made from. It never changes again.

    ``checks`` is the checklist of the draft that is published.

    Raises:
        NotReady: something that is needed is missing.
        NoDraft: it was published meanwhile.
        StaleVersion: somebody else has saved it since ``version``.
    """
    policy.require(actor, Action.EDIT, head)
    row = versions.draft(head)
    if row is None:
        raise versions.NoDraft
    if version != str(row.version):
        raise StaleVersion
    if not may_be_published(checks):
        raise NotReady
    versions.publish(head, row, at=at)
    heads.put_names(head, read(row))


def retire(actor: Actor, head: Template | NationalPiece, *, at: datetime) -> None:
    """Let no new plan be made from it; plans that are keep it, and its draft waits."""
    policy.require(actor, Action.RETIRE, head)
    head.retired_at = at


def restore(actor: Actor, head: Template | NationalPiece) -> None:
    """Let plans be made from it again."""
    policy.require(actor, Action.RESTORE, head)
    head.retired_at = None


def move(actor: Actor, template: Template, *, up: bool) -> bool:
    """Change places with the template before or after, among those of the kind that are in use.

    Whether there was one.
    """
    policy.require(actor, Action.EDIT, template)
    beside = list(
        db.session.scalars(
            select(Template)
            .where(here(Template), Template.kind == template.kind, Template.retired_at.is_(None))
            .order_by(Template.position, Template.id)
        )
    )
    at = beside.index(template)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(beside):
        return False
    beside[at], beside[other] = beside[other], beside[at]
    for position, one in enumerate(beside):
        if one.position != position:
            one.position = position
    return True


def read(row: Any) -> TemplateContent:
    """What a version says.

    Raises:
        NoSuchVersion: there is none.
    """
    if row is None:
        raise NoSuchVersion
    return TemplateContent.model_validate(row.content)


def _begin(content: TemplateContent, key: str | None = None) -> Template:
    taken = set(db.session.scalars(select(Template.key).where(here(Template))))
    last = db.session.scalar(
        select(func.max(Template.position)).where(here(Template), Template.kind == content.kind)
    )
    template = Template(
        id=new_id(),
        kind=content.kind,
        key=key_of(key or content.names.nb, taken),
        names=content.names.by_language,
        position=0 if last is None else last + 1,
    )
    db.session.add(template)
    db.session.flush()
    versions.begin(template, heads.as_json(content))
    return template
