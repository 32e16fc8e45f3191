"""Withdrawing one's own consent, and resetting the consents of a plan. The effect is said first."""

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.audit import log
from app.clock import day_of, utc_now
from app.consent import ending, queries
from app.db import db, transaction
from app.enums import ConsentKind, Section
from app.errors import DomainError, NotFound
from app.models import Consent, Participant
from app.plans import consent_words as in_words
from app.plans.consent_forms import ReasonForm
from app.plans.consent_pages import ConsentPage, find_consent, held_plan
from app.plans.pages import Answer
from app.screens.listing import is_id
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door


class EndConsentView(ConsentPage):
    """Ending consents: one press to say what happens, one to do it."""

    route_base = "/plan-consent-end"
    default_view = "withdraw"

    @expose("/withdraw/<pk>", methods=["GET", "POST"])
    @door(Action.WITHDRAW_CONSENT, Resource.CONSENT)
    def withdraw(self, pk: str) -> Answer:
        """Withdraw a consent, for all or for the participant that the query names."""
        if request.method == "POST":
            return self._withdraw(pk)
        with transaction():
            consent = find_consent(pk, Action.WITHDRAW_CONSENT)
            log.record(current_actor(), "consent:shown", consent, section=Section.CONSENTS)
        return self._withdraw_page(consent)

    def _withdraw_page(self, consent: Consent) -> Answer:
        plan, participant = consent.plan, _asked_participant(consent)
        queries.fetch(plan)
        on = day_of(utc_now())
        is_all = consent.kind is ConsentKind.PLAN_IS_MADE
        covering = [
            one
            for one in queries.active_of(plan, consent.giver_id, on)
            if one.kind is ConsentKind.INFORMATION_IS_SHARED and (is_all or one.id == consent.id)
        ]
        return self.consent_page(
            "consent/withdraw.html",
            plan,
            consent=consent,
            participant=participant,
            is_all=is_all,
            affected=[
                one
                for one in in_words.of_covered(plan, covering)
                if participant is None or one.key in (participant.id, participant.unit_id)
            ],
            is_active=consent.is_active(on),
        )

    def _withdraw(self, pk: str) -> Answer:
        at = utc_now()
        try:
            with transaction():
                consent = find_consent(pk, Action.WITHDRAW_CONSENT, is_held=True)
                participant = _asked_participant(consent)
                if participant is None:
                    ending.withdraw(current_actor(), consent, at=at)
                else:
                    ending.withdraw_for(current_actor(), consent, participant, at=at)
            text, mood = _done(participant), "success"
        except DomainError as error:
            if error.is_refusal:
                raise
            consent = find_consent(pk, Action.SHOW)
            text, mood = str(error), "warning"
        flash(text, mood)
        return redirect(url_for("ConsentView.overview", pk=consent.plan_id))

    @expose("/reset/<pk>", methods=["GET", "POST"])
    @door(Action.RESET_CONSENT, Resource.PLAN)
    def reset(self, pk: str) -> Answer:
        """End all sharing of a plan, which is kept and waits for consent anew."""
        form = ReasonForm()
        if request.method == "POST" and form.validate():
            with transaction():
                plan = held_plan(pk, Action.RESET_CONSENT)
                ending.reset(current_actor(), plan, form.reason.data.strip(), at=utc_now())
                name = plan.owner.full_name
            text = _("All sharing of the plan about %(name)s has ended. It waits for consent.")
            flash(text % {"name": name}, "success")
            return redirect(url_for("ConsentView.overview", pk=pk))
        plan = self.opened(pk, Action.RESET_CONSENT)
        reaches = queries.reaches(plan, day_of(utc_now()))
        return self.consent_page(
            "consent/reset.html",
            plan,
            status=422 if request.method == "POST" else 200,
            form=form,
            affected=in_words.of_seen(plan, reaches),
        )


def _asked_participant(consent: Consent) -> Participant | None:
    """The participant that the query names, of the plan and covered by the consent; None for all.

    Raises:
        NotFound: one is named that is not.
    """
    asked = request.args.get("participant")
    if asked is None:
        return None
    found = db.session.get(Participant, asked) if is_id(asked) else None
    if found is None or found.plan_id != consent.plan_id:
        raise NotFound
    return found


def _done(participant: Participant | None) -> str:
    if participant is None:
        return _("Your consent is withdrawn. It took effect at once.")
    name = participant.person.full_name
    return _("%(name)s no longer sees anything by your consent. It took effect at once.", name=name)
