"""How the list of jobs is filtered and sorted."""

from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from app.clock import OSLO
from app.enums import JobState
from app.models import Job
from app.screens.day_filter import Choice, DayFilter
from app.screens.listing import Filter, OneOfFilter, Order
from app.screens.words import options

RECENT = timedelta(days=30)


def _is_recent(on: date) -> ColumnElement[bool]:
    return Job.created_at >= datetime.combine(on - RECENT, time(), OSLO)


FILTERS: dict[str, Filter] = {
    "state": OneOfFilter(_l("State"), Job.state, options(JobState)),
    "ordered": DayFilter(_l("Ordered"), {"month": Choice(_l("The last 30 days"), _is_recent)}),
}
ORDERS = {"created_at": Order(_l("Ordered"), Job.created_at, descending=True)}
