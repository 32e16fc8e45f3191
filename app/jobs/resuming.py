"""Letting a job that failed or was cancelled go on where it stopped.

Whoever lets it go on answers for it from then on: it runs with their rights, asked anew.
"""

from app.audit import log
from app.enums import JobKind, JobState
from app.errors import NotAllowed
from app.jobs.import_orders import NotWaitingForThis
from app.jobs.records import ENDED
from app.models import Job
from app.people.import_files import folder_of
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource

RIGHTS: dict[JobKind, tuple[Action, Resource]] = {
    JobKind.PERSON_IMPORT: (Action.IMPORT, Resource.PERSON),
    JobKind.ROLE_PUBLISHING: (Action.EDIT, Resource.STANDARD_ROLE),
    JobKind.TEMPLATE_PUBLISHING: (Action.EDIT, Resource.TEMPLATE),
    JobKind.DUPLICATE_SCAN: (Action.ADD, Resource.DUPLICATE),
    JobKind.CLEAN_UP: (Action.ADD, Resource.CLEAN_UP),
    JobKind.CLEAN_UP_UNDO: (Action.UNDO, Resource.CLEAN_UP),
    JobKind.UNIT_MOVE: (Action.HAND_OVER, Resource.UNIT_MOVE),
}
"""What it takes to let each kind of work go on. A kind that is not named can't."""

FOR_GOOD = frozenset({"file_gone", "unreadable", "unit_move_over"})
"""Why a job failed, where going on would meet the same."""


def can_go_on(job: Job) -> bool:
    """Whether there is anything left that could be done where it stopped."""
    if job.state not in ENDED - {JobState.DONE} or job.kind not in RIGHTS:
        return False
    if job.report.get("failure") in FOR_GOOD:
        return False
    # A cancelled import has no file any more, nor has one that failed long ago.
    return job.kind is not JobKind.PERSON_IMPORT or folder_of(job.id).has_upload()


def may_resume(actor: Actor, job: Job) -> bool:
    """Whether the actor may let the job go on, and it can."""
    is_allowed = policy.decide(actor, Action.RESUME, job) and _has_right(actor, job)
    return bool(is_allowed) and can_go_on(job)


def resume(actor: Actor, job: Job) -> None:
    """Let a job go on; it begins when the row is saved and sent.

    Raises:
        NotWaitingForThis: it has not ended early, goes on already, or can't go on.
    """
    policy.require(actor, Action.RESUME, job)
    if not can_go_on(job):
        raise NotWaitingForThis
    if actor.account_id is None or not _has_right(actor, job):
        raise NotAllowed
    job.state, job.ended_at, job.cancel_asked = JobState.WAITING, None, False
    job.account_id = actor.account_id
    job.report = {name: value for name, value in job.report.items() if name != "failure"}
    log.record(actor, "job:resumed", job)


def _has_right(actor: Actor, job: Job) -> bool:
    action, resource = RIGHTS.get(job.kind, (Action.RESUME, Resource.JOB))
    return bool(policy.may_open(actor, action, resource))
