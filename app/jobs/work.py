"""What the page of a job says of work other than imports: what came of it, in words."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.enums import JobKind, JobState
from app.jobs import (
    clean_up_undo,
    clean_up_work,
    duplicate_scan,
    joining,
    role_publishing,
    template_publishing,
    unit_moving,
)
from app.models import Job

LINES: dict[JobKind, Mapping[str, Any]] = {
    JobKind.ROLE_PUBLISHING: role_publishing.LINES,
    JobKind.TEMPLATE_PUBLISHING: template_publishing.LINES,
    JobKind.DUPLICATE_SCAN: duplicate_scan.LINES,
    JobKind.CLEAN_UP: clean_up_work.LINES,
    JobKind.CLEAN_UP_UNDO: clean_up_undo.LINES,
    JobKind.MUNICIPALITY_JOINING: joining.LINES,
    JobKind.UNIT_MOVE: unit_moving.LINES,
}
HANDLED: dict[JobKind, Any] = {
    JobKind.ROLE_PUBLISHING: _l("Participants handled"),
    JobKind.TEMPLATE_PUBLISHING: _l("Plans handled"),
    JobKind.DUPLICATE_SCAN: _l("Persons read and compared"),
    JobKind.CLEAN_UP: _l("Plans handled"),
    JobKind.CLEAN_UP_UNDO: _l("Plans handled"),
    JobKind.MUNICIPALITY_JOINING: _l("Records that belong to this municipality now"),
    JobKind.UNIT_MOVE: _l("Plans handled"),
}
FAILURES: dict[str, Any] = {
    "no_longer_allowed": _l("Whoever ordered the work may not do it any more."),
    "scan_runs_already": _l("Another search for duplicates was running."),
    "joining_taken_back": _l("The proposal was taken back. Nothing was joined."),
    "joining_unfit": _l("Something has come in the way. Nothing was joined: look at it again."),
    "unit_move_over": _l("The move of the unit has ended. Nobody more was told."),
    "unit_move_nowhere": _l(
        "The other municipality is not in use any more. Nobody more was told: take the move back."
    ),
    "not_the_owner": _l(
        "The worker may not do this. Nothing was joined: start it with SAMVEV_DATABASE_OWNER_URL."
    ),
    "unexpected": _l("Something went wrong on our side. What was done before is kept."),
}


def lines(job: Job) -> list[tuple[Any, int]]:
    """What came of the work so far: words and numbers."""
    return [(text, job.report.get(name, 0)) for name, text in LINES.get(job.kind, {}).items()]


def handled(job: Job) -> Any:
    """What is counted while it goes on."""
    return HANDLED.get(job.kind, "")


def rest(job: Job) -> int:
    """How much of what was to be handled was not, when the work ended before its time."""
    return job.total - job.done if job.state in (JobState.FAILED, JobState.CANCELLED) else 0


def failure(job: Job) -> Any:
    """Why it could not go on; empty while it could."""
    code = job.report.get("failure")
    return FAILURES.get(code, FAILURES["unexpected"]) if code else ""


def about(job: Job) -> str | None:
    """The page of what the work is about."""
    if job.kind is JobKind.ROLE_PUBLISHING:
        return url_for("StandardRoleEditView.show", pk=job.parameters["role_id"])
    if job.kind is JobKind.TEMPLATE_PUBLISHING:
        return url_for("TemplateProposalView.show", pk=job.parameters["template_id"])
    if job.kind is JobKind.MUNICIPALITY_JOINING:
        return url_for("JoiningView.show", pk=job.parameters["joining_id"])
    if job.kind is JobKind.UNIT_MOVE:
        return url_for("UnitMoveView.show", pk=job.parameters["move_id"])
    if job.kind is JobKind.DUPLICATE_SCAN:
        return url_for("DuplicateView.list")
    if job.kind is JobKind.CLEAN_UP:
        return url_for("TidyReceiptView.show", pk=job.id)
    if job.kind is JobKind.CLEAN_UP_UNDO:
        return url_for("TidyReceiptView.show", pk=clean_up_undo.of(job))
    return None


def about_words(job: Job) -> Any:
    """What the way to that page is called."""
    is_tidying = job.kind in (JobKind.CLEAN_UP, JobKind.CLEAN_UP_UNDO)
    return _l("The receipt, plan by plan") if is_tidying else job.title
