"""How units are filtered and sorted, on the screens and on the REST side."""

from flask_babel import lazy_gettext as _l

from app.enums import UnitKind
from app.models import Unit
from app.screens.listing import Filter, OneOfFilter, Order, PrefixFilter, RetiredFilter, Shown
from app.screens.words import options

FILTERS: dict[str, Filter] = {
    "name": PrefixFilter(_l("Name begins with"), Unit.search_name),
    "kind": OneOfFilter(_l("Kind of unit"), Unit.kind, options(UnitKind)),
    "state": RetiredFilter(_l("Show"), Unit.retired_at, options(Shown)),
}
ORDERS = {"name": Order(_l("Name"), Unit.search_name)}
