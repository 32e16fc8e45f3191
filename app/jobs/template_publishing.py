"""Telling the coordinators of many plans of a newer version of their template, as a job.

Some plans at a time, each with how far it is in one transaction: what is cancelled or cut off goes
on where it stopped. No plan is moved by it.
"""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.audit import log
from app.clock import utc_now
from app.columns import new_id
from app.db import db
from app.enums import JobKind, JobState
from app.errors import NotFound
from app.jobs.records import JobRef, at_work
from app.models import Job
from app.plans import template_proposals
from app.plans.template_proposals import Proposed
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.set_up_tables import Template
from app.templating.texts import literal

LINES: dict[str, Any] = {"told": _l("Coordinators told")}


def propose(actor: Actor, template: Template, *, at: datetime) -> Proposed | Job:
    """Tell the coordinators: at once where the plans are few, else by the job of the answer, which
    is sent when it is committed."""
    policy.require(actor, Action.EDIT, template)
    total = sum(count for _number, count in template_proposals.count_by_version(actor, template))
    if total < template_proposals.AT_ONCE:
        return template_proposals.propose(actor, template, at=at)
    policy.require_open(actor, Action.ADD, Resource.JOB)
    job = Job(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kind=JobKind.TEMPLATE_PUBLISHING,
        state=JobState.WAITING,
        account_id=actor.account_id,
        title=literal(template.names.get("nb", ""))[:100],
        parameters={"template_id": template.id},
        report={"told": 0},
        total=total,
        created_at=at,
    )
    db.session.add(job)
    db.session.flush()
    log.record(actor, "job:added", job)
    return job


def run(ref: JobRef, job: Job) -> None:
    """Tell them all, some in each transaction.

    Raises:
        Stopped, Cancelled, NotRunning: see ``records.at_work``.
    """
    while _tell_some(ref):
        db.session.expunge_all()


def _tell_some(ref: JobRef) -> bool:
    """Tell the next ones; whether there may be more."""
    with at_work(ref) as (actor, job):
        template = db.session.get(Template, job.parameters["template_id"])
        if template is None:
            raise NotFound
        after = job.report.get("after")
        made = template_proposals.propose(actor, template, after=after, at=utc_now())
        job.done += made.plans
        told = job.report.get("told", 0) + made.told
        job.report = {**job.report, "told": told, "after": made.after or after}
        if made.after is None:
            job.state, job.ended_at = JobState.DONE, utc_now()
            job.total = job.done
        return made.after is not None
