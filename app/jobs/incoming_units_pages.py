"""The pages of units that another municipality wants to send here, and the answer.

No person and no plan of the other municipality is shown, and of their number only the step of five
in which it lies.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField

from app.clock import utc_now
from app.db import db, transaction
from app.errors import DomainError
from app.jobs.asked_rows import asked_row
from app.jobs.unit_words import branches
from app.joining import unit_answers
from app.joining_tables import IncomingUnits, UnitMoveState
from app.models import Unit
from app.municipalities.place_names import place_names
from app.reports import told_words
from app.reports.suppression import told
from app.screens import forms
from app.screens.fields import NEEDED, TextField, at_most, unit_choice
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | tuple[str, int]


class AcceptForm(FlaskForm):
    """Where the units are to stand."""

    parent_id = unit_choice(_l("The unit here that they become part of"))
    to_top = BooleanField(_l("Place them at the top, as part of no other unit"))


class SayNoForm(FlaskForm):
    """Why not."""

    reason = TextField(
        _l("Reason"),
        [NEEDED, at_most(500)],
        description=_l("The other municipality reads it. Write nothing about people here."),
    )


class IncomingUnitsView(BaseView):
    """Units that another municipality wants to send here."""

    resource = Resource.INCOMING_UNITS
    route_base = "/incoming-units"
    menu_homes = ("UnitView",)
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """What is asked, or what came of it."""
        return _page(asked_row(IncomingUnits, pk, Action.SHOW))

    @expose("/accept/<pk>", methods=["POST"])
    @door(Action.APPROVE)
    def accept(self, pk: str) -> Answer:
        """Say where the units are to stand, and make them."""
        form, incoming = AcceptForm(), asked_row(IncomingUnits, pk, Action.APPROVE)
        if "find" in request.form:
            return _page(incoming, accept_form=form)
        if form.validate() and (form.parent_id.chosen is None) == (not form.to_top.data):
            form.parent_id.errors = [_("Choose one unit, or the top.")]
        if form.errors:
            return _page(incoming, status=422, accept_form=form)
        try:
            with transaction():
                incoming = asked_row(IncomingUnits, pk, Action.APPROVE)
                parent = form.parent_id.chosen
                unit = unit_answers.accept(current_actor(), incoming, parent, at=utc_now())
                name = unit.name
        except DomainError as error:
            return _wrong(pk, error, accept_form=form)
        flash(_("%(name)s stands here now, with all that is part of it.", name=name), "success")
        return redirect(url_for("IncomingUnitsView.show", pk=pk))

    @expose("/decline/<pk>", methods=["POST"])
    @door(Action.DECLINE)
    def decline(self, pk: str) -> Answer:
        """Say no, with a reason."""
        form, incoming = SayNoForm(), asked_row(IncomingUnits, pk, Action.DECLINE)
        if not form.validate():
            return _page(incoming, status=422, decline_form=form)
        try:
            with transaction():
                incoming, why = asked_row(IncomingUnits, pk, Action.DECLINE), form.reason.data
                unit_answers.decline(current_actor(), incoming, reason=why, at=utc_now())
        except DomainError as error:
            return _wrong(pk, error, decline_form=form)
        flash(_("The answer is sent. Nothing has moved."), "success")
        return redirect(url_for("IncomingUnitsView.show", pk=pk))


def _wrong(pk: str, error: DomainError, **drawn: Any) -> Answer:
    """The page again, with what is wrong beside its field or on top of the form."""
    for form in drawn.values():
        forms.put_error(form, error)
    db.session.rollback()
    return _page(asked_row(IncomingUnits, pk, Action.SHOW), status=error.status, **drawn)


def _page(
    incoming: IncomingUnits,
    *,
    status: int = 200,
    accept_form: AcceptForm | None = None,
    decline_form: SayNoForm | None = None,
) -> Answer:
    actor, waits = current_actor(), incoming.state is UnitMoveState.PROPOSED
    here_now = scope.rows(actor, Unit).where(Unit.id.in_(incoming.made.values()))
    shown = render_template(
        "joining/units/incoming.html",
        row=incoming,
        town=place_names({incoming.from_municipality_id})[incoming.from_municipality_id],
        name=incoming.offered[0]["name"],
        branches=branches(incoming.offered),
        plans=told_words.said(told(incoming.open_plans)),
        made=db.session.scalars(here_now.order_by(Unit.path)).all() if incoming.made else (),
        accept_form=accept_form or AcceptForm(formdata=None),
        decline_form=decline_form or SayNoForm(formdata=None),
        may_accept=waits and policy.decide(actor, Action.APPROVE, incoming),
        may_decline=waits and policy.decide(actor, Action.DECLINE, incoming),
    )
    return shown, status
