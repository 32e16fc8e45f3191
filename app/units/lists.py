"""How units are filtered and sorted, on the screens and on the REST side."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, or_

from app.enums import UnitKind
from app.models import Person, Unit
from app.people.search import ids_named
from app.screens.listing import Filter, OneOfFilter, Order, PrefixFilter, RetiredFilter, Shown
from app.screens.searching import SearchFilter
from app.screens.typed import anywhere, terms
from app.screens.words import options

FILTERS: dict[str, Filter] = {
    "name": PrefixFilter(_l("Name begins with"), Unit.search_name),
    "kind": OneOfFilter(_l("Kind of unit"), Unit.kind, options(UnitKind)),
    "state": RetiredFilter(_l("Show"), Unit.retired_at, options(Shown)),
}


def find_units(text: str) -> ColumnElement[bool]:
    """The condition for units by the words of their name, or of their leader's.

    Units are few in a municipality, so the words may stand anywhere in the name. A shielded
    leader is shown in no list, so no unit is found by that name.
    """
    led = Unit.leader_id.in_(ids_named(text, Person.is_shielded.is_(False)))
    words = terms(text)
    return or_(anywhere(Unit.search_name, words), led) if words else false()


SCREEN_FILTERS: dict[str, Filter] = {
    "q": SearchFilter(
        _l("Search"), find_units, _l("Beginnings of words in the unit's name, or in its leader's")
    ),
    **FILTERS,
}
ORDERS = {"name": Order(_l("Name"), Unit.search_name)}
