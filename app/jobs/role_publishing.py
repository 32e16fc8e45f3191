"""Bringing many participants to a newer version of their standard role, as a job.

A few at a time, each with how far it is in one transaction: what is cancelled or cut off goes on
where it stopped, and nobody is ever half brought along.
"""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.audit import log
from app.clock import day_of, utc_now
from app.columns import new_id
from app.db import db
from app.enums import JobKind, JobState, Reach
from app.errors import NotFound
from app.jobs.records import JobRef, at_work
from app.models import Job, StandardRole
from app.plans import role_holders, role_publishing
from app.plans.role_publishing import Brought
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.templating import standard_roles
from app.templating.texts import literal

COUNTED = ("narrowed", "proposed", "left")
LINES: dict[str, Any] = {
    "narrowed": _l("Have less access now"),
    "proposed": _l("Are proposed more access, which the coordinator answers"),
    "left": _l("Keep what they were given beyond the role by hand"),
}


def publish(
    actor: Actor, role: StandardRole, reach: Reach, *, version: str, at: datetime
) -> Brought | Job:
    """Publish the draft of a role, or let what is in use be for those who have it already, too.

    Those who have the role are brought along at once where they are few; else by the job of the
    answer, which is sent when it is committed.

    Raises:
        StaleVersion, NothingNew, NameIsTaken: as ``standard_roles.publish``.
    """
    if reach is Reach.ALL_EXISTING and standard_roles.drafted(role) is None:
        standard_roles.widen_reach(actor, role, version=version, at=at)
    else:
        standard_roles.publish(actor, role, reach, version=version, at=at)
    if reach is Reach.NEW_ONLY:
        return Brought()
    asked = role_holders.holding(actor, role, day_of(at)).order_by(None)
    total = db.session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    if total <= role_publishing.AT_ONCE:
        return role_publishing.bring(actor, role, role.number, at=at)
    return _order(actor, role, total, at)


def _order(actor: Actor, role: StandardRole, total: int, at: datetime) -> Job:
    policy.require_open(actor, Action.ADD, Resource.JOB)
    job = Job(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kind=JobKind.ROLE_PUBLISHING,
        state=JobState.WAITING,
        account_id=actor.account_id,
        title=literal(role.names.get("nb", ""))[:100],
        parameters={"role_id": role.id, "number": role.number},
        report=dict.fromkeys(COUNTED, 0),
        total=total,
        created_at=at,
    )
    db.session.add(job)
    db.session.flush()
    log.record(actor, "job:added", job)
    return job


def run(ref: JobRef, job: Job) -> None:
    """Bring everyone along, a few in each transaction.

    Raises:
        Stopped, Cancelled, NotRunning: see ``records.at_work``.
    """
    while _bring_some(ref):
        pass


def _bring_some(ref: JobRef) -> bool:
    """Bring the next ones along; whether there may be more."""
    with at_work(ref) as (actor, job):
        role = db.session.get(StandardRole, job.parameters["role_id"])
        if role is None:
            raise NotFound
        after, number = job.report.get("after"), job.parameters["number"]
        made = role_publishing.bring(actor, role, number, after=after, at=utc_now())
        job.done += made.participants
        counted = {name: job.report.get(name, 0) + getattr(made, name) for name in COUNTED}
        job.report = {**job.report, **counted, "after": made.after or after}
        if made.after is None:
            job.state, job.ended_at = JobState.DONE, utc_now()
            job.total = job.done
        return made.after is not None
