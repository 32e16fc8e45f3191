"""What was done in a national draft, kept with the draft so that it can be undone.

The lists of what accounts have done belong to municipalities; what is national belongs to none.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.columns import new_id
from app.errors import DomainError, NotFound
from app.screens.bulk import UndoneAlready
from app.security.actor import Actor
from app.set_up_tables import NationalPiece
from app.templating import versions

MOST_KEPT = 20


class NothingToUndo(DomainError):
    """The draft that it would be undone in is no longer there."""

    message = _l("The draft has been published since, so this can't be undone.")


def note(actor: Actor, piece: NationalPiece, what: str, before: dict[str, Any]) -> str | None:
    """Keep with the draft what something was; the id by which that is undone."""
    row = versions.draft(piece)
    if row is None or actor.account_id is None:
        return None
    done = {"id": new_id(), "account_id": actor.account_id, "what": what, "before": before}
    row.changes = [*(row.changes or []), done][-MOST_KEPT:]
    return str(done["id"])


def take_back(actor: Actor, piece: NationalPiece, pk: str) -> tuple[str, dict[str, Any]]:
    """What the actor did and what it was before; it can't be undone again.

    Raises:
        NothingToUndo: the draft was published meanwhile.
        NotFound: it is somebody else's, of another draft, or forgotten.
        UndoneAlready
    """
    row = versions.draft(piece)
    if row is None:
        raise NothingToUndo
    kept = row.changes or []
    done = next((one for one in kept if one["id"] == pk), None)
    if done is None or done["account_id"] != actor.account_id:
        raise NotFound
    if done["before"] is None:
        raise UndoneAlready
    row.changes = [one | {"before": None} if one is done else one for one in kept]
    return done["what"], done["before"]
