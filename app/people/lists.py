"""How persons are filtered and sorted, on the screens and on the REST side."""

from flask_babel import lazy_gettext as _l

from app.models import Person
from app.people.search import find_persons, ways_to
from app.screens.listing import (
    DateFilter,
    ExactFilter,
    Filter,
    Order,
    PrefixFilter,
    RetiredFilter,
    Shown,
)
from app.screens.searching import SearchFilter
from app.screens.words import options

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
    **FILTERS,
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
