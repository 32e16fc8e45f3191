"""How the list of jobs is filtered and sorted, and what it says of each."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, String, case, cast

from app.clock import utc_now
from app.enums import JobKind, JobState
from app.jobs.recent import ORDERED
from app.jobs.records import silent_since
from app.models import Job
from app.screens.fields import show_moment
from app.screens.listing import Filter, OneOfFilter, Order
from app.screens.words import options, words

FILTERS: dict[str, Filter] = {
    "state": OneOfFilter(_l("State"), Job.state, options(JobState)),
    "kind": OneOfFilter(_l("What"), Job.kind, options(JobKind)),
    "ordered": ORDERED,
}
ORDERS = {
    "created_at": Order(_l("Ordered"), Job.created_at, descending=True),
    "ended_at": Order(_l("Ended"), Job.ended_at, descending=True, may_be_empty=True),
}


def exported(base: Select[Any]) -> Select[Any]:
    """The columns of the list as a file."""
    return base.with_only_columns(
        Job.kind,
        Job.created_at,
        Job.state,
        case((Job.total > 0, cast(Job.done, String) + " / " + cast(Job.total, String)), else_=""),
        Job.started_at,
        Job.ended_at,
    )


def shown_state(job: Job) -> str:
    """The state in words, and since when nothing was seen of work that ought to go on."""
    silent = silent_since(job, utc_now())
    if silent is None:
        return str(words(job.state))
    moment = show_moment(silent)
    return _("%(state)s, no sign of life since %(moment)s", state=words(job.state), moment=moment)
