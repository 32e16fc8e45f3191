"""Changing the draft of a template, piece by piece, by several at once without loss.

A form carries the mark of the piece it is about: what others do elsewhere in the draft stands in
nobody's way. What takes something away is kept for undoing. Nothing here commits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from app.db import db
from app.errors import NotFound, StaleVersion
from app.screens import bulk
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.set_up_tables import NationalPiece, Template
from app.templating import heads, national_changes, pieces, templates, versions
from app.templating.national_changes import NothingToUndo
from app.templating.pieces import KINDS, Address, Facts
from app.templating.template_content import Keyed, TemplateContent, TemplateField
from app.templating.texts import Content, key_of

LIST_NAME = "template"
REMOVED, REPLACED, CHANGED = "remove_piece", "take_up", "change_piece"

Head = Template | NationalPiece


@dataclass(frozen=True)
class Draft:
    """A draft as it is read: what it belongs to, its row, and what it says."""

    head: Head
    row: Any
    content: TemplateContent

    @property
    def version(self) -> str:
        """The version of the whole draft."""
        return str(self.row.version)


def opened(actor: Actor, head: Head) -> Draft | None:
    """The draft of a template, for who may change it; None when there is none."""
    policy.require(actor, Action.EDIT, head)
    row = versions.draft(head)
    return None if row is None else Draft(head, row, templates.read(row))


def needed(actor: Actor, head: Head) -> Draft:
    """The draft of a template, for who may change it.

    Raises:
        NoDraft: there is none, or none any more.
    """
    found = opened(actor, head)
    if found is None:
        raise versions.NoDraft
    return found


# --- one piece -----------------------------------------------------------------------------------


def add(actor: Actor, head: Head, listed: Address, facts: Facts) -> Address:
    """Add a piece at the end of a list; its address.

    Its key is made of its name, and is one that nothing in the list has ever had: so it is not
    taken for something that was there before.
    """
    draft = needed(actor, head)
    piece = new_piece(listed, facts, _ever_taken(draft, listed))
    content = pieces.add(draft.content, listed, piece)
    _keep(draft, content)
    found = pieces.pieces(content, listed)
    return listed.of(pieces.key_in_list(found, len(found) - 1))


def new_piece(listed: Address, facts: Facts, taken: set[str]) -> Content:
    """A piece of the kind that stands in a list, with a key of its own where they have keys."""
    model = KINDS[listed.list_name]
    if not issubclass(model, Keyed):
        return model.model_validate(facts)
    return model.model_validate(facts | {"key": key_of(facts["names"]["nb"], taken)})


def change(
    actor: Actor, head: Head, address: Address, facts: Facts, *, seen: str, at: datetime
) -> tuple[Address, str | None]:
    """Save a piece that was seen with a mark; where it stands. A field that becomes one of another
    kind loses its choices or columns, so it has an id by which it is undone.

    Raises:
        StaleVersion: somebody else has changed the same piece since.
        NoSuchPiece: somebody else has removed it since.
    """
    draft = needed(actor, head)
    address = pieces.located(draft.content, address, seen)
    before = pieces.find(draft.content, address)
    if pieces.mark(before, address.list_name) != seen:
        raise StaleVersion
    content = pieces.change(draft.content, address, facts)
    _keep(draft, content)
    now = pieces.find(content, address)
    if not (isinstance(before, TemplateField) and isinstance(now, TemplateField)):
        return address, None
    if before.kind is now.kind:
        return address, None
    was = {
        "at": str(address),
        "facts": pieces.own_facts(before, address.list_name),
        "seen": pieces.mark(now, address.list_name),
    }
    return address, note(actor, head, CHANGED, was, at=at)


def remove(
    actor: Actor, head: Head, address: Address, *, seen: str, at: datetime
) -> tuple[Content, str | None]:
    """Take a piece away; the piece, and the id by which it is undone, for those who can undo.

    Raises:
        NoSuchPiece
    """
    draft = needed(actor, head)
    address = pieces.located(draft.content, address, seen)
    content, piece, place = pieces.remove(draft.content, address)
    _keep(draft, content)
    before = {
        "in": str(address.listed),
        "place": place,
        "piece": piece.model_dump(mode="json"),
    }
    return piece, note(actor, head, REMOVED, before, at=at)


def move(
    actor: Actor, head: Head, address: Address, *, up: bool, seen: str
) -> tuple[Address, TemplateContent]:
    """Move a piece one place; where it stands now, and the content it stands in.

    Raises:
        NoSuchPiece
    """
    draft = needed(actor, head)
    address = pieces.located(draft.content, address, seen)
    content, address = pieces.move(draft.content, address, up=up)
    _keep(draft, content)
    return address, content


# --- undoing -------------------------------------------------------------------------------------


def note(actor: Actor, head: Head, what: str, before: Facts, *, at: datetime) -> str | None:
    """Keep, in the caller's transaction, what something was; None where nobody could undo it."""
    if isinstance(head, NationalPiece):
        return national_changes.note(actor, head, what, before)
    if actor.municipality_id is None or actor.account_id is None:
        return None
    kept = [{"id": head.id, "before": before}]
    return str(bulk.note(db.session(), actor, LIST_NAME, what, kept, at=at).id)


