"""Who may take part in a plan twice, on its page of participants: ending one, or keeping both."""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import utc_now
from app.db import transaction
from app.errors import BadRequest
from app.models import Participant, Plan
from app.plans import twice
from app.plans.pages import Answer, PlanPage, find_plan
from app.plans.twice import Key
from app.screens.listing import is_id
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door


@dataclass(frozen=True)
class Hint:
    """Two in a plan who may be one: their names, and the participations that can be ended."""

    key: Key
    names: tuple[str, str]
    participants: tuple[Participant, ...]


def hints(plan: Plan) -> list[Hint]:
    """Who may take part twice, for those who steer who takes part."""
    if not policy.decide(current_actor(), Action.STEER_ACCESS, plan):
        return []
    return [_hint(plan, one.key) for one in twice.in_plan(plan, at=utc_now())]


def answered(plan: Plan) -> list[Hint]:
    """Of whom it was answered that they are not one, for those who may take it back."""
    if not policy.decide(current_actor(), Action.STEER_ACCESS, plan):
        return []
    return [_hint(plan, key) for key in twice.answered(plan)]


def _hint(plan: Plan, key: Key) -> Hint:
    added = {one.id: one for one in plan.participants}
    without = {one.id: one.full_name for one in (plan.owner, plan.coordinator)}
    one, other = (added[pk].person.full_name if pk in added else without.get(pk, "") for pk in key)
    return Hint(key, (one, other), tuple(added[pk] for pk in key if pk in added))


class TwiceView(PlanPage):
    """The answers about two in a plan who may be one."""

    route_base = "/plan-participant-twice"

    @expose("/apart/<pk>", methods=["POST"])
    @door(Action.STEER_ACCESS)
    def apart(self, pk: str) -> Answer:
        """Keep that two in the plan are two different persons."""
        with transaction():
            plan = find_plan(pk, Action.STEER_ACCESS)
            twice.keep_apart(current_actor(), plan, _key(), at=utc_now())
            one, other = _hint(plan, _key()).names
        text = _("%(one)s and %(other)s are kept as two different persons.", one=one, other=other)
        flash(text, "success")
        return redirect(url_for("ParticipantView.overview", pk=pk))

    @expose("/take-back/<pk>", methods=["POST"])
    @door(Action.STEER_ACCESS)
    def take_back(self, pk: str) -> Answer:
        """Take that answer back."""
        with transaction():
            plan = find_plan(pk, Action.STEER_ACCESS)
            twice.take_back(current_actor(), plan, _key(), at=utc_now())
        flash(_("The answer is taken back. The two are shown again if they still fit."), "success")
        return redirect(url_for("ParticipantView.overview", pk=pk))


def _key() -> Key:
    """The two that a form names.

    Raises:
        BadRequest: it names none.
    """
    one, other = sorted(request.form.get(name, "") for name in ("first", "second"))
    if not (is_id(one) and is_id(other)):
        raise BadRequest
    return one, other
