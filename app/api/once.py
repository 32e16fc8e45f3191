"""A POST that is sent again under the same key makes one row."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.people.keyring import keyring
from app.screens import forms
from app.security.actor import Actor


class KeyUsed(DomainError):
    """The same key came with another body."""

    message = _l("This Idempotency-Key was used for something else.")


@dataclass(frozen=True)
class Once:
    """A request by its key, door and place, and a keyed hash of its body (which may hold an id)."""

    actor: Actor
    key: str | None
    digest: str

    @classmethod
    def of(cls, actor: Actor, door: str, key: str | None, body: str) -> "Once":
        """The request of ``actor`` at ``door``; without a key it is never the same as another."""
        digest = keyring().keyed_hash("request body", body)
        place = f"{door}:{actor.municipality_id}"
        return cls(actor, None if key is None else f"{place}:{key}", digest)

    def earlier_row(self, session: Session) -> str | None:
        """The key of the row that the same request made before.

        Raises:
            KeyUsed: it was another request.
        """
        kept = forms.earlier_result(session, self.actor, self.key)
        if kept is None:
            return None
        row, _space, digest = kept.partition(" ")
        if digest != self.digest:
            raise KeyUsed
        return row

    def remember(self, session: Session, row: str, at: datetime) -> None:
        """Keep, in the caller's transaction, which row the request made."""
        forms.remember(session, self.actor, self.key, f"{row} {self.digest}", at)
