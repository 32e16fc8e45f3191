"""Passwords: scrypt, a shortest length, and the same time for accounts that do not exist."""

from functools import lru_cache

from flask import current_app
from flask_babel import gettext as _
from werkzeug.security import check_password_hash, generate_password_hash

from app.errors import DomainError

SHORTEST = 12
LONGEST = 200


class WeakPassword(DomainError):
    """The password is too short, too long, or holds the user name."""

    status = 422


def make_hash(password: str) -> str:
    """What is kept of a password (scrypt, N=2^15, r=8, p=3; OWASP password storage)."""
    return generate_password_hash(password, current_app.config["SAMVEV"].password_hash_method)


def fits(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; None takes as long and is never so."""
    if len(password) > LONGEST:
        password = ""
    matches = check_password_hash(stored or _nobodys_hash(), password)
    return matches and stored is not None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return make_hash("nobody has this password")


def require_strong(password: str, username: str) -> None:
    """Raise ``WeakPassword`` unless the password may be used with the user name."""
    if len(password) < SHORTEST:
        raise WeakPassword(
            _("Choose a password of at least %(n)s characters.", n=SHORTEST), field="password"
        )
    if len(password) > LONGEST:
        raise WeakPassword(
            _("Choose a password of at most %(n)s characters.", n=LONGEST), field="password"
        )
    if username.casefold() in password.casefold():
        raise WeakPassword(_("The password can't hold the user name."), field="password")
