"""Sessions that are kept, and ended, on the server.

Before sign-in the browser holds a signed cookie with no more than a form token. From sign-in on
it holds a random secret; all else is a row, of which only the secret's hash is a key. A row that
is ended is refused at the next request, wherever the cookie is.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession as CookieSession
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from app.clock import utc_now
from app.db import db, separate_session, transaction
from app.models import LoginSession
from app.security import tenancy
from app.security.keys import new_secret, secret_hash

SERVER_PREFIX = "s."
ACCOUNT = "_user_id"
SEEN_EVERY = timedelta(minutes=1)


# Asked for every page, so made once.
_LIVING = select(LoginSession.data, LoginSession.seen_at).where(
    LoginSession.id_hash == bindparam("id_hash"),
    LoginSession.ended_at.is_(None),
    LoginSession.expires_at > bindparam("now"),
    LoginSession.seen_at > bindparam("seen_after"),
)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """A session; ``row_hash`` is set while it is kept on the server."""

    def __init__(self, initial: dict[str, Any] | None = None, row_hash: str | None = None) -> None:
        super().__init__(initial, self._on_update)
        self.row_hash = row_hash
        self.modified = False
        self.new = row_hash is None
        self.start_account_id: int | None = None
        self.start_password: str | None = None
        self.is_ended = False

    @staticmethod
    def _on_update(session: "ServerSession") -> None:
        session.modified = True

    def start(self, account_id: int, password: str | None = None) -> None:
        """Make this a signed-in session of the account, under a new secret.

        ``password`` is the stored hash that was signed in by: if it is changed before the session
        is kept, there is none.
        """
        self.start_account_id, self.start_password = account_id, password
        self.modified = True

    def end(self) -> None:
        """Sign out: the row ends, and the browser forgets it."""
        self.is_ended = True
        self.clear()


@dataclass(frozen=True)
class Former:
    """Whose a session is or was, and what its form tokens are made from."""

    account_id: int
    form_secret: str


class ServerSessions(SecureCookieSessionInterface):
    """Opens and saves ``ServerSession``; no session at all on the REST side."""

    def __init__(self, idle: timedelta, longest: timedelta) -> None:
        self.idle = idle
        self.longest = longest

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session of the request, empty when the cookie is unknown, ended or too old."""
        if request.path.startswith("/api/"):
            return ServerSession()
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if cookie.startswith(SERVER_PREFIX):
            return self._open_row(secret_hash(cookie)) or ServerSession()
        signed = dict(super().open_session(app, request) or {})
        # Who is signed in is told by a row alone: the key of the signature could have leaked.
        signed.pop(ACCOUNT, None)
        return ServerSession(signed)

    def former(self, app: Flask, request: Request) -> "Former | None":
        """Whose session the cookie of the request was, also when it has ended or is too old."""
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if not cookie.startswith(SERVER_PREFIX):
            return None
        with separate_session() as session:
            row = session.get(LoginSession, secret_hash(cookie))
            if row is None:
                return None
            return Former(row.account_id, str(json.loads(row.data).get("csrf_token", "")))

    def _open_row(self, row_hash: str) -> ServerSession | None:
        now = utc_now()
        asked = {"id_hash": row_hash, "now": now, "seen_after": now - self.idle}
        row = db.session.execute(_LIVING, asked).first()
        if row is None:
            return None
        if row.seen_at + SEEN_EVERY <= now:
            _update_row(row_hash, seen_at=now)
        return ServerSession(json.loads(row.data), row_hash)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write what changed; a session that ended in the meantime is not brought back."""
        if session.is_ended:
            self._end_row(session)
            self._drop_cookie(app, response)
        elif session.start_account_id is not None:
            self._start_row(app, session, response)
        elif session.row_hash is not None:
            if session.modified:
                _update_row(session.row_hash, data=json.dumps(dict(session)))
        elif session.modified:
            signed = CookieSession(dict(session))
            signed.modified = True
            super().save_session(app, signed, response)

    def _start_row(self, app: Flask, session: ServerSession, response: Response) -> None:
        """A new secret at every sign-in, so that one set beforehand opens nothing."""
        self._end_row(session)
        secret = SERVER_PREFIX + new_secret()
        now = utc_now()
        with separate_session() as database, transaction(database):
            if not _is_password(database, session):
                self._drop_cookie(app, response)
                return
            database.add(
                LoginSession(
                    id_hash=secret_hash(secret),
                    account_id=session.start_account_id,
                    data=json.dumps(dict(session)),
                    created_at=now,
                    seen_at=now,
                    expires_at=now + self.longest,
                )
            )
        self._set_cookie(app, response, secret)

    def _end_row(self, session: ServerSession) -> None:
        if session.row_hash is not None:
            with separate_session() as database, transaction(database):
                database.execute(
                    update(LoginSession)
                    .where(LoginSession.id_hash == session.row_hash)
                    .values(ended_at=utc_now())
                )

    def _set_cookie(self, app: Flask, response: Response, value: str) -> None:
        response.set_cookie(self.get_cookie_name(app), value, **self._kept_as(app))
        response.headers.add("Vary", "Cookie")

    def _drop_cookie(self, app: Flask, response: Response) -> None:
        response.delete_cookie(self.get_cookie_name(app), **self._kept_as(app))

    def _kept_as(self, app: Flask) -> dict[str, Any]:
        """How a browser keeps the cookie, and knows it again when it is to be dropped."""
        return {
            "httponly": True,
            "path": "/",
            "secure": self.get_cookie_secure(app),
            "samesite": self.get_cookie_samesite(app),
        }


def is_open(session: Session, row_hash: str | None) -> bool:
    """Whether the session of this hash is still one that is signed in."""
    at_any_time = datetime.min.replace(tzinfo=UTC)
    asked = {"id_hash": row_hash, "now": utc_now(), "seen_after": at_any_time}
    return session.execute(_LIVING, asked).first() is not None


def _is_password(database: Session, started: ServerSession) -> bool:
    """Whether the account still has the password signed in by; held until the session is kept."""
    if started.start_password is None:
        return True
    account = database.get(User, started.start_account_id, with_for_update={"read": True})
    return account is not None and bool(account.password == started.start_password)


def _update_row(row_hash: str, **values: Any) -> None:
    """Keep messages, choices or the time of the last page in a row that has not ended.

    Not worth waiting for the disk: a power cut may lose the last of them, never an ending.
    """
    with (
        tenancy.asking(tenancy.NOWHERE),
        separate_session() as database,
        transaction(database, is_durable=False),
    ):
        database.execute(
            update(LoginSession)
            .where(LoginSession.id_hash == row_hash, LoginSession.ended_at.is_(None))
            .values(**values),
            execution_options={"synchronize_session": False},
        )


def end_all(session: Session, account_id: int, at: datetime, *, but: str | None = None) -> None:
    """End every session of the account, in the caller's transaction, ``but`` one by its hash."""
    session.execute(
        update(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
            LoginSession.id_hash.is_distinct_from(but),
        )
        .values(ended_at=at)
    )
