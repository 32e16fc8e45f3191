"""Who holds the key roles of a municipality, as a list and a file."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import g
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case, func
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import key_role_lists
from app.accounts.fields import is_current
from app.accounts.key_role_lists import KEY_ROLES, Facts, last_course, last_login, plan_count
from app.clock import OSLO, today
from app.enums import Role
from app.models import Membership, Person, Unit
from app.people.training import Training
from app.screens.fields import show_date, show_number
from app.screens.listing import ListRequest
from app.screens.paging import Page
from app.screens.table import TableInterface
from app.screens.taken_out_list import TakenOutList
from app.screens.words import words
from app.security.roles import Action, Resource
from app.security.routes import door


def _of(one: Membership) -> Facts:
    found: Facts = g.key_role_facts[one.id]
    return found


def _role(one: Membership) -> str:
    return ", ".join([str(words(one.role)), *_of(one).besides])


def _unit(one: Membership) -> str:
    """The unit that the role is limited to; else the one its holder belongs to."""
    unit = one.unit or one.person.unit
    return "" if unit is None or one.person.is_shielded else unit.name


def _course(one: Membership) -> str:
    stands = _of(one).course
    if stands is None:
        return _("None") if one.role is Role.COORDINATOR else ""
    day = show_date(stands.certified_on)
    if stands.training in (Training.TRAINED, Training.DUE_SOON):
        return day
    return _("%(day)s, more than 24 months ago", day=day)


class KeyRolesView(TakenOutList):
    """Who is local administrator and who is coordinator (*stafettholder*), for who may export."""

    resource = Resource.MEMBERSHIP
    route_base = "/key-roles"
    datamodel = TableInterface(Membership)
    include_route_methods = {"list", "export", "arrange", "keep_view"}
    eager = (Membership.person, Membership.unit)
    list_sections = ("accounts/_coordinating_unit.html",)

    list_title = _l("Overview of key roles")
    intro = _l(
        "Who is local administrator and who is coordinator here now. For those who keep track of"
        " who does what."
    )
    empty_text = _l("Nobody is local administrator or coordinator here now.")
    empty_help = _l("Whoever is given such a role under Roles and logins shows here.")
    label_columns = {
        "person": _l("Name"),
        "role": _l("Role"),
        "unit": _l("Unit"),
        "plans": _l("Number of plans"),
        "course": _l("Last course"),
        "last_login": _l("Last login"),
        "starts_on": _l("Since"),
        "last_day": _l("Last day"),
    }
    list_columns = ["person", "role", "unit", "plans", "course", "last_login", "last_day"]
    more_columns = ("starts_on",)
    add_columns = edit_columns = search_columns = ["role"]
    export_columns = (
        "person",
        "role",
        "unit",
        "plans",
        "course",
        "last_login",
        "starts_on",
        "last_day",
    )
    filters = key_role_lists.FILTERS
    main_filters = ("family_name", "role", "course", "login")
    orders = key_role_lists.orders()
    formatters_columns = {
        "person": lambda one: f"{one.person.family_name}, {one.person.given_name}",
        "role": _role,
        "unit": _unit,
        "plans": lambda one: show_number(_of(one).plans),
        "course": _course,
        "last_login": lambda one: show_date(_of(one).last_login) or _("Never"),
        "starts_on": lambda one: show_date(one.starts_on),
        "last_day": lambda one: show_date(one.last_day),
    }

    def query(self, action: Action) -> Select[Any]:
        """Key roles in force that the actor may take out of the panel."""
        return _key_roles(super().query(Action.EXPORT))

    @expose("/", methods=["GET"])
    @door(Action.EXPORT)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list."""
        answer: AnyResponse | tuple[str, int] = super().list()
        return answer

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, with what is known of each beside the role itself."""
        asked, page = super().page()
        g.key_role_facts = key_role_lists.facts(page.rows, today())
        return asked, page

    def coordinating_units(self) -> Sequence[Unit]:
        """The coordinating units, whose leaders are their contacts."""
        return key_role_lists.coordinating_units()

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """What the list shows of the role and its holder; no unit of a shielded person."""
        return (
            _key_roles(base)
            .outerjoin(Unit, func.coalesce(Membership.unit_id, Person.unit_id) == Unit.id)
            .with_only_columns(
                Person.family_name + ", " + Person.given_name,
                Membership.role,
                case((Person.is_shielded, None), else_=Unit.name),
                plan_count(),
                last_course(today()),
                last_login(),
                Membership.starts_on,
                Membership.ends_on,
            )
        )

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """The day of the last login in Norway, and the last day instead of the first one after."""

        def finish(row: tuple[Any, ...]) -> tuple[Any, ...]:
            *said, at, starts_on, ends_on = row
            day = None if at is None else at.astimezone(OSLO).date()
            return (*said, day, starts_on, ends_on and ends_on - timedelta(days=1))

        return finish


def _key_roles(base: Select[Any]) -> Select[Any]:
    return base.join(Person, Membership.person_id == Person.id).where(
        Membership.role.in_(KEY_ROLES), is_current(today())
    )
