"""Who holds the key roles of a municipality, as a list and a file."""

from typing import Any

from flask import g
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ScalarSelect, Select, case, func, select
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.fields import is_current
from app.clock import OSLO, today
from app.db import db
from app.enums import Role
from app.models import AccountProfile, Membership, Person, Plan, Unit
from app.screens.fields import show_date, show_number
from app.screens.listing import ListRequest, OneOfFilter, Order, PrefixFilter
from app.screens.paging import Page
from app.screens.scoped_view import ScopedModelView
from app.screens.table import TableInterface
from app.screens.words import words
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

KEY_ROLES = (Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR)


def plan_count() -> ScalarSelect[int]:
    """How many open plans the holder of a role coordinates."""
    found = select(func.count(Plan.id)).where(
        Plan.municipality_id == Membership.municipality_id,
        Plan.coordinator_id == Membership.person_id,
        Plan.closed_at.is_(None),
    )
    return found.correlate(Membership).scalar_subquery()


class KeyRolesView(ScopedModelView):
    """Who is local administrator and who is coordinator (*stafettholder*), for who may export."""

    resource = Resource.MEMBERSHIP
    route_base = "/key-roles"
    datamodel = TableInterface(Membership)
    include_route_methods = {"list", "export"}
    eager = (Membership.person, Membership.unit)

    list_title = _l("Overview of key roles")
    intro = _l(
        "Who is local administrator and who is coordinator here now. For those who keep track of"
        " who does what."
    )
    empty_text = _l("Nobody is local administrator or coordinator here now.")
    label_columns = {
        "person": _l("Name"),
        "role": _l("Role"),
        "unit": _l("Unit"),
        "plans": _l("Number of plans"),
        "last_login": _l("Last login"),
        "starts_on": _l("Since"),
    }
    list_columns = ["person", "role", "unit", "plans", "last_login", "starts_on"]
    add_columns = edit_columns = search_columns = ["role"]
    export_columns = ("person", "role", "unit", "plans", "last_login", "starts_on")
    filters = {
        "family_name": PrefixFilter(_l("Family name begins with"), Person.search_family),
        "role": OneOfFilter(
            _l("Role"), Membership.role, [(role.value, words(role)) for role in KEY_ROLES]
        ),
    }
    orders = {
        "person": Order(_l("Family name"), Person.search_family),
        "starts_on": Order(_l("Since"), Membership.starts_on, descending=True),
    }
    formatters_columns = {
        "person": lambda one: f"{one.person.family_name}, {one.person.given_name}",
        "role": lambda one: words(one.role),
        "unit": lambda one: "" if one.person.is_shielded or not one.unit else one.unit.name,
        "plans": lambda one: show_number(g.key_role_facts[one.id][0]),
        "last_login": lambda one: show_date(g.key_role_facts[one.id][1]) or _("Never"),
        "starts_on": lambda one: show_date(one.starts_on),
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
        found = db.session.execute(
            scope.rows(current_actor(), Membership, Action.EXPORT)
            .outerjoin(AccountProfile, AccountProfile.account_id == Membership.account_id)
            .where(Membership.id.in_([row.id for row in page.rows]))
            .with_only_columns(Membership.id, plan_count(), AccountProfile.last_login_at)
        )
        g.key_role_facts = {
            pk: (plans, at.astimezone(OSLO).date() if at else None) for pk, plans, at in found
        }
        return asked, page

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Name, role, unit, plans, last login and first day; no unit of a shielded person."""
        return (
            _key_roles(base)
            .outerjoin(Unit, Membership.unit_id == Unit.id)
            .outerjoin(AccountProfile, AccountProfile.account_id == Membership.account_id)
            .with_only_columns(
                Person.family_name + ", " + Person.given_name,
                Membership.role,
                case((Person.is_shielded, None), else_=Unit.name),
                plan_count(),
                AccountProfile.last_login_at,
                Membership.starts_on,
            )
        )


def _key_roles(base: Select[Any]) -> Select[Any]:
    return base.join(Person, Membership.person_id == Person.id).where(
        Membership.role.in_(KEY_ROLES), is_current(today())
    )
