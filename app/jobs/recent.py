"""The filter of jobs by when they were ordered."""

from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from app.clock import OSLO
from app.models import Job
from app.screens.day_filter import Choice, DayFilter

RECENT = timedelta(days=30)


def _is_recent(on: date) -> ColumnElement[bool]:
    return Job.created_at >= datetime.combine(on - RECENT, time(), OSLO)


ORDERED = DayFilter(_l("Ordered"), {"month": Choice(_l("The last 30 days"), _is_recent)})
