"""Is the panel alive, is it ready, and how does it fare: for machines, not for people."""

import hmac

from flask import Flask, Response, abort, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from app.database import is_current
from app.db import db
from app.jobs import queue
from app.security.routes import ANYONE, Door
from config import Settings

DOORS: dict[str, Door] = {
    "live": ANYONE,
    "ready": ANYONE,
    "metrics": ANYONE,
    "static": ANYONE,
}


def install(app: Flask, settings: Settings) -> None:
    """Add the health and metrics addresses to ``app``."""
    registry = CollectorRegistry()
    answers = Counter(
        "samvev_answers",
        "Answers by kind of page and status",
        ["endpoint", "status"],
        registry=registry,
    )

    @app.after_request
    def _count(response: Response) -> Response:
        answers.labels(request.endpoint or "none", str(response.status_code)).inc()
        return response

    @app.get("/health/live")
    def live() -> Response:
        return jsonify(status="ok")

    @app.get("/health/ready")
    def ready() -> tuple[Response, int]:
        checks = {"database": _database_answers(), "jobs": queue.worker_is_alive()}
        checks["migrations"] = checks["database"] and _is_migrated()
        status = 200 if all(checks.values()) else 503
        return jsonify(status="ok" if status == 200 else "unavailable", checks=checks), status

    @app.get("/metrics")
    def metrics() -> Response:
        if not _has_token(settings):
            abort(404)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(settings: Settings) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.metrics_token) and hmac.compare_digest(
        given.encode("utf-8", "replace"), settings.metrics_token.encode()
    )


def _database_answers() -> bool:
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError:
        return False
    return True


def _is_migrated() -> bool:
    with current_app.extensions["samvev_owner_engine"].connect() as connection:
        return is_current(connection)
