"""How quickly pairs are answered: each is to be looked at, so nobody answers hundreds by a program.

Asked where an answer comes in from a page or over REST.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.db import db
from app.errors import DomainError
from app.people.keyring import keyring
from app.security import throttle
from app.security.actor import Actor

MOST_ANSWERS = 120
"""In 15 minutes, by one login: one in seven and a half seconds, without a pause."""


class TooFast(DomainError):
    """More answers than anybody can have thought about."""

    status = 429
    message = _l(
        "You have answered very many pairs in a short time. Nothing more was done. Take a break of"
        " a quarter of an hour: each pair is to be looked at."
    )


def keep(actor: Actor, *, at: datetime) -> None:
    """Count an answer or a merge of the actor, in the caller's transaction.

    Raises:
        TooFast: too many in a quarter of an hour.
    """
    key = keyring().keyed_hash("answers about duplicates", str(actor.account_id))
    if throttle.count_try(db.session(), key, at, most=MOST_ANSWERS) is not None:
        raise TooFast
