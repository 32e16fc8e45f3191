"""What every request passes before its page: who is it, which municipality, is the door open."""

import re
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
    session,
    url_for,
)
from sqlalchemy import select
from uuid_utils import uuid7
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.wrappers import Response as AnyResponse

from app.audit import log
from app.clock import today, utc_now
from app.db import ask_before_writing, db, separate_session
from app.errors import NotAllowed, OtherMunicipality
from app.models import Municipality
from app.screens import kept_forms
from app.security import sessions, tenancy, tokens
from app.security.actor import NOBODY, Actor, find_actor, open_municipalities
from app.security.routes import ANYONE, Audience, Door
from app.security.sessions import Former
from config import Settings

CHOSEN = "municipality_id"
OPENED_IN = "here"
SIGN_IN_PAGE = "samvev_sign_in_page"
TEXT_CONTROL = re.compile("[\x00\ud800-\udfff]")
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
LARGEST_FORM = 1024 * 1024
HSTS = f"max-age={365 * 24 * 3600}; includeSubDomains"


def install(app: Flask, settings: Settings) -> None:
    """Put the gate before every page of ``app`` and the headers on every answer."""
    ask_before_writing(_ask_again)

    @app.before_request
    def _pass_gate() -> AnyResponse | None:
        tenancy.set_walls(settings.walls)
        log.request_id.set(str(uuid7()))
        tenancy.enter(tenancy.NOWHERE)
        _limit_size()
        _refuse_broken_text()
        g.actor = _find_actor()
        tenancy.enter(g.actor.scope)
        answer = _check_door(g.actor)
        if answer is None:
            _refuse_other_municipality(g.actor)
        return answer

    @app.after_request
    def _set_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-ID"] = log.request_id.get() or ""
        if settings.is_production:
            response.headers["Strict-Transport-Security"] = HSTS
        if request.endpoint not in ("static", "appbuilder.static"):
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.teardown_request
    def _leave(_error: BaseException | None) -> None:
        tenancy.enter(tenancy.NOWHERE)


def is_rest() -> bool:
    """Whether the request came by the REST side."""
    return request.path.startswith("/api/")


def _limit_size() -> None:
    """Only an upload may be large; other bodies are read into memory whole."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_FORM


def _refuse_broken_text() -> None:
    """Refuse characters that no database keeps alike: NUL and lone surrogates."""
    values = [request.path, *request.args.keys(), *request.args.values()]
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        values += [*request.form.keys(), *request.form.values()]
    if any(TEXT_CONTROL.search(value) for value in values):
        abort(400)


def _find_actor() -> Actor:
    if is_rest():
        return _actor_of_token()
    account_id = session.get(sessions.ACCOUNT)
    if account_id is None:
        return NOBODY
    database = db.session()
    actor = find_actor(database, int(account_id), session.get(CHOSEN), utc_now())
    if actor.is_signed_in and actor.municipality_id is None:
        actor = _actor_of_only_municipality(database, int(account_id)) or actor
    return actor


def _actor_of_only_municipality(database: tokens.Session, account_id: int) -> Actor | None:
    """Somebody with a role in one municipality alone need not choose it."""
    here = open_municipalities(database, account_id, today())
    if len(here) != 1:
        return None
    session[CHOSEN] = here[0]
    return find_actor(database, account_id, here[0], utc_now())


def _actor_of_token() -> Actor:
    secret = _bearer_secret()
    if not secret:
        return NOBODY
    with separate_session() as database:
        actor = tokens.actor_of(database, secret, utc_now()) or NOBODY
        if actor.is_signed_in:
            tokens.tell_used(database, secret, today())
        return actor


def _bearer_secret() -> str:
    """The secret of the request's bearer token; empty without one."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def _ask_again() -> None:
    """Refuse to write for somebody who lost a role, session or token since the request came in.

    Its body may come long after its head, and what is decided must be true when it is written.
    """
    actor = g.get("actor", NOBODY) if has_request_context() else NOBODY
    if actor.is_signed_in and _actor_now(actor) != actor:
        raise NotAllowed


def _actor_now(actor: Actor) -> Actor:
    if is_rest():
        with separate_session() as database:
            return tokens.actor_of(database, _bearer_secret(), utc_now()) or NOBODY
    if not sessions.is_open(db.session(), session.row_hash):  # type: ignore[attr-defined]
        return NOBODY
    return find_actor(db.session(), actor.account_id or 0, actor.municipality_id, utc_now())


def _check_door(actor: Actor) -> AnyResponse | None:
    if request.endpoint is None or request.routing_exception is not None:
        return None
    doors: dict[str, Door] = current_app.extensions["samvev_doors"]
    door = doors.get(request.endpoint)
    if door is None:
        abort(404)
    if door == ANYONE or door.opens_for(actor):
        return None
    if not actor.is_signed_in:
        return _ask_to_sign_in()
    if _must_choose(actor, door):
        return redirect(url_for("MunicipalityChoiceView.choose", next=own_path()))
    raise NotAllowed


def _refuse_other_municipality(actor: Actor) -> None:
    """A form belongs where it was opened, and another tab may have chosen another municipality."""
    opened_in = "" if is_rest() or request.method != "POST" else request.form.get(OPENED_IN, "")
    if not opened_in:
        return
    number = select(Municipality.number).where(Municipality.id == actor.municipality_id)
    if db.session.scalar(number) != opened_in:
        raise OtherMunicipality


def _must_choose(actor: Actor, door: Door) -> bool:
    if is_rest() or actor.municipality_id is not None or door.audience is not Audience.RULED:
        return False
    return bool(open_municipalities(db.session(), actor.account_id or 0, today()))


def _ask_to_sign_in() -> AnyResponse:
    if is_rest():
        abort(401, www_authenticate=WWWAuthenticate("bearer"))
    if request.method == "POST" and (sealed := kept_forms.seal(_former())) is not None:
        page: AnyResponse = current_app.extensions[SIGN_IN_PAGE](sealed)
        return page
    return redirect(url_for("LoginView.login", next=own_path()))


def _former() -> Former | None:
    found: Former | None = current_app.session_interface.former(  # type: ignore[attr-defined]
        current_app, request
    )
    return found


def own_path() -> str | None:
    """Where the request wanted to go, when going back there by link is safe; for what was sent,
    the page it was sent from."""
    if request.method != "GET":
        came_from = urlsplit(request.referrer or "")
        return safe_next(came_from.path) if came_from.netloc == request.host else None
    return request.path if request.path != "/" else None


def safe_next(target: str | None) -> str | None:
    """``target`` when it is a path on this server, otherwise None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(letter) < 33 or letter == "\\" for letter in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None
