"""How persons are filtered and sorted, on the screens and on the REST side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.db import db
from app.models import Person, Unit
from app.people.names import search_form
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
    is_id,
)
from app.screens.searching import SearchFilter
from app.screens.typed import anywhere, terms
from app.screens.words import options
from app.security import scope
from app.security.actor import current_actor

MOST_NAMES = 300


@dataclass(frozen=True)
class UnitFilter:
    """Persons of a unit that the actor sees and of those below it, the shielded left out.

    The unit is typed, or taken from those offered; an address may name it by the id.
    """

    label: Any
    kind: str = "typed"

    @property
    def names(self) -> Sequence[str]:
        """The units that are offered, the retired ones too: their persons must be found. None
        where there are too many to look through."""
        named = _units().order_by(Unit.search_name, Unit.id).with_only_columns(Unit.name)
        found = db.session.scalars(named.limit(MOST_NAMES + 1)).all()
        return [] if len(found) > MOST_NAMES else list(dict.fromkeys(found))

    def shown(self, value: str) -> str:
        """What stands in the field: for an id the name."""
        if not is_id(value):
            return value
        unit: Unit | None = db.session.scalar(_units().where(Unit.id == value))
        return "" if unit is None else unit.name

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the persons' unit.

        Raises:
            BadFilterValue: there is no such unit.
        """
        chosen = self.units(value)
        if chosen is None:
            return None
        return and_(Person.unit_id.in_(chosen), Person.is_shielded.is_(False))

    def units(self, value: str) -> Select[Any] | None:
        """Ids of the chosen unit and all below it, or of all with such a name and those below
        them; None when none is chosen.

        Raises:
            BadFilterValue: there is no such unit.
        """
        if not value.strip():
            return None
        paths = _paths(Unit.id == value) if is_id(value) else _named(value)
        if not paths:
            raise BadFilterValue("choice")
        return select(Unit.id).where(or_(*map(scope.below, paths))).correlate(None)


def _units() -> Select[Any]:
    return scope.rows(current_actor(), Unit).where(Unit.merged_into_id.is_(None))


def _paths(condition: ColumnElement[bool]) -> Sequence[str]:
    return db.session.scalars(_units().where(condition).with_only_columns(Unit.path)).all()


def _named(text: str) -> Sequence[str]:
    """Where the units of just this name are; without any, those whose name holds the words."""
    whole = _paths(Unit.search_name == search_form(text))
    return whole or _paths(anywhere(Unit.search_name, terms(text)))


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
