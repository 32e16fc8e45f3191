"""The page where a local administrator puts two records together that no search has found."""

from typing import cast

from flask import redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import db, transaction
from app.duplicates import by_hand
from app.errors import DomainError
from app.models import Person
from app.screens import forms
from app.screens.fields import NEEDED, person_choice
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | tuple[str, int]


class TogetherForm(FlaskForm):
    """Which two records are one person."""

    first_id = person_choice(_l("The one record"), validators=[NEEDED])
    second_id = person_choice(_l("The other record"), validators=[NEEDED])


class TogetherView(BaseView):
    """Two records that somebody knows to be one person."""

    resource = Resource.DUPLICATE
    route_base = "/duplicates/together"
    menu_homes = ("DuplicateView",)
    default_view = "choose"

    @expose("/", methods=["GET", "POST"])
    @door(Action.ADD)
    def choose(self) -> Answer:
        """Choose the two, and go on to them side by side."""
        by_hand.require(current_actor())
        form = TogetherForm()
        if request.method != "POST":
            asked = {"first_id": request.args.get("person")}
            return _page(TogetherForm(formdata=None, data=asked))
        if "find" in request.form:
            return _page(form)
        if not form.validate():
            return _page(form, status=422)
        try:
            with transaction():
                one, other = form.first_id.chosen, form.second_id.chosen
                pair = by_hand.put_together(
                    current_actor(), cast(Person, one), cast(Person, other), at=utc_now()
                )
        except DomainError as error:
            forms.put_error(form, error)
            db.session.rollback()
            return _page(form, status=error.status)
        return redirect(url_for("DuplicateView.show", pk=pair.id))


def _page(form: TogetherForm, *, status: int = 200) -> Answer:
    return render_template("duplicates/together.html", form=form), status
