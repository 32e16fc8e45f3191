"""The pages about all who take part in a plan: the list, adding one, ending all."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.clock import day_of, today, utc_now
from app.db import db, transaction
from app.enums import Section
from app.errors import DomainError, NotFound
from app.models import Participant, Person, Plan, StandardRole
from app.plans import (
    access_queries,
    access_words,
    from_template,
    granting,
    participation,
    proposing,
    twice_pages,
    undoing,
)
from app.plans.consent_pages import held_plan
from app.plans.from_template import Suggested
from app.plans.pages import Answer, PlanPage, coordinator_word, find_plan
from app.plans.participant_forms import (
    AddForm,
    ChooseForm,
    ReasonForm,
    is_place_hidden,
    last_day_of,
    suggested_unit,
)
from app.plans.participation import TakesPartAlready, Terms
from app.plans.proposing import Proposed
from app.plans.proposing_pages import find_proposal
from app.screens import forms
from app.security import policy
from app.security.actor import Actor, current_actor
from app.security.roles import Action
from app.security.routes import door
from app.templating.setup import in_own_words

CHOOSE = "plans/access/choose.html"
TERMS = "plans/access/terms.html"


class ParticipantView(PlanPage):
    """Who takes part in a plan."""

    route_base = "/plan-participant"
    default_view = "overview"

    @expose("/overview/<pk>", methods=["GET"])
    @door(Action.READ)
    def overview(self, pk: str) -> Answer:
        """Everyone who takes part, as what, and until when."""
        section = Section.PARTICIPANTS
        plan = self.opened(pk, Action.READ, "plan:section_shown", section)
        access_queries.load(plan)
        on, actor = today(), current_actor()
        standing = [one for one in plan.participants if not access_queries.is_over(one, on)]
        return self.page(
            "plans/access/overview.html",
            plan,
            standing=standing,
            ended=[one for one in plan.participants if access_queries.is_over(one, on)],
            insights={one.id: access_queries.insight(plan, one, on) for one in standing},
            is_place_hidden=is_place_hidden,
            coordinator_word=coordinator_word(plan),
            texts=access_words,
            on=on,
            hints=twice_pages.hints(plan),
            kept_apart=twice_pages.answered(plan),
            may=lambda action: bool(policy.decide(actor, action, plan)),
            may_see_access=bool(policy.decide(actor, Action.SHOW_ACCESS, plan)),
            may_propose=_may_propose(actor, plan),
        )

    # --- adding ----------------------------------------------------------------------------------

    @expose("/add/<pk>", methods=["GET", "POST"])
    @door(Action.STEER_ACCESS)
    def add(self, pk: str) -> Answer:
        """Add a participant: first who and as which standard role, then the rest."""
        if request.method != "POST":
            plan = self.opened(pk, Action.STEER_ACCESS)
            asked, proposed = self._asked(plan), _proposed(plan)
            role = asked.role.id if asked is not None and asked.role is not None else ""
            person = request.args.get("person") or (proposed.person_id if proposed else "") or None
            chosen = {"person_id": person, "standard_role_id": role}
            form = ChooseForm(formdata=None, data=chosen)
            if proposed is not None and not person:
                form.person_id.begins_with = proposed.name
            return self._choose(plan, form)
        plan = self.plan_of(pk, Action.STEER_ACCESS)
        if request.form.get("step") != "terms" or "back" in request.form:
            return self._first_step(plan)
        return self._second_step(plan)

    def _first_step(self, plan: Plan) -> Answer:
        form = ChooseForm()
        form.offer(access_queries.roles_for(current_actor(), plan))
        if "find" in request.form or "back" in request.form:
            return self._choose(plan, form)
        if not form.validate():
            return self._choose(plan, form, status=422)
        person, role = self._person(form), self._role(plan, form)
        try:
            participation.require_outside(plan, person, today())
        except DomainError as error:
            return self._refused(plan, form, error)
        first, data = today(), {"person_id": person.id, "standard_role_id": role.id}
        asked, proposed = self._asked(plan), _proposed(plan)
        function = proposed.function if proposed is not None else ""
        data["function"] = asked.function if asked is not None else function
        suggested = {
            "unit_id": suggested_unit(plan, person),
            "starts_on": first,
            "last_day": last_day_of(first, role.months),
        }
        return self._terms(plan, AddForm(formdata=None, data=data | suggested), person, role)

    def _second_step(self, plan: Plan) -> Answer:
        form = AddForm()
        form.offer(access_queries.roles_for(current_actor(), plan))
        is_valid = form.validate()
        person, role = form.person_id.chosen, self._role(plan, form)
        if person is None or role is None:
            return self._first_step(plan)
        if "find" in request.form:
            for field in form:
                field.errors = ()
            return self._terms(plan, form, person, role)
        if not is_valid:
            return self._terms(plan, form, person, role, status=422)
        try:
            location, said = self._save(plan.id, form)
        except DomainError as error:
            return self._refused(find_plan(plan.id, Action.STEER_ACCESS), form, error)
        flash(said, "success")
        return redirect(location)

    def _save(self, pk: str, form: AddForm) -> tuple[str, str]:
        """Add once, however many times it is sent; where it is, and what to say."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        try:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
                if earlier is not None:
                    return earlier, _("This was saved already.")
                plan = held_plan(pk, Action.STEER_ACCESS)
                made = participation.add(
                    actor, plan, self._person(form), self._agreed(plan, form), at=at
                )
                if "proposal" in request.args:
                    notice, _said = find_proposal(request.args["proposal"])
                    proposing.accept(actor, notice, made.person.full_name, at=at)
                location = url_for("ParticipationView.show", pk=made.id)
                forms.remember(session, actor, key, location, at)
                name = made.person.full_name
                return location, _("%(name)s is added, and sees nothing yet.", name=name)
        except IntegrityError:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return earlier, _("This was saved already.")
            raise DomainError(TakesPartAlready.message, field="person_id") from None

    @staticmethod
    def _person(form: ChooseForm) -> Person:
        person: Person | None = form.person_id.chosen
        if person is None:
            raise NotFound
        return person

    def _agreed(self, plan: Plan, form: AddForm) -> Terms:
        return Terms(
            form.function.data or "",
            form.unit_id.chosen,
            self._role(plan, form),
            form.starts_on.data,
            form.last_day.data,
            form.contribution.data or "",
        )

    @staticmethod
    def _role(plan: Plan, form: ChooseForm) -> Any:
        """The standard role that was chosen, when it is one for this plan."""
        offered = access_queries.roles_for(current_actor(), plan)
        return next((one for one in offered if one.id == form.standard_role_id.data), None)

    def _choose(self, plan: Plan, form: ChooseForm, *, status: int = 200, **values: Any) -> Answer:
        form.offer(access_queries.roles_for(current_actor(), plan))
        register = url_for("PersonView.add", plan=plan.id)
        values |= {"suggested": self._suggested(plan), "asked": self._asked(plan)}
        values["proposed"] = _proposed(plan)
        return self.page(CHOOSE, plan, status=status, form=form, register=register, **values)

    def _terms(
        self, plan: Plan, form: AddForm, person: Person, role: StandardRole, *, status: int = 200
    ) -> Answer:
        form.suggest(plan, person)
        levels = granting.of_role(current_actor(), plan, role)
        return self.page(
            TERMS,
            plan,
            status=status,
            form=form,
            person=person,
            role=role,
            role_name=in_own_words(role.names),
            gives=access_words.can(levels, own_only=granting.is_for_own(role)),
            texts=access_words,
            deciders=access_words.deciders(plan, today()),
            form_key=forms.form_key() or forms.new_key(),
        )

    @staticmethod
    def _suggested(plan: Plan) -> list[Suggested]:
        """Who usually takes part in plans of the template, and does not yet."""
        standing = [one for one in plan.participants if not access_queries.is_over(one, today())]
        roles = access_queries.roles_for(current_actor(), plan)
        return from_template.suggested(plan, roles, standing)

    def _asked(self, plan: Plan) -> Suggested | None:
        """The suggestion that the address follows."""
        number = request.args.get("suggested", "")
        return next((one for one in self._suggested(plan) if str(one.number) == number), None)

    def _refused(self, plan: Plan, form: Any, error: DomainError) -> Answer:
        """The form with what is wrong; a person who is there already is linked to."""
        there = None
        if isinstance(error, TakesPartAlready):
            there = db.session.get(Participant, error.participant_id)
        forms.put_error(form, error)
        if isinstance(form, AddForm) and error.field != "person_id":
            person, role = self._person(form), self._role(plan, form)
            return self._terms(plan, form, person, role, status=error.status)
        return self._choose(plan, form, status=error.status, there=there)

    # --- ending all ------------------------------------------------------------------------------

    @expose("/end-all/<pk>", methods=["GET", "POST"])
    @door(Action.STOP_ACCESS)
    def end_all(self, pk: str) -> Answer:
        """End everyone's participation at once."""
        if request.method != "POST":
            return self._end_all_page(self.opened(pk, Action.STOP_ACCESS), ReasonForm())
        form = ReasonForm()
        if not form.validate():
            return self._end_all_page(self.plan_of(pk, Action.STOP_ACCESS), form, status=422)
        actor, at = current_actor(), utc_now()
        try:
            with transaction():
                plan = held_plan(pk, Action.STOP_ACCESS)
                done = participation.end_all(actor, plan, reason=form.reason.data or "", at=at)
                undo = undoing.keep(actor, undoing.ENDED, done, at=at)
        except DomainError as error:
            forms.put_error(form, error)
            return self._end_all_page(find_plan(pk, Action.STOP_ACCESS), form, status=error.status)
        say(_("Nobody takes part in the plan any more."), undo)
        return redirect(url_for("ParticipantView.overview", pk=pk))

    def _end_all_page(self, plan: Plan, form: ReasonForm, *, status: int = 200) -> Answer:
        on = day_of(utc_now())
        who = [one for one in plan.participants if not access_queries.is_over(one, on)]
        return self.page("plans/access/end_all.html", plan, status=status, form=form, who=who)


def _may_propose(actor: Actor, plan: Plan) -> bool:
    """Whether the actor proposes participants: who adds them need not."""
    may = policy.decide(actor, Action.COMMENT, plan, section=Section.PARTICIPANTS)
    return bool(may) and not policy.decide(actor, Action.STEER_ACCESS, plan)


def _proposed(plan: Plan) -> Proposed | None:
    """The proposal that the address follows, while it waits for the actor's answer.

    Raises:
        NotFound: it does not, or is about another plan.
    """
    if "proposal" not in request.args:
        return None
    notice, said = find_proposal(request.args["proposal"])
    if notice.plan_id != plan.id:
        raise NotFound
    return said


def say(text: str, undo: str) -> None:
    """Say that something was done, with a button that undoes it."""
    flash({"text": text, "undo": url_for("AccessView.undo", pk=undo)}, "success")  # type: ignore[arg-type]
