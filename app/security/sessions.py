"""Sessions that are kept, and ended, on the server.

Before sign-in the browser holds a signed cookie with no more than a form token. From sign-in on
it holds a random secret; all else is a row, of which only the secret's hash is a key. A row that
is ended is refused at the next request, wherever the cookie is.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession as CookieSession
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from app.clock import utc_now
from app.db import separate_session, transaction
from app.models import LoginSession
from app.security.keys import new_secret, secret_hash

SERVER_PREFIX = "s."
ACCOUNT = "_user_id"
SEEN_EVERY = timedelta(minutes=1)


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

    def _open_row(self, row_hash: str) -> ServerSession | None:
        now = utc_now()
        with separate_session() as session:
            row = session.get(LoginSession, row_hash)
            if row is None or not _is_open(row, now):
                return None
            if row.seen_at + self.idle <= now:
                return None
            kept = ServerSession(json.loads(row.data), row_hash)
            if row.seen_at + SEEN_EVERY <= now:
                with transaction(session):
                    row.seen_at = now
        return kept

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write what changed; a session that ended in the meantime is not brought back."""
        if session.is_ended:
            self._end_row(session)
            self._drop_cookie(app, response)
        elif session.start_account_id is not None:
            self._start_row(app, session, response)
        elif session.row_hash is not None:
            if session.modified:
                self._write_row(session)
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

    def _write_row(self, session: ServerSession) -> None:
        with separate_session() as database, transaction(database):
            database.execute(
                update(LoginSession)
                .where(LoginSession.id_hash == session.row_hash, LoginSession.ended_at.is_(None))
                .values(data=json.dumps(dict(session)))
            )

    def _end_row(self, session: ServerSession) -> None:
        if session.row_hash is not None:
            with separate_session() as database, transaction(database):
                database.execute(
                    update(LoginSession)
                    .where(LoginSession.id_hash == session.row_hash)
                    .values(ended_at=utc_now())
                )

    def _set_cookie(self, app: Flask, response: Response, value: str) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            httponly=True,
            path="/",
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
        )
        response.headers.add("Vary", "Cookie")

    def _drop_cookie(self, app: Flask, response: Response) -> None:
        response.delete_cookie(
            self.get_cookie_name(app),
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite=self.get_cookie_samesite(app),
        )


def _is_open(row: LoginSession, at: datetime) -> bool:
    return row.ended_at is None and row.expires_at > at


def is_open(session: Session, row_hash: str | None) -> bool:
    """Whether the session of this hash is still one that is signed in."""
    row = None if row_hash is None else session.get(LoginSession, row_hash)
    return row is not None and _is_open(row, utc_now())


def _is_password(database: Session, started: ServerSession) -> bool:
    """Whether the account still has the password signed in by; held until the session is kept."""
    if started.start_password is None:
        return True
    account = database.get(User, started.start_account_id, with_for_update={"read": True})
    return account is not None and bool(account.password == started.start_password)


def end_all(session: Session, account_id: int, at: datetime, *, but: str | None = None) -> None:
    """End every session of the account, in the caller's transaction, ``but`` one by its hash."""
    session.execute(
        update(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
            LoginSession.id_hash != (but or ""),
        )
        .values(ended_at=at)
    )
