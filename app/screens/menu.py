"""The menu: what the actor may open, with the present place marked; and what templates need.

A view without an entry of its own names in ``menu_homes`` the views whose entries it belongs to;
the first of them that the actor's menu has is marked, and begins the breadcrumb.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from flask_appbuilder import AppBuilder
from flask_appbuilder.menu import MenuItem

from app.db import db
from app.enums import Role
from app.models import Municipality
from app.screens import fields
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import Door

MOST_UNGROUPED = 9
"""A menu with no more entries is read at a glance, and needs no headings."""


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    label: Any
    url: str
    intro: Any
    is_current: bool


@dataclass(frozen=True)
class Group:
    """Entries of the menu that belong together, under a heading when there is one."""

    heading: Any
    entries: list[Entry]


def install(app: Flask, appbuilder: AppBuilder) -> None:
    """Offer the menu and the shared words to every template."""
    app.extensions["samvev_menu"] = appbuilder.menu
    app.extensions["samvev_views"] = tuple(appbuilder.baseviews)
    app.extensions["samvev_views_by_name"] = {one.endpoint: one for one in appbuilder.baseviews}
    app.jinja_env.globals.update(
        menu=entries,
        menu_groups=groups,
        menu_place=place,
        here=municipality_here,
        actor=current_actor,
        words=words,
        show_date=fields.show_date,
        show_number=fields.show_number,
        show_moment=fields.show_moment,
        show_phone=fields.show_phone,
        Action=Action,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def offered_to(*roles: Role) -> Callable[[], bool]:
    """What offers a menu entry to those alone who hold one of the roles here; it is no access
    rule: others may open the page, but have no use for it every day."""

    def is_offered() -> bool:
        return not current_actor().roles.isdisjoint(roles)

    return is_offered


def entries() -> list[Entry]:
    """The menu entries that the actor may open, in order."""
    return [entry for group in groups() for entry in group.entries]


def groups() -> list[Group]:
    """The same, in groups; in a single one as long as they are few."""
    found = [
        (None if item.baseview else item.label, _openable(item.childs or [item]))
        for item in current_app.extensions["samvev_menu"].menu
        if item.should_render()
    ]
    items = [item for _heading, group in found for item in group]
    home = _home([item.name for item in items])
    if len(items) <= MOST_UNGROUPED:
        return [Group(None, _entries(items, home))] if items else []
    alone = [item for heading, group in found if heading is None for item in group]
    headed = [Group(heading, _entries(group, home)) for heading, group in found if heading if group]
    return [Group(None, _entries(alone, home)), *headed] if alone else headed


def place() -> Entry | None:
    """The entry that the page of the request belongs to."""
    return next((entry for entry in entries() if entry.is_current), None)


def _openable(items: Sequence[MenuItem]) -> list[MenuItem]:
    doors: dict[str, Door] = current_app.extensions["samvev_doors"]
    actor = current_actor()
    return [
        item
        for item in items
        if item.should_render()
        and (door := doors.get(f"{item.baseview.endpoint}.{item.baseview.default_view}"))
        and door.opens_for(actor)
    ]


def _entries(items: Sequence[MenuItem], home: str | None) -> list[Entry]:
    return [
        Entry(item.label, item.get_url(), getattr(item.baseview, "intro", ""), item.name == home)
        for item in items
    ]


def _home(offered: Sequence[str]) -> str | None:
    """The view, among those offered, that the page of the request belongs to. A page that knows
    better than its view says so in ``g.menu_homes``."""
    name = (request.endpoint or "").partition(".")[0]
    views: dict[str, Any] = current_app.extensions["samvev_views_by_name"]
    belongs = g.get("menu_homes") or getattr(views.get(name), "menu_homes", ())
    return next((one for one in (name, *belongs) if one in offered), None)


def municipality_here() -> Municipality | None:
    """The municipality that the actor works in."""
    here = current_actor().municipality_id
    if here is None:
        return None
    if "municipality" not in g:
        g.municipality = db.session.get(Municipality, here)
    found: Municipality | None = g.municipality
    return found
