"""The page of a plan where introductions are kept."""

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm

from app.clock import today, utc_now
from app.db import db, transaction
from app.errors import NotFound
from app.models import Introduction, Person, Plan
from app.plans import introductions
from app.plans.pages import Answer, PlanPage, find_plan
from app.screens import forms
from app.screens.fields import NEEDED, NorwegianDateField
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

PARTS = {introductions.OWNER: _l("Plan owner"), introductions.AUTHORITY: _l("Acts for the owner")}


class IntroductionForm(FlaskForm):
    """The day on which introductions were given."""

    given_on = NorwegianDateField(_l("Day of the introduction"), [NEEDED])


class IntroductionView(PlanPage):
    """Who in a plan has been told how it works."""

    route_base = "/introduction"
    default_view = "overview"

    @expose("/plan/<pk>", methods=["GET"])
    @door(Action.SHOW, Resource.PLAN)
    def overview(self, pk: str) -> Answer:
        """Everyone in the plan, and when they got the introduction; otherwise one's own."""
        plan = self.plan_of(pk, Action.SHOW)
        sees_all = bool(policy.decide(current_actor(), Action.SHOW_ACCESS, plan))
        event = "plan:access_shown" if sees_all else "plan:shown"
        plan = self.opened(pk, Action.SHOW, event)
        form = IntroductionForm(formdata=None)
        form.given_on.data = today()
        return self._page(plan, form)

    @expose("/give/<pk>", methods=["POST"])
    @door(Action.STEER_ACCESS, Resource.PLAN)
    def give(self, pk: str) -> Answer:
        """Keep that those who are ticked got the introduction on a day."""
        plan, form = self.plan_of(pk, Action.STEER_ACCESS), IntroductionForm()
        chosen = request.form.getlist("person")
        if not form.validate():
            return self._page(plan, form, 422)
        if not chosen:
            form.form_errors.append(_("Tick one or more first."))
            return self._page(plan, form, 422)
        try:
            with transaction():
                plan = find_plan(pk, Action.STEER_ACCESS)
                day = form.given_on.data
                count = introductions.give(
                    current_actor(), plan, chosen, given_on=day, at=utc_now()
                )
        except introductions.NotThen as error:
            forms.put_error(form, error)
            return self._page(find_plan(pk, Action.STEER_ACCESS), form, error.status)
        flash(
            ngettext("%(num)s introduction is kept.", "%(num)s introductions are kept.", count),
            "success",
        )
        return redirect(url_for("IntroductionView.overview", pk=pk))

    @expose("/take-back/<pk>", methods=["POST"])
    @door(Action.END, Resource.INTRODUCTION)
    def take_back(self, pk: str) -> Answer:
        """Take back what was kept by mistake."""
        actor = current_actor()
        if not is_id(pk):
            raise NotFound
        with transaction():
            row = db.session.scalar(
                scope.rows(actor, Introduction, Action.SHOW).where(Introduction.id == pk)
            )
            if row is None:
                raise NotFound
            introductions.take_back(actor, row, at=utc_now())
            name = db.session.get_one(Person, row.person_id).full_name
        flash(_("The introduction of %(name)s is taken back.", name=name), "success")
        return redirect(url_for("IntroductionView.overview", pk=row.plan_id))

    def _page(self, plan: Plan, form: IntroductionForm, status: int = 200) -> Answer:
        actor = current_actor()
        return self.page(
            "plans/introductions.html",
            plan,
            status=status,
            form=form,
            rows=introductions.in_plan(actor, plan, today()),
            parts=PARTS,
            reader_id=actor.person_id,
            may_keep=bool(policy.decide(actor, Action.STEER_ACCESS, plan)),
            sees_all=bool(policy.decide(actor, Action.SHOW_ACCESS, plan)),
        )
