"""The pages about one's own account, and those that a one-time link opens."""

from typing import Any
from uuid import uuid4

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response

from app.accounts import central, own
from app.accounts.forms import AppointForm, FirstAdministratorForm, NewPasswordForm
from app.accounts.operations import Given
from app.clock import utc_now
from app.db import db, transaction
from app.errors import DomainError, NotAllowed, NotFound
from app.models import Municipality
from app.screens import forms
from app.screens.listing import is_municipality_number
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door, for_anyone

REQUEST_SENT = _l("A request to link was sent. The role begins when the person accepts it.")


def handed_over(secret: str, text: str, onward: str) -> Response:
    """The page that shows a link to set a password, once."""
    link = url_for("PasswordLinkView.set_password", secret=secret, _external=True)
    page = render_template("accounts/link.html", link=link, text=text, onward=onward)
    return make_response(page, 200)


def code_handed_over(code: str, text: str, onward: str) -> Response:
    """The page that shows the code of a link request, once."""
    page = render_template("accounts/code.html", code=code, text=text, onward=onward)
    return make_response(page, 200)


def put_error(form: Any, error: DomainError) -> None:
    """Place a broken rule beside its field, or on top of the form; no access is another page."""
    if isinstance(error, NotFound | NotAllowed):
        raise error
    if error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, str(error)]
    else:
        form.form_errors.append(str(error))


def municipality_key(number: str) -> ColumnElement[bool]:
    """The condition for the municipality of a number in an address.

    Raises:
        NotFound: it has not the form of a number.
    """
    if not is_municipality_number(number):
        raise NotFound
    return Municipality.number == number


class PasswordLinkView(BaseView):
    """Setting a password through a link that an administrator handed over."""

    route_base = "/password"
    default_view = "set_password"

    @expose("/<secret>", methods=["GET", "POST"])
    @for_anyone
    def set_password(self, secret: str) -> Response:
        """The form, and what it sends. Looking at the page does not use the link up."""
        username = own.username_of_link(secret, at=utc_now())
        if username is None:
            raise NotFound
        db.session.rollback()
        form, status = NewPasswordForm(), 200
        if request.method == "POST":
            if form.validate() and self._set(secret, form):
                flash(_("Your password is set. Now sign in with it."), "success")
                return redirect(url_for("LoginView.login"))
            status = 422
        page = render_template("accounts/set_password.html", form=form, username=username)
        return make_response(page, status)

    @staticmethod
    def _set(secret: str, form: NewPasswordForm) -> bool:
        try:
            with transaction():
                own.set_password_by_link(secret, form.password.data, at=utc_now())
        except DomainError as error:
            put_error(form, error)
            return False
        return True


class FirstAdministratorView(BaseView):
    """Making the first central administrator through the link that a command printed."""

    route_base = "/first-administrator"
    default_view = "make"

    @expose("/<secret>", methods=["GET", "POST"])
    @for_anyone
    def make(self, secret: str) -> Response:
        """The form, and what it sends, once."""
        if not central.first_link_is_open(secret, at=utc_now()):
            raise NotFound
        db.session.rollback()
        form, status = FirstAdministratorForm(), 200
        if request.method == "POST":
            if form.validate() and self._make(secret, form):
                flash(_("Your login is ready. Now sign in with it."), "success")
                return redirect(url_for("LoginView.login"))
            status = 422
        page = render_template("accounts/first_administrator.html", form=form)
        return make_response(page, status)

    @staticmethod
    def _make(secret: str, form: FirstAdministratorForm) -> bool:
        try:
            with transaction():
                central.accept_first(secret, form.username.data, form.password.data, at=utc_now())
        except DomainError as error:
            put_error(form, error)
            return False
        return True


class AppointView(BaseView):
    """Appointing a local administrator, by a central administrator."""

    route_base = "/municipality/appoint"
    menu_homes = ("MunicipalityView",)
    default_view = "appoint"

    @expose("/<number>", methods=["GET", "POST"])
    @door(Action.APPOINT_LOCAL_ADMINISTRATOR, Resource.MUNICIPALITY)
    def appoint(self, number: str) -> Response:
        """The form, and what it sends."""
        municipality = self._municipality(number)
        form = AppointForm()
        name, status = municipality.display_name, 200
        if request.method == "POST":
            answer = self._appoint(number, form) if form.validate() else None
            if answer is not None:
                return answer
            status = 422
        page = render_template(
            "accounts/appoint.html",
            form=form,
            name=name,
            number=number,
            form_key=forms.form_key() or str(uuid4()),
        )
        return make_response(page, status)

    @staticmethod
    def _municipality(number: str) -> Municipality:
        action = Action.APPOINT_LOCAL_ADMINISTRATOR
        actor = current_actor()
        found: Municipality | None = db.session.scalar(
            scope.rows(actor, Municipality, action).where(municipality_key(number))
        )
        if found is None:
            raise NotFound
        policy.require(actor, action, found)
        return found

    def _appoint(self, number: str, form: AppointForm) -> Response | None:
        onward = url_for("MunicipalityView.show", pk=number)
        named = central.Named(
            form.given_name.data or "",
            form.family_name.data or "",
            form.username.data,
            has_account=form.has_account.data,
        )
        try:
            given = self._appoint_once(number, named, onward)
        except DomainError as error:
            put_error(form, error)
            return None
        if given is not None and given.code is not None:
            return code_handed_over(given.code, str(REQUEST_SENT), onward)
        if given is not None and given.secret is not None:
            return handed_over(given.secret, _("The local administrator is appointed."), onward)
        return redirect(onward)

    def _appoint_once(self, number: str, named: central.Named, onward: str) -> Given | None:
        """Appoint, however many times the form is sent; None when it was sent before."""
        actor, key = current_actor(), forms.form_key()
        with transaction() as database:
            if forms.earlier_result(database, actor, key) is not None:
                flash(_("This was saved already."), "success")
                return None
            municipality = self._municipality(number)
            forms.remember(database, actor, key, onward, utc_now())
            return central.appoint_local_administrator(actor, municipality, named, at=utc_now())
