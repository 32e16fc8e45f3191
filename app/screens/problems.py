"""What a user reads when something can't be done: pages for people, JSON for programs.

No answer holds a traceback, an SQL text, or more than the request's own id.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from flask import (
    Flask,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.globals import request_ctx
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,
)
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.audit import log
from app.db import db
from app.errors import DomainError
from app.screens import kept_forms
from app.screens.gate import is_rest
from app.screens.listing import is_id, is_municipality_number
from app.security.actor import current_actor
from app.security.roles import Resource
from app.security.routes import Door

logger = structlog.get_logger(__name__)
IN_PLANS = frozenset(
    {Resource.PLAN, Resource.PLAN_ENTRY, Resource.PARTICIPANT_IN_PLAN, Resource.CONSENT}
)
UNAVAILABLE = (OperationalError, InterfaceError, TimeoutError)


def install(app: Flask) -> None:
    """Answer every error of ``app`` in words."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _conflict)
    for error in UNAVAILABLE:
        app.register_error_handler(error, _unavailable)
    app.register_error_handler(Exception, _bug)


def answer(
    status: int,
    message: str,
    fields: Mapping[str, Sequence[str]] | None = None,
    details: Mapping[str, Any] | None = None,
) -> Response:
    """A page, or JSON on the REST side with what is wrong by field and other details, that says
    ``message``."""
    if is_rest():
        told = {"fields": fields} if fields else {}
        return make_response(jsonify(message=message, **told, **(details or {})), status)
    page = "problem.html" if status < 500 and request_ctx.url_adapter else "bare.html"
    is_lost = status in (403, 404) and _is_about_a_plan()
    return make_response(
        render_template(
            page,
            message=_("This can't be opened, or not any longer") if is_lost else message,
            status=status,
            is_lost=is_lost,
            written=kept_forms.written_now() if is_lost and request.method == "POST" else [],
            request_id=log.request_id.get(),
        ),
        status,
    )


def _is_about_a_plan() -> bool:
    """Whether the page that was asked for is one of a plan, whose access may end at any moment."""
    doors: dict[str, Door] = current_app.extensions["samvev_doors"]
    door = doors.get(request.endpoint or "")
    return door is not None and door.resource in IN_PLANS


def _domain_error(error: DomainError) -> Response:
    db.session.rollback()
    actor = current_actor()
    if error.is_refusal and actor.is_signed_in:
        what = f"refused:{request.endpoint or 'unknown'}"[:80]
        try:
            log.record_refusal(actor, what, None, _record_named())
        except SQLAlchemyError as not_written:
            return _unavailable(not_written)
    return answer(error.status, str(error), error.fields, error.details)


def _record_named() -> str:
    """The key of a record in the address; empty when it is none, since it could be anything."""
    typed = str(next(iter((request.view_args or {}).values()), ""))
    return typed if is_id(typed) or is_municipality_number(typed) else ""


def _form_too_old(_error: CSRFError) -> Response:
    """Show what was written, when it came from a page of the same login's session before this."""
    actor = current_actor()
    if actor.account_id is not None and kept_forms.keep_anew(actor.account_id):
        return make_response(redirect(url_for("KeptFormView.show"), 303))
    return answer(
        400,
        _("The page had been open for too long. Go back, open it again, and send the form anew."),
    )


def _http_error(error: HTTPException) -> Response:
    db.session.rollback()
    status = error.code or 500
    if status < 400:
        return error.get_response()
    response = answer(status, _http_message(status))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _http_message(status: int) -> str:
    messages = {
        400: _("The address of the page has something in it that we don't understand."),
        401: _("You must sign in."),
        403: _("You don't have access to this."),
        404: _("We can't find what you are looking for."),
        405: _("This can't be done in this way."),
        413: _("What you sent is too large."),
        415: _("We can't read this kind of content."),
        429: _("That was many tries in a short time. Please wait a little."),
    }
    return messages.get(status, _("This can't be done."))


def _conflict(error: IntegrityError) -> Response:
    db.session.rollback()
    logger.warning("refused by the database", kind=type(error.orig).__name__)
    return answer(409, _("This is in conflict with something that is already registered."))


def _unavailable(error: Exception) -> Response:
    db.session.rollback()
    logger.error("database unavailable", kind=type(error).__name__)
    response = answer(
        503, _("The panel can't be reached right now. Nothing is lost. Try again soon.")
    )
    response.headers["Retry-After"] = "5"
    return response


def _bug(error: Exception) -> Response:
    db.session.rollback()
    logger.error("unexpected error", kind=type(error).__name__, place=_place(error))
    return answer(500, _("Something went wrong on our side. Nothing was saved."))


def _place(error: BaseException) -> list[str]:
    """Where it happened: files and lines, never values."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('site-packages/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-8:]
