"""Consent to a plan: how it stands, one consent by itself, and the scan of a signed form."""

from typing import Any

from flask import request
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.audit import log
from app.clock import day_of, utc_now
from app.consent import drafts, queries
from app.consent.rights import all_must, right_of
from app.db import db, transaction
from app.enums import ConsentKind, Section
from app.errors import NotFound
from app.files import storage
from app.files.sniffing import FileType
from app.models import Consent, Plan
from app.plans import consent_words as in_words
from app.plans.pages import Answer, PlanPage, find_plan
from app.screens.download import file_download
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating.setup import in_own_words

EVENT = "consent:shown"


def held_plan(pk: str, action: Action) -> Plan:
    """The plan of an address, held to the end of the transaction, decided on what is true now.

    Raises:
        NotFound, NotAllowed: as ``pages.find_plan``.
    """
    if is_id(pk):
        queries.hold(pk)
    return find_plan(pk, action)


def find_consent(pk: str, action: Action, *, is_held: bool = False) -> Consent:
    """The consent of an address, when the actor may do ``action`` with it.

    Raises:
        NotFound: foreign, missing and hidden alike.
        NotAllowed: the actor reads it but may not do this.
    """
    if not is_id(pk):
        raise NotFound
    plan_id = db.session.scalar(select(Consent.plan_id).where(Consent.id == pk))
    if is_held and plan_id is not None:
        queries.hold(plan_id)
    actor = current_actor()
    shown = scope.rows(actor, Consent, Action.SHOW).where(Consent.id == pk)
    consent: Consent | None = db.session.scalar(shown)
    if consent is None:
        raise NotFound
    policy.require(actor, action, consent)
    return consent


class ConsentPage(PlanPage):
    """What the pages about consent share."""

    def opened(
        self, pk: str, action: Action, event: str = EVENT, section: Section | None = None
    ) -> Plan:
        """As elsewhere, with what pages about consent ask of the plan loaded at once."""
        plan = super().opened(pk, action, event, section)
        queries.fetch(plan)
        return plan

    def consent_page(
        self, template: str, plan: Plan, *, status: int = 200, **values: Any
    ) -> tuple[str, int]:
        """A page of the plan with the words for consents."""
        usual = {"on": day_of(utc_now()), "day_of": day_of, "in_words": in_words}
        return self.page(template, plan, status=status, **usual, **values)

    def told(self, plan: Plan, consent: Consent, **values: Any) -> tuple[str, int]:
        """The page of one consent: to what, by whom, until when, and how to withdraw it."""
        actor = current_actor()
        queries.fetch(plan)
        together = queries.given_together(consent)
        return self.consent_page(
            "consent/show.html",
            plan,
            consent=consent,
            together=together,
            text=in_own_words(consent.consent_text.texts),
            covered=in_words.of_covered(plan, together),
            may_withdraw=policy.decide(actor, Action.WITHDRAW_CONSENT, consent),
            may_record_withdrawal=policy.decide(actor, Action.RECORD_WITHDRAWAL, consent),
            **values,
        )


class ConsentView(ConsentPage):
    """Reading consents."""

    route_base = "/plan-consent"
    default_view = "overview"

    @expose("/overview/<pk>", methods=["GET"])
    @door(Action.READ, Resource.PLAN)
    def overview(self, pk: str) -> Answer:
        """Who has consented, to what, what is missing, and what was before."""
        plan = self.opened(pk, Action.READ, EVENT, Section.CONSENTS)
        actor, on = current_actor(), day_of(utc_now())
        reaches = queries.reaches(plan, on)
        return self.consent_page(
            "consent/overview.html",
            plan,
            statuses=queries.statuses(plan, on),
            all_must=all_must(plan, on),
            seen=in_words.of_seen(plan, reaches),
            missing=in_words.of_missing(plan, reaches),
            own=_own(plan),
            right=right_of(plan, actor.person_id, on),
            draft=drafts.load(actor, plan),
            reader_id=actor.person_id,
            may_record_withdrawal=policy.decide(actor, Action.RECORD_WITHDRAWAL, plan),
            history=sorted(plan.consents, key=lambda one: (one.given_at, one.id), reverse=True),
            may={
                action: policy.decide(actor, action, plan)
                for action in (Action.CONSENT, Action.RECORD_CONSENT, Action.RESET_CONSENT)
            },
        )

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW, Resource.CONSENT)
    def show(self, pk: str) -> Answer:
        """One consent, with the text it was given to: also the receipt of the one who gave it."""
        with transaction():
            consent = find_consent(pk, Action.SHOW)
            log.record(current_actor(), EVENT, consent, section=Section.CONSENTS)
        return self.told(consent.plan, consent, is_new="given" in request.args)

    @expose("/scan/<pk>", methods=["GET"])
    @door(Action.SHOW, Resource.CONSENT)
    def scan(self, pk: str) -> Response:
        """The scan of the signed form, as a file to download."""
        with transaction():
            consent = find_consent(pk, Action.SHOW)
            if consent.scan_key is None or consent.scan_type is None:
                raise NotFound
            log.record(current_actor(), "consent:scan_downloaded", consent)
        kind = FileType(consent.scan_type)
        try:
            data = storage.read(consent.scan_key)
        except storage.NotKept:
            raise NotFound from None
        return file_download(f"consent.{kind.ending}", data, kind)


def _own(plan: Plan) -> list[tuple[Consent, list[in_words.Seen]]]:
    """The actor's own consents that hold, with the participants that each can be withdrawn for."""
    person_id, on = current_actor().person_id, day_of(utc_now())
    if person_id is None:
        return []
    mine = queries.active_of(plan, person_id, on)
    ordered = sorted(mine, key=lambda one: one.kind is ConsentKind.PLAN_IS_MADE)
    return [
        (one, in_words.of_covered(plan, [one]))
        for one in ordered
        if policy.decide(current_actor(), Action.WITHDRAW_CONSENT, one)
    ]
