"""Signing in and out, choosing a municipality, choosing a language."""

from datetime import timedelta
from math import ceil

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from app.accounts import passwords
from app.audit import log
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Language
from app.errors import NotFound
from app.models import AccountProfile, Municipality
from app.people.keyring import keyring
from app.screens import gate, language
from app.security import sessions, tenancy, throttle
from app.security.actor import NOBODY, Actor, current_actor, find_actor, open_municipalities
from app.security.routes import for_anyone, for_signed_in


class LoginForm(FlaskForm):
    """User name and password."""

    username = StringField(_l("User name"), [InputRequired(_l("Write your user name."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password."))])


class LoginView(BaseView):
    """The way in and the way out."""

    route_base = "/"
    default_view = "login"

    @expose("/login/", methods=["GET", "POST"])
    @for_anyone
    def login(self) -> Response | str:
        """The form, and what it sends."""
        target = gate.safe_next(request.args.get("next"))
        if current_actor().is_signed_in and request.method == "GET":
            return redirect(target or url_for("HomeView.index"))
        form = LoginForm()
        if request.method == "POST" and form.validate():
            return self._try(form, target)
        status = 422 if request.method == "POST" else 200
        return make_response(render_template("accounts/login.html", form=form), status)

    def _try(self, form: LoginForm, target: str | None) -> Response:
        username = form.username.data.strip().casefold()[:64]
        key = keyring().keyed_hash("login", username)
        with transaction() as database:
            wait = throttle.count_try(database, key, utc_now())
        if wait is not None:
            return self._ask_to_wait(form, wait)
        account = db.session.scalar(select(User).where(User.username == username))
        stored = account.password if account is not None and account.active else None
        db.session.rollback()
        if not passwords.fits(stored, form.password.data) or account is None:
            whose = "" if account is None else str(account.id)
            log.record_refusal(NOBODY, "account:sign_in_refused", None, whose)
            form.form_errors.append(_("The user name or the password is wrong."))
            return make_response(render_template("accounts/login.html", form=form), 422)
        return self._enter(account.id, str(stored), key, target)

    @staticmethod
    def _ask_to_wait(form: LoginForm, wait: timedelta) -> Response:
        minutes = max(1, ceil(wait / timedelta(minutes=1)))
        form.form_errors.append(
            _(
                "That was many tries in a short time. Wait %(n)s minutes and try again."
                " Your account is safe.",
                n=minutes,
            )
        )
        response = make_response(render_template("accounts/login.html", form=form), 429)
        response.headers["Retry-After"] = str(ceil(wait.total_seconds()))
        return response

    @staticmethod
    def _enter(account_id: int, password: str, key: str, target: str | None) -> Response:
        with transaction() as database:
            throttle.forget(database, key)
            profile = database.get(AccountProfile, account_id) or AccountProfile(
                account_id=account_id
            )
            profile.last_login_at = utc_now()
            database.add(profile)
            last, spoken = profile.last_municipality_id, profile.language
        here = open_municipalities(db.session(), account_id, today())
        place = last if last in here else (here[0] if len(here) == 1 else None)
        start_session(account_id, place, password)
        if spoken is not None:
            session[language.CHOSEN] = spoken.value
        if len(here) > 1 and last not in here:
            return redirect(url_for("MunicipalityChoiceView.choose", next=target))
        return redirect(target or url_for("HomeView.index"))

    @expose("/logout/", methods=["POST"])
    @for_anyone
    def logout(self) -> Response:
        """End the session here and in the browser."""
        session.end()  # type: ignore[attr-defined]
        return redirect(url_for("LoginView.login"))

    @expose("/language/", methods=["POST"])
    @for_anyone
    def language(self) -> Response:
        """Use another language from now on, kept with the account of who is signed in."""
        chosen = request.form.get("language", "")
        if chosen not in {known.value for known in language.LANGUAGES}:
            raise NotFound
        session[language.CHOSEN] = chosen
        actor = current_actor()
        if actor.account_id is not None:
            with transaction() as database:
                profile = database.get(AccountProfile, actor.account_id) or AccountProfile(
                    account_id=actor.account_id
                )
                profile.language = Language(chosen)
                database.add(profile)
        return redirect(gate.safe_next(request.form.get("next")) or url_for("HomeView.index"))


class MunicipalityChoiceView(BaseView):
    """One login, many municipalities: in which to work now."""

    route_base = "/municipality-choice"
    default_view = "choose"

    @expose("/", methods=["GET", "POST"])
    @for_signed_in
    def choose(self) -> Response | str:
        """The municipalities where the account holds a role, and the choice of one."""
        actor = current_actor()
        here = open_municipalities(db.session(), actor.account_id or 0, today())
        target = gate.safe_next(request.values.get("next"))
        if request.method == "POST":
            return self._go_to(actor, request.form.get("municipality", ""), here, target)
        found = db.session.scalars(
            select(Municipality).where(Municipality.id.in_(here)).order_by(Municipality.search_name)
        ).all()
        return render_template("accounts/choose.html", municipalities=found, target=target)

    @staticmethod
    def _go_to(actor: Actor, number: str, here: list[int], target: str | None) -> Response:
        chosen = db.session.scalar(
            select(Municipality).where(Municipality.number == number, Municipality.id.in_(here))
        )
        if chosen is None:
            raise NotFound
        session[gate.CHOSEN] = chosen.id
        with transaction() as database:
            profile = database.get(AccountProfile, actor.account_id) or AccountProfile(
                account_id=actor.account_id
            )
            profile.last_municipality_id = chosen.id
            database.add(profile)
        flash(_("You now work in %(name)s.", name=chosen.display_name), "success")
        return redirect(target or url_for("HomeView.index"))


def start_session(account_id: int, municipality_id: int | None, password: str) -> None:
    """Begin a signed-in session under a new secret, with nothing left from before.

    ``password`` is the stored hash that was signed in by.
    """
    spoken = session.get(language.CHOSEN)
    session.clear()
    session[sessions.ACCOUNT] = str(account_id)
    if municipality_id is not None:
        session[gate.CHOSEN] = municipality_id
    if spoken:
        session[language.CHOSEN] = spoken
    session.start(account_id, password)  # type: ignore[attr-defined]
    with transaction() as database:
        actor = find_actor(database, account_id, municipality_id, today())
        with tenancy.applied(database, actor.scope):
            log.record(actor, "account:signed_in")
