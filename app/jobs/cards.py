"""What the desk tells of jobs."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.desk.cards import Card, Harm, OfList
from app.enums import JobState
from app.jobs import lists
from app.models import Job
from app.screens.figures import CountedList

COUNTED = CountedList(Job, "JobView.list", lists.FILTERS, lists.ORDERS)
_CREATED: Any = Job.created_at
FAILED = Card(
    "failed_jobs",
    Harm.SOME,
    lambda count: ngettext(
        "%(num)s job has failed in the last 30 days",
        "%(num)s jobs have failed in the last 30 days",
        count,
    ),
    _l("What was ordered is not done, or only in part. See what stopped it, and order it anew."),
    OfList(
        COUNTED,
        {"state": JobState.FAILED.value, "ordered": "month"},
        lambda _on: _CREATED,
    ),
    lambda day: _("The oldest was ordered on %(day)s.", day=day),
)
