"""The screen of the register of municipalities, and of who administers each."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case, select
from wtforms import BooleanField

from app.accounts import central
from app.accounts.queries import count_local_administrators
from app.accounts.views import municipality_key
from app.clock import today
from app.db import db
from app.models import County, Municipality
from app.municipalities import lists as municipality_lists
from app.screens.fields import show_date
from app.screens.list_pages import LIST_DOORS
from app.screens.listing import LookedUpFilter, Order, YesNoFilter, is_municipality_number
from app.screens.scoped_view import ScopedModelView
from app.screens.table import TableInterface
from app.screens.words import words
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource

YES_NO = (("yes", _l("Yes")), ("no", _l("No")))


def _counties() -> list[tuple[str, Any]]:
    found = db.session.execute(select(County.number, County.name).order_by(County.number))
    return [(number, name) for number, name in found]


class MunicipalityView(ScopedModelView):
    """The register of municipalities; which are in use is the central administrators' to say."""

    resource = Resource.MUNICIPALITY
    route_base = "/municipality"
    datamodel = TableInterface(Municipality)
    include_route_methods = LIST_DOORS | {"show", "edit"}

    list_title = _l("Municipalities")
    edit_title = _l("Take the municipality into use, or out of use")
    intro = _l(
        "All municipalities of the national register, and which of them use this panel. For"
        " everyone who has a login."
    )
    edit_intro = _l("Only in a municipality that is in use can anybody be given a role.")
    show_intro = _l("What the national register says, and whether the municipality is in use.")
    empty_text = _l("The register is empty.")
    label_columns = {
        "number": _l("Number"),
        "name": _l("Name"),
        "county": _l("County"),
        "language_form": _l("Written language"),
        "official_names": _l("Names in other languages"),
        "valid_from": _l("Valid from"),
        "is_in_use": _l("In use"),
    }
    list_columns = ["name", "official_names", "number", "county", "is_in_use"]
    more_columns = ("language_form", "valid_from")
    show_columns = [
        "number",
        "name",
        "official_names",
        "county",
        "language_form",
        "valid_from",
        "is_in_use",
    ]
    edit_columns = ["is_in_use"]
    add_columns = search_columns = ["name"]
    edit_form_extra_fields = {"is_in_use": BooleanField(label_columns["is_in_use"])}
    filters = {
        "name": municipality_lists.FILTERS["name"],
        "county": LookedUpFilter(_l("County"), Municipality.county_number, _counties),
        "in_use": YesNoFilter(_l("In use"), Municipality.is_in_use, YES_NO),
    }
    orders = {
        "name": Order(_l("Name"), Municipality.search_name),
        "number": Order(_l("Number"), Municipality.number),
    }
    formatters_columns = {
        "name": lambda one: one.display_name,
        "county": lambda one: one.county.name,
        "language_form": lambda one: words(one.language_form),
        "official_names": lambda one: ", ".join(one.official_names.values()),
        "valid_from": lambda one: show_date(one.valid_from),
        "is_in_use": lambda one: _("Yes") if one.is_in_use else _("No"),
    }
    export_columns = (
        "number",
        "name",
        "county",
        "is_in_use",
        "language_form",
        "valid_from",
        "official_names",
    )

    def describe(self, row: Municipality) -> str:
        """The name, with the county where two share it."""
        return row.display_name

    def public_key(self, row: Municipality) -> str:
        """The number."""
        return row.number

    def key_condition(self, pk: str) -> Any:
        """The municipality of a number."""
        return municipality_key(pk)

    def anchor(self, row: Municipality) -> str:
        """The number."""
        return row.number

    def anchor_column(self) -> Any:
        """The number."""
        return Municipality.number

    def is_anchor(self, text: str) -> bool:
        """Whether a text has the form of a number."""
        return is_municipality_number(text)

    def change(self, row: Municipality, form: Any) -> None:
        """Take it into use, or out of use; one that was joined into another stays out."""
        central.require_own(row)
        super().change(row, form)

    def related(self, row: Municipality) -> list[tuple[Any, str, dict[str, Any]]]:
        """For central administrators: how many local administrators there are, and joining it."""
        joining = (_("Joining municipalities"), "joining/_link.html", {"row": row})
        if not self.may(Action.APPOINT_LOCAL_ADMINISTRATOR, row) or row.joined_into_id is not None:
            return [joining] if self._is_asked() else []
        count = count_local_administrators(row.id, today())
        values = {"number": row.number, "count": count}
        return [(_("Local administrators"), "accounts/_local_administrators.html", values), joining]

    @staticmethod
    def _is_asked() -> bool:
        """Whether the actor is one who proposes or answers that municipalities are joined."""
        right = policy.may_open(current_actor(), Action.SHOW, Resource.MUNICIPALITY_JOINING)
        return bool(right)

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Number, name, county and whether it is in use."""
        return base.join(County, Municipality.county_number == County.number).with_only_columns(
            Municipality.number,
            Municipality.name,
            County.name,
            case((Municipality.is_in_use, _("Yes")), else_=_("No")),
            Municipality.language_form,
            Municipality.valid_from,
            Municipality.official_names,
        )

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """The official names in one cell."""
        return lambda row: (*row[:-1], ", ".join(row[-1].values()))