def undo(actor: Actor, head: Head, pk: str, *, at: datetime) -> tuple[Address, str | None]:
    """Undo what the actor did in the draft of this template; where it stands, and for a whole
    draft the id by which that is undone in turn.

    Raises:
        NotFound: it is somebody else's, of another template, or missing.
        UndoneAlready
        NothingToUndo: the draft was published meanwhile.
        StaleVersion: somebody else has changed the same piece since.
    """
    policy.require(actor, Action.EDIT, head)
    what, before = _taken_back(actor, head, pk, at)
    draft = opened(actor, head)
    if draft is None:
        raise NothingToUndo
    now = {"content": heads.as_json(draft.content), "made_of": versions.made_of(draft.row)}
    address = UNDO[what](draft, before)
    return address, note(actor, head, REPLACED, now, at=at) if what == REPLACED else None


def _taken_back(actor: Actor, head: Head, pk: str, at: datetime) -> tuple[str, Facts]:
    """What was done, and what it was before; it can't be undone again."""
    if isinstance(head, NationalPiece):
        return national_changes.take_back(actor, head, pk)
    done = bulk.find_change(db.session(), actor, LIST_NAME, pk)
    if [row["id"] for row in done.rows] != [head.id]:
        raise NotFound
    found = done.action, done.rows[0]["before"]
    done.undone_at, done.rows = at, []
    return found


def _put_back(draft: Draft, before: Facts) -> Address:
    listed = Address.read(before["in"])
    piece = KINDS[listed.list_name].model_validate(before["piece"])
    content = pieces.add(draft.content, listed, piece, before["place"])
    _keep(draft, content)
    found = pieces.pieces(content, listed)
    place = min(before["place"], len(found) - 1)
    return listed.of(pieces.key_in_list(found, place))


def _change_back(draft: Draft, before: Facts) -> Address:
    address = Address.read(before["at"])
    now = pieces.find(draft.content, address)
    if pieces.mark(now, address.list_name) != before["seen"]:
        raise StaleVersion
    _keep(draft, pieces.change(draft.content, address, before["facts"]))
    return address


def _say_again(draft: Draft, before: Facts) -> Address:
    versions.tell_origin(draft.row, before.get("made_of"))
    _keep(draft, TemplateContent.model_validate(before["content"]))
    return pieces.TOP


UNDO: dict[str, Callable[[Draft, Facts], Address]] = {
    REMOVED: _put_back,
    CHANGED: _change_back,
    REPLACED: _say_again,
}


# --- shared --------------------------------------------------------------------------------------


def _keep(draft: Draft, content: TemplateContent) -> None:
    """Save the draft as it was read in this transaction.

    Raises:
        StaleVersion: somebody else was quicker.
    """
    templates.keep(draft.head, draft.row, content, version=draft.version)
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleVersion from None


def _ever_taken(draft: Draft, listed: Address) -> set[str]:
    """Every key that something in the list has, or had in a published version."""
    taken: set[str] = set()
    earlier = [templates.read(row) for row in versions.newest_first(draft.head)]
    for content in (draft.content, *earlier):
        try:
            found = pieces.pieces(content, listed)
        except pieces.NoSuchPiece:
            continue
        taken |= {one.key for one in found if isinstance(one, Keyed)}
    return taken
