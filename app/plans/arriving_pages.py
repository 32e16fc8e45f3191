"""A plan that another municipality has sent here: what came, and the answer."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import log
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Section
from app.errors import DomainError, NotFound
from app.files import storage
from app.models import Person, Plan
from app.municipalities.place_names import place_names
from app.people.forms import anyway_of
from app.people.registering import MayBeRegistered
from app.people.training_told import warned
from app.plans import arriving, unit_moves
from app.plans.arriving import Taken
from app.plans.coordinators import coordinators_here
from app.plans.move_forms import DeclineForm, NameForm, TakeForm
from app.plans.pages import Answer, PlanPage
from app.plans.starting import HasOpenPlan
from app.screens import forms
from app.screens.listing import is_id
from app.screens.offered import hits_asked
from app.screens.words import words
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.side_tables import IncomingPlan
from app.templating import setup


class IncomingView(PlanPage):
    """What came from another municipality, and what is done about it."""

    resource = Resource.INCOMING_PLAN
    menu_homes = ("IncomingListView",)
    route_base = "/incoming-plan"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """What came, from where, and what can be done; not what is in it."""
        with transaction():
            package = _find(pk, Action.SHOW)
            log.record(current_actor(), "incoming_plan:shown", package)
        return self._page(package)

    @expose("/name/<pk>", methods=["POST"])
    @door(Action.HAND_OVER)
    def name(self, pk: str) -> Answer:
        """Say which coordinator answers."""
        form = NameForm()
        _offer_coordinators(form)
        package = _find(pk, Action.HAND_OVER)
        if (hits := hits_asked(form)) is not None:
            return hits
        if not forms.is_sent() or not form.validate():
            status = 422 if forms.is_sent() else 200
            return self._page(package, status=status, name_form=form)
        try:
            with transaction():
                package, person_id = _find(pk, Action.HAND_OVER), form.person_id.data
                arriving.name_coordinator(current_actor(), package, person_id, at=utc_now())
                name = db.session.get_one(Person, person_id).full_name
        except DomainError as error:
            forms.put_error(form, error)
            return self._page(_find(pk, Action.HAND_OVER), status=error.status, name_form=form)
        flash(_("%(name)s finds the plan under My plans, and answers.", name=name), "success")
        return warned(redirect(url_for("IncomingView.show", pk=pk)), person_id)

    @expose("/decline/<pk>", methods=["POST"])
    @door(Action.DECLINE)
    def decline(self, pk: str) -> Answer:
        """Say no, with a reason."""
        form = DeclineForm()
        try:
            if form.validate():
                with transaction():
                    package, reason = _find(pk, Action.DECLINE), form.reason.data
                    arriving.decline(current_actor(), package, reason=reason, at=utc_now())
                flash(_("The answer is sent. The plan stays where it was."), "success")
                return redirect(url_for("IncomingView.show", pk=pk))
            status = 422
        except DomainError as error:
            forms.put_error(form, error)
            status = error.status
        return self._page(_find(pk, Action.DECLINE), status=status, decline_form=form)

    @expose("/accept/<pk>", methods=["GET", "POST"])
    @door(Action.ANSWER)
    def accept(self, pk: str) -> Answer:
        """Take the plan over: say who the owner is here, and where the plan belongs."""
        actor, form, key = current_actor(), TakeForm(), forms.form_key()
        if request.method == "POST" and key is not None:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return redirect(earlier)
        if request.method != "POST":
            with transaction():
                package = _find(pk, Action.ANSWER)
                log.record(actor, "incoming_plan:shown", package)
                unit_id = unit_moves.in_use(package.unit_id)
            known = {"person_id": request.args.get("person"), "unit_id": unit_id}
            form = TakeForm(formdata=None, data=known)
            return self._accept_page(package, form)
        if "find" in request.form:
            return self._accept_page(_find(pk, Action.ANSWER), form)
        if not form.validate():
            return self._accept_page(_find(pk, Action.ANSWER), form, status=422)
        return self._take(pk, form, key)

    def _take(self, pk: str, form: TakeForm, key: str | None) -> Answer:
        actor, at = current_actor(), utc_now()
        is_new, anyway = bool(form.is_new.data), anyway_of(form)
        taken = Taken(form.person_id.data, is_new, form.unit_id.data, anyway)
        try:
            with storage.keeping() as keep_file, transaction() as session:
                setup.ensure(session, actor.municipality_id or 0, at=at)
                package = _find(pk, Action.ANSWER)
                plan = arriving.accept(actor, package, taken, keep_file, at=at)
                location = url_for("PlanView.show", pk=plan.id)
                forms.remember(session, actor, key, location, at)
        except DomainError as error:
            if error.field == "owner_id":
                error.field = None
            found = error.found if isinstance(error, MayBeRegistered) else ()
            forms.put_error(form, error)
            earlier = error.plan if isinstance(error, HasOpenPlan) else None
            return self._accept_page(
                _find(pk, Action.ANSWER),
                form,
                status=error.status,
                earlier=_known(earlier),
                found=found,
            )
        flash(
            _(
                "You coordinate the plan about %(name)s now. State who acts for the owner, and ask"
                " for consent.",
                name=plan.owner.full_name,
            ),
            "success",
        )
        return redirect(location)

    @staticmethod
    def use_address(person_id: str) -> str:
        """Where one goes to take the plan over for somebody who is registered already."""
        pk = (request.view_args or {})["pk"]
        return url_for("IncomingView.accept", pk=pk, person=person_id)

    def _accept_page(
        self, package: IncomingPlan, form: TakeForm, *, status: int = 200, **values: Any
    ) -> Answer:
        actor, owner = current_actor(), arriving.owner_of(package)
        shown = render_template(
            "plans/arriving/accept.html",
            view=self,
            package=package,
            form=form,
            owner=owner,
            known=None if owner is None else arriving.known_here(actor, owner),
            form_key=forms.form_key() or forms.new_key(),
            **_in_words(package),
            **values,
        )
        return shown, status

    def _page(
        self,
        package: IncomingPlan,
        *,
        status: int = 200,
        name_form: NameForm | None = None,
        decline_form: DeclineForm | None = None,
    ) -> Answer:
        actor, name_form = current_actor(), name_form or NameForm(formdata=None)
        _offer_coordinators(name_form)
        plan = None if package.plan_id is None else db.session.get(Plan, package.plan_id)
        shown = render_template(
            "plans/arriving/show.html",
            view=self,
            package=package,
            owner=arriving.owner_of(package),
            may=lambda action: bool(policy.decide(actor, action, package)),
            plan=_known(plan),
            name_form=name_form,
            decline_form=decline_form or DeclineForm(formdata=None),
            **_in_words(package),
        )
        return shown, status


def _in_words(package: IncomingPlan) -> dict[str, Any]:
    names = place_names({package.from_municipality_id})
    sections = [words(Section(one)) for one in package.sections]
    return {"town": names[package.from_municipality_id], "sections": sections}


def _offer_coordinators(form: NameForm) -> None:
    form.person_id.offer(coordinators_here(today()), "IncomingView.name")


def _known(plan: Plan | None) -> Plan | None:
    """The plan, when the actor may know of it."""
    return plan if plan is not None and policy.decide(current_actor(), Action.SHOW, plan) else None


def _find(pk: str, action: Action) -> IncomingPlan:
    """What an address names, when the actor may do ``action`` with it.

    Raises:
        NotFound: foreign, missing and hidden alike.
        NotAllowed: the actor sees it but may not do this, or not any more.
    """
    actor = current_actor()
    if not is_id(pk):
        raise NotFound
    found: IncomingPlan | None = db.session.scalar(
        scope.rows(actor, IncomingPlan, Action.SHOW).where(IncomingPlan.id == pk)
    )
    if found is None:
        raise NotFound
    policy.require(actor, action, found)
    return found


def origin_of(plan: Plan) -> str | None:
    """The municipality that a plan came from; None where it was started here."""
    found = db.session.scalar(
        select(IncomingPlan.from_municipality_id).where(IncomingPlan.plan_id == plan.id)
    )
    return None if found is None else place_names({found})[found]
