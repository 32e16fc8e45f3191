"""Consenting digitally, in four steps: what this is, who sees what, look over, receipt.

What is chosen is kept on the server between the steps and between visits; the pages carry no more
than marks of what they showed. All of it is looked at again at the last step.
"""

from uuid import uuid4

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import day_of, utc_now
from app.consent import drafts, operations, queries
from app.consent.drafts import Draft
from app.consent.operations import OfferChanged
from app.consent.queries import Covered
from app.consent.rights import right_of
from app.consent.terms import Choice, changed_since, offers
from app.db import transaction
from app.errors import DomainError
from app.models import Plan
from app.plans import consent_forms as of_form
from app.plans import consent_words as in_words
from app.plans import continuing
from app.plans.consent_forms import WhoForm
from app.plans.consent_pages import ConsentPage, held_plan
from app.plans.pages import Answer, type_of
from app.screens import forms
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating.setup import in_own_words


class GiveConsentView(ConsentPage):
    """The steps of the one who consents."""

    route_base = "/plan-consent-give"
    default_view = "what"

    # --- step 1: what this is --------------------------------------------------------------------

    @expose("/what/<pk>", methods=["GET", "POST"])
    @door(Action.CONSENT, Resource.PLAN)
    def what(self, pk: str) -> Answer:
        """The newest text, in plain words."""
        if request.method == "POST":
            return self._read_text(pk)
        plan = self.opened(pk, Action.CONSENT)
        return self._text_page(plan)

    def _read_text(self, pk: str) -> Answer:
        actor, at = current_actor(), utc_now()
        with transaction():
            plan = held_plan(pk, Action.CONSENT)
            newest = queries.texts(plan)[0]
            is_newest = request.form.get("text") == newest.id
            if is_newest:
                draft = drafts.load(actor, plan)
                draft.text_id = newest.id
                drafts.save(actor, plan, draft, at=at)
        if not is_newest:
            return self._text_page(plan, status=409, is_changed=True)
        return redirect(url_for("GiveConsentView.who", pk=pk))

    def _text_page(self, plan: Plan, *, status: int = 200, is_changed: bool = False) -> Answer:
        newest = queries.texts(plan)[0]
        return self.consent_page(
            "consent/what.html",
            plan,
            status=status,
            text=newest,
            paragraphs=in_own_words(newest.texts).split("\n\n"),
            right=right_of(plan, current_actor().person_id, day_of(utc_now())),
            is_changed=is_changed,
        )

    # --- step 2: who sees what, and how long -----------------------------------------------------

    @expose("/who/<pk>", methods=["GET", "POST"])
    @door(Action.CONSENT, Resource.PLAN)
    def who(self, pk: str) -> Answer:
        """Each participant one by one, with what they would see; and how long."""
        if request.method == "POST":
            return self._choose(pk)
        plan = self.opened(pk, Action.CONSENT)
        draft = drafts.load(current_actor(), plan)
        if draft.text_id is None:
            return redirect(url_for("GiveConsentView.what", pk=pk))
        form = WhoForm()
        changed = _forget_changed(plan, draft)
        of_form.fill(form, draft)
        return self._who_page(plan, form, is_changed=changed)

    def _choose(self, pk: str) -> Answer:
        """Keep what was chosen, also when something is left to choose."""
        actor, at, form = current_actor(), utc_now(), WhoForm()
        with transaction():
            plan = held_plan(pk, Action.CONSENT)
            draft = drafts.load(actor, plan)
            is_sound = form.validate()
            of_form.take(form, draft, offers(plan, day_of(at)))
            of_form.take_length(form, draft, type_of(plan).consent_months)
            drafts.save(actor, plan, draft, at=at)
        if "later" in request.form:
            flash(_("What you have chosen is kept. Nothing is consented to yet."), "success")
            return redirect(url_for("ConsentView.overview", pk=pk))
        if not of_form.check(form, draft, day_of(at)) or not is_sound:
            return self._who_page(plan, form, status=422)
        return redirect(url_for("GiveConsentView.check", pk=pk))

    def _who_page(
        self, plan: Plan, form: WhoForm, *, status: int = 200, is_changed: bool = False
    ) -> Answer:
        on = day_of(utc_now())
        return self.consent_page(
            "consent/who.html",
            plan,
            status=status,
            form=form,
            people=in_words.of_offers(plan, offers(plan, on)),
            lengths=of_form.lengths(type_of(plan).consent_months, on),
            is_changed=is_changed,
        )

    # --- step 3: look over -----------------------------------------------------------------------

    @expose("/check/<pk>", methods=["GET", "POST"])
    @door(Action.CONSENT, Resource.PLAN)
    def check(self, pk: str) -> Answer:
        """All of it on one page, with a way to change each line; and the consent itself."""
        if request.method == "POST":
            return self._consent(pk)
        plan = self.opened(pk, Action.CONSENT)
        return self._check_page(plan)

    def _check_page(self, plan: Plan, *, status: int = 200, problem: str = "") -> Answer:
        """The page to look over; back to the step where something is missing or has changed."""
        on, draft = day_of(utc_now()), drafts.load(current_actor(), plan)
        newest = queries.texts(plan)[0]
        if draft.text_id != newest.id:
            return redirect(url_for("GiveConsentView.what", pk=plan.id))
        choice = draft.choice(on)
        if choice is None or changed_since(choice, offers(plan, on)):
            return redirect(url_for("GiveConsentView.who", pk=plan.id))
        chosen = [one for one in offers(plan, on) if one.participant.id in choice.shared]
        return self.consent_page(
            "consent/check.html",
            plan,
            status=status,
            problem=problem,
            text=newest,
            choice=choice,
            people=in_words.of_offers(plan, chosen, choice),
            services=_services(plan, choice),
            lost=_lost(plan, choice),
            seal=choice.seal(),
            form_key=forms.form_key() or str(uuid4()),
        )

    def _consent(self, pk: str) -> Answer:
        try:
            return redirect(_give(pk))
        except DomainError as error:
            if error.is_refusal:
                raise
            problem = str(error)
        with transaction():
            plan = held_plan(pk, Action.CONSENT)
        answer = self._check_page(plan, status=409, problem=problem)
        if not isinstance(answer, tuple):
            flash(problem, "warning")
        return answer


