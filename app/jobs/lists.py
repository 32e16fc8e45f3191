"""How the list of jobs is filtered and sorted."""

from flask_babel import lazy_gettext as _l

from app.enums import JobState
from app.jobs.recent import ORDERED
from app.models import Job
from app.screens.listing import Filter, OneOfFilter, Order
from app.screens.words import options

FILTERS: dict[str, Filter] = {
    "state": OneOfFilter(_l("State"), Job.state, options(JobState)),
    "ordered": ORDERED,
}
ORDERS = {"created_at": Order(_l("Ordered"), Job.created_at, descending=True)}
