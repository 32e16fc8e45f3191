"""The screen of central administrators."""

from typing import Any

from flask import flash, g, redirect, render_template, request
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField

from app.accounts import central
from app.accounts.screens import HandsOver
from app.clock import OSLO, utc_now
from app.db import db, transaction
from app.models import CentralAppointment
from app.screens.day_filter import Choice, DayFilter
from app.screens.fields import NEEDED, TextField, at_most, show_date
from app.screens.listing import Order
from app.screens.table import TableInterface
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

WAITS = CentralAppointment.approved_at.is_(None)
IS_OPEN = CentralAppointment.ended_at.is_(None)
STATES = {
    "waiting": Choice(_l("Waits for approval"), lambda _on: WAITS & IS_OPEN),
    "in_force": Choice(_l("In force"), lambda _on: ~WAITS & IS_OPEN),
    "ended": Choice(_l("Ended"), lambda _on: ~IS_OPEN),
}


class CentralAppointmentView(HandsOver):
    """The central administrators: who they are, and who proposed and approved them."""

    resource = Resource.CENTRAL_APPOINTMENT
    route_base = "/central-administrator"
    datamodel = TableInterface(CentralAppointment)
    include_route_methods = {"list", "arrange", "show", "add", "approve", "end"}

    list_title = _l("Central administrators")
    add_title = _l("Propose a central administrator")
    intro = _l(
        "Those who look after the installation as a whole. One proposes and another approves."
        " There should always be two or more. For central administrators."
    )
    add_intro = _l("Another central administrator must approve it before the role begins.")
    show_intro = _l("Who proposed and approved the appointment, and when.")
    add_label = _l("Propose a central administrator")
    empty_text = _l("There is no central administrator.")
    label_columns = {
        "account": _l("User name"),
        "state": _l("State"),
        "proposed_by": _l("Proposed by"),
        "proposed_at": _l("Proposed"),
        "approved_by": _l("Approved by"),
        "approved_at": _l("Approved"),
        "ended_at": _l("Ended"),
        "username": _l("User name"),
        "is_new": _l("Make a new login with this user name"),
    }
    list_columns = ["account", "state", "proposed_by", "proposed_at", "approved_by", "approved_at"]
    more_columns = ("ended_at",)
    show_columns = [*list_columns, *more_columns]
    add_columns = ["username", "is_new"]
    edit_columns = search_columns = ["proposed_at"]
    add_form_extra_fields = {
        "username": TextField(label_columns["username"], [NEEDED, at_most(64)]),
        "is_new": BooleanField(label_columns["is_new"]),
    }
    filters = {"state": DayFilter(_l("State"), STATES)}
    orders = {
        "proposed_at": Order(_l("Proposed"), CentralAppointment.proposed_at, descending=True),
        "approved_at": Order(
            _l("Approved"), CentralAppointment.approved_at, descending=True, may_be_empty=True
        ),
    }
    formatters_columns = {
        "account": lambda one: username(one.account_id),
        "state": lambda one: appointment_state(one),
        "proposed_by": lambda one: username(one.proposed_by_id),
        "approved_by": lambda one: username(one.approved_by_id),
        "proposed_at": lambda one: show_day(one.proposed_at),
        "approved_at": lambda one: show_day(one.approved_at),
        "ended_at": lambda one: show_day(one.ended_at),
    }

    def describe(self, row: CentralAppointment) -> str:
        """The user name."""
        return username(row.account_id)

    def enter(self, form: Any) -> tuple[str, str]:
        """Propose the login of the form."""
        proposed = central.propose_central(
            current_actor(), form.username.data, is_new=form.is_new.data, at=utc_now()
        )
        if proposed.secret is not None:
            g.handed_over = proposed.secret
        row = proposed.appointment
        return self.url("show", row), _("%(name)s is proposed.", name=self.describe(row))

    def related(self, row: CentralAppointment) -> list[tuple[Any, str, dict[str, Any]]]:
        """Approve and end."""
        if row.ended_at is not None:
            return []
        count = len(central.active_appointments())
        values = {
            "view": self,
            "row": row,
            "may_approve": row.approved_at is None
            and central.may_approve(current_actor(), row, count),
        }
        return [(_("Decide"), "accounts/_central_actions.html", values)]

    @expose("/approve/<pk>", methods=["POST"])
    @door(Action.APPROVE)
    def approve(self, pk: str) -> AnyResponse:
        """Let a proposed central administrator begin."""
        with transaction():
            row = self.get_row(pk, Action.APPROVE)
            central.approve_central(current_actor(), row, at=utc_now())
        name = self.describe(row)
        flash(_("%(name)s is approved as central administrator.", name=name), "success")
        return redirect(self.url("show", row))

    @expose("/end/<pk>", methods=["GET", "POST"])
    @door(Action.END)
    def end(self, pk: str) -> AnyResponse | str:
        """Say what it leads to, and end an appointment, or take a proposal back."""
        if request.method == "GET":
            return self._before_end(self.get_row(pk, Action.END))
        with transaction():
            row = self.get_row(pk, Action.END)
            central.end_central(current_actor(), row, at=utc_now())
        flash(_("The appointment of %(name)s has ended.", name=self.describe(row)), "success")
        return redirect(self.url("list"))

    def _before_end(self, row: CentralAppointment) -> str:
        name = self.describe(row)
        does = _("Take the proposal of %(name)s back", name=name)
        told = [_("Nobody is asked to approve it any more.")]
        if row.approved_at is not None:
            does = _("End the appointment of %(name)s now", name=name)
            told = [_("%(name)s is signed out at once, and looks after nothing here.", name=name)]
        told += [
            _("The login closes too, where it is used for nothing else."),
            _("It can't be undone: one must propose it anew, and another approve it."),
        ]
        page: str = render_template(
            "screens/certain.html",
            does=does,
            told=told,
            back=self.url("show", row),
            back_title=name,
        )
        return page


def username(account_id: int | None) -> str:
    """The user name of an account; empty for none."""
    account = None if account_id is None else db.session.get(User, account_id)
    return "" if account is None else str(account.username)


def appointment_state(row: CentralAppointment) -> str:
    """What state an appointment is in, in words."""
    if row.ended_at is not None:
        return str(_("Ended"))
    return str(_("In force") if row.approved_at is not None else _("Waits for approval"))


def show_day(at: Any) -> str:
    """The day in Norway of an instant, as users read it."""
    return show_date(at.astimezone(OSLO)) if at else ""
