"""The list of plans that other municipalities have sent here, those that wait first."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case
from sqlalchemy.orm import aliased

from app.db import db
from app.enums import MoveState, PlanKind
from app.models import Person
from app.municipalities.place_names import place_names
from app.people.names import search_form
from app.people.search import ids_named
from app.screens.fields import show_moment
from app.screens.figures import CountedList
from app.screens.listing import Filter, ListRequest, LookedUpFilter, OneOfFilter, Order
from app.screens.paging import Page
from app.screens.scoped_view import ScopedModelView
from app.screens.searching import SearchFilter
from app.screens.table import TableInterface
from app.screens.words import options, words
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Resource
from app.side_tables import IncomingPlan

ARRIVED = [one for one in MoveState if one is not MoveState.ASKED]
"""What becomes of a plan once it is sent."""


def find_packages(text: str) -> ColumnElement[bool]:
    """Plans that are to be answered by somebody whose name begins as typed."""
    found: ColumnElement[bool] = IncomingPlan.coordinator_id.in_(ids_named(text))
    return found


def _places() -> Sequence[tuple[str, str]]:
    """The municipalities that have sent something the actor sees."""
    sent = scope.rows(current_actor(), IncomingPlan)
    ids = db.session.scalars(sent.with_only_columns(IncomingPlan.from_municipality_id).distinct())
    return sorted(
        ((str(pk), name) for pk, name in place_names(ids).items()),
        key=lambda one: search_form(one[1]),
    )


FILTERS: dict[str, Filter] = {
    "q": SearchFilter(_l("Search"), find_packages, _l("Beginnings of the coordinator's name")),
    "state": OneOfFilter(
        _l("State"), IncomingPlan.state, [(one.value, words(one)) for one in ARRIVED]
    ),
    "kind": OneOfFilter(_l("Kind of plan"), IncomingPlan.kind, options(PlanKind)),
    "place": LookedUpFilter(_l("From"), IncomingPlan.from_municipality_id, _places),
}
ORDERS = {
    "waiting": Order(
        _l("Waiting first"),
        case((IncomingPlan.state == MoveState.SENT, 1), else_=0),
        descending=True,
        header="state",
    ),
    "sent": Order(_l("Sent"), IncomingPlan.sent_at, descending=True, header="sent_at"),
    "ended": Order(
        _l("Answered"),
        IncomingPlan.ended_at,
        descending=True,
        may_be_empty=True,
        header="ended_at",
    ),
}
COUNTED = CountedList(IncomingPlan, "IncomingListView.list", FILTERS, ORDERS)
"""The list, for figures that are lengths of it."""


class IncomingListView(ScopedModelView):
    """What came from other municipalities; each row leads to its own page."""

    resource = Resource.INCOMING_PLAN
    route_base = "/incoming-plan"
    datamodel = TableInterface(IncomingPlan)
    include_route_methods = {"list", "export", "arrange", "keep_view"}
    eager = (IncomingPlan.coordinator,)

    list_title = _l("From other municipalities")
    intro = _l(
        "Plans about people who move here. Nobody sees what is written in them before a"
        " coordinator here has said yes. For local administrators and coordinators."
    )
    empty_text = _l("No plan has been sent here")
    empty_help = _l(
        "When another municipality sends a plan, with the consent of its owner, it shows here. Then"
        " a local administrator names the coordinator who answers."
    )
    label_columns = {
        "kind": _l("Plan"),
        "place": _l("From"),
        "sent_at": _l("Sent"),
        "state": _l("State"),
        "coordinator": _l("Who answers"),
        "ended_at": _l("Answered"),
    }
    list_columns = ["kind", "place", "sent_at", "state", "coordinator"]
    more_columns = ("ended_at",)
    add_columns = edit_columns = search_columns = ["reason"]
    filters = FILTERS
    orders = ORDERS
    formatters_columns = {
        "kind": lambda one: told_apart(one),
        "place": lambda one: g.places_from[one.from_municipality_id],
        "sent_at": lambda one: show_moment(one.sent_at),
        "state": lambda one: words(one.state),
        "coordinator": lambda one: one.coordinator.full_name if one.coordinator else "–",
        "ended_at": lambda one: show_moment(one.ended_at) if one.ended_at else "",
    }
    export_columns = ("kind", "place", "sent_at", "state", "coordinator", "ended_at")

    @property
    def list_name(self) -> str:
        """What the list is called where something is kept of it, and in the name of a file."""
        return "incoming-plans"

    def has_door(self, method: str) -> bool:
        """Each row leads to what came, which another view shows."""
        return method == "show" or super().has_door(method)

    def row_address(self, row: IncomingPlan) -> str | None:
        """What came."""
        return url_for("IncomingView.show", pk=row.id)

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, and what the municipalities that sent them are called."""
        asked, page = super().page()
        g.places_from = place_names(row.from_municipality_id for row in page.rows)
        return asked, page

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """What the list tells; nothing of what is in a plan, nor whom it is about."""
        coordinator: Any = aliased(Person)
        return base.outerjoin(
            coordinator, IncomingPlan.coordinator_id == coordinator.id
        ).with_only_columns(
            IncomingPlan.kind,
            IncomingPlan.from_municipality_id,
            IncomingPlan.sent_at,
            IncomingPlan.state,
            coordinator.given_name + " " + coordinator.family_name,
            IncomingPlan.ended_at,
        )

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """What the municipalities are called."""
        names = dict(_places())
        return lambda row: (row[0], names.get(str(row[1]), ""), *row[2:])


def told_apart(package: IncomingPlan) -> str:
    """The kind of plan, and from where, for those who hear the links of the list alone."""
    place = g.places_from[package.from_municipality_id]
    return str(_("%(kind)s from %(place)s", kind=words(package.kind), place=place))
