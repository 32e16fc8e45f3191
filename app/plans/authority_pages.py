"""The pages about who acts for a plan's owner: guardians, legal guardians, representatives."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.clock import today, utc_now
from app.db import transaction
from app.errors import BadRequest, DomainError, NotFound
from app.models import Plan
from app.plans import access_queries, access_words, authorities
from app.plans.authorities import Statement
from app.plans.authority_forms import YES, StatementForm, WithholdForm
from app.plans.consent_pages import held_plan
from app.plans.pages import Answer, PlanPage, find_plan
from app.screens import forms
from app.screens.listing import is_id
from app.screens.words import words
from app.security import plan_access
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door


class AuthorityView(PlanPage):
    """Who acts for the owner of a plan. Every page is about the plan; who is meant is asked."""

    route_base = "/plan-authority"
    default_view = "overview"

    @expose("/overview/<pk>", methods=["GET"])
    @door(Action.STEER_ACCESS)
    def overview(self, pk: str) -> Answer:
        """Everyone who acts, or has acted, for the owner, and what is kept from them."""
        plan = self.opened(pk, Action.STEER_ACCESS, "plan:authorities_shown")
        return self._overview(plan)

    def _overview(self, plan: Plan, *, status: int = 200, wrong: str = "") -> Answer:
        access_queries.load(plan)
        on = today()
        standing = [one for one in plan.authorities if not access_queries.has_ended(one, on)]
        return self.page(
            "plans/access/authorities.html",
            plan,
            status=status,
            wrong=wrong,
            texts=access_words,
            standing=standing,
            ended=[one for one in plan.authorities if one not in standing],
            reaching={one.id for one in standing if plan_access.reaches(one, plan, on)},
            withheld=access_queries.withheld_now,
            is_of_age=plan_access.is_of_age(plan, on),
        )

    @expose("/add/<pk>", methods=["GET", "POST"])
    @door(Action.STEER_ACCESS)
    def add(self, pk: str) -> Answer:
        """State that somebody acts for the owner."""
        if request.method != "POST":
            came_with = {"holder_id": request.args.get("person")}
            plan = self.plan_of(pk, Action.STEER_ACCESS)
            form = StatementForm(formdata=None, data=came_with)
            return self._form("plans/access/authority_add.html", plan, form)
        plan, form = self.plan_of(pk, Action.STEER_ACCESS), StatementForm()
        if "find" in request.form:
            return self._form("plans/access/authority_add.html", plan, form)
        if not form.validate():
            return self._form("plans/access/authority_add.html", plan, form, status=422)

        def change(plan: Plan) -> str:
            stated = Statement(
                form.kind.data,
                form.may_consent.data == YES,
                form.ground.data or "",
                form.starts_on.data,
                form.last_day.data,
            )
            holder = form.holder_id.chosen
            if holder is None:
                raise NotFound
            authorities.add(current_actor(), plan, holder, stated, at=utc_now())
            return _("%(name)s acts for the owner.", name=holder.full_name)

        return self._once(pk, change, form, "plans/access/authority_add.html")

    @expose("/withhold/<pk>", methods=["GET", "POST"])
    @door(Action.STEER_ACCESS)
    def withhold(self, pk: str) -> Answer:
        """Keep a part of the plan from somebody who acts for the owner."""
        plan = self.plan_of(pk, Action.STEER_ACCESS)
        authority = authorities.of_owner(plan, _asked("authority"))
        template, form = "plans/access/withhold.html", WithholdForm()
        if request.method != "POST" or not form.validate():
            status = 422 if request.method == "POST" else 200
            return self._form(template, plan, form, status=status, authority=authority)

        def change(plan: Plan) -> str:
            section, reason = form.section.data, form.reason.data or ""
            authorities.withhold(current_actor(), plan, authority.id, section, reason, at=utc_now())
            name, part = authority.holder.full_name, words(section)
            return _("%(part)s is kept from %(name)s.", name=name, part=part)

        return self._once(pk, change, form, template, authority=authority)

    @expose("/open-again/<pk>", methods=["POST"])
    @door(Action.STEER_ACCESS)
    def open_again(self, pk: str) -> Answer:
        """Open a part again for somebody who acts for the owner."""
        with transaction():
            plan = find_plan(pk, Action.STEER_ACCESS)
            row = authorities.open_again(current_actor(), plan, _asked("withheld"), at=utc_now())
            name = authorities.of_owner(plan, row.authority_id).holder.full_name
            part = words(row.section)
        flash(_("%(part)s is open to %(name)s again.", name=name, part=part), "success")
        return redirect(url_for("AuthorityView.overview", pk=pk))

    @expose("/end/<pk>", methods=["GET", "POST"])
    @door(Action.STEER_ACCESS)
    def end(self, pk: str) -> Answer:
        """Say what it leads to, and end the right of somebody to act for the owner."""
        if request.method == "GET":
            plan = self.plan_of(pk, Action.STEER_ACCESS)
            authority = authorities.of_owner(plan, _asked("authority"))
            return self.page("plans/access/authority_end.html", plan, authority=authority)
        try:
            with transaction():
                plan = held_plan(pk, Action.STEER_ACCESS)
                ended = authorities.end(current_actor(), plan, _asked("authority"), at=utc_now())
                name = ended.holder.full_name
        except authorities.AlreadyOver as error:
            plan = find_plan(pk, Action.STEER_ACCESS)
            return self._overview(plan, status=error.status, wrong=str(error))
        flash(_("%(name)s no longer acts for the owner.", name=name), "success")
        return redirect(url_for("AuthorityView.overview", pk=pk))

    def _once(
        self, pk: str, change: Callable[[Plan], str], form: Any, template: str, **values: Any
    ) -> Answer:
        """Save once, however many times the form is sent, and say what; on to the overview."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        back = url_for("AuthorityView.overview", pk=pk)
        try:
            with transaction() as session:
                if forms.earlier_result(session, actor, key) is not None:
                    flash(_("This was saved already."), "success")
                    return redirect(back)
                said = change(held_plan(pk, Action.STEER_ACCESS))
                forms.remember(session, actor, key, back, at)
        except IntegrityError:
            flash(_("This was saved already."), "success")
            return redirect(back)
        except DomainError as error:
            forms.put_error(form, error)
            plan = find_plan(pk, Action.STEER_ACCESS)
            return self._form(template, plan, form, status=error.status, **values)
        flash(said, "success")
        return redirect(back)

    def _form(
        self, template: str, plan: Plan, form: Any, *, status: int = 200, **values: Any
    ) -> Answer:
        key = forms.form_key() or forms.new_key()
        return self.page(template, plan, status=status, form=form, form_key=key, **values)


def _asked(name: str) -> str:
    """An id that the page was asked about.

    Raises:
        BadRequest: there is none.
    """
    asked = request.values.get(name, "")
    if not is_id(asked):
        raise BadRequest
    return asked
