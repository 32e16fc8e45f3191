"""The overview of one plan, and its life: pausing, closing, opening again, handing over."""

import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import ConsentKind
from app.errors import DomainError, NotAllowed, NotFound, StaleVersion
from app.models import Consent, Plan
from app.people.training_told import warned
from app.plans import activity, continuing, handovers, life, liveliness, pen_share
from app.plans.arriving_pages import origin_of
from app.plans.coordinators import others_for
from app.plans.meter_pages import meter_for
from app.plans.move_pages import on_its_way
from app.plans.pages import WRITTEN, Answer, PlanPage, coordinator_word, find_plan, type_of
from app.plans.plan_forms import (
    CloseForm,
    EmergencyForm,
    FrameForm,
    HandOverForm,
    ReopenForm,
    StandInForm,
)
from app.plans.template_moves import offered_to
from app.plans.tidying_pages import offered as left_to_administrator
from app.screens import forms
from app.screens.offered import hits_asked
from app.security import plan_access, policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

FRAME = ("period_from", "period_to", "next_evaluation_on", "unit_id")
FRAME_TEXTS = ("resources", "needs", "cooperation")


class PlanView(PlanPage):
    """One plan as a whole."""

    route_base = "/plan"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """What the plan is, where it stands, and what can be done with it."""
        return self._overview(self.opened(pk, Action.SHOW))

    def _overview(self, plan: Plan, status: int = 200, refused: str = "") -> Answer:
        actor, on = current_actor(), today()
        reads = policy.open_sections(actor, Action.READ, plan)
        return self.page(
            "plans/overview.html",
            plan,
            status=status,
            refused=refused,
            reads=reads,
            written=[one for one in WRITTEN if one in reads and one in type_of(plan).sections],
            coordinator_word=coordinator_word(plan),
            consent_until=consent_until(plan, on),
            stand_ins=[one for one in plan.stand_ins if one.is_active(on)],
            is_in_emergency=any(
                one.person_id == actor.person_id for one in life.emergencies(plan, utc_now())
            ),
            offered=[one for one in plan.handovers if one.answered_at is None],
            meter=meter_for(actor, plan),
            liveliness=liveliness.told_to(actor, plan, on),
            pen=pen_share.for_reader(actor, plan, utc_now()),
            newer=offered_to(actor, plan),
            moving=on_its_way(plan),
            origin=origin_of(plan),
            tidying=left_to_administrator(plan),
            may=lambda action: bool(policy.decide(actor, action, plan)),
        )

    # --- its frame -------------------------------------------------------------------------------

    @expose("/frame/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def frame(self, pk: str) -> Answer:
        """Period, evaluation, unit, and what the owner needs and has."""
        plan = self.plan_of(pk, Action.EDIT)
        if request.method != "POST":
            return self._form("plans/frame.html", plan, FrameForm(obj=plan), seal=_seal(plan))
        form = FrameForm(request.form, obj=plan)
        seal = request.form.get("version", "")
        if "find" in request.form:
            return self._form("plans/frame.html", plan, form, seal=seal)
        if not form.validate():
            return self._form("plans/frame.html", plan, form, status=422, seal=seal)

        def keep(plan: Plan) -> None:
            if request.form.get("version") != _seal(plan):
                raise StaleVersion
            for name in FRAME:
                setattr(plan, name, form[name].data)
            for name in FRAME_TEXTS:
                setattr(plan, name, form[name].data or "")
            activity.touch(plan, at=utc_now())

        return self._do(
            pk, Action.EDIT, keep, _("The plan about %(name)s is saved."), "plans/frame.html", form
        )

    # --- its life --------------------------------------------------------------------------------

    @expose("/pause/<pk>", methods=["POST"])
    @door(Action.PAUSE)
    def pause(self, pk: str) -> Answer:
        """Let the plan rest."""
        return self._do(
            pk,
            Action.PAUSE,
            lambda plan: life.pause(current_actor(), plan, at=utc_now()),
            _("The plan about %(name)s is paused. Everyone can still read what they could read."),
        )

    @expose("/resume/<pk>", methods=["POST"])
    @door(Action.RESUME)
    def resume(self, pk: str) -> Answer:
        """Take the plan up again."""
        return self._do(
            pk,
            Action.RESUME,
            lambda plan: life.resume(current_actor(), plan, at=utc_now()),
            _("The plan about %(name)s is taken up again."),
        )

    @expose("/close/<pk>", methods=["GET", "POST"])
    @door(Action.CLOSE)
    def close(self, pk: str) -> Answer:
        """Look over what is open, and close the plan."""
        plan, form = self.plan_of(pk, Action.CLOSE), CloseForm()
        if request.method != "POST" or not form.validate():
            status = 422 if request.method == "POST" else 200
            return self._form("plans/close.html", plan, form, status=status, **_open(plan))
        reviewed = request.form.getlist("reviewed")
        return self._do(
            pk,
            Action.CLOSE,
            lambda plan: life.close(
                current_actor(), plan, reason=form.reason.data, reviewed=reviewed, at=utc_now()
            ),
            _("The plan about %(name)s is closed. What was written is kept."),
            "plans/close.html",
            form,
        )

    @expose("/go-on/<pk>", methods=["GET", "POST"])
    @door(Action.CLOSE)
    def go_on(self, pk: str) -> Answer:
        """Let a relay log go on as an individual plan, with what is chosen from it."""
        plan = self.plan_of(pk, Action.CLOSE)
        policy.require_open(current_actor(), Action.START, Resource.PLAN)
        if request.method != "POST":
            return self._go_on_page(plan)
        key = forms.form_key()
        try:
            with transaction() as session:
                earlier = forms.earlier_result(session, current_actor(), key)
                if earlier is not None:
                    return redirect(earlier)
                log = find_plan(pk, Action.CLOSE)
                activity.hold(log)
                new = continuing.go_on(
                    current_actor(),
                    log,
                    goals=request.form.getlist("goal"),
                    participants=request.form.getlist("participant"),
                    at=utc_now(),
                )
                location = url_for("PlanView.show", pk=new.id)
                forms.remember(session, current_actor(), key, location, utc_now())
        except DomainError as error:
            if isinstance(error, NotFound | NotAllowed):
                raise
            return self._go_on_page(find_plan(pk, Action.CLOSE), error.status, str(error))
        text = _("The individual plan about %(name)s is made as a draft. Now ask for consent.")
        flash(text % {"name": new.owner.full_name}, "success")
        return redirect(location)

    def _go_on_page(self, plan: Plan, status: int = 200, wrong: str = "") -> Answer:
        return self.page(
            "plans/go_on.html",
            plan,
            status=status,
            wrong=wrong,
            goals=continuing.goals_of(plan),
            participants=continuing.participants_of(plan, today()),
            chosen={*request.form.getlist("goal"), *request.form.getlist("participant")},
            form_key=forms.form_key() or forms.new_key(),
        )

    @expose("/reopen/<pk>", methods=["GET", "POST"])
    @door(Action.REOPEN)
    def reopen(self, pk: str) -> Answer:
        """Open a closed plan again, with a reason."""
        plan, form = self.plan_of(pk, Action.REOPEN), ReopenForm()
        if request.method != "POST" or not form.validate():
            status = 422 if request.method == "POST" else 200
            return self._form("plans/reopen.html", plan, form, status=status)
        return self._do(
            pk,
            Action.REOPEN,
            lambda plan: life.reopen(current_actor(), plan, reason=form.reason.data, at=utc_now()),
            _("The plan about %(name)s is open again."),
            "plans/reopen.html",
            form,
        )

    @expose("/emergency/<pk>", methods=["GET", "POST"])
    @door(Action.OPEN_IN_EMERGENCY)
    def emergency(self, pk: str) -> Answer:
        """Read a plan in an emergency, with a reason and a limit of hours."""
        plan, form = self.plan_of(pk, Action.OPEN_IN_EMERGENCY), EmergencyForm()
        if request.method != "POST" or not form.validate():
            status = 422 if request.method == "POST" else 200
            return self._form("plans/emergency.html", plan, form, status=status)
        return self._do(
            pk,
            Action.OPEN_IN_EMERGENCY,
            lambda plan: life.open_in_emergency(
                current_actor(),
                plan,
                reason=form.reason.data,
                hours=form.hours.data,
                at=utc_now(),
            ),
            _("The plan about %(name)s is open to you. The owner and the coordinator are told."),
            "plans/emergency.html",
            form,
        )

    @expose("/end-emergency/<pk>", methods=["POST"])
    @door(Action.OPEN_IN_EMERGENCY)
    def end_emergency(self, pk: str) -> Answer:
        """End one's own emergency access."""
        return self._do(
            pk,
            Action.OPEN_IN_EMERGENCY,
            lambda plan: life.end_emergency(current_actor(), plan, at=utc_now()),
            _("Your emergency access to the plan about %(name)s is ended."),
        )

    # --- handing over ----------------------------------------------------------------------------

    @expose("/hand-over/<pk>", methods=["GET", "POST"])
    @door(Action.HAND_OVER)
    def hand_over(self, pk: str) -> Answer:
        """Let another coordinator take over."""
        plan, form = self.plan_of(pk, Action.HAND_OVER), HandOverForm()
        form.person_id.offer(others_for(plan, today()))
        if (hits := hits_asked(form)) is not None:
            return hits
        if not forms.is_sent() or not form.validate():
            status = 422 if forms.is_sent() else 200
            return self._form("plans/hand_over.html", plan, form, status=status)
        said = _("The plan about %(name)s is handed over.")
        if handovers.must_be_accepted(plan):
            said = _("The plan about %(name)s changes hands when the one you have asked says yes.")
        answer = self._do(
            pk,
            Action.HAND_OVER,
            lambda plan: handovers.hand_over(
                current_actor(), plan, form.person_id.data, note=form.note.data, at=utc_now()
            ),
            said,
            "plans/hand_over.html",
            form,
        )
        return warned(answer, form.person_id.data)

    @expose("/take-back/<pk>", methods=["POST"])
    @door(Action.HAND_OVER)
    def take_back(self, pk: str) -> Answer:
        """Take back the question of who takes over."""
        return self._do(
            pk,
            Action.HAND_OVER,
            lambda plan: handovers.take_back(current_actor(), plan, at=utc_now()),
            _("Nobody is asked to take over the plan about %(name)s any more."),
        )

    @expose("/stand-in/<pk>", methods=["GET", "POST"])
    @door(Action.HAND_OVER)
    def stand_in(self, pk: str) -> Answer:
        """Let another coordinator stand in for some days."""
        plan, form = self.plan_of(pk, Action.HAND_OVER), StandInForm()
        form.person_id.offer(others_for(plan, today()))
        if (hits := hits_asked(form)) is not None:
            return hits
        if not forms.is_sent() or not form.validate():
            status = 422 if forms.is_sent() else 200
            return self._form("plans/stand_in.html", plan, form, status=status)
        answer = self._do(
            pk,
            Action.HAND_OVER,
            lambda plan: handovers.appoint_stand_in(
                current_actor(),
                plan,
                form.person_id.data,
                starts_on=form.starts_on.data,
                last_day=form.last_day.data,
                at=utc_now(),
            ),
            _("The stand-in for the plan about %(name)s is appointed."),
            "plans/stand_in.html",
            form,
        )
        return warned(answer, form.person_id.data)

    @expose("/end-stand-in/<pk>", methods=["POST"])
    @door(Action.HAND_OVER)
    def end_stand_in(self, pk: str) -> Answer:
        """The holder is back."""
        return self._do(
            pk,
            Action.HAND_OVER,
            lambda plan: handovers.end_stand_ins(current_actor(), plan, at=utc_now()),
            _("Nobody stands in for the plan about %(name)s any more."),
        )

    # --- shared ----------------------------------------------------------------------------------

    def _do(
        self,
        pk: str,
        action: Action,
        change: Callable[[Plan], Any],
        said: str,
        template: str = "",
        form: Any = None,
    ) -> Answer:
        """Make a change in one transaction; on to the overview, or the form with what is wrong."""
        try:
            with transaction():
                plan = find_plan(pk, Action.SHOW)
                activity.hold(plan)
                policy.require(current_actor(), action, plan)
                change(plan)
        except DomainError as error:
            if isinstance(error, NotFound | NotAllowed):
                raise
            db.session.rollback()
            return self._refused(pk, action, error, template, form)
        flash(said % {"name": plan.owner.full_name}, "success")
        if not policy.decide(current_actor(), Action.SHOW, plan):
            return redirect(url_for("HomeView.index"))
        return redirect(url_for("PlanView.show", pk=pk))

    def _refused(
        self, pk: str, action: Action, error: DomainError, template: str, form: Any
    ) -> Answer:
        plan, text = find_plan(pk, action), str(error)
        if form is None:
            return self._overview(plan, error.status, text)
        if error.field and error.field in form:
            form[error.field].errors = [*form[error.field].errors, text]
        else:
            form.form_errors.append(text)
        more = _open(plan)
        if isinstance(error, StaleVersion):
            more["conflict"] = forms.differences(form, plan, [*FRAME, *FRAME_TEXTS])
        return self._form(template, plan, form, status=error.status, seal=_seal(plan), **more)

    def _form(
        self, template: str, plan: Plan, form: Any, *, status: int = 200, **values: Any
    ) -> Answer:
        return self.page(template, plan, status=status, form=form, **values)


def consent_until(plan: Plan, on: date) -> date | None:
    """The last day of the consents to share that hold now, the earliest of them; None: none."""
    valid: list[Consent] = plan_access.valid_consents(plan, ConsentKind.INFORMATION_IS_SHARED, on)
    return min((one.last_day for one in valid), default=None)


def _seal(plan: Plan) -> str:
    """What stands for the frame of a plan as it was shown. The plan's version will not do: it
    rises with whatever is written in the plan."""
    shown = [str(getattr(plan, name)) for name in (*FRAME, *FRAME_TEXTS)]
    return sha256(json.dumps(shown).encode()).hexdigest()[:32]


def _open(plan: Plan) -> dict[str, Any]:
    """What a plan that is to be closed has left open, and what was ticked."""
    return {"open": life.open_activities(plan), "ticked": request.form.getlist("reviewed")}
