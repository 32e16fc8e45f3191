"""The pages of gatherings beyond the generated ones: who is asked, who came, what was agreed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.clock import today, utc_now
from app.db import db, transaction
from app.errors import DomainError
from app.method import gatherings
from app.method.choosing import chosen_person
from app.models import Gathering
from app.screens import forms
from app.screens.fields import (
    NEEDED,
    NorwegianDateField,
    TextField,
    at_most,
    person_choice,
    show_number,
)
from app.screens.listing import ListRequest
from app.screens.paging import Page
from app.screens.scoped_view import DOORS, ScopedModelView
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door

Answer = Response | str | tuple[str, int]


class AskForm(FlaskForm):
    """Who is asked to a gathering besides the coordinators."""

    person_id = person_choice(_l("Person"), validators=[NEEDED])


class AgreeForm(FlaskForm):
    """Something that was agreed on."""

    what = TextField(_l("What is to be done"), [NEEDED, at_most(300)])
    responsible_id = person_choice(_l("Responsible"))
    due_on = NorwegianDateField(_l("Deadline"))


class GatheringPages(ScopedModelView):
    """What the screen of gatherings adds to the generated pages."""

    include_route_methods = (DOORS - {"choices"}) | {
        "ask", "ask_all", "take_off", "attendance", "agree", "settle", "drop",
    }  # fmt: skip
    row_buttons = (
        ("ask", Action.EDIT, _l("Ask somebody else")),
        ("agree", Action.EDIT, _l("Add something that was agreed on")),
    )

    def create(self, form: Any) -> Gathering:
        """A new gathering, to which all coordinators are asked."""
        row = Gathering(created_at=utc_now())
        form.populate_obj(row)
        db.session.add(row)
        db.session.flush()
        gatherings.ask_all(current_actor(), row, at=utc_now())
        return row

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, with how many are asked and were there."""
        asked, page = super().page()
        g.gathering_counts = gatherings.counts(current_actor(), [row.id for row in page.rows])
        return asked, page

    @staticmethod
    def count(row: Gathering, place: int) -> str:
        """How many are asked (0), or were there (1), as the page has found."""
        if "gathering_counts" not in g:
            g.gathering_counts = gatherings.counts(current_actor(), [row.id])
        return show_number(g.gathering_counts.get(row.id, (0, 0))[place])

    def related(self, row: Gathering) -> Sequence[tuple[Any, str, Mapping[str, Any]]]:
        """Its programme, what was agreed on, and who is asked."""
        may_keep, on = self.may(Action.EDIT, row), today()
        parts: list[tuple[Any, str, Mapping[str, Any]]] = []
        if row.programme:
            parts.append((_l("Programme"), "method/about.html", {"text": row.programme}))
        agreed = {"rows": gatherings.agreed(row), "may_keep": may_keep, "today": on}
        parts.append((_l("What was agreed on"), "method/agreed.html", agreed))
        asked = {
            "rows": gatherings.asked(row),
            "may_keep": may_keep,
            "is_held": row.held_on <= on,
        }
        parts.append((_l("Who is asked"), "method/asked.html", asked))
        return parts

    # --- who is asked ----------------------------------------------------------------------------

    @expose("/ask/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def ask(self, pk: str) -> Answer:
        """Ask one more person."""
        row, form = self.get_row(pk, Action.EDIT), AskForm()
        if request.method != "POST" or "find" in request.form:
            return self._form_of("method/ask.html", row, form)
        if not form.validate():
            return self._form_of("method/ask.html", row, form, 422)
        try:
            with transaction():
                row, person = self.get_row(pk, Action.EDIT), chosen_person(form.person_id)
                gatherings.ask(current_actor(), row, person)
        except DomainError as error:
            forms.put_error(form, error)
            row = self.get_row(pk, Action.EDIT)
            return self._form_of("method/ask.html", row, form, error.status)
        flash(_("%(name)s is asked.", name=person.full_name), "success")
        return redirect(self.url("show", row))

    @expose("/ask-all/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def ask_all(self, pk: str) -> Answer:
        """Ask the coordinators who have come since."""
        with transaction():
            row = self.get_row(pk, Action.EDIT)
            count = gatherings.ask_all(current_actor(), row, at=utc_now())
        flash(
            ngettext(
                "%(num)s more coordinator is asked.", "%(num)s more coordinators are asked.", count
            ),
            "success",
        )
        return redirect(self.url("show", row))

    @expose("/take-off/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def take_off(self, pk: str) -> Answer:
        """Ask somebody no more."""
        with transaction():
            row, chosen = self.get_row(pk, Action.EDIT), request.form.get("attendance", "")
            gone = gatherings.take_off(current_actor(), row, chosen, at=utc_now())
            name = gone.person.full_name
        flash(_("%(name)s is no longer asked.", name=name), "success")
        return redirect(self.url("show", row))

    @expose("/attendance/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def attendance(self, pk: str) -> Answer:
        """Keep who was there."""
        try:
            with transaction():
                row, there = self.get_row(pk, Action.EDIT), set(request.form.getlist("there"))
                count = gatherings.keep_attendance(current_actor(), row, there, on=today())
        except gatherings.NotYet as error:
            return self._told_on_record(pk, error)
        flash(
            ngettext("%(num)s person was there.", "%(num)s persons were there.", count), "success"
        )
        return redirect(self.url("show", row))

    # --- what was agreed on ----------------------------------------------------------------------

    @expose("/agree/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def agree(self, pk: str) -> Answer:
        """Add something that was agreed on."""
        row, form = self.get_row(pk, Action.EDIT), AgreeForm()
        if request.method != "POST" or "find" in request.form:
            return self._form_of("method/agree.html", row, form)
        if not form.validate():
            return self._form_of("method/agree.html", row, form, 422)
        with transaction() as session:
            earlier = forms.earlier_result(session, current_actor(), forms.form_key())
            if earlier is not None:
                return redirect(earlier)
            row = self.get_row(pk, Action.EDIT)
            gatherings.agree(
                current_actor(),
                row,
                str(form.what.data),
                responsible=form.responsible_id.chosen,
                due_on=form.due_on.data,
            )
            location = self.url("show", row)
            forms.remember(session, current_actor(), forms.form_key(), location, utc_now())
        flash(_("%(what)s is agreed on.", what=form.what.data), "success")
        return redirect(location)

    @expose("/settle/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def settle(self, pk: str) -> Answer:
        """Say that something is done, or that it is not done after all."""
        with transaction():
            row, on = self.get_row(pk, Action.EDIT), today() if "done" in request.form else None
            chosen = request.form.get("done") or request.form.get("undone", "")
            gatherings.settle(current_actor(), row, chosen, on=on)
        return redirect(self.url("show", row))

    @expose("/drop/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def drop(self, pk: str) -> Answer:
        """Take away something that is not to be done."""
        with transaction():
            row, chosen = self.get_row(pk, Action.EDIT), request.form.get("action", "")
            what = gatherings.drop(current_actor(), row, chosen, at=utc_now())
        flash(_("%(what)s is taken away.", what=what), "success")
        return redirect(self.url("show", row))

    def _form_of(self, template: str, row: Gathering, form: Any, status: int = 200) -> Answer:
        key = forms.form_key() or forms.new_key()
        page = render_template(template, view=self, row=row, form=form, form_key=key)
        return page, status
