"""What municipalities are told when the national library changes: their copies, what differs, and
taking it over or saying no.

It is found from numbers alone: a copy remembers which national version it has answered, and there
is a proposal as long as a later one is in use. A yes stands with the draft until that is published,
so that who throws the draft away is asked again. Nothing changes here by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from app.audit import log
from app.db import db
from app.enums import SetUpKind
from app.errors import DomainError
from app.models import StandardRole
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action
from app.set_up_tables import (
    NationalPiece,
    NationalVersion,
    StandardRoleVersion,
    Template,
    TemplateVersion,
)
from app.templating import (
    local_copies,
    merging,
    national,
    role_changes,
    role_drafts,
    role_words,
    shelf,
    standard_roles,
    template_drafts,
    templates,
    versions,
)
from app.templating.role_content import RoleContent
from app.templating.shelf import Said
from app.templating.template_compare import Change
from app.templating.template_compare import differences as template_differences
from app.templating.template_content import TemplateContent

Copy = StandardRole | Template
MODELS: dict[Any, tuple[Any, Any]] = {
    StandardRole: (StandardRoleVersion, StandardRoleVersion.role_id),
    Template: (TemplateVersion, TemplateVersion.template_id),
}
"""What can be a copy, with its versions, and by which column they belong to it."""


class AnsweredAlready(DomainError):
    """Somebody has answered it, or there is a newer one."""

    message = _l("This proposal is answered already, or a newer one has come. Look once more.")


class NotUsable(DomainError):
    """It is out of use nationally, or used here already."""

    message = _l("This is used here already, or is national no longer.")


@dataclass(frozen=True)
class Proposal:
    """A copy whose national original has a later version in use."""

    copy: Copy
    piece: NationalPiece
    version: NationalVersion

    @property
    def what(self) -> SetUpKind:
        """Whether it is a standard role or a template."""
        return self.piece.what

    @property
    def id(self) -> str:
        """The id of the copy: it has one proposal at most."""
        return self.copy.id

    @property
    def since(self) -> int:
        """The national version that the copy answered last."""
        return versions.answered(self.copy)


@dataclass(frozen=True)
class Merged:
    """What the draft would say: the municipality's own with what has changed nationally on top.

    ``kept`` is what both have changed, where the municipality's own stays. ``has_own`` tells
    whether there is anything of its own to keep; without it the draft says what is national.
    """

    content: Said
    kept: Sequence[Change] = ()
    has_own: bool = False


def changes(old: Said, new: Said) -> Sequence[Change]:
    """What is different in ``new``, in words."""
    if isinstance(old, RoleContent) and isinstance(new, RoleContent):
        return [
            Change(str(role_words.label(one)), "", role_words.old(one), role_words.new(one))
            for one in role_changes.differences(old, new)
        ]
    if isinstance(old, TemplateContent) and isinstance(new, TemplateContent):
        return template_differences(old, new)
    return ()


def waiting(actor: Actor) -> list[Proposal]:
    """The proposals to this municipality, standard roles first, in order."""
    found: list[Proposal] = []
    for model in MODELS:
        rows = _behind(actor, model).add_columns(NationalPiece, NationalVersion)
        rows = rows.order_by(model.position, model.id)
        found += [Proposal(*row) for row in db.session.execute(rows)]
    return found


def count(actor: Actor) -> int:
    """How many proposals wait here."""
    counted = func.count()
    return sum(
        db.session.scalar(_behind(actor, model).with_only_columns(counted)) or 0 for model in MODELS
    )


def _behind(actor: Actor, model: Any) -> Select[Any]:
    """Copies that have answered no national version as late as the one in use, be it in a draft."""
    draft, of_copy = MODELS[model]
    answered = select(draft.id).where(
        draft.municipality_id == model.municipality_id,
        of_copy == model.id,
        draft.published_at.is_(None),
        draft.national_number >= NationalPiece.number,
    )
    return (
        scope.rows(actor, model, Action.EDIT)
        .join(NationalPiece, NationalPiece.id == model.national_id)
        .join(NationalVersion, NationalVersion.piece_id == NationalPiece.id)
        .where(
            model.retired_at.is_(None),
            NationalPiece.retired_at.is_(None),
            NationalPiece.number > model.national_number,
            ~answered.exists(),
            NationalVersion.number == NationalPiece.number,
            NationalVersion.published_at.is_not(None),
        )
    )


def of(actor: Actor, copy: Copy) -> Proposal | None:
    """The proposal about a copy, if there is one."""
    policy.require(actor, Action.EDIT, copy)
    piece = db.session.get(NationalPiece, copy.national_id) if copy.national_id else None
    if piece is None or piece.retired_at is not None or piece.number is None:
        return None
    if piece.number <= versions.answered(copy):
        return None
    row = versions.published(piece)
    return None if row is None else Proposal(copy, piece, row)


def before(proposal: Proposal) -> Said | None:
    """What the national version that the copy answered last said; None where that is not known."""
    row = versions.published(proposal.piece, proposal.since)
    return None if row is None else national.read(proposal.piece, row.content)


def national_now(proposal: Proposal) -> Said:
    """What the national version in use says."""
    return national.read(proposal.piece, proposal.version.content)


def merge(proposal: Proposal) -> Merged:
    """What the draft would say if it is taken over."""
    base, theirs = before(proposal), national_now(proposal)
    ours = shelf.drafted(proposal.copy) or shelf.in_use(proposal.copy)
    if base is None or ours is None or shelf.says_same(base, ours):
        return Merged(theirs)
    made, other = (merging.merged(base, ours, theirs, of_both=side) for side in merging.Side)
    return Merged(made, changes(made, other), has_own=True)


def take_over(actor: Actor, copy: Copy, number: int, *, version: str, at: datetime) -> str | None:
    """Put what has changed nationally into the draft of the copy; the id by which that is undone,
    where it changed a draft. It goes the usual way of review and publishing: until then what is in
    use stays, and nothing is answered. ``version`` is that of the draft that was looked at.

    Raises:
        AnsweredAlready
        StaleVersion: the draft is another than the one that was looked at.
        NameIsTaken: another standard role has the national name here.
    """
    proposal = _needed(actor, copy, number)
    content = merge(proposal).content
    log.record(actor, "national_piece:taken_over", copy)
    change = _put(actor, copy, content, number, version, at)
    said = shelf.in_use(copy)
    if said is not None and shelf.says_same(said, content):
        _answer(copy, number, is_made_of=True)
    return change


def _put(
    actor: Actor, copy: Copy, content: Said, number: int, version: str, at: datetime
) -> str | None:
    if isinstance(copy, Template) and isinstance(content, TemplateContent):
        had_draft, what = versions.draft(copy) is not None, template_drafts.REPLACED
        was = templates.replace(actor, copy, content, version=version, made_of=number)
        return template_drafts.note(actor, copy, what, was, at=at) if had_draft else None
    if not (isinstance(copy, StandardRole) and isinstance(content, RoleContent)):
        return None
    if standard_roles.is_taken(content.names, copy):
        raise standard_roles.NameIsTaken
    return role_drafts.replace(actor, copy, content, version=version, made_of=number, at=at)


def decline(actor: Actor, copy: Copy, number: int) -> None:
    """Stay with what is here, until the national one changes again.

    Raises:
        AnsweredAlready
    """
    _needed(actor, copy, number)
    _answer(copy, number, is_made_of=False)
    log.record(actor, "national_piece:declined", copy)


def _answer(copy: Copy, number: int, *, is_made_of: bool) -> None:
    """Note that a national version is answered. What is in use goes on telling which one it was
    made of: after a no that is an earlier one."""
    row = versions.published(copy)
    if is_made_of or versions.made_of(row) is None:
        versions.tell_origin(row, number if is_made_of else copy.national_number)
    copy.national_number = number


def _needed(actor: Actor, copy: Copy, number: int) -> Proposal:
    db.session.refresh(copy, with_for_update=True)
    proposal = of(actor, copy)
    if proposal is None or proposal.version.number != number:
        raise AnsweredAlready
    return proposal


# --- what is not used here, and how a copy stands ------------------------------------------------


def not_here(actor: Actor) -> list[NationalPiece]:
    """What is national and in use that this municipality has no copy of."""
    copied: set[Any] = set()
    for model in MODELS:
        ids = scope.rows(actor, model).with_only_columns(model.national_id)
        copied |= set(db.session.scalars(ids))
    wanted = scope.rows(actor, NationalPiece).where(
        NationalPiece.retired_at.is_(None), NationalPiece.number.is_not(None)
    )
    rows = wanted.order_by(NationalPiece.what, NationalPiece.position, NationalPiece.id)
    return [one for one in db.session.scalars(rows) if one.id not in copied]


def use(actor: Actor, piece: NationalPiece, *, at: datetime) -> Copy:
    """A copy of something national, in use here at once as it is. It is the municipality's own.

    Raises:
        NotUsable: it is out of use, or there is a copy already.
        NameIsTaken: a standard role here is called the same.
    """
    policy.require(actor, Action.CHOOSE, piece)
    policy.require_open(actor, Action.ADD, shelf.RESOURCES[piece.what])
    row = versions.published(piece)
    if piece.retired_at is not None or row is None or piece not in not_here(actor):
        raise NotUsable
    said = national.read(piece, row.content)
    if isinstance(said, RoleContent) and standard_roles.is_taken(said.names):
        raise standard_roles.NameIsTaken
    return local_copies.copy(db.session(), piece, row, at=at)


@dataclass(frozen=True)
class Origin:
    """Where a copy comes from, whether it says something else now, and what."""

    number: int
    is_changed: bool
    is_behind: bool
    own: Sequence[Change] = ()


def origin(copy: Copy) -> Origin | None:
    """Where a copy comes from; None for what the municipality made itself."""
    piece = db.session.get(NationalPiece, copy.national_id) if copy.national_id else None
    if piece is None:
        return None
    made = versions.published(copy) or versions.draft(copy)
    told = versions.made_of(made)
    number = (copy.national_number or 0) if told is None else told
    row, said = versions.published(piece, number), shelf.in_use(copy) or shelf.drafted(copy)
    base = None if row is None else national.read(piece, row.content)
    is_same = base is not None and said is not None and shelf.says_same(said, base)
    is_behind = piece.retired_at is None and (piece.number or 0) > versions.answered(copy)
    own = () if base is None or said is None else changes(base, said)
    return Origin(number, not is_same, is_behind, tuple(own))
