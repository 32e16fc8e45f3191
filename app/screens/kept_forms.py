"""What somebody wrote in a form that came after the session had ended: nothing of it is lost.

The fields are sealed for the account whose session it was, with the place they were sent to, and
travel with the sign-in page, as cipher text. After the same account has signed in they are shown,
and sent when the holder says so. The server keeps them only sealed, in the new session, until
then. Passwords, codes and files are never kept, nor what another place sent.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from app.clock import utc_now
from app.screens.listing import is_id
from app.security.keys import Keyring
from app.security.sessions import Former

KEPT = "kept_form"
KEPT_FOR = timedelta(hours=1)
LARGEST = 64 * 1024
TOKEN = "csrf_token"
SECRET = ("password", "again", "secret", "link_code")
# Sent with a form, and not written by anybody.
UNWRITTEN = frozenset(
    {TOKEN, "version", "form_key", "here", "find", "next", "kept", "draft", "throw_away"}
)


@dataclass(frozen=True)
class KeptForm:
    """A form that waits: whose, where it was going, and its fields in order."""

    account_id: int
    path: str
    fields: tuple[tuple[str, str], ...]
    at: datetime

    @property
    def written(self) -> tuple[str, ...]:
        """What the holder wrote, without marks and ids that are there for the program."""
        return tuple(value for name, value in self.fields if _is_written(name, value))


def seal(former: Former | None) -> str | None:
    """The form of this request as cipher text for the holder of a former session; None when
    there is nothing to keep, or when it was not sent from a page that the holder was given."""
    if former is None or not former.form_secret or _form_secret() != former.form_secret:
        return None
    return _seal(former.account_id)


def _seal(account_id: int) -> str | None:
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != TOKEN and not any(word in name for word in SECRET)
    ]
    if not any(_is_written(name, value) for name, value in fields):
        return None
    content = json.dumps([KEPT, account_id, request.path, fields, utc_now().isoformat()])
    sealed = _keyring().seal(content.encode()).decode("ascii")
    return sealed if len(sealed) <= LARGEST else None


def unseal(sealed: str, account_id: int | None) -> KeptForm | None:
    """The form behind ``sealed``, when it is this account's and not too old."""
    if len(sealed) > LARGEST:
        return None
    try:
        _kind, owner, path, fields, at = json.loads(_keyring().unseal(sealed.encode()))
    except ValueError:
        return None
    kept = KeptForm(
        owner, path, tuple((name, value) for name, value in fields), datetime.fromisoformat(at)
    )
    return kept if owner == account_id and utc_now() - kept.at <= KEPT_FOR else None


def keep(sealed: str, account_id: int) -> bool:
    """Put a sealed form into the present session, when it is this account's; whether it is."""
    if unseal(sealed, account_id) is None:
        return False
    session[KEPT] = sealed
    return True


def keep_anew(account_id: int) -> bool:
    """Keep the form of this request, sent by who is signed in from a page of an earlier session;
    whether one waits now."""
    if request.endpoint == "KeptFormView.decide":
        return waiting(account_id) is not None
    sealed = _seal(account_id) if _form_secret() else None
    return sealed is not None and keep(sealed, account_id)


def written_now() -> list[str]:
    """What somebody wrote in the form of this request, to be given back to them."""
    return [
        value
        for name, value in request.form.items(multi=True)
        if _is_written(name, value) and not any(word in name for word in SECRET)
    ]


def waiting(account_id: int | None) -> KeptForm | None:
    """The form that waits in the present session."""
    return unseal(session.get(KEPT, ""), account_id)


def _keyring() -> Keyring:
    ring: Keyring = current_app.extensions["samvev_keyring"]
    return ring


def _form_secret() -> str | None:
    """What the token of the form was made from; None when the form is not from a page of ours."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return None
    tokens = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token")
    try:
        return str(tokens.loads(request.form.get(TOKEN, "")))
    except BadData:
        return None


def _is_written(name: str, value: str) -> bool:
    return bool(value.strip()) and name not in UNWRITTEN and value != "y" and not is_id(value)