def _give(pk: str) -> str:
    """Consent once, however many times it is sent; where the receipt is."""
    actor, key, at = current_actor(), forms.form_key(), utc_now()
    with transaction() as session:
        earlier = forms.earlier_result(session, actor, key)
        if earlier is not None:
            return earlier
        plan = held_plan(pk, Action.CONSENT)
        draft = drafts.load(actor, plan)
        choice = draft.choice(day_of(at))
        if choice is None or request.form.get("seal") != choice.seal():
            raise OfferChanged
        made = operations.give(actor, plan, draft.text_id, choice, at=at)
        continuing.close_continued(actor, plan, at=at)
        location = url_for("ConsentView.show", pk=made.id, given=1)
        forms.remember(session, actor, key, location, at)
    return location


def _forget_changed(plan: Plan, draft: Draft) -> bool:
    """Take those out of a draft who are offered something else by now; whether there were any."""
    ends_on = day_of(utc_now())
    changed = changed_since(
        Choice(ends_on, draft.shared, draft.services, draft.alone), offers(plan, ends_on)
    )
    for participant_id in changed:
        draft.shared.pop(participant_id)
        draft.services.pop(participant_id, None)
        draft.alone.pop(participant_id, None)
    return bool(changed)


def _services(plan: Plan, choice: Choice) -> list[in_words.Seen]:
    """What each chosen service sees."""
    seen = choice.by_service().items()
    return in_words.of_covers(plan, [Covered(None, unit_id, levels) for unit_id, levels in seen])


def _lost(plan: Plan, choice: Choice) -> list[str]:
    """Those with whom the giver shares today and will not any more: nothing is lost unsaid."""
    person_id, on = current_actor().person_id, day_of(utc_now())
    kept = {*choice.shared, *choice.services.values()}
    before = in_words.of_covered(plan, queries.active_of(plan, person_id or "", on))
    return [one.name for one in before if one.key not in kept]
