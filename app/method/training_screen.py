"""Who of the coordinators has learned to coordinate, and who is to take a course: a list."""

from typing import Any

from flask import g
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case
from werkzeug.wrappers import Response as AnyResponse

from app.clock import today
from app.db import db
from app.method.filters import TRAINING
from app.models import Person, Unit
from app.people import training
from app.people.lists import UnitFilter
from app.people.search import find_persons, ways_to
from app.people.training import Standing
from app.screens.fields import show_date
from app.screens.list_pages import LIST_DOORS
from app.screens.listing import Filter, ListRequest, Order
from app.screens.paging import Page
from app.screens.scoped_view import ScopedModelView
from app.screens.searching import SearchFilter
from app.screens.table import TableInterface
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

FILTERS: dict[str, Filter] = {
    "q": SearchFilter(_l("Search"), find_persons, _l("Beginnings of the person's names"), ways_to),
    "training": TRAINING,
    "unit": UnitFilter(_l("Unit, with all below it")),
}
ORDERS = {"person": Order(_l("Family name"), Person.search_family)}


class TrainingView(ScopedModelView):
    """The coordinators among those whom a local administrator administers."""

    resource = Resource.PERSON
    route_base = "/training"
    menu_homes = ("SuccessView",)
    datamodel = TableInterface(Person)
    include_route_methods = LIST_DOORS
    eager = (Person.unit,)

    list_title = _l("Who is to take a course")
    intro = _l(
        "Every coordinator, and how they stand with the coordinator school: a certificate counts"
        " for 24 months, and new coordinators have 60 days. For local administrators."
    )
    empty_text = _l("Nobody is coordinator here now.")
    empty_help = _l("Whoever is given the role of coordinator under Roles and logins shows here.")
    label_columns = {
        "person": _l("Name"),
        "unit": _l("Unit"),
        "since": _l("Coordinator since"),
        "certified_on": _l("Last certificate"),
        "standing": _l("Coordinator school"),
        "until": _l("Is to take a course before"),
    }
    list_columns = ["person", "unit", "certified_on", "standing", "until"]
    more_columns = ("since",)
    add_columns = edit_columns = search_columns = ["family_name"]
    filters = FILTERS
    orders = ORDERS
    formatters_columns = {
        "person": lambda person: f"{person.family_name}, {person.given_name}",
        "unit": lambda person: "" if person.is_shielded or not person.unit else person.unit.name,
        "since": lambda person: show_date(g.training_since[person.id]),
        "certified_on": lambda person: show_date(g.training[person.id].certified_on),
        "standing": lambda person: g.training[person.id].words,
        "until": lambda person: show_date(g.training[person.id].until),
    }
    export_columns = ("person", "unit", "since", "certified_on")
    exported_as = {"standing": (), "until": ()}

    def query(self, action: Action) -> Select[Any]:
        """Coordinators of today whom the actor may take out of the panel."""
        return _coordinators(super().query(Action.EXPORT))

    @expose("/", methods=["GET"])
    @door(Action.EXPORT)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list."""
        return self.list_page()

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, with how each one stands."""
        asked, page = super().page()
        on = today()
        found = db.session.execute(
            scope.rows(current_actor(), Person, Action.EXPORT)
            .where(Person.id.in_([row.id for row in page.rows]))
            .with_only_columns(
                Person.id,
                training.last_certificate(Person.id, on).label("last"),
                training.since(Person.id, on).label("since"),
            )
        ).all()
        g.training_since = {row.id: row.since for row in found}
        g.training = {row.id: _standing(row, on) for row in found}
        return asked, page

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Name, unit, since when, and last certificate; no unit of a shielded person."""
        on = today()
        return (
            _coordinators(base)
            .outerjoin(Unit, Person.unit_id == Unit.id)
            .with_only_columns(
                Person.family_name + ", " + Person.given_name,
                case((Person.is_shielded, None), else_=Unit.name),
                training.since(Person.id, on),
                training.last_certificate(Person.id, on),
            )
        )


def _coordinators(base: Select[Any]) -> Select[Any]:
    return base.where(Person.id.in_(training.coordinator_ids(today())))


def _standing(row: Any, on: Any) -> Standing:
    return training.standing(row.last, row.since, on)
