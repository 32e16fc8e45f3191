"""The composition root: ``create_app`` is the only place that knows everything."""

from datetime import timedelta

import structlog
from flask import Flask
from flask_appbuilder import AppBuilder
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from app import database, health, views
from app.accounts.home import HomeView
from app.accounts.login import sign_in_again
from app.api import resources
from app.db import db
from app.duplicates import index
from app.duplicates.registering import RegisteringMatcher
from app.jobs import commands
from app.people import alike_names
from app.people.matching import MATCHER
from app.screens import assets, choices, gate, language, menu, problems
from app.security import routes
from app.security.keys import KEYRING, Keyring
from app.security.manager import SamvevSecurityManager
from app.security.sessions import ServerSessions
from config import ROOT, Mode, Settings

MEGABYTE = 1024 * 1024


class SamvevAppBuilder(AppBuilder):
    """Flask-AppBuilder without the admin views it brings; ``app.views`` registers ours."""

    def _add_admin_views(self) -> None:
        """The first page only: security, language and menu views are our own."""
        self._indexview = self.add_view_no_menu(self.indexview)

    def _add_global_static(self) -> None:
        """Nothing: no style sheet or script of Flask-AppBuilder's is used."""


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application, with every route's policy declared.

    Raises:
        UnsafeSettings: production was asked for with settings that protect nothing.
        UndeclaredRoute: a route has no policy.
    """
    settings = settings or Settings()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "app" / "static"),
        instance_path=str(settings.instance.resolve()),
    )
    configure(app, settings)
    _log_without_data(settings)
    database.connect(app, settings)
    app.extensions[KEYRING] = Keyring(settings.encryption_key)
    app.extensions[MATCHER] = RegisteringMatcher()
    app.extensions[choices.ALSO_MEANT] = alike_names.alike
    index.follow_changes(Session)
    app.session_interface = ServerSessions(
        timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    )
    language.prepare(app)
    app.extensions[gate.SIGN_IN_PAGE] = sign_in_again
    gate.install(app, settings)
    CSRFProtect(app)
    problems.install(app)
    with app.app_context():
        appbuilder = _add_pages(app)
    health.install(app, settings)
    menu.install(app, appbuilder)
    assets.install(app, gate.HEADERS)
    commands.install(app)
    app.extensions["samvev_doors"] = routes.collect(app, appbuilder, health.DOORS)
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _add_pages(app: Flask) -> AppBuilder:
    """Every screen and REST resource."""
    appbuilder = SamvevAppBuilder(
        app,
        db.session,
        indexview=HomeView,
        security_manager_class=SamvevSecurityManager,
        update_perms=False,
    )
    views.register_views(appbuilder)
    resources.register_apis(appbuilder)
    language.install(app)
    return appbuilder


def configure(app: Flask, settings: Settings) -> None:
    """Set Flask's and the libraries' own configuration from the settings."""
    app.config.update(
        APP_NAME="Samvev",
        TESTING=settings.mode is Mode.TEST,
        SAMVEV=settings,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=settings.secret_key_fallbacks,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings),
        FAB_CREATE_DB=False,
        FAB_UPDATE_PERMS=False,
        FAB_ADD_SECURITY_VIEWS=False,
        FAB_ADD_SECURITY_API=False,
        FAB_API_MAX_PAGE_SIZE=100,
        SESSION_COOKIE_NAME="__Host-samvev" if settings.is_production else "samvev",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=12 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=MEGABYTE,
        MAX_FORM_PARTS=400,
        PREFERRED_URL_SCHEME="https" if settings.is_production else "http",
        TRUSTED_HOSTS=settings.trusted_hosts or None,
    )


def _log_without_data(settings: Settings) -> None:
    """One JSON object a line; events name kinds and places, never persons."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=settings.mode is not Mode.TEST,
    )
