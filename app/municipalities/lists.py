"""How municipalities are filtered and sorted, on the screens and on the REST side."""

from flask_babel import lazy_gettext as _l

from app.models import Municipality
from app.screens.listing import ExactFilter, Filter, Order, PrefixFilter

FILTERS: dict[str, Filter] = {
    "name": PrefixFilter(_l("Name begins with"), Municipality.search_name),
    "number": ExactFilter(_l("Number"), Municipality.number),
    "county_number": ExactFilter(_l("County number"), Municipality.county_number),
}
ORDERS = {
    "name": Order(_l("Name"), Municipality.search_name),
    "number": Order(_l("Number"), Municipality.number),
}
