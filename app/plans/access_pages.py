"""Who sees what in a plan, for the owner, those who act for the owner, and the coordinator."""

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import today, utc_now
from app.db import db, transaction
from app.errors import NotFound
from app.models import Plan
from app.plans import (
    access_queries,
    access_words,
    asking_change,
    proposing,
    role_proposals,
    undoing,
)
from app.plans.pages import Answer, PlanPage, coordinator_word, find_plan
from app.plans.participant_forms import WishForm
from app.plans.proposing import text_of
from app.screens.bulk import UndoneAlready
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.plan_rights import OPEN, UNDER_WAY
from app.security.roles import Action, Resource
from app.security.routes import door
from app.side_tables import Notice


class AccessView(PlanPage):
    """Who sees what."""

    route_base = "/plan-access"
    default_view = "who"

    @expose("/who/<pk>", methods=["GET"])
    @door(Action.SHOW_ACCESS)
    def who(self, pk: str) -> Answer:
        """One sentence a person: what they see, until when, and what waits for consent."""
        plan = self.opened(pk, Action.SHOW_ACCESS, "plan:access_shown")
        actor = current_actor()
        found = access_queries.who_sees_what(actor, plan, utc_now())
        proposals = proposing.waiting(actor, plan, found.wishes)
        answered = [one.notice for one in proposals]
        return self.page(
            "plans/access/who.html",
            plan,
            found=found,
            wishes=[(one, text_of(one)) for one in found.wishes if one not in answered],
            proposals=proposals,
            reader_id=actor.person_id,
            is_owner=plan.owner_id == actor.person_id,
            coordinator_word=coordinator_word(plan),
            deciders=access_words.deciders(plan, today()),
            texts=access_words,
            proposed_more=role_proposals.open_in(plan.id),
            is_shared=access_queries.is_shared(plan),
            is_under_way=plan.state in UNDER_WAY,
            is_open=plan.state in OPEN,
            may=lambda action: bool(policy.decide(actor, action, plan)),
        )

    @expose("/ask/<pk>", methods=["GET", "POST"])
    @door(Action.ASK_CHANGE)
    def ask(self, pk: str) -> Answer:
        """Ask the coordinator to change who sees what."""
        plan, form = self.plan_of(pk, Action.ASK_CHANGE), WishForm()
        if request.method != "POST" or not form.validate():
            return self._ask_page(plan, form, 422 if request.method == "POST" else 200)
        with transaction():
            plan = find_plan(pk, Action.ASK_CHANGE)
            asking_change.ask(current_actor(), plan, form.text.data or "", at=utc_now())
        name = plan.coordinator.full_name
        flash(_("%(name)s is told what you want changed.", name=name), "success")
        return redirect(url_for("AccessView.who", pk=pk))

    def _ask_page(self, plan: Plan, form: WishForm, status: int) -> Answer:
        return self.page("plans/access/ask.html", plan, status=status, form=form)

    @expose("/seen-to/<pk>", methods=["POST"])
    @door(Action.END, Resource.NOTICE)
    def seen_to(self, pk: str) -> Answer:
        """Take away a wish that is seen to."""
        wanted = scope.rows(current_actor(), Notice, Action.END)
        with transaction():
            found = db.session.scalar(wanted.where(Notice.id == pk)) if is_id(pk) else None
            if found is None:
                raise NotFound
            asking_change.see_to(current_actor(), found, at=utc_now())
        flash(_("It is seen to."), "success")
        return redirect(url_for("AccessView.who", pk=found.plan_id))

    @expose("/undo/<pk>", methods=["POST"])
    @door(Action.UNDO, Resource.BULK_CHANGE)
    def undo(self, pk: str) -> Answer:
        """Undo what one has just stopped, shortened or ended oneself."""
        if not is_id(pk):
            raise NotFound
        try:
            with transaction():
                plan, failed = undoing.undo(current_actor(), pk, at=utc_now())
        except UndoneAlready:
            flash(_("This was undone already."), "info")
            return redirect(url_for("HomeView.index"))
        if failed:
            flash(_("It can't be undone: something has been changed since."), "warning")
        else:
            flash(_("It is undone."), "success")
        if plan is None:
            return redirect(url_for("HomeView.index"))
        return redirect(url_for("AccessView.who", pk=plan.id))
