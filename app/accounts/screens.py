"""The screen of the roles and logins in a municipality."""

from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import contains_eager
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import operations, undoing
from app.accounts.fields import (
    STATES,
    GivenRoleField,
    StateFilter,
    first_day_after,
    state_of,
    with_last_day,
)
from app.accounts.holding import Terms
from app.accounts.queries import username_of
from app.accounts.views import REQUEST_SENT, code_handed_over, handed_over
from app.clock import today, utc_now
from app.db import transaction
from app.enums import Role
from app.errors import DomainError
from app.models import AccountProfile, Membership, Person, Unit
from app.people.search import ids_named
from app.people.training_told import warn
from app.screens.day_filter import Choice, DayFilter
from app.screens.fields import (
    NEEDED,
    NorwegianDateField,
    TextField,
    at_most,
    person_choice,
    show_date,
    unit_choice,
)
from app.screens.list_pages import LIST_DOORS
from app.screens.listing import (
    OneOfFilter,
    Order,
    PrefixFilter,
)
from app.screens.scoped_view import ScopedModelView
from app.screens.searching import SearchFilter
from app.screens.table import TableInterface
from app.screens.words import words
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door


def find_holders(text: str) -> ColumnElement[bool]:
    """The condition for roles of persons whose names begin as typed."""
    return Membership.person_id.in_(ids_named(text))


def never_signed_in(_on: date) -> ColumnElement[bool]:
    """Whether the login behind a role was never used, here or elsewhere."""
    used = select(AccountProfile.account_id).where(AccountProfile.last_login_at.is_not(None))
    return Membership.account_id.not_in(used.correlate(None))


class HandsOver(ScopedModelView):
    """A screen whose form may end in a link or code, shown once on the page that answers it."""

    def answer_new(self, location: str, text: str) -> AnyResponse:
        """The page with the link or the code, when there is one."""
        code = g.pop("code_handed_over", None)
        if code is not None:
            return code_handed_over(code, text, location)
        secret = g.pop("handed_over", None)
        if secret is None:
            return super().answer_new(location, text)
        return handed_over(secret, text, location)


