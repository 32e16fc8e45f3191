"""Registering that somebody withdrew a consent, orally or in writing. The effect is said first."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.audit import log
from app.clock import day_of, utc_now
from app.consent import ending, queries
from app.consent.ending import AlreadyEnded, ToldWithdrawal
from app.db import transaction
from app.enums import ConsentKind, ConsentMethod, Section
from app.errors import DomainError
from app.models import Consent, Participant
from app.plans import consent_forms as of_form
from app.plans import consent_words as in_words
from app.plans.consent_forms import ToldForm
from app.plans.consent_pages import ConsentPage, find_consent
from app.plans.pages import Answer
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door


@dataclass(frozen=True)
class Withdrawable:
    """One thing that a giver can withdraw: all, the sharing, or that with one participant."""

    key: str
    label: str
    consent: Consent
    affected: list[in_words.Seen]
    participant: Participant | None = None


class ToldWithdrawalView(ConsentPage):
    """A withdrawal that the coordinator was told of."""

    route_base = "/plan-consent-told"
    default_view = "told"

    @expose("/told/<pk>", methods=["GET", "POST"])
    @door(Action.RECORD_WITHDRAWAL, Resource.CONSENT)
    def told(self, pk: str) -> Answer:
        """Register a withdrawal: what is withdrawn, and what stops for whom by it."""
        form = ToldForm()
        form.method.choices = of_form.ways_of_telling()
        if request.method != "POST":
            with transaction():
                consent = find_consent(pk, Action.RECORD_WITHDRAWAL)
                log.record(current_actor(), "consent:shown", consent, section=Section.CONSENTS)
            return self._page(consent, form)
        return self._register(pk, form)

    def _register(self, pk: str, form: ToldForm) -> Answer:
        is_sound = form.validate()
        if not form.what.data:
            of_form.add_error(form.what, _("Choose what is withdrawn."))
            is_sound = False
        if not is_sound:
            return self._page(find_consent(pk, Action.RECORD_WITHDRAWAL), form, status=422)
        try:
            with transaction():
                consent = find_consent(pk, Action.RECORD_WITHDRAWAL, is_held=True)
                plan_id, name = consent.plan_id, consent.giver.full_name
                _end(consent, form)
        except AlreadyEnded:
            flash(_("This consent has ended already."), "warning")
            consent = find_consent(pk, Action.SHOW)
            return redirect(url_for("ConsentView.overview", pk=consent.plan_id))
        except DomainError as error:
            if error.field != "told_on":
                raise
            of_form.add_error(form.told_on, str(error))
            return self._page(find_consent(pk, Action.RECORD_WITHDRAWAL), form, status=422)
        text = _("The withdrawal is registered, and took effect at once. %(name)s is told.")
        flash(text % {"name": name}, "success")
        return redirect(url_for("ConsentView.overview", pk=plan_id))

    def _page(self, consent: Consent, form: ToldForm, *, status: int = 200) -> Answer:
        queries.fetch(consent.plan)
        return self.consent_page(
            "consent/told.html",
            consent.plan,
            status=status,
            giver=consent.giver,
            form=form,
            options=list(_withdrawable(consent)),
        )


def _end(consent: Consent, form: ToldForm) -> None:
    """Register what was chosen, of what can be withdrawn now.

    Raises:
        AlreadyEnded: that can't be withdrawn any more.
    """
    chosen = next((one for one in _withdrawable(consent) if one.key == form.what.data), None)
    if chosen is None:
        raise AlreadyEnded
    told = ToldWithdrawal(
        form.told_on.data, ConsentMethod(form.method.data), (form.note.data or "").strip()
    )
    ending.record_withdrawal(
        current_actor(), chosen.consent, told, participant=chosen.participant, at=utc_now()
    )


def _withdrawable(consent: Consent) -> Iterator[Withdrawable]:
    """What the giver of a consent can withdraw today, the least first."""
    plan, on = consent.plan, day_of(utc_now())
    held = queries.active_of(plan, consent.giver_id, on)
    shared = [one for one in held if one.kind is ConsentKind.INFORMATION_IS_SHARED]
    for one in shared:
        yield from _for_participants(one)
    affected = in_words.of_covered(plan, shared)
    if shared:
        yield Withdrawable("sharing", _("All sharing"), shared[0], affected)
    for one in held:
        if one.kind is ConsentKind.PLAN_IS_MADE:
            yield Withdrawable("all", _("All, also that the plan is made"), one, affected)


def _for_participants(shared: Consent) -> Iterator[Withdrawable]:
    seen = in_words.of_covered(shared.plan, [shared])
    for participant in shared.plan.participants:
        affected = [one for one in seen if one.key in (participant.id, participant.unit_id)]
        if any(one.key == participant.id for one in affected):
            name = participant.person.full_name
            label = _("Sharing with %(name)s", name=name)
            yield Withdrawable(participant.id, label, shared, affected, participant)
