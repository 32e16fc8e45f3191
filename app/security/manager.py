"""Flask-AppBuilder's security manager, thin: its questions are answered by our policy.

Flask-AppBuilder's user, role, permission, reset and security REST views are not registered, and
its role tables are not used.
"""

from typing import Any

from flask import Flask, current_app
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import User
from flask_login import LoginManager

from app.db import db
from app.security.actor import current_actor
from app.security.routes import Door


class SamvevSecurityManager(SecurityManager):
    """Access by role and by thing, asked live; one login view of our own."""

    def register_views(self) -> None:
        """Register none of Flask-AppBuilder's security views; ours are in ``app.views``."""

    def create_limiter(self, app: Flask) -> None:
        """None: how often a login is tried is counted in the database, for all workers."""

    def create_login_manager(self, app: Flask) -> LoginManager:
        """Flask-Login, without loading the account for each template that is drawn."""
        manager = LoginManager()
        manager.init_app(app, add_context_processor=False)
        manager.user_loader(self.load_user)
        return manager

    def load_user(self, pk: str) -> User | None:
        """The account behind a session, while it is active."""
        user = db.session.get(User, int(pk))
        return user if user is not None and user.active else None

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Whether anyone may come in; doors are declared on routes, so no item is public here."""
        return False

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the actor may open the method behind a permission such as ``can_list``."""
        doors: dict[str, Door] = current_app.extensions["samvev_doors"]
        door = doors.get(f"{view_name}.{permission_name.removeprefix('can_')}")
        return door is not None and door.opens_for(current_actor())

    def get_user_roles(self, user: Any) -> list[Any]:
        """No roles of Flask-AppBuilder's: rights come from memberships."""
        return []

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """The menu entries that the actor may open."""
        return {name for name in menu_names or [] if self.has_access("can_list", name)}