class MembershipView(HandsOver):
    """Who holds which role in the municipality, and the login behind it."""

    resource = Resource.MEMBERSHIP
    route_base = "/role"
    datamodel = TableInterface(Membership)
    include_route_methods = LIST_DOORS | {
        "show", "add", "edit", "end", "withdraw", "undo", "password_link",
    }  # fmt: skip
    eager = (Membership.unit,)

    list_title = _l("Roles and logins")
    add_title = _l("Give a role")
    edit_title = _l("Change where and when")
    intro = _l(
        "Who has access here, as what, and for how long. Here you give roles and end them. For"
        " local administrators and coordinators."
    )
    add_intro = _l(
        "A role gives a registered person access. You hand over a link to a person without a login,"
        " and a code to one who has a login elsewhere."
    )
    edit_intro = _l("Change how far the role reaches and how long it lasts. It applies at once.")
    show_intro = _l("The role, and the login that it is held with.")
    add_label = _l("Give a role")
    empty_text = _l("Nobody has a role here.")
    label_columns = {
        "person": _l("Person"),
        "person_id": _l("Person"),
        "role": _l("Role"),
        "unit": _l("Unit"),
        "unit_id": _l("Limited to a unit and all below it"),
        "starts_on": _l("From"),
        "last_day": _l("Last day"),
        "state": _l("State"),
        "username": _l("User name of a new login"),
    }
    list_columns = ["person", "role", "unit", "starts_on", "last_day", "state"]
    show_columns = list_columns
    add_columns = ["person_id", "role", "unit_id", "starts_on", "last_day", "username"]
    edit_columns = ["unit_id", "starts_on", "last_day"]
    search_columns = ["role"]
    export_columns = ("person", "role", "unit", "starts_on", "last_day", "state")
    add_form_extra_fields = {
        "person_id": person_choice(label_columns["person_id"], validators=[NEEDED]),
        "role": GivenRoleField(label_columns["role"], validators=[NEEDED]),
        "unit_id": unit_choice(label_columns["unit_id"]),
        "starts_on": NorwegianDateField(label_columns["starts_on"], [NEEDED], default=today),
        "last_day": NorwegianDateField(
            label_columns["last_day"],
            description=_l("The role is held to the end of this day. Leave empty for no end."),
        ),
        "username": TextField(
            label_columns["username"],
            [at_most(64)],
            description=_l("Only for a person who has no login yet."),
        ),
    }
    edit_form_extra_fields = add_form_extra_fields
    filters = {
        "q": SearchFilter(_l("Search"), find_holders, _l("Beginnings of the person's names")),
        "family_name": PrefixFilter(_l("Family name begins with"), Person.search_family),
        "role": OneOfFilter(
            _l("Role"),
            Membership.role,
            [(role.value, words(role)) for role in Role if role is not Role.CENTRAL_ADMINISTRATOR],
        ),
        "never_signed_in": DayFilter(
            _l("Signing in"), {"yes": Choice(_l("Never signed in"), never_signed_in)}
        ),
        "state": StateFilter(_l("Show")),
    }
    main_filters = ("role", "never_signed_in")
    orders = {
        "person": Order(_l("Family name"), Person.search_family),
        "role": Order(_l("Role"), Membership.role),
        "starts_on": Order(_l("From"), Membership.starts_on, descending=True),
    }
    formatters_columns = {
        "person": lambda one: f"{one.person.family_name}, {one.person.given_name}",
        "role": lambda one: words(one.role),
        "unit": lambda one: "" if one.person.is_shielded or not one.unit else one.unit.name,
        "starts_on": lambda one: show_date(one.starts_on),
        "last_day": lambda one: show_date(one.last_day),
        "state": lambda one: STATES[state_of(one, today())],
    }

    def describe(self, row: Membership) -> str:
        """The person and the role."""
        return f"{row.person.full_name}, {words(row.role)}"

    def query(self, action: Action) -> Select[Any]:
        """Roles with their persons, so that lists sort by name."""
        base = super().query(action)
        return base.join(Person, Membership.person_id == Person.id).options(
            contains_eager(Membership.person)
        )

    def enter(self, form: Any) -> tuple[str, str]:
        """Give the role of the form; the holder is asked where the login is in use elsewhere."""
        person, role = form.person_id.chosen, form.role.data
        ends_on = first_day_after(form.last_day.data)
        terms = Terms(role, form.starts_on.data, ends_on, form.unit_id.chosen)
        given = operations.assign(
            current_actor(), person, terms, username=form.username.data, at=utc_now()
        )
        if role is Role.COORDINATOR:
            g.made_coordinator = person
        if given.membership is None:
            g.code_handed_over = given.code
            return self.url("list"), str(REQUEST_SENT)
        if given.secret is not None:
            g.handed_over = given.secret
        self._require_in_reach(given.membership)
        return self.url("show", given.membership), _(
            "%(name)s is registered.", name=self.describe(given.membership)
        )

    def answer_new(self, location: str, text: str) -> AnyResponse:
        """As elsewhere; a new coordinator who is not trained is told of."""
        warn(g.pop("made_coordinator", None))
        return super().answer_new(location, text)

    def change(self, row: Membership, form: Any) -> None:
        """Change where and when the role is held; a unit that was retired since stays."""
        is_kept = form.unit_id.data == row.unit_id
        unit = row.unit if is_kept else form.unit_id.chosen
        operations.change_role(
            current_actor(),
            row,
            unit=unit,
            starts_on=form.starts_on.data,
            ends_on=first_day_after(form.last_day.data),
            at=utc_now(),
        )

    def _form_page(self, form: Any, template: str, status: int, row: Any = None) -> tuple[str, int]:
        hide_unit(form, row)
        if row is None and request.method == "GET":
            _take_person(form, request.args.get("person", ""))
        return super()._form_page(form, template, status, row)

    def _save_change(self, pk: str, form: Any) -> str:
        hide_unit(form, self.get_row(pk, Action.EDIT))
        return super()._save_change(pk, form)

    def related(self, row: Membership) -> list[tuple[Any, str, dict[str, Any]]]:
        """The login behind the role, and the buttons for both.

        The user name is for those who would help the holder to sign in.
        """
        actor = current_actor()
        may_link = bool(policy.decide(actor, Action.CREATE_ACCOUNT, row.person))
        is_theirs = may_link and self.may(Action.END, row)
        values = {
            "view": self,
            "row": row,
            "may_end": self.may(Action.END, row) and row.ended_at is None,
            "may_withdraw": bool(policy.decide(actor, Action.WITHDRAW_ACCOUNT, row.person)),
            "may_link": may_link,
            "is_own": row.account_id == actor.account_id,
            "may_spread": row.role is Role.COORDINATOR
            and bool(policy.may_open(actor, Action.ADD, Resource.CLEAN_UP)),
            "username": username_of(row.account_id) if is_theirs else None,
        }
        return [(_("Role and login"), "accounts/_role_actions.html", values)]

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Name, role, unit and dates; no unit of a shielded person."""
        return (
            base.join(Person, Membership.person_id == Person.id)
            .outerjoin(Unit, Membership.unit_id == Unit.id)
            .with_only_columns(
                Person.family_name + ", " + Person.given_name,
                Membership.role,
                case((Person.is_shielded, None), else_=Unit.name),
                Membership.starts_on,
                Membership.ends_on,
                Membership.ended_at,
            )
        )

    def row_finisher(self) -> Any:
        """The last day, as people write it, for the first day without; and the state in words."""
        states, on = {state: str(text) for state, text in STATES.items()}, today()
        return lambda row: with_last_day(row, states, on)

    @expose("/end/<pk>", methods=["GET", "POST"])
    @door(Action.END)
    def end(self, pk: str) -> AnyResponse | str:
        """End a role now; one's own only after a page that says that it is for good."""
        if request.method == "GET":
            return self._before_end(pk, Action.END)
        with transaction():
            row = self.get_row(pk, Action.END)
            name, role = row.person.full_name, str(words(row.role)).lower()
            undo = undoing.end(current_actor(), row, at=utc_now())
        text = _("%(name)s is no longer %(role)s here.", name=name, role=role)
        self._say_ended(row, text, undo)
        return redirect(self.url("list"))

    @expose("/withdraw/<pk>", methods=["GET", "POST"])
    @door(Action.WITHDRAW_ACCOUNT, Resource.PERSON)
    def withdraw(self, pk: str) -> AnyResponse | str:
        """End all roles of the person here, and the login where it is used nowhere else."""
        if request.method == "GET":
            return self._before_end(pk, Action.SHOW)
        with transaction():
            row = self.get_row(pk, Action.SHOW)
            name = row.person.full_name
            undo = undoing.withdraw(current_actor(), row.person, at=utc_now())
        text = _("%(name)s no longer has a login here. All roles here have ended.", name=name)
        self._say_ended(row, text, undo)
        return redirect(self.url("list"))

    def _say_ended(self, row: Membership, text: str, undo: str) -> None:
        """What has ended, with a button that gives it back; one's own one can't give oneself."""
        is_own = row.account_id == current_actor().account_id
        self.say(text, None if is_own else self.url("undo", pk=undo))

    def _before_end(self, pk: str, action: Action) -> str:
        """What ending a role leads to; asked before one ends one's own, which one can't undo."""
        row = self.get_row(pk, action)
        name, role = row.person.full_name, str(words(row.role)).lower()
        does = _("Withdraw the login: end all roles of %(name)s here now", name=name)
        if action is Action.END:
            does = _("End the role of %(name)s as %(role)s now", name=name, role=role)
        told = [_("It holds at once: who is signed in with the login is signed out.")]
        if row.account_id == current_actor().account_id:
            told += [_("This is your own. You can't undo it: somebody else must give it anew.")]
        else:
            told += [_("You can undo it for an hour.")]
        page: str = render_template(
            "screens/certain.html",
            does=does,
            told=told,
            back=self.url("show", row),
            back_title=self.describe(row),
        )
        return page

    @expose("/undo/<pk>", methods=["POST"])
    @door(Action.UNDO, Resource.BULK_CHANGE)
    def undo(self, pk: str) -> AnyResponse:
        """Give back what one has just ended: a role, or a login with its roles."""
        try:
            with transaction():
                given = undoing.give_back(current_actor(), pk, at=utc_now())
                text = _("It is undone: %(name)s has what was ended.", name=given.person.full_name)
                onward = self.url("show", given.roles[0]) if given.roles else self.url("list")
        except DomainError as error:
            if error.is_refusal:
                raise
            flash(_("It is not undone. %(reason)s", reason=error), "warning")
            return redirect(self.url("list"))
        if given.secret is not None:
            return handed_over(given.secret, text, onward)
        flash(text, "success")
        return redirect(onward)

    @expose("/password-link/<pk>", methods=["POST"])
    @door(Action.CREATE_ACCOUNT, Resource.PERSON)
    def password_link(self, pk: str) -> AnyResponse:
        """A link for the holder to set a new password, shown once."""
        with transaction():
            row = self.get_row(pk, Action.SHOW)
            secret = operations.new_password_link(current_actor(), row.person, at=utc_now())
        return handed_over(secret, _("The link is ready."), self.url("show", row))


def _take_person(form: Any, pk: str) -> None:
    """Fill in whom the way here was about, when the actor may choose that person."""
    form.person_id.data = pk
    if form.person_id.chosen is None:
        form.person_id.data = None


def hide_unit(form: Any, row: Membership | None) -> None:
    """Keep the unit of a shielded person's role unseen; it can be kept, or another chosen."""
    if row is not None and row.person.is_shielded:
        form.unit_id.is_open = lambda _unit: False
        form.unit_id.flags.secret = True
