"""How persons are filtered and sorted, on the screens and on the REST side."""

from flask_babel import lazy_gettext as _l

from app.models import Person
from app.screens.listing import (
    DateFilter,
    ExactFilter,
    Filter,
    Order,
    PrefixFilter,
    RetiredFilter,
    Shown,
)
from app.screens.words import options

FILTERS: dict[str, Filter] = {
    "family_name": PrefixFilter(_l("Family name begins with"), Person.search_family),
    "given_name": PrefixFilter(_l("Given name begins with"), Person.search_given),
    "birth_date": DateFilter(_l("Birth date"), Person.birth_date),
    "external_id": ExactFilter(_l("Id in another system"), Person.external_id),
    "state": RetiredFilter(_l("Show"), Person.retired_at, options(Shown)),
}
ORDERS = {
    "family_name": Order(_l("Family name"), Person.search_family),
    "given_name": Order(_l("Given name"), Person.search_given),
}
