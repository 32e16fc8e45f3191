"""The page with the three questions to the owner's side."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, ValidationError

from app.clock import utc_now
from app.db import db, transaction
from app.enums import PulseAnswer
from app.errors import DomainError, NotFound
from app.models import Pulse
from app.plans import pulse
from app.plans.pages import Answer, PlanPage
from app.screens.fields import NEEDED
from app.screens.listing import is_id
from app.screens.words import options
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door


class AnswerField(RadioField):
    """One of the three answers."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, [NEEDED], choices=lambda: options(PulseAnswer), **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Nothing but what is offered, said in our own words."""
        if self.data not in set(PulseAnswer):
            raise ValidationError(_("Choose one from the list."))


class PulseForm(FlaskForm):
    """Three questions; nothing is ticked beforehand."""

    useful = AnswerField(_l("Is the plan of use to you?"))
    heard = AnswerField(_l("Are you heard?"))
    knows_who = AnswerField(_l("Do you know who does what?"))


class PulseView(PlanPage):
    """The questions that wait for one person."""

    resource = Resource.PULSE
    route_base = "/pulse"
    default_view = "ask"

    @expose("/plan/<pk>", methods=["GET"])
    @door(Action.SHOW, Resource.PLAN)
    def of_plan(self, pk: str) -> Answer:
        """To the questions that wait for the reader in a plan; to the plan when none do."""
        plan = self.plan_of(pk, Action.SHOW)
        waiting = pulse.open_in(current_actor(), plan)
        if waiting is None:
            return redirect(url_for("PlanView.show", pk=pk))
        return redirect(url_for("PulseView.ask", pk=waiting.id))

    @expose("/ask/<pk>", methods=["GET", "POST"])
    @door(Action.ANSWER)
    def ask(self, pk: str) -> Answer:
        """The questions, and what is answered."""
        row, form = _pulse(pk), PulseForm()
        if request.method != "POST":
            return self._page(row, form)
        if not form.validate():
            return self._page(row, form, 422)
        answers = pulse.Answers(
            *(PulseAnswer(form[name].data) for name in ("useful", "heard", "knows_who"))
        )
        try:
            with transaction():
                pulse.answer(current_actor(), _pulse(pk), answers, at=utc_now())
        except DomainError as error:
            return self._refused(pk, form, error)
        flash(_("Thank you. Your answers are counted together with those of others."), "success")
        return redirect(url_for("MyPlansView.index"))

    @expose("/put-away/<pk>", methods=["POST"])
    @door(Action.ANSWER)
    def put_away(self, pk: str) -> Answer:
        """Leave the questions unanswered."""
        try:
            with transaction():
                pulse.put_away(current_actor(), _pulse(pk), at=utc_now())
        except DomainError as error:
            return self._refused(pk, PulseForm(formdata=None), error)
        flash(_("The questions are put away. You need not answer them."), "success")
        return redirect(url_for("MyPlansView.index"))

    def _refused(self, pk: str, form: PulseForm, error: DomainError) -> Answer:
        if error.is_refusal:
            raise error
        return self._page(_pulse(pk), form, error.status, str(error))

    def _page(self, row: Pulse, form: PulseForm, status: int = 200, wrong: str = "") -> Answer:
        if not wrong and not pulse.is_open(row):
            wrong = str(pulse.AnsweredAlready())
        values = {"form": form, "row": row, "wrong": wrong, "is_open": pulse.is_open(row)}
        return self.page("plans/pulse.html", row.plan, status=status, **values)


def _pulse(pk: str) -> Pulse:
    """The actor's own questions of an address.

    Raises:
        NotFound: somebody else's, missing, or of a plan that is not open to the actor any more.
    """
    actor = current_actor()
    if not is_id(pk):
        raise NotFound
    row: Pulse | None = db.session.scalar(
        scope.rows(actor, Pulse, Action.ANSWER).where(Pulse.id == pk)
    )
    if row is None or not policy.decide(actor, Action.SHOW, row.plan):
        raise NotFound
    policy.require(actor, Action.ANSWER, row)
    return row
