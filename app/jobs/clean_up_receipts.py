"""The receipt of a clean-up, plan by plan, and the way back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import db, transaction
from app.desk_tables import Job, TidiedPlan
from app.enums import JobKind, TidyState
from app.errors import BadRequest, DomainError, NotFound
from app.jobs import clean_up_undo, queue
from app.jobs.clean_up_asked import PAGE_SIZE
from app.jobs.clean_up_work import Order
from app.jobs.pages import held_job
from app.jobs.records import ENDED
from app.models import Plan
from app.plans.tidy_undoing import KEPT_FOR
from app.plans.tidy_words import LEFT, SKIPPED
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]


class TidyReceiptView(BaseView):
    """What a clean-up did with each plan."""

    resource = Resource.JOB
    route_base = "/tidy-receipt"
    menu_homes = ("JobView",)
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """All its plans, and what came of each."""
        return _page(_job(pk, Action.SHOW))

    @expose("/undo/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def undo(self, pk: str) -> Answer:
        """Bring the plans back as they were, in a job of its own."""
        try:
            with transaction():
                job = held_job(pk, Action.EDIT)
                made = clean_up_undo.order(current_actor(), job, at=utc_now())
        except DomainError as error:
            if error.is_refusal:
                raise
            return _page(_job(pk, Action.SHOW), status=error.status, wrong=str(error))
        queue.send(made.id, made.municipality_id)
        flash(_("The plans are being brought back as they were."), "info")
        return redirect(url_for("JobView.show", pk=made.id))


def _job(pk: str, action: Action) -> Job:
    """The clean-up of an address; foreign, missing and other work are told alike."""
    job: Job | None = None
    if is_id(pk):
        job = db.session.scalar(scope.rows(current_actor(), Job, action).where(Job.id == pk))
    if job is None or job.kind is not JobKind.CLEAN_UP:
        raise NotFound
    policy.require(current_actor(), action, job)
    return job


def _page(job: Job, *, status: int = 200, wrong: str = "") -> tuple[str, int]:
    actor, at, state = current_actor(), utc_now(), _asked_state()
    reached = scope.rows(actor, TidiedPlan, Action.SHOW).where(TidiedPlan.job_id == job.id)
    counts = _counts(reached)
    wanted = reached if state is None else reached.where(TidiedPlan.state == state)
    total = sum(counts.values()) if state is None else counts.get(state, 0)
    last = max((total + PAGE_SIZE - 1) // PAGE_SIZE, 1)
    page = min(_asked_page(), last)
    undoable = clean_up_undo.how_many(actor, job, at)
    text = render_template(
        "tidy/receipt.html",
        job=job,
        what=Order.of(job),
        rows=_rows(wanted, page),
        counts=counts,
        hidden=job.total - sum(counts.values()),
        state=state,
        states=TidyState,
        total=total,
        page=page,
        last=last,
        why={TidyState.SKIPPED: SKIPPED, TidyState.LEFT: LEFT},
        undoable=undoable if job.state in ENDED else 0,
        undo_until=_undo_until(job),
        undoing=clean_up_undo.under_way(job),
        ended=job.state in ENDED,
        may_undo=policy.may_open(actor, Action.UNDO, Resource.CLEAN_UP),
        wrong=wrong,
    )
    return text, status


def _counts(reached: Any) -> Mapping[TidyState, int]:
    counted = reached.with_only_columns(TidiedPlan.state, func.count(TidiedPlan.id))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(TidiedPlan.state))}


def _rows(wanted: Any, page: int) -> Sequence[TidiedPlan]:
    some = (
        wanted.options(
            joinedload(TidiedPlan.plan).joinedload(Plan.owner), joinedload(TidiedPlan.coordinator)
        )
        .order_by(TidiedPlan.plan_id)
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return db.session.scalars(some).unique().all()


def _undo_until(job: Job) -> datetime | None:
    """Until when the first of its plans can be brought back."""
    first = select(func.min(TidiedPlan.done_at)).where(TidiedPlan.job_id == job.id)
    done_at = db.session.scalar(first)
    return None if done_at is None else done_at + KEPT_FOR


def _asked_state() -> TidyState | None:
    text = request.args.get("state", "")
    try:
        return TidyState(text) if text else None
    except ValueError:
        raise BadRequest from None


def _asked_page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 5):
        raise BadRequest
    return max(int(text), 1)
