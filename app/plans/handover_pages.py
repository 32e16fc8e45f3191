"""The page on which somebody answers whether they take over a plan."""

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import utc_now
from app.db import db, transaction
from app.errors import NotFound
from app.people.training_told import warned
from app.plans import handovers
from app.plans.pages import Answer, PlanPage
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.side_tables import Handover


class HandoverView(PlanPage):
    """The question whether one takes over a plan: what it is about, and the answer."""

    resource = Resource.HANDOVER
    route_base = "/handover"
    default_view = "answer"

    @expose("/answer/<pk>", methods=["GET", "POST"])
    @door(Action.ANSWER)
    def answer(self, pk: str) -> Answer:
        """What is asked, and the answer. No more of the plan is shown than its kind and owner."""
        offer = _offer(pk)
        if request.method != "POST":
            return render_template("plans/answer.html", offer=offer, view=self), 200
        said = request.form.get("answer")
        if said not in ("yes", "no"):
            text = _("Choose one of the two answers.")
            return render_template("plans/answer.html", offer=offer, view=self, wrong=text), 422
        with transaction():
            offer = _offer(pk)
            handovers.answer(current_actor(), offer, accepts=said == "yes", at=utc_now())
            name = offer.plan.owner.full_name
        if said == "yes":
            flash(_("You coordinate the plan about %(name)s now.", name=name), "success")
            onward = redirect(url_for("PlanView.show", pk=offer.plan_id))
            return warned(onward, current_actor().person_id)
        text = _("Your answer is sent. The plan about %(name)s stays with its holder.", name=name)
        flash(text, "success")
        return redirect(url_for("HomeView.index"))


def _offer(pk: str) -> Handover:
    """The question that an address names, when it is the actor's to answer."""
    actor = current_actor()
    if not is_id(pk):
        raise NotFound
    found = db.session.scalar(scope.rows(actor, Handover, Action.SHOW).where(Handover.id == pk))
    if found is None:
        raise NotFound
    policy.require(actor, Action.ANSWER, found)
    return found
