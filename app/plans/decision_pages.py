"""The pages about decisions (*vedtak*) in a plan: what is recorded, and the form to record one.

They are read by those who read the plan's consents: its owner, who may complain, those who act for
the owner, and the coordinator.
"""

from typing import Any
from uuid import uuid4

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import DecisionKind, Section
from app.errors import DomainError, NotFound
from app.models import Plan
from app.plans import decisions
from app.plans.decisions import DecisionFacts
from app.plans.pages import Answer, PlanPage
from app.screens import forms
from app.screens.fields import NEEDED, NorwegianDateField, OneOfField, TextField, at_most
from app.screens.listing import is_id
from app.screens.scoped_view import StaleForm
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.side_tables import PlanDecision
from app.templating.setup import in_own_words

FIELDS = ["kind", "what", "legal_ground", "decided_on", "complaint_until"]


class DecisionForm(FlaskForm):
    """What is recorded of a decision."""

    kind = OneOfField(
        _l("What kind of decision it is"),
        DecisionKind,
        validators=[NEEDED],
        description=_l(
            "The municipality says what it is. It decides whether and how one may complain."
        ),
    )
    what = TextField(
        _l("What is decided"),
        [NEEDED, at_most(300)],
        description=_l("Short, for example: The right to an individual plan is granted."),
    )
    legal_ground = TextField(_l("Legal ground"), [NEEDED, at_most(300)])
    decided_on = NorwegianDateField(_l("Day of the decision"), [NEEDED])
    complaint_until = NorwegianDateField(
        _l("Last day to complain"),
        description=_l(
            "Leave it empty for four weeks after the decision (pasient- og brukerrettighetsloven"
            " § 7-2). What is not a decision in the law has none."
        ),
    )

    @property
    def facts(self) -> DecisionFacts:
        """What was written, of a form that is valid."""
        return DecisionFacts(
            kind=self.kind.data,
            what=self.what.data or "",
            legal_ground=self.legal_ground.data or "",
            decided_on=self.decided_on.data,
            complaint_until=self.complaint_until.data,
        )


class DecisionView(PlanPage):
    """The decisions about a plan."""

    route_base = "/plan-decision"
    default_view = "overview"

    @expose("/list/<pk>", methods=["GET"])
    @door(Action.READ)
    def overview(self, pk: str) -> Answer:
        """What is decided, the newest first."""
        plan = self.opened(pk, Action.READ, "plan:section_shown", Section.CONSENTS)
        found = db.session.scalars(
            select(PlanDecision)
            .where(PlanDecision.plan_id == plan.id)
            .order_by(PlanDecision.decided_on.desc(), PlanDecision.id.desc())
        ).all()
        return self.page(
            "plans/decisions.html",
            plan,
            decisions=found,
            today=today(),
            may_record=bool(policy.decide(current_actor(), Action.RECORD_DECISION, plan)),
        )

    @expose("/add/<pk>", methods=["GET", "POST"])
    @door(Action.RECORD_DECISION)
    def add(self, pk: str) -> Answer:
        """The form for a new decision, with the usual legal ground in it, and what it sends."""
        plan = self.plan_of(pk, Action.RECORD_DECISION)
        suggested = in_own_words(decisions.LEGAL_GROUNDS[plan.kind]) or None
        form = DecisionForm(legal_ground=suggested)
        if request.method != "POST":
            return self._form(plan, form)
        if not form.validate():
            return self._form(plan, form, status=422)
        actor, key, to = current_actor(), forms.form_key(), _list_of(plan)
        try:
            with transaction() as session:
                if forms.earlier_result(session, actor, key) is None:
                    plan = self.plan_of(pk, Action.RECORD_DECISION)
                    decisions.record(actor, plan, form.facts, at=utc_now())
                    forms.remember(session, actor, key, to, utc_now())
        except DomainError as error:
            return self._wrong(pk, form, error)
        text = _("The decision is recorded in the plan about %(name)s.", name=plan.owner.full_name)
        flash(text, "success")
        return redirect(to)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @door(Action.RECORD_DECISION)
    def edit(self, pk: str) -> Answer:
        """What is recorded of a decision, and what the form sends."""
        plan = self.plan_of(pk, Action.RECORD_DECISION)
        decision = _decision_of(plan)
        if request.method != "POST":
            return self._form(plan, DecisionForm(obj=decision), decision)
        form = DecisionForm()
        if not form.validate():
            return self._form(plan, form, decision, status=422)
        try:
            self._save(pk, form)
        except StaleForm as stale:
            return self._conflict(pk, form, stale)
        except StaleDataError:
            decision = _decision_of(self.plan_of(pk, Action.RECORD_DECISION))
            found = forms.differences(form, decision, FIELDS)
            return self._conflict(pk, form, StaleForm(decision.version, found))
        except DomainError as error:
            return self._wrong(pk, form, error)
        text = _("The decision is saved in the plan about %(name)s.", name=plan.owner.full_name)
        flash(text, "success")
        return redirect(_list_of(plan))

    def _save(self, pk: str, form: DecisionForm) -> None:
        with transaction() as session:
            plan = self.plan_of(pk, Action.RECORD_DECISION)
            decision = _decision_of(plan)
            if request.form.get("version") != str(decision.version):
                found = forms.differences(form, decision, FIELDS)
                raise StaleForm(decision.version, found)
            decisions.change(current_actor(), plan, decision, form.facts, at=utc_now())
            session.flush()

    def _conflict(self, pk: str, form: DecisionForm, stale: StaleForm) -> Answer:
        plan = self.plan_of(pk, Action.RECORD_DECISION)
        values: dict[str, Any] = {"version": stale.version, "conflict": stale.differences}
        return self._form(plan, form, _decision_of(plan), status=409, **values)

    def _wrong(self, pk: str, form: DecisionForm, error: DomainError) -> Answer:
        """The form again, with the broken rule beside its field."""
        if error.is_refusal or error.field is None:
            raise error
        db.session.rollback()
        form[error.field].errors = [*form[error.field].errors, str(error)]
        plan = self.plan_of(pk, Action.RECORD_DECISION)
        decision = _decision_of(plan) if request.args.get("decision") else None
        return self._form(plan, form, decision, status=error.status)

    def _form(
        self,
        plan: Plan,
        form: DecisionForm,
        decision: PlanDecision | None = None,
        *,
        status: int = 200,
        **values: Any,
    ) -> Answer:
        usual: dict[str, Any] = {
            "version": request.form.get("version") or (decision.version if decision else ""),
            "form_key": "" if decision else forms.form_key() or str(uuid4()),
            "conflict": None,
        }
        return self.page(
            "plans/decision_form.html",
            plan,
            status=status,
            form=form,
            decision=decision,
            **(usual | values),
        )


def _list_of(plan: Plan) -> str:
    return url_for("DecisionView.overview", pk=plan.id)


def _decision_of(plan: Plan) -> PlanDecision:
    """The decision that the address asks for, when it is about this plan.

    Raises:
        NotFound: it is about another plan, or there is none.
    """
    asked = request.args.get("decision", "")
    found = select(PlanDecision).where(PlanDecision.plan_id == plan.id, PlanDecision.id == asked)
    decision: PlanDecision | None = db.session.scalar(found) if is_id(asked) else None
    if decision is None:
        raise NotFound
    return decision
