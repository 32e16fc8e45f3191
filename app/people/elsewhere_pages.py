"""Our own staff who hold a role in another municipality: that it is so, and nothing more."""

from typing import Any

from flask import g
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from werkzeug.wrappers import Response as AnyResponse

from app.clock import today
from app.db import db
from app.models import Membership, Person, Unit
from app.people.lists import UnitFilter
from app.people.search import find_persons
from app.screens.list_pages import LIST_DOORS
from app.screens.listing import ListRequest, Order
from app.screens.paging import Page
from app.screens.searching import SearchFilter
from app.screens.table import TableInterface
from app.screens.taken_out_list import TakenOutList
from app.screens.words import words
from app.security import elsewhere, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door


class ElsewhereView(TakenOutList):
    """Who of our own staff has access elsewhere, for those who may take persons out."""

    resource = Resource.PERSON
    route_base = "/ours-elsewhere"
    menu_homes = ("OutsideView",)
    datamodel = TableInterface(Person)
    include_route_methods = LIST_DOORS
    eager = (Person.unit,)
    list_sections = ("plans/_outside.html",)

    list_title = _l("Ours with access in other municipalities")
    intro = _l(
        "Who of those who belong to one of our own units holds a role in another municipality too."
        " That it is so is all that is told: not where, not as what, and not in which plans. For"
        " local administrators."
    )
    empty_text = _l("Nobody of our own staff holds a role in another municipality.")
    empty_help = _l("You need not do anything. Whoever gets such a role shows here by itself.")
    label_columns = {
        "person": _l("Name"),
        "unit": _l("Unit"),
        "roles": _l("Roles here"),
        "elsewhere": _l("Role in another municipality"),
    }
    list_columns = ["person", "unit", "roles", "elsewhere"]
    add_columns = edit_columns = search_columns = ["given_name"]
    export_columns = ("person", "unit")
    exported_as = {"roles": (), "elsewhere": ()}
    filters = {
        "q": SearchFilter(_l("Search"), find_persons, _l("Beginnings of names")),
        "unit": UnitFilter(_l("Unit, with all below it")),
    }
    orders = {"person": Order(_l("Family name"), Person.search_family)}
    formatters_columns = {
        "person": lambda one: f"{one.family_name}, {one.given_name}",
        "unit": lambda one: one.unit.name if one.unit else "",
        "roles": lambda one: ", ".join(g.roles_here.get(one.id, ())),
        "elsewhere": lambda one: _l("Yes"),
    }

    def query(self, action: Action) -> Select[Any]:
        """Those who are asked about and hold a role elsewhere."""
        found = elsewhere.staff_elsewhere(db.session(), current_actor())
        return super().query(Action.EXPORT).where(Person.id.in_(sorted(found)))

    @expose("/", methods=["GET"])
    @door(Action.EXPORT)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list."""
        answer: AnyResponse | tuple[str, int] = super().list()
        return answer

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, with the roles that each holds here."""
        asked, page = super().page()
        held = db.session.execute(
            scope.rows(current_actor(), Membership, Action.LIST)
            .where(
                Membership.person_id.in_([row.id for row in page.rows]),
                Membership.active(today()),
            )
            .order_by(Membership.id)
            .with_only_columns(Membership.person_id, Membership.role)
        )
        g.roles_here = {}
        for person_id, role in held:
            g.roles_here.setdefault(person_id, []).append(str(words(role)))
        return asked, page

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Name and unit of those who hold a role elsewhere."""
        found = elsewhere.staff_elsewhere(db.session(), current_actor())
        name: Any = Person.family_name + ", " + Person.given_name
        return (
            base.where(Person.id.in_(sorted(found)))
            .outerjoin(Unit, Person.unit_id == Unit.id)
            .with_only_columns(name, Unit.name)
        )
