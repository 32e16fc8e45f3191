"""How persons are filtered and sorted, on the screens and on the REST side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, select

from app.db import db
from app.models import Person, Unit
from app.people.search import find_persons, ways_to
from app.screens.listing import (
    BadFilterValue,
    DateFilter,
    ExactFilter,
    Filter,
    Order,
    PrefixFilter,
    RetiredFilter,
    Shown,
    YesNoFilter,
)
from app.screens.searching import SearchFilter
from app.screens.words import options
from app.security import scope
from app.security.actor import current_actor


@dataclass(frozen=True)
class UnitFilter:
    """Persons of a unit that the actor sees and of those below it, the shielded left out."""

    label: Any
    kind: str = "choice"

    @property
    def options(self) -> Sequence[tuple[str, Any]]:
        """(id, name) of the units, the retired ones too: their persons must be found."""
        found = scope.rows(current_actor(), Unit).where(Unit.merged_into_id.is_(None))
        units = db.session.execute(
            found.order_by(Unit.search_name, Unit.id).with_only_columns(
                Unit.id, Unit.name, Unit.retired_at.is_not(None)
            )
        )
        return [(pk, _retired(name) if is_retired else name) for pk, name, is_retired in units]

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the persons' unit.

        Raises:
            BadFilterValue: it is none of the options.
        """
        chosen = self.units(value)
        if chosen is None:
            return None
        return and_(Person.unit_id.in_(chosen), Person.is_shielded.is_(False))

    def units(self, value: str) -> Select[Any] | None:
        """Ids of the chosen unit and all below it; None when none is chosen.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value not in dict(self.options):
            raise BadFilterValue("choice")
        path = db.session.get_one(Unit, value).path
        return select(Unit.id).where(scope.below(path)).correlate(None)


def _retired(name: str) -> str:
    return _("%(name)s (retired)", name=name)


FILTERS: dict[str, Filter] = {
    "family_name": PrefixFilter(_l("Family name begins with"), Person.search_family),
    "given_name": PrefixFilter(_l("Given name begins with"), Person.search_given),
    "birth_date": DateFilter(_l("Birth date"), Person.birth_date),
    "external_id": ExactFilter(_l("Id in another system"), Person.external_id),
    "state": RetiredFilter(_l("Show"), Person.retired_at, options(Shown)),
}
SCREEN_FILTERS: dict[str, Filter] = {
    "q": SearchFilter(
        _l("Search"),
        find_persons,
        _l("Beginnings of names, birth date, or id in another system, e-mail or phone in full"),
        ways_to,
    ),
    "family_name": FILTERS["family_name"],
    "given_name": FILTERS["given_name"],
    "birth_date": FILTERS["birth_date"],
    "unit": UnitFilter(_l("Unit, with all below it")),
    "external_id": FILTERS["external_id"],
    "national_id": YesNoFilter(
        _l("National id"),
        Person.national_id_hash.is_not(None),
        (("yes", _l("Registered")), ("no", _l("Missing"))),
    ),
    "state": FILTERS["state"],
}
ORDERS = {
    "family_name": Order(_l("Family name"), Person.search_family),
    "given_name": Order(_l("Given name"), Person.search_given),
}
SCREEN_ORDERS = {
    "family_name": Order(_l("Family name"), Person.search_family, header="name"),
    "given_name": ORDERS["given_name"],
    "birth_date": Order(_l("Birth date"), Person.birth_date, may_be_empty=True),
    "registered": Order(_l("Registered"), Person.id, descending=True),
}
