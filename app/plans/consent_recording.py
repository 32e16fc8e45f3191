"""What the coordinator does about consent: print the form, register what was signed or said, ask
for what is missing."""

from contextlib import ExitStack
from uuid import uuid4

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import day_of, utc_now
from app.consent import operations, queries
from app.consent.drafts import Draft
from app.consent.operations import OfferChanged, Told
from app.consent.rights import who_may
from app.consent.terms import offers
from app.db import db, transaction
from app.enums import ConsentMethod
from app.errors import DomainError
from app.files import storage
from app.files.receiving import Received, receive
from app.models import Person, Plan
from app.plans import consent_forms as of_form
from app.plans import consent_words as in_words
from app.plans import continuing
from app.plans.consent_forms import RecordForm
from app.plans.consent_pages import ConsentPage, held_plan
from app.plans.pages import Answer, type_of
from app.screens import forms
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating.setup import in_own_words


class RecordConsentView(ConsentPage):
    """Consents on paper and given orally."""

    route_base = "/plan-consent-record"
    default_view = "record"

    @expose("/print/<pk>", methods=["GET"])
    @door(Action.RECORD_CONSENT, Resource.PLAN)
    def printout(self, pk: str) -> Answer:
        """The whole as one form to sign: the text, who would see what, and who signs."""
        plan = self.opened(pk, Action.RECORD_CONSENT)
        on, newest = day_of(utc_now()), queries.texts(plan)[0]
        return self.consent_page(
            "consent/print.html",
            plan,
            text=newest,
            paragraphs=in_own_words(newest.texts).split("\n\n"),
            people=in_words.of_offers(plan, offers(plan, on)),
            rights=who_may(plan, on),
        )

    @expose("/record/<pk>", methods=["GET", "POST"])
    @door(Action.RECORD_CONSENT, Resource.PLAN)
    def record(self, pk: str) -> Answer:
        """Register a consent that was signed, or said."""
        if request.method != "POST":
            return self._record_page(self.opened(pk, Action.RECORD_CONSENT), RecordForm())
        return self._register(pk)

    def _register(self, pk: str) -> Answer:
        with transaction():
            plan = held_plan(pk, Action.RECORD_CONSENT)
        form, draft, on = _filled(plan), Draft(), day_of(utc_now())
        is_sound = form.validate()
        of_form.take(form, draft, offers(plan, on))
        of_form.take_length(form, draft, type_of(plan).consent_months)
        scan = _received(form)
        if not of_form.check(form, draft, on) or not is_sound:
            return self._record_page(plan, form, status=422)
        try:
            location = _record(pk, form, draft, scan)
            giver = db.session.get_one(Person, form.giver.data)
        except DomainError as error:
            if error.is_refusal:
                raise
            _put_error(form, error)
            return self._record_page(plan, form, status=error.status)
        text = _("The consent of %(name)s is registered, and holds from today.")
        flash(text % {"name": giver.full_name}, "success")
        return redirect(location)

    def _record_page(self, plan: Plan, form: RecordForm, *, status: int = 200) -> Answer:
        on = day_of(utc_now())
        _fill_choices(form, plan)
        return self.consent_page(
            "consent/record.html",
            plan,
            status=status,
            form=form,
            people=in_words.of_offers(plan, offers(plan, on)),
            lengths=of_form.lengths(type_of(plan).consent_months, on),
            rights=who_may(plan, on),
            form_key=forms.form_key() or str(uuid4()),
        )

    @expose("/ask/<pk>", methods=["POST"])
    @door(Action.RECORD_CONSENT, Resource.PLAN)
    def ask(self, pk: str) -> Answer:
        """Ask those whose consent is missing."""
        try:
            with transaction():
                plan = held_plan(pk, Action.RECORD_CONSENT)
                operations.ask(current_actor(), plan, at=utc_now())
            text, mood = _("Those whose consent is missing are asked for it."), "success"
        except DomainError as error:
            if error.is_refusal:
                raise
            text, mood = str(error), "warning"
        flash(text, mood)
        return redirect(url_for("ConsentView.overview", pk=pk))


def _filled(plan: Plan) -> RecordForm:
    form = RecordForm()
    _fill_choices(form, plan)
    return form


def _fill_choices(form: RecordForm, plan: Plan) -> None:
    """Who may consent, how, and to which text; the only text is chosen, for there is no other."""
    rights = who_may(plan, day_of(utc_now()))
    form.giver.choices = [("", "")] + [
        (one.giver.id, f"{one.giver.full_name} – {words(one.capacity)}") for one in rights
    ]
    form.method.choices = of_form.methods()
    versions = [(one.id, name_of_text(one.number)) for one in queries.texts(plan)]
    form.text_id.choices = versions if len(versions) == 1 else [("", ""), *versions]


def name_of_text(number: int) -> str:
    """What a wording is called. Those of a municipality that was joined into this one have numbers
    below the first."""
    if number > 0:
        return str(_("Version %(number)s", number=number))
    earlier = _(
        "A text of a municipality that was joined into this one (%(number)s)", number=number
    )
    return str(earlier)


def _received(form: RecordForm) -> Received | None:
    """The scan, examined; what is wrong with it, or with its not being there, is told."""
    is_paper = form.method.data == ConsentMethod.PAPER
    data = form.scan.data.read() if form.scan.data else b""
    if form.method.data == ConsentMethod.ORAL and not (form.note.data or "").strip():
        of_form.add_error(form.note, _("Write how the consent was given, and who was there."))
    if is_paper and not data:
        of_form.add_error(form.scan, _("Choose the scan of the signed form."))
    if not data:
        return None
    try:
        return receive(data)
    except DomainError as error:
        of_form.add_error(form.scan, str(error))
        return None


def _record(pk: str, form: RecordForm, draft: Draft, scan: Received | None) -> str:
    """Register once, however many times it is sent; where the consent is."""
    actor, key, at = current_actor(), forms.form_key(), utc_now()
    with ExitStack() as stack:
        scan_key = stack.enter_context(storage.kept_until_committed(scan.data)) if scan else None
        session = stack.enter_context(transaction())
        earlier = forms.earlier_result(session, actor, key)
        if earlier is not None:
            if scan_key is not None:
                storage.drop(scan_key)
            return earlier
        plan = held_plan(pk, Action.RECORD_CONSENT)
        choice = draft.choice(day_of(at))
        if choice is None:
            raise OfferChanged
        told = Told(
            giver_id=form.giver.data,
            text_id=form.text_id.data,
            method=ConsentMethod(form.method.data),
            given_on=form.given_on.data,
            note=(form.note.data or "").strip(),
            scan_key=scan_key,
            scan_type=scan.type if scan else None,
        )
        made = operations.record(actor, plan, told, choice, at=at)
        continuing.close_continued(actor, plan, at=at)
        location = url_for("ConsentView.show", pk=made.id)
        forms.remember(session, actor, key, location, at)
    return location


def _put_error(form: RecordForm, error: DomainError) -> None:
    """Place a broken rule beside its field, or on top of the form."""
    if error.field and error.field in form:
        of_form.add_error(form[error.field], str(error))
    else:
        form.form_errors.append(str(error))
