"""The pages of routines beyond the generated ones: saying that one has read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, g, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today, utc_now
from app.db import transaction
from app.method import routines
from app.models import Routine
from app.screens.fields import show_date
from app.screens.listing import ListRequest
from app.screens.paging import Page
from app.screens.scoped_view import DOORS, ScopedModelView
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door


class RoutinePages(ScopedModelView):
    """What the screen of routines adds to the generated pages."""

    include_route_methods = (DOORS - {"choices"}) | {"read"}

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, with how many of the coordinators have read them."""
        asked, page = super().page()
        g.routine_readers = _readers([row.id for row in page.rows])
        return asked, page

    @staticmethod
    def read_by(row: Routine) -> str:
        """How many of the coordinators have read the text it has now."""
        if "routine_readers" not in g:
            g.routine_readers = _readers([row.id])
        found, all_of_them = g.routine_readers
        return _("%(num)s of %(all)s", num=found.get(row.id, 0), all=all_of_them)

    def related(self, row: Routine) -> Sequence[tuple[Any, str, Mapping[str, Any]]]:
        """What it is about, and whether the reader has said that they have read it."""
        actor = current_actor()
        values = {
            "may_answer": self.may(Action.ANSWER, row),
            "has_read": row.id in routines.read_by(actor, [row]),
        }
        parts: list[tuple[Any, str, Mapping[str, Any]]] = []
        if row.about:
            parts.append(
                (_l("What the routine is about"), "method/about.html", {"text": row.about})
            )
        if values["may_answer"]:
            parts.append((_l("Have you read it?"), "method/routine_read.html", values))
        return parts

    def change(self, row: Routine, form: Any) -> None:
        """Put the values on the routine; with a new text everyone is asked to read it again."""
        if form.is_new_text.data:
            routines.renew(current_actor(), row)
        for name in self.add_columns:
            setattr(row, name, form[name].data or ("" if name in self.texts else None))

    texts = ("about", "kept_at")

    @expose("/read/<pk>", methods=["POST"])
    @door(Action.ANSWER)
    def read(self, pk: str) -> Response:
        """Say that one has read the routine."""
        with transaction():
            row = self.get_row(pk, Action.ANSWER)
            if request.form.get("number", str(row.number)) == str(row.number):
                routines.read(current_actor(), row, at=utc_now())
        flash(_("It is noted that you have read %(name)s.", name=row.title), "success")
        return redirect(self.url("show", row))


def _readers(ids: Sequence[str]) -> tuple[dict[str, int], int]:
    on = today()
    return routines.readers(ids, on), routines.coordinators(on)


def say_review(row: Routine) -> str:
    """When it is looked over again, and that this is overdue when it is."""
    day = show_date(row.review_on)
    if row.retired_at is None and routines.is_overdue(row, today()):
        return _("Overdue since %(day)s", day=day)
    return day
