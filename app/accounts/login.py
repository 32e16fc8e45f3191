"""Signing in and out, choosing a municipality, choosing a language."""

from datetime import timedelta
from math import ceil
from typing import cast

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from app.accounts import passwords
from app.accounts.home import WITH_PLANS_FIRST
from app.accounts.merged_told import told_since
from app.audit import log
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Language
from app.errors import NotFound
from app.models import AccountProfile, Municipality, Person
from app.people.keyring import keyring
from app.screens import gate, kept_forms, language
from app.security import scope, sessions, tenancy, throttle
from app.security.actor import NOBODY, Actor, current_actor, find_actor, open_municipalities
from app.security.roles import Action
from app.security.routes import for_anyone, for_signed_in


class LoginForm(FlaskForm):
    """User name and password."""

    username = StringField(
        _l("User name"),
        [InputRequired(_l("Write your user name."))],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Write your password."))],
        render_kw={"autocomplete": "current-password"},
    )


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
        return _login_page(form, 422 if request.method == "POST" else 200)

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
            return _login_page(form, 422)
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
        response = _login_page(form, 429)
        response.headers["Retry-After"] = str(ceil(wait.total_seconds()))
        return response

    @staticmethod
    def _enter(account_id: int, password: str, key: str, target: str | None) -> Response:
        with transaction() as database:
            throttle.forget(database, key)
        place, here = enter(account_id, password)
        if kept_forms.keep(request.form.get("kept", ""), account_id):
            target = url_for("KeptFormView.show")
        if place is None and len(here) > 1:
            if target is None and _is_here_for_plans(db.session(), account_id, here):
                return redirect(url_for("MyPlansView.index"))
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


def _login_page(form: LoginForm, status: int) -> Response:
    sealed = request.form.get("kept", "")[: kept_forms.LARGEST]
    return make_response(render_template("accounts/login.html", form=form, kept=sealed), status)


def sign_in_again(sealed: str) -> Response:
    """The page to sign in on, with what was written when the session had ended."""
    form = LoginForm(formdata=None)
    return make_response(render_template("accounts/login.html", form=form, kept=sealed), 401)


class KeptFormView(BaseView):
    """What the holder of the login wrote before having to sign in again."""

    route_base = "/kept-form"
    default_view = "show"

    @expose("/", methods=["GET"])
    @for_signed_in
    def show(self) -> Response:
        """What was written, and the choice to send it."""
        kept = kept_forms.waiting(current_actor().account_id)
        if kept is None:
            session.pop(kept_forms.KEPT, None)
            return redirect(url_for("HomeView.index"))
        return make_response(render_template("accounts/kept_form.html", kept=kept), 200)

    @expose("/", methods=["POST"])
    @for_signed_in
    def decide(self) -> Response:
        """Send it on to where it was going, or throw it away; it is kept no longer."""
        kept = kept_forms.waiting(current_actor().account_id)
        session.pop(kept_forms.KEPT, None)
        if kept is None or "throw_away" in request.form:
            return redirect(url_for("HomeView.index"))
        # 307: the browser sends the fields of the page on, where they pass what any form passes.
        return redirect(kept.path, 307)


def _is_here_for_plans(database: Session, account_id: int, here: list[int]) -> bool:
    """Whether the account administers nothing anywhere: *my plans* hold those of all places, and
    each of them leads to where it is, so that nothing need be chosen first."""
    now = utc_now()
    return all(
        find_actor(database, account_id, municipality_id, now).roles <= WITH_PLANS_FIRST
        for municipality_id in here
    )


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
        language.speak(None, _language_there(actor, chosen.id))
        flash(_("You now work in %(name)s.", name=chosen.display_name), "success")
        return redirect(target or url_for("HomeView.index"))


def enter(account_id: int, password: str) -> tuple[int | None, list[int]]:
    """Sign the account in by the stored hash ``password``, and tell it what was merged meanwhile.

    Gives the municipality it works in now, None where it has to choose, and all it may work in.
    """
    with transaction() as database:
        profile = database.get(AccountProfile, account_id) or AccountProfile(account_id=account_id)
        earlier, profile.last_login_at = profile.last_login_at, utc_now()
        database.add(profile)
        last, spoken = profile.last_municipality_id, profile.language
    here = open_municipalities(db.session(), account_id, today())
    place = last if last in here else (here[0] if len(here) == 1 else None)
    start_session(account_id, place, password, spoken)
    for text in told_since(db.session(), account_id, here, earlier):
        flash(text, "info")
    return place, here


def start_session(
    account_id: int, municipality_id: int | None, password: str, spoken: Language | None = None
) -> None:
    """Begin a signed-in session under a new secret, with nothing left from before but the language.

    ``password`` is the stored hash that was signed in by, ``spoken`` the language that is kept with
    the account.
    """
    chosen = session.get(language.CHOSEN)
    session.clear()
    session[sessions.ACCOUNT] = str(account_id)
    if municipality_id is not None:
        session[gate.CHOSEN] = municipality_id
    if chosen:
        session[language.CHOSEN] = chosen
    session.start(account_id, password)  # type: ignore[attr-defined]
    with transaction() as database:
        actor = find_actor(database, account_id, municipality_id, utc_now())
        with tenancy.applied(database, actor.scope):
            log.record(actor, "account:signed_in")
            of_person = own_language(database, actor)
    language.speak(spoken, of_person)


def own_language(database: Session, actor: Actor) -> Language | None:
    """What the actor's own person in the present municipality prefers, when it is known."""
    return cast(
        Language | None,
        database.scalar(
            scope.rows(actor, Person, Action.SHOW)
            .where(Person.id == actor.person_id)
            .with_only_columns(Person.language)
        ),
    )


def _language_there(actor: Actor, municipality_id: int) -> Language | None:
    """What the actor's own person in another municipality prefers."""
    with transaction() as database:
        there = find_actor(database, actor.account_id or 0, municipality_id, utc_now())
        with tenancy.applied(database, there.scope):
            return own_language(database, there)
