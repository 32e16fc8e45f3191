"""Taking in what stands in a file: what would be added or changed, and then doing it, as drafts.

Nothing comes into use by an import: each piece goes the usual way of review and publishing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.audit import log
from app.enums import SetUpKind
from app.errors import DomainError
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.set_up_tables import Template
from app.templating import national, shelf, standard_roles
from app.templating.file_content import File, Piece, TemplateFile, pieces
from app.templating.role_content import RoleContent
from app.templating.shelf import Head, Said
from app.templating.template_content import TemplateContent


class Choice(StrEnum):
    """What becomes of a piece in a file."""

    CHANGE = "change"
    ADD = "add"
    LEAVE_OUT = "leave_out"


class NothingChosen(DomainError):
    """Every piece of the file was left out."""

    status = 422
    message = _l("Choose at least one thing to take in.")


class ChosenOtherwise(DomainError):
    """What was chosen for a piece can't be done with it, or not any more."""

    message = _l("What is here has changed meanwhile. Look over once more what you take in.")


@dataclass(frozen=True)
class Line:
    """A piece of a file: what it says, what has its key here, and what may become of it.

    ``unknown`` are the functions of suggested participants whose standard role isn't here.
    """

    place: int
    key: str
    content: Said
    head: Head | None
    is_same: bool
    has_draft: bool
    unknown: tuple[str, ...]

    @property
    def what(self) -> SetUpKind:
        """Whether it is a standard role or a template."""
        return national.kind_of(self.content)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What may be done with it."""
        change = (Choice.CHANGE,) if self.head is not None and not self.is_same else ()
        return (*change, Choice.ADD, Choice.LEAVE_OUT)

    @property
    def usual(self) -> Choice:
        """What is done unless one chooses otherwise: nothing that puts another's draft away."""
        if self.is_same or self.has_draft:
            return Choice.LEAVE_OUT
        return self.choices[0]


def lines(actor: Actor, file: File) -> list[Line]:
    """Everything in a file, and how it stands to what is here."""
    found = pieces(file)
    here = {what: {one.key: one for one in shelf.standing(actor, what)} for what in SetUpKind}
    roles = {key for key in here[SetUpKind.STANDARD_ROLE] if key}
    roles |= {one.key for one in found if not isinstance(one, TemplateFile)}
    return [_line(place, one, here, roles) for place, one in enumerate(found)]


def _line(
    place: int, one: Piece, here: Mapping[SetUpKind, Mapping[str, Head]], roles: set[str]
) -> Line:
    content = one.content
    head = here[national.kind_of(content)].get(one.key)
    if isinstance(head, Template) and head.kind is not one.kind:  # type: ignore[union-attr]
        head = None
    draft = None if head is None else shelf.drafted(head)
    now = None if head is None else draft or shelf.in_use(head)
    return Line(
        place=place,
        key=one.key,
        content=content,
        head=head,
        is_same=now is not None and shelf.says_same(now, content),
        has_draft=draft is not None,
        unknown=tuple(_unknown(content, roles)),
    )


def _unknown(content: Said, roles: set[str]) -> Iterator[str]:
    if isinstance(content, TemplateContent):
        yield from (
            one.functions.in_sentence for one in content.participants if one.role not in roles
        )


def take_in(actor: Actor, file: File, chosen: Mapping[int, Choice], *, at: datetime) -> list[Head]:
    """Make drafts of what is chosen, all in the caller's transaction.

    Raises:
        NothingChosen
        ChosenOtherwise: something here has changed since it was looked over.
    """
    made: list[Head] = []
    keys: dict[str, str] = {}
    for line in lines(actor, file):
        choice = chosen.get(line.place, Choice.LEAVE_OUT)
        if choice not in line.choices:
            raise ChosenOtherwise
        if choice is Choice.LEAVE_OUT:
            continue
        content = _with_keys(line.content, keys)
        if choice is Choice.CHANGE and line.head is not None:
            policy.require(actor, Action.EDIT, line.head)
            shelf.put_draft(actor, line.head, content, at=at)
            made.append(line.head)
        else:
            made.append(_added(actor, line, content, keys))
    if not made:
        raise NothingChosen
    for head in made:
        kind = shelf.resource(actor, shelf.kind(head))
        log.record(actor, f"{kind}:imported", head)
    return made


def _added(actor: Actor, line: Line, content: Said, keys: dict[str, str]) -> Head:
    """A new piece; templates of the same file that name a role then name the new one."""
    policy.require_open(actor, Action.IMPORT, shelf.resource(actor, line.what))
    is_local = not shelf.is_national(actor)
    if is_local and isinstance(content, RoleContent) and standard_roles.is_taken(content.names):
        content = content.model_copy(update={"names": standard_roles.name_of_copy(content.names)})
    head = shelf.add(actor, content, key=line.key)
    if isinstance(content, RoleContent) and head.key:
        keys[line.key] = head.key
    return head


def _with_keys(content: Said, keys: Mapping[str, str]) -> Said:
    if not isinstance(content, TemplateContent):
        return content
    renamed = tuple(
        one.model_copy(update={"role": keys.get(one.role, one.role)})
        for one in content.participants
    )
    return content.model_copy(update={"participants": renamed})
