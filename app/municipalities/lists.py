"""How municipalities are filtered and sorted, on the screens and on the REST side."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, or_

from app.models import Municipality
from app.people.names import search_form
from app.screens.listing import ExactFilter, Filter, Order


@dataclass(frozen=True)
class NameFilter:
    """Municipalities with a name, or a word of one, that begins as typed.

    The search column holds the Norwegian, Sámi and Kven names one after the other.
    """

    label: Any
    kind: str = "text"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition for what was typed; nothing begins with signs alone."""
        if not value.strip():
            return None
        typed = search_form(value)
        if not typed:
            return false()
        column = Municipality.search_name
        return or_(
            column.startswith(typed, autoescape=True),
            column.contains(f" {typed}", autoescape=True),
        )


FILTERS: dict[str, Filter] = {
    "name": NameFilter(_l("Name begins with")),
    "number": ExactFilter(_l("Number"), Municipality.number),
    "county_number": ExactFilter(_l("County number"), Municipality.county_number),
}
ORDERS = {
    "name": Order(_l("Name"), Municipality.search_name),
    "number": Order(_l("Number"), Municipality.number),
}
