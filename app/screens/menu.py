"""The menu: what the actor may open, with the present place marked; and what templates need."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from flask_appbuilder import AppBuilder

from app.db import db
from app.models import Municipality
from app.screens import fields, log_pages
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import Door


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    label: Any
    url: str
    intro: Any
    is_current: bool


def install(app: Flask, appbuilder: AppBuilder) -> None:
    """Offer the menu and the shared words to every template."""
    app.extensions["samvev_menu"] = appbuilder.menu
    app.extensions["samvev_views"] = tuple(appbuilder.baseviews)
    app.jinja_env.globals.update(
        menu=entries,
        here=municipality_here,
        actor=current_actor,
        words=words,
        show_date=fields.show_date,
        show_number=fields.show_number,
        show_instant=log_pages.show_instant,
        show_moment=fields.show_moment,
        Action=Action,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def entries() -> list[Entry]:
    """The menu entries that the actor may open, in order."""
    doors: dict[str, Door] = current_app.extensions["samvev_doors"]
    found = []
    for item in current_app.extensions["samvev_menu"].menu:
        view = item.baseview
        door = doors.get(f"{view.endpoint}.{view.default_view}")
        if door is not None and door.opens_for(current_actor()):
            intro = getattr(view, "intro", "")
            is_current = _is_at(view.route_base or "")
            found.append(Entry(item.label, item.get_url(), intro, is_current))
    return found


def _is_at(base: str) -> bool:
    """Whether the request is for the page at ``base`` or one below it; all are below the first."""
    return request.path == f"{base}/" or bool(base and request.path.startswith(f"{base}/"))


def municipality_here() -> Municipality | None:
    """The municipality that the actor works in."""
    here = current_actor().municipality_id
    if here is None:
        return None
    if "municipality" not in g:
        g.municipality = db.session.get(Municipality, here)
    found: Municipality | None = g.municipality
    return found
