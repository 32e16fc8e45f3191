"""How the list of jobs is filtered and sorted."""

from flask_babel import lazy_gettext as _l

from app.enums import JobState
from app.models import Job
from app.screens.listing import OneOfFilter, Order
from app.screens.words import options

FILTERS = {"state": OneOfFilter(_l("State"), Job.state, options(JobState))}
ORDERS = {"created_at": Order(_l("Ordered"), Job.created_at, descending=True)}
