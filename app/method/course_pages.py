"""The pages of the coordinator school beyond the generated ones: signing up, and certificates."""

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
from app.db import transaction
from app.errors import DomainError
from app.method import courses
from app.method.choosing import chosen_person
from app.models import Course
from app.screens import forms
from app.screens.fields import NEEDED, NorwegianDateField, person_choice, show_date, show_number
from app.screens.listing import ListRequest
from app.screens.paging import Page
from app.screens.scoped_view import DOORS, ScopedModelView
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door

Answer = Response | str | tuple[str, int]


class SignUpForm(FlaskForm):
    """Who is signed up for a course."""

    person_id = person_choice(_l("Person"), validators=[NEEDED])


class CertificateForm(FlaskForm):
    """The day that certificates are of."""

    certified_on = NorwegianDateField(
        _l("Day of the certificate"),
        [NEEDED],
        description=_l("Usually the day of the course."),
    )


class CoursePages(ScopedModelView):
    """What the screen of courses adds to the generated pages."""

    include_route_methods = (DOORS - {"choices"}) | {
        "sign_up", "sign_up_due", "take_off", "certify", "take_back",
    }  # fmt: skip
    row_buttons = (("sign_up", Action.EDIT, _l("Sign somebody up")),)

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, with how many are signed up and have a certificate."""
        asked, page = super().page()
        g.course_counts = courses.counts(current_actor(), [row.id for row in page.rows])
        return asked, page

    @staticmethod
    def count(row: Course, place: int) -> str:
        """How many are signed up (0), or have a certificate (1), as the page has found."""
        if "course_counts" not in g:
            g.course_counts = courses.counts(current_actor(), [row.id])
        return show_number(g.course_counts.get(row.id, (0, 0))[place])

    def related(self, row: Course) -> Sequence[tuple[Any, str, Mapping[str, Any]]]:
        """What it is about, and who takes part."""
        values = self._participants(row, CertificateForm(formdata=None))
        parts: list[tuple[Any, str, Mapping[str, Any]]] = []
        if row.about:
            parts.append((_l("What it is about"), "method/about.html", {"text": row.about}))
        parts.append((_l("Participants"), "method/course_participants.html", values))
        return parts

    def _participants(self, row: Course, form: CertificateForm) -> dict[str, Any]:
        if form.certified_on.data is None and not form.certified_on.raw_data:
            form.certified_on.data = min(row.held_on, today())
        may_keep = self.may(Action.EDIT, row)
        wanted = set(courses.due_ids(current_actor(), today())) if may_keep else set()
        rows = courses.attending(row)
        return {
            "rows": rows,
            "form": form,
            "may_keep": may_keep,
            "is_held": row.held_on <= today(),
            "due": len(wanted - {one.person_id for one in rows}),
        }

    # --- signing up ------------------------------------------------------------------------------

    @expose("/sign-up/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def sign_up(self, pk: str) -> Answer:
        """Sign one person up."""
        row, form = self.get_row(pk, Action.EDIT), SignUpForm()
        if request.method != "POST" or "find" in request.form:
            return self._sign_up_page(row, form)
        if not form.validate():
            return self._sign_up_page(row, form, 422)
        try:
            with transaction():
                row, person = self.get_row(pk, Action.EDIT), chosen_person(form.person_id)
                courses.sign_up(current_actor(), row, person, at=utc_now())
        except DomainError as error:
            forms.put_error(form, error)
            return self._sign_up_page(self.get_row(pk, Action.EDIT), form, error.status)
        flash(_("%(name)s is signed up.", name=person.full_name), "success")
        return redirect(self.url("show", row))

    def _sign_up_page(self, row: Course, form: SignUpForm, status: int = 200) -> Answer:
        return render_template("method/sign_up.html", view=self, row=row, form=form), status

    @expose("/sign-up-due/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def sign_up_due(self, pk: str) -> Answer:
        """Sign up all coordinators who should take a course."""
        with transaction():
            row = self.get_row(pk, Action.EDIT)
            count = courses.sign_up_all_due(current_actor(), row, at=utc_now())
        flash(
            ngettext(
                "%(num)s coordinator is signed up.", "%(num)s coordinators are signed up.", count
            ),
            "success",
        )
        return redirect(self.url("show", row))

    @expose("/take-off/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def take_off(self, pk: str) -> Answer:
        """Take somebody off the course."""
        with transaction():
            row = self.get_row(pk, Action.EDIT)
            chosen = request.form.get("attendance", "")
            gone = courses.take_off(current_actor(), row, chosen, at=utc_now())
            name = gone.person.full_name
        flash(_("%(name)s is no longer signed up.", name=name), "success")
        return redirect(self.url("show", row))

    # --- certificates ----------------------------------------------------------------------------

    @expose("/certify/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def certify(self, pk: str) -> Answer:
        """Give certificates to those who are ticked, or to all."""
        row, form = self.get_row(pk, Action.EDIT), CertificateForm()
        ticked = request.form.getlist("attendance")
        if "all" in request.form:
            ticked = [one.id for one in courses.attending(row) if one.certified_on is None]
        if not form.validate():
            return self._with_participants(row, form, 422)
        if not ticked:
            form.form_errors.append(_("Tick one or more first."))
            return self._with_participants(row, form, 422)
        try:
            with transaction():
                row = self.get_row(pk, Action.EDIT)
                on = form.certified_on.data
                count = courses.certify(current_actor(), row, ticked, on, at=utc_now())
        except courses.NotHeldYet as error:
            forms.put_error(form, error)
            return self._with_participants(self.get_row(pk, Action.EDIT), form, error.status)
        flash(
            ngettext(
                "%(num)s certificate of %(day)s is registered.",
                "%(num)s certificates of %(day)s are registered.",
                count,
                day=show_date(on),
            ),
            "success",
        )
        return redirect(self.url("show", row))

    def _with_participants(self, row: Course, form: CertificateForm, status: int) -> Answer:
        values = self._participants(row, form)
        return render_template("method/certify.html", view=self, row=row, **values), status

    @expose("/take-back/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def take_back(self, pk: str) -> Answer:
        """Take back a certificate that was given by mistake."""
        with transaction():
            row = self.get_row(pk, Action.EDIT)
            chosen = request.form.get("attendance", "")
            name = courses.take_back(current_actor(), row, chosen).person.full_name
        flash(_("The certificate of %(name)s is taken back.", name=name), "success")
        return redirect(self.url("show", row))
