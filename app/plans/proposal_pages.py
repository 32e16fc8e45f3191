"""A proposal of more access for a participant, and the coordinator's answer."""

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import today, utc_now
from app.db import db, transaction
from app.errors import BadRequest, DomainError
from app.models import Participant, StandardRole
from app.plans import access_words, role_answers, role_proposals
from app.plans.pages import Answer
from app.plans.participation_pages import ParticipationPages, find_participant, held_participant
from app.screens import forms
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.templating.setup import in_own_words

ANSWERS = {"yes": True, "no": False}


class ProposalView(ParticipationPages):
    """What a newer version of a standard role gives somebody more."""

    route_base = "/participation-proposal"
    default_view = "answer"

    @expose("/answer/<pk>", methods=["GET", "POST"])
    @door(Action.STEER_ACCESS)
    def answer(self, pk: str) -> Answer:
        """Look over what is proposed, and say yes or no."""
        if request.method != "POST":
            return self._page(self.opened_one(pk, Action.STEER_ACCESS))
        one = find_participant(pk, Action.STEER_ACCESS)
        accepted = ANSWERS.get(request.form.get("answer", ""))
        if accepted is None:
            raise BadRequest
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        back = url_for("ParticipationView.show", pk=pk)
        try:
            with transaction() as session:
                if forms.earlier_result(session, actor, key) is None:
                    one = held_participant(pk, Action.STEER_ACCESS)
                    sent = request.form.get("proposal", "")
                    role_answers.answer(actor, one, sent, accepted=accepted, at=at)
                    forms.remember(session, actor, key, back, at)
        except DomainError as error:
            if error.is_refusal:
                raise
            one = find_participant(pk, Action.STEER_ACCESS)
            return self._page(one, status=error.status, wrong=str(error))
        name = one.person.full_name
        said = _("The access of %(name)s stays as it is.", name=name)
        if accepted:
            said = _("The access of %(name)s is saved.", name=name)
        flash(said, "success")
        return redirect(back)

    def _page(self, one: Participant, *, status: int = 200, wrong: str = "") -> Answer:
        proposal, on = role_proposals.open_one(one), today()
        asked = role_answers.asked(current_actor(), proposal, utc_now()) if proposal else None
        role = db.session.get(StandardRole, proposal.role_id) if proposal else None
        return self.page_of(
            "plans/access/proposal.html",
            one,
            status=status,
            proposal=proposal,
            changes=role_answers.changes(current_actor(), one, asked, on) if asked else [],
            capabilities=asked.capabilities if asked else (),
            role_name=in_own_words(role.names) if role else "",
            deciders=access_words.deciders(one.plan, on),
            form_key=forms.new_key(),
            wrong=wrong,
        )
