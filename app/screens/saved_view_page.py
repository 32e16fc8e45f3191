"""The page of one saved view: its name, and removing it. What it shows is the list's own affair."""

from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import transaction
from app.errors import DomainError, NotAllowed, NotFound
from app.screens import own_lists
from app.screens.fields import NEEDED, TextField, at_most
from app.screens.listing import is_id
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.side_tables import SavedView


class NameForm(FlaskForm):
    """What a saved view is called."""

    name = TextField(_l("Name of the view"), [NEEDED, at_most(own_lists.LONGEST_NAME)])


class SavedViewPage(BaseView):
    """For the account that saved the view, and nobody else."""

    resource = Resource.SAVED_VIEW
    route_base = "/saved-view"
    default_view = "rename"

    @expose("/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def rename(self, pk: str) -> Response | tuple[str, int]:
        """Give the view another name."""
        row = self._find(pk, Action.EDIT)
        form = NameForm() if request.method == "POST" else NameForm(formdata=None, obj=row)
        if request.method == "GET" or not form.validate():
            return self._page(row, form, 200 if request.method == "GET" else 422)
        try:
            with transaction():
                row = self._find(pk, Action.EDIT)
                own_lists.rename_view(current_actor(), row, form.name.data or "")
        except DomainError as error:
            if isinstance(error, NotFound | NotAllowed):
                raise
            form.name.errors = [str(error)]
            return self._page(self._find(pk, Action.EDIT), form, error.status)
        flash(_("The view %(name)s is saved.", name=row.name), "success")
        return redirect(address_of(row) or self._home())

    @expose("/<pk>/remove", methods=["POST"])
    @door(Action.END)
    def remove(self, pk: str) -> Response:
        """Remove the view, with all that was typed in it."""
        with transaction():
            row = self._find(pk, Action.END)
            name = row.name
            own_lists.remove_view(current_actor(), row, at=utc_now())
        flash(_("The view %(name)s is removed.", name=name), "success")
        return redirect(list_address(row) or self._home())

    @staticmethod
    def _find(pk: str, action: Action) -> SavedView:
        if not is_id(pk):
            raise NotFound
        return own_lists.find_view(current_actor(), pk, action)

    @staticmethod
    def _page(row: SavedView, form: NameForm, status: int) -> tuple[str, int]:
        screen = _screen(row)
        if screen is not None:
            g.menu_homes = (screen.endpoint, *getattr(screen, "menu_homes", ()))
        page = render_template(
            "screens/saved_view.html",
            row=row,
            form=form,
            screen=screen,
            back=list_address(row),
            address=address_of(row, _external=True),
        )
        return page, status

    @staticmethod
    def _home() -> str:
        return url_for("HomeView.index")


def list_address(view: SavedView, **parameters: Any) -> str | None:
    """The address of the list that a view is of, when there is one still."""
    screen = _screen(view)
    return None if screen is None else url_for(f"{screen.endpoint}.list", **parameters)


def address_of(view: SavedView, **options: Any) -> str | None:
    """The address that a view stands for."""
    return list_address(view, **view.parameters, **options)


def _screen(view: SavedView) -> Any:
    """The screen whose list a view is of."""
    for screen in current_app.appbuilder.baseviews:  # type: ignore[attr-defined]
        if getattr(screen, "list_name", None) == view.list_name:
            return screen
    return None
