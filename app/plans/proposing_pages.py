"""The pages on which a participant is proposed, and on which a proposal is declined."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from app.clock import utc_now
from app.db import db, transaction
from app.enums import Section
from app.errors import DomainError, NotFound
from app.models import Plan
from app.plans import proposing
from app.plans.pages import Answer, PlanPage, find_plan
from app.plans.participant_forms import ReasonForm
from app.plans.proposing import LONGEST_FUNCTION, LONGEST_NAME, LONGEST_WHY, Proposed
from app.screens import forms
from app.screens.fields import NEEDED, LineField, TextField, at_most, person_choice
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.side_tables import Notice


class ProposeForm(FlaskForm):
    """Whom somebody proposes. Only who may find persons is asked to find one."""

    person_id = person_choice(_l("Somebody who is registered"))
    name = TextField(
        _l("Name"),
        [at_most(LONGEST_NAME)],
        description=_l("The name, or what you know: the coordinator finds out who it is."),
    )
    function = TextField(
        _l("Function"),
        [NEEDED, at_most(LONGEST_FUNCTION)],
        description=_l("As the owner would say it, for example “Kari's teacher”."),
    )
    why = LineField(
        _l("Why should the person take part?"),
        [NEEDED, at_most(LONGEST_WHY)],
        description=_l("One sentence. Write nothing that stands in the plan."),
    )

    def fit(self) -> None:
        """Leave out what the actor may not do."""
        if not policy.may_open(current_actor(), Action.CHOOSE, Resource.PERSON):
            del self.person_id

    @property
    def chosen(self) -> Any:
        """The person that was found, if any was."""
        return self.person_id.chosen if "person_id" in self else None

    def is_whole(self) -> bool:
        """Whether the form can be sent: with a name, found or typed."""
        is_valid = bool(self.validate())
        if self.chosen is None and not self.name.data:
            self.name.errors = (*self.name.errors, _("This must be filled in."))
            return False
        return is_valid


class ProposingView(PlanPage):
    """Proposing somebody as a participant; the coordinator answers."""

    route_base = "/plan-proposing"
    default_view = "propose"

    @expose("/propose/<pk>", methods=["GET", "POST"])
    @door(Action.COMMENT)
    def propose(self, pk: str) -> Answer:
        """A form for whom, as what and why."""
        plan = self.plan_of(pk, Action.COMMENT, Section.PARTICIPANTS)
        form = ProposeForm()
        form.fit()
        if request.method != "POST" or "find" in request.form:
            return self._page(plan, form)
        if not form.is_whole():
            return self._page(plan, form, status=422)
        try:
            with transaction():
                plan = find_plan(pk, Action.COMMENT, Section.PARTICIPANTS)
                proposing.propose(
                    current_actor(),
                    plan,
                    form.name.data or "",
                    form.function.data or "",
                    form.why.data or "",
                    person=form.chosen,
                    at=utc_now(),
                )
        except DomainError as error:
            if error.is_refusal:
                raise
            forms.put_error(form, error)
            return self._page(plan, form, status=error.status)
        name = plan.coordinator.full_name
        flash(_("%(name)s is told whom you propose, and answers you.", name=name), "success")
        return redirect(url_for("ParticipantView.overview", pk=pk))

    def _page(self, plan: Plan, form: ProposeForm, *, status: int = 200) -> Answer:
        return self.page("plans/access/propose.html", plan, status=status, form=form)

    @expose("/decline/<pk>", methods=["GET", "POST"])
    @door(Action.END, Resource.NOTICE)
    def decline(self, pk: str) -> Answer:
        """Say no to a proposal, with a reason that whoever made it reads."""
        notice, said = find_proposal(pk)
        form = ReasonForm()
        form.reason.description = _("Whoever made the proposal reads it.")
        if request.method != "POST" or not form.validate():
            status = 422 if request.method == "POST" else 200
            template = "plans/access/decline.html"
            return self.page(template, notice.plan, status=status, form=form, proposed=said)
        with transaction():
            notice, said = find_proposal(pk)
            proposing.decline(current_actor(), notice, form.reason.data or "", at=utc_now())
        flash(_("The proposal of %(name)s is declined.", name=said.name), "success")
        return redirect(url_for("AccessView.who", pk=notice.plan_id))


def find_proposal(pk: str) -> tuple[Notice, Proposed]:
    """A proposal that waits for the actor's answer.

    Raises:
        NotFound: there is none, it is another's, or it is answered.
    """
    wanted = scope.rows(current_actor(), Notice, Action.END)
    notice = db.session.scalar(wanted.where(Notice.id == pk)) if is_id(pk) else None
    said = None if notice is None else proposing.read(notice)
    if notice is None or said is None or notice.settled_at is not None:
        raise NotFound
    policy.require(current_actor(), Action.STEER_ACCESS, notice.plan)
    return notice, said
