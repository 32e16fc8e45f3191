"""Pages to go to, and things to begin with: what stands in the menu and on its lists' buttons."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from app.people.names import search_form
from app.screens import menu
from app.screens.typed import Term
from app.searching.found import Group, Hit
from app.security.actor import Actor
from app.security.roles import Action
from app.security.routes import Door


def pages(actor: Actor, typed: Sequence[Term]) -> Group:
    """The pages of the menu, and those about oneself."""
    return Group(_("Go to"), _fitting(_pages(), typed))


def commands(actor: Actor, typed: Sequence[Term]) -> Group:
    """What the actor may begin with from a list."""
    return Group(_("Do"), _fitting(_commands(actor), typed))


def _pages() -> Iterator[Hit]:
    yield Hit(_("Home"), "", url_for("HomeView.index"))
    yield from (Hit(str(entry.label), "", entry.url) for entry in menu.entries())
    yield Hit(_("My page"), "", url_for("OwnPageView.index"))
    yield Hit(_("Choose municipality"), "", url_for("MunicipalityChoiceView.choose"))


def _commands(actor: Actor) -> Iterator[Hit]:
    doors: dict[str, Door] = current_app.extensions["samvev_doors"]
    for endpoint, action, label in _declared():
        if doors[endpoint].opens_for(actor) and doors[endpoint].action is action:
            yield Hit(str(label), "", url_for(endpoint))


def _declared() -> Iterator[tuple[str, Action, Any]]:
    """The buttons of every list: what is added there, and what else it leads to."""
    for view in current_app.extensions["samvev_views"]:
        if getattr(view, "add_label", "") and view.has_door("add"):
            yield f"{view.endpoint}.add", Action.ADD, view.add_label
        yield from getattr(view, "buttons", ())


def _fitting(hits: Iterator[Hit], typed: Sequence[Term]) -> list[Hit]:
    """Those whose text holds every word; all of them while nothing is typed."""
    return [hit for hit in hits if all(one.fits(search_form(hit.text)) for one in typed)]
