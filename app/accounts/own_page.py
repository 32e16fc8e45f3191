"""The own page: who I am here, my login, my roles everywhere, my sessions and access keys."""

from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import Any

from flask import (
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import link_requests, one_login, own, queries
from app.accounts.forms import ChangePasswordForm, ContactForm, LinkCodeForm, TokenForm
from app.accounts.views import put_error
from app.clock import today, utc_now
from app.db import db, transaction
from app.errors import DomainError, NotFound, StaleVersion
from app.models import Person
from app.people.keyring import keyring
from app.screens import language
from app.screens.forms import differences
from app.screens.listing import is_id
from app.security import policy, scope, throttle
from app.security.actor import Actor, current_actor
from app.security.roles import Action
from app.security.routes import for_signed_in

COMPARED = ["email", "phone", "address", "postcode"]


class OwnPageView(BaseView):
    """For everyone who is signed in, with or without a municipality."""

    route_base = "/me"
    default_view = "index"

    @expose("/", methods=["GET"])
    @for_signed_in
    def index(self) -> Response:
        """The whole page."""
        return self._page()

    @expose("/contact", methods=["POST"])
    @for_signed_in
    def contact(self) -> Response:
        """Save own contact data."""
        form = ContactForm()

        def save() -> None:
            person = own_person(current_actor())
            if person is None:
                raise NotFound
            facts = own.Contact(
                form.email.data,
                form.phone.data,
                form.address.data,
                form.postcode.data,
                form.contact_language.data,
            )
            version = request.form.get("version", "")
            own.put_own_contact(current_actor(), person, facts, version=version)
            language.speak(None, facts.language)

        return self._try(form, save, _("Your contact data are saved."), contact=form)

    @expose("/password", methods=["POST"])
    @for_signed_in
    def password(self) -> Response:
        """Change own password; all other sessions end, and this one goes on under a new secret."""
        form, actor = ChangePasswordForm(), current_actor()
        if not form.validate():
            return self._page(422, password=form)
        key = keyring().keyed_hash("password change", str(actor.account_id))
        with transaction() as database:
            wait = throttle.count_try(database, key, utc_now())
        if wait is not None:
            return self._ask_to_wait(form, wait)

        def save() -> None:
            own.change_password(actor, form.old_password.data, form.password.data, at=utc_now())
            throttle.forget(db.session(), key)

        answer = self._try(form, save, _("Your password is changed."), password=form)
        if answer.status_code == 302:
            session.start(actor.account_id)  # type: ignore[attr-defined]
        return answer

    def _ask_to_wait(self, form: ChangePasswordForm, wait: timedelta) -> Response:
        form.old_password.errors = [_("That was many tries in a short time. Please wait a little.")]
        answer = self._page(429, password=form)
        answer.headers["Retry-After"] = str(ceil(wait.total_seconds()))
        return answer

    @expose("/sessions", methods=["POST"])
    @for_signed_in
    def sessions(self) -> Response:
        """Sign out everywhere else."""
        with transaction():
            present = session.row_hash  # type: ignore[attr-defined]
            own.end_other_sessions(current_actor(), present, at=utc_now())
        flash(_("You are signed out everywhere else."), "success")
        return redirect(self._here())

    @expose("/request/<pk>", methods=["POST"])
    @for_signed_in
    def answer(self, pk: str) -> Response:
        """Say yes or no to a municipality that asks to use this login."""
        said = request.form.get("answer")
        if said not in ("yes", "no") or not is_id(pk):
            raise NotFound
        if said == "yes":
            return self._accept(pk)
        with transaction():
            link_requests.decline(current_actor(), pk, at=utc_now())
        flash(_("You said no. Your login is not used there."), "success")
        return redirect(self._here())

    def _accept(self, pk: str) -> Response:
        form, actor = LinkCodeForm(), current_actor()
        try:
            with transaction():
                code = form.link_code.data or ""
                refusal = link_requests.accept(actor, pk, code, at=utc_now())
            if refusal is not None:
                raise refusal
        except link_requests.WrongCode as error:
            put_error(form, error)
            return self._page(error.status, codes={pk: form})
        flash(_("You said yes. Your login can be used there now."), "success")
        return redirect(self._here())

    @expose("/token", methods=["POST"])
    @for_signed_in
    def token(self) -> Response:
        """Make an access key; its secret is on this answer and nowhere else."""
        form, made = TokenForm(), []

        def save() -> None:
            made.append(
                own.make_token(
                    current_actor(),
                    form.token_name.data or "",
                    may_write=form.token_access.data == "write",
                    last_day=form.token_last_day.data,
                    at=utc_now(),
                )
            )

        answer = self._try(form, save, "", token=form)
        return self._page(secret=made[0].secret) if answer.status_code == 302 else answer

    @expose("/token/<pk>/revoke", methods=["GET", "POST"])
    @for_signed_in
    def revoke(self, pk: str) -> Response | str:
        """Say what it leads to, and make an access key useless."""
        if not is_id(pk):
            raise NotFound
        if request.method == "GET":
            return self._before_revoking(own.find_token(current_actor(), pk).name)
        with transaction():
            name = own.revoke_token(current_actor(), pk, at=utc_now())
        flash(_("The access key %(name)s is revoked.", name=name), "success")
        return redirect(self._here())

    def _before_revoking(self, name: str) -> str:
        page: str = render_template(
            "screens/certain.html",
            does=_("Revoke %(name)s", name=name),
            told=[
                _("The program that uses this access key can no longer read or write anything."),
                _("It can't be undone: the program must be given a new access key."),
            ],
            back=self._here(),
            back_title=_("My page"),
        )
        return page

    @staticmethod
    def _here() -> str:
        return url_for("OwnPageView.index")

    def _try(self, form: Any, save: Callable[[], None], text: str, **shown: Any) -> Response:
        """Save what a form sends, or show the page with the form and what is wrong."""
        if not form.validate():
            return self._page(422, **shown)
        try:
            with transaction():
                save()
        except StaleVersion as error:
            put_error(form, error)
            return self._page(error.status, is_stale=True, **shown)
        except DomainError as error:
            put_error(form, error)
            return self._page(error.status, **shown)
        if text:
            flash(text, "success")
        return redirect(self._here())

    @staticmethod
    def _page(
        status: int = 200, *, secret: str | None = None, is_stale: bool = False, **shown: Any
    ) -> Response:
        actor, at = current_actor(), utc_now()
        account_id = actor.account_id or 0
        person, requests = own_person(actor), queries.own_requests(account_id)
        page = render_template(
            "accounts/me.html",
            person=person,
            contact=shown.get("contact") or contact_form(person),
            differing=differences(shown["contact"], person, COMPARED) if is_stale else [],
            password=shown.get("password") or ChangePasswordForm(formdata=None),
            token=shown.get("token") or TokenForm(formdata=None),
            secret=secret,
            kept_as_one=one_login.kept_as_one(actor.person_id, at=at),
            roles=queries.own_roles(account_id, today()),
            requests=requests,
            codes=code_forms(requests, shown.get("codes", {})),
            tokens=queries.own_tokens(account_id),
            sessions=queries.open_sessions(
                account_id,
                at,
                current_app.session_interface.idle,  # type: ignore[attr-defined]
            ),
            present=session.row_hash,  # type: ignore[attr-defined]
            now=at,
        )
        return make_response(page, status)


def own_person(actor: Actor) -> Person | None:
    """The actor's own person in the present municipality, when there is one."""
    if actor.person_id is None:
        return None
    found: Person | None = db.session.scalar(
        scope.rows(actor, Person, Action.EDIT_CONTACT).where(Person.id == actor.person_id)
    )
    if found is None or not policy.decide(actor, Action.EDIT_CONTACT, found):
        return None
    return found


def code_forms(
    requests: list[queries.OwnRequest], sent: dict[str, LinkCodeForm]
) -> dict[str, LinkCodeForm]:
    """A form for the code of each request that has one: the one that was sent, or an empty one."""
    return {
        one.id: (sent.get(one.id) or LinkCodeForm(formdata=None)).of_request(
            one.id, one.municipality
        )
        for one in requests
        if one.has_code
    }


def contact_form(person: Person | None) -> ContactForm | None:
    """A form with what is saved."""
    if person is None:
        return None
    return ContactForm(formdata=None, obj=person, contact_language=person.language)
