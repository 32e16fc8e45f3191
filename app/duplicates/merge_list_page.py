"""The list of merges: what waits for approval first, then what was merged lately."""

from collections.abc import Callable
from typing import Any

from flask import g, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, case, or_, type_coerce
from sqlalchemy.orm import aliased

from app.db import db
from app.duplicate_tables import DuplicatePair, PersonMerge
from app.duplicates.merge_words import STATES
from app.enums import MergeState
from app.models import Person
from app.people.search import ids_named
from app.screens.fields import show_moment
from app.screens.figures import CountedList
from app.screens.listing import Filter, ListRequest, OneOfFilter, Order
from app.screens.paging import Page
from app.screens.scoped_view import ScopedModelView
from app.screens.searching import SearchFilter
from app.screens.table import TableInterface
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource


def find_merges(text: str) -> ColumnElement[bool]:
    """Merges where one of the two has a name that begins as typed."""
    found = ids_named(text)
    return or_(PersonMerge.kept_id.in_(found), PersonMerge.gone_id.in_(found))


FILTERS: dict[str, Filter] = {
    "q": SearchFilter(_l("Search"), find_merges, _l("Beginnings of names")),
    "state": OneOfFilter(
        _l("State"), PersonMerge.state, [(one.value, STATES[one]) for one in MergeState]
    ),
}
ORDERS = {
    "waiting": Order(
        _l("Waiting first"),
        case((PersonMerge.state == MergeState.WAITING, 1), else_=0),
        descending=True,
        header="state",
    ),
    "wanted_at": Order(_l("Asked for"), PersonMerge.wanted_at, descending=True),
    "merged_at": Order(_l("Merged"), PersonMerge.merged_at, descending=True, may_be_empty=True),
}
COUNTED = CountedList(PersonMerge, "MergeListView.list", FILTERS, ORDERS)
"""The list, for figures that are lengths of it."""


class MergeListView(ScopedModelView):
    """Every merge of two persons, for local administrators; each row leads to its own page."""

    resource = Resource.DUPLICATE
    menu_homes = ("DuplicateView",)
    route_base = "/duplicates/merge"
    datamodel = TableInterface(PersonMerge)
    include_route_methods = {"list", "export", "arrange", "keep_view"}
    eager = (PersonMerge.kept, PersonMerge.gone)
    list_page_template = "duplicates/merge_list.html"

    list_title = _l("Merges")
    intro = _l(
        "Records that were made one, those that wait for approval first. A merge can be undone for"
        " 90 days."
    )
    empty_text = _l("Nothing has been merged yet.")
    empty_help = _l(
        "When you answer that two records are the same person, what becomes of them is told here."
    )
    label_columns = {
        "names": _l("Who"),
        "state": _l("State"),
        "wanted_at": _l("Asked for"),
        "merged_at": _l("Merged"),
        "undone_at": _l("Undone"),
    }
    list_columns = ["names", "state", "wanted_at", "merged_at"]
    more_columns = ("undone_at",)
    add_columns = edit_columns = search_columns = ["note"]
    filters = FILTERS
    orders = ORDERS
    formatters_columns = {
        "names": lambda one: f"{one.gone.full_name} – {one.kept.full_name}",
        "state": lambda one: STATES[one.state],
        "wanted_at": lambda one: show_moment(one.wanted_at),
        "merged_at": lambda one: show_moment(one.merged_at) if one.merged_at else "",
        "undone_at": lambda one: show_moment(one.undone_at) if one.undone_at else "",
    }
    export_columns = ("names", "state", "wanted_at", "merged_at", "undone_at")

    @property
    def list_name(self) -> str:
        """What the list is called where something is kept of it, and in the name of a file."""
        return "merges"

    def describe(self, row: PersonMerge) -> str:
        """The two names."""
        return str(self.cell(row, "names"))

    def has_door(self, method: str) -> bool:
        """Each row leads to its merge, which another view shows."""
        return method == "show" or super().has_door(method)

    def row_address(self, row: PersonMerge) -> str | None:
        """The merge, which stands under its pair; None once the pair is about others."""
        pk = g.merge_pairs.get(_two(row))
        return None if pk is None else url_for("MergeView.show", pk=pk)

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, and the pairs under which they stand."""
        asked, page = super().page()
        twos = [_two(row) for row in page.rows]
        found = db.session.execute(
            scope.rows(current_actor(), DuplicatePair, Action.SHOW)
            .where(
                DuplicatePair.first_id.in_([first for first, _second in twos]),
                DuplicatePair.second_id.in_([second for _first, second in twos]),
            )
            .with_only_columns(DuplicatePair.id, DuplicatePair.first_id, DuplicatePair.second_id)
        )
        g.merge_pairs = {(first, second): pk for pk, first, second in found}
        return asked, page

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """The two names, the state, and when."""
        gone, kept = aliased(Person), aliased(Person)
        name: Any = gone.given_name + " " + gone.family_name
        return (
            base.join(gone, PersonMerge.gone_id == gone.id)
            .join(kept, PersonMerge.kept_id == kept.id)
            .with_only_columns(
                name + " – " + kept.given_name + " " + kept.family_name,
                # Other things wait, too, and are said to in other words.
                type_coerce(PersonMerge.state, String),
                PersonMerge.wanted_at,
                PersonMerge.merged_at,
                PersonMerge.undone_at,
            )
        )

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """The state in the words of the list."""
        said = {one.value: str(word) for one, word in STATES.items()}
        return lambda row: (row[0], said[row[1]], *row[2:])


def _two(merge: PersonMerge) -> tuple[str, str]:
    """The ids of the two, in the order in which a pair has them."""
    first, second = sorted((merge.kept_id, merge.gone_id))
    return first, second
