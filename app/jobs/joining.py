"""Joining two municipalities, as a job of the one that takes over."""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.clock import utc_now
from app.db import db, transaction
from app.errors import NotFound
from app.jobs import queue
from app.jobs.duplicate_scan import queue_scan
from app.jobs.records import Cancelled, JobRef, Stopped, at_work
from app.joining import carrying, operations
from app.joining.carrying import NotTheOwner, NotWanted, Order, Unfit
from app.joining_tables import MunicipalityJoining
from app.models import Job
from app.security import policy
from app.security.actor import acting_as
from app.security.roles import Action

LINES: dict[str, Any] = {
    "same_login": _l("Persons with a login in both, who are one person here now"),
    "same_national_id": _l("Persons registered in both, to be looked at under Duplicates"),
}


def run(ref: JobRef, _job: Job) -> None:
    """Join the two, in one transaction, and let duplicates be searched for.

    Raises:
        Stopped, Cancelled, NotRunning: see ``records.at_work``.
    """
    with at_work(ref) as (actor, job):
        joining = db.session.get(MunicipalityJoining, job.parameters["joining_id"])
        if joining is None:
            raise NotFound
        policy.require(actor, Action.APPROVE, joining)
        if not operations.is_still_proposed(joining):
            raise Stopped("joining_taken_back")
        order = Order(joining.id, job.id, actor)
    # The owner waits for whoever has read anything, ourselves too.
    db.session.rollback()
    try:
        carrying.carry(current_app.extensions["samvev_owner_engine"], order, at=utc_now())
    except NotWanted:
        raise Cancelled from None
    except Unfit:
        raise Stopped("joining_unfit") from None
    except NotTheOwner:
        raise Stopped("not_the_owner") from None
    _look_for_duplicates(order)


def _look_for_duplicates(order: Order) -> None:
    """Those who were registered in both come into the queue; the nightly round would find them."""
    with acting_as(db.session(), order.actor), transaction():
        job = queue_scan(order.actor, at=utc_now())
    queue.send(job.id, job.municipality_id)
