"""What a local administrator does with one plan from its own page, when nobody else can."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import utc_now
from app.db import db, transaction
from app.enums import PlanState, TidyAct
from app.errors import DomainError
from app.models import Plan
from app.plans import activity, tidying
from app.plans.pages import Answer, PlanPage, find_plan
from app.plans.tidy_facts import Wish, open_activities
from app.plans.tidying_forms import TidyCloseForm
from app.screens import forms
from app.security import policy
from app.security.actor import current_actor
from app.security.plan_rights import OPEN
from app.security.roles import Action
from app.security.routes import door


class TidyPlanView(PlanPage):
    """Pausing, closing and archiving a plan that nobody looks after any more."""

    route_base = "/plan-tidy"
    default_view = "close"

    @expose("/pause/<pk>", methods=["POST"])
    @door(Action.TIDY)
    def pause(self, pk: str) -> Answer:
        """Let a plan without a working coordinator rest."""
        said = _("The plan about %(name)s is paused. Everyone can still read what they could read.")
        return self._do(pk, lambda plan: _tidy_unattended(plan, Wish(TidyAct.PAUSE)), said)

    @expose("/archive/<pk>", methods=["POST"])
    @door(Action.TIDY)
    def archive(self, pk: str) -> Answer:
        """Put a closed plan away."""
        said = _("The plan about %(name)s is archived. Those who could read it still can.")
        return self._do(pk, lambda plan: _tidy(plan, Wish(TidyAct.ARCHIVE)), said)

    @expose("/take-out/<pk>", methods=["POST"])
    @door(Action.TIDY)
    def take_out(self, pk: str) -> Answer:
        """Take an archived plan out again: it is closed, and can be opened."""
        said = _(
            "The plan about %(name)s is out of the archive. It is closed, and can be reopened."
        )
        return self._do(pk, lambda plan: tidying.take_out(current_actor(), plan), said)

    @expose("/close/<pk>", methods=["GET", "POST"])
    @door(Action.TIDY)
    def close(self, pk: str) -> Answer:
        """Close a plan without a working coordinator, with a reason."""
        plan, form = self.plan_of(pk, Action.TIDY), TidyCloseForm()
        if not form.validate_on_submit():
            return self._close_page(plan, form, 422 if form.is_submitted() else 200)
        wish = Wish(TidyAct.CLOSE, reason=form.reason.data or "")
        said = _("The plan about %(name)s is closed. What was written is kept.")
        return self._do(pk, lambda plan: _tidy_unattended(plan, wish), said, form)

    def _close_page(self, plan: Plan, form: Any, status: int) -> Answer:
        count = open_activities([plan.id]).get(plan.id, 0)
        return self.page("plans/tidy_close.html", plan, status=status, form=form, open=count)

    def _do(self, pk: str, change: Callable[[Plan], Any], said: str, form: Any = None) -> Answer:
        """Make the change in one transaction, and go on to the plan; or say why it can't be."""
        try:
            with transaction():
                plan = find_plan(pk, Action.TIDY)
                activity.hold(plan)
                policy.require(current_actor(), Action.TIDY, plan)
                change(plan)
        except DomainError as error:
            if error.is_refusal:
                raise
            db.session.rollback()
            plan = find_plan(pk, Action.TIDY)
            if form is None:
                return self.page("plans/tidy_refused.html", plan, status=error.status, wrong=error)
            forms.put_error(form, error)
            return self._close_page(plan, form, error.status)
        flash(said % {"name": plan.owner.full_name}, "success")
        return redirect(url_for("PlanView.show", pk=pk))


def _tidy(plan: Plan, wish: Wish) -> None:
    tidying.tidy(current_actor(), plan, wish, at=utc_now())


def _tidy_unattended(plan: Plan, wish: Wish) -> None:
    """Do it, unless somebody looks after the plan, whose task it is then.

    Raises:
        HasCoordinator
    """
    if tidying.has_working_coordinator(plan, at=utc_now()):
        raise tidying.HasCoordinator
    _tidy(plan, wish)


def offered(plan: Plan) -> frozenset[str]:
    """What the actor is offered to do with a plan on its page: names of the view's methods."""
    if not policy.decide(current_actor(), Action.TIDY, plan):
        return frozenset()
    if plan.state is PlanState.CLOSED:
        return frozenset({"archive"})
    if plan.state is PlanState.ARCHIVED:
        return frozenset({"take_out"})
    if plan.state not in OPEN or tidying.has_working_coordinator(plan, at=utc_now()):
        return frozenset()
    return frozenset({"pause", "close"} if plan.state is PlanState.ACTIVE else {"close"})
