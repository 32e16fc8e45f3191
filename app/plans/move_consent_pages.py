"""Consent to moving a plan: the page of whoever decides, and what the coordinator registers."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import day_of, today, utc_now
from app.consent.rights import right_of, who_may
from app.db import db, transaction
from app.enums import ConsentMethod, MoveState, Section
from app.errors import DomainError
from app.files import storage
from app.files.receiving import Received, receive
from app.models import Person, Plan
from app.plans import move_consents, move_ending
from app.plans.consent_forms import methods
from app.plans.consent_pages import held_plan
from app.plans.move_consents import Agreed
from app.plans.move_forms import AgreeForm, RecordMoveForm
from app.plans.move_pages import nothing_to_do, place_of
from app.plans.pages import Answer, PlanPage, find_plan
from app.screens import forms
from app.screens.words import words
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.side_tables import PlanMove


class MoveConsentView(PlanPage):
    """Saying yes or no to a move."""

    route_base = "/plan-move-consent"
    default_view = "consent"

    @expose("/consent/<pk>", methods=["GET", "POST"])
    @door(Action.WITHDRAW_CONSENT)
    def consent(self, pk: str) -> Answer:
        """What is asked, and the yes."""
        if request.method != "POST":
            plan = self.opened(pk, Action.WITHDRAW_CONSENT)
            return self._consent_page(plan, _own_form(plan))
        with transaction():
            plan = find_plan(pk, Action.WITHDRAW_CONSENT)
        form = _own_form(plan)
        if move_ending.open_move(plan) is None or not form.check():
            return self._consent_page(plan, form, status=422)
        return self._said(
            pk,
            Action.CONSENT,
            form,
            lambda plan: move_consents.give(current_actor(), plan, form.chosen, at=utc_now()),
            _("You have agreed. You can take it back until the plan is taken over there."),
        )

    @expose("/refuse/<pk>", methods=["POST"])
    @door(Action.WITHDRAW_CONSENT)
    def refuse(self, pk: str) -> Answer:
        """Say no, or take a yes back."""
        return self._said(
            pk,
            Action.WITHDRAW_CONSENT,
            AgreeForm(formdata=None),
            lambda plan: move_consents.refuse(current_actor(), plan, at=utc_now()),
            _("The move is stopped. The plan stays here."),
        )

    def _said(
        self, pk: str, action: Action, form: AgreeForm, say: Callable[[Plan], None], told: str
    ) -> Answer:
        try:
            with transaction():
                say(held_plan(pk, action))
        except DomainError as error:
            forms.put_error(form, error)
            plan = find_plan(pk, Action.WITHDRAW_CONSENT)
            _offer_own(form, plan)
            return self._consent_page(plan, form, status=error.status)
        flash(told, "success")
        return redirect(url_for("PlanView.show", pk=pk))

    def _consent_page(self, plan: Plan, form: AgreeForm, *, status: int = 200) -> Answer:
        actor, move = current_actor(), move_ending.open_move(plan)
        right = right_of(plan, actor.person_id, today())
        given = () if move is None else move_ending.consents_of(move)
        return self.page(
            "plans/move/consent.html",
            plan,
            status=status,
            form=form,
            move=move,
            town=None if move is None else place_of(move),
            right=right,
            is_asked=move is not None and move.state is MoveState.ASKED,
            may_give=right is not None and policy.decide(actor, Action.CONSENT, plan),
            mine=[one for one in given if one.giver_id == actor.person_id],
            names=lambda sections: [words(Section(one)) for one in sections],
        )

    # --- what the coordinator registers ----------------------------------------------------------

    @expose("/record/<pk>", methods=["GET", "POST"])
    @door(Action.RECORD_CONSENT)
    def record(self, pk: str) -> Answer:
        """Register what was agreed to on paper or orally."""
        plan = self.plan_of(pk, Action.RECORD_CONSENT)
        move = move_ending.open_move(plan)
        if move is None or move.state is not MoveState.ASKED:
            return nothing_to_do(self, plan, status=200 if request.method == "GET" else 409)
        form = RecordMoveForm()
        _fill(form, plan, move)
        if request.method != "POST":
            return self._record_page(plan, move, form)
        is_sound, scan = form.check(), _received(form)
        if not is_sound or any(field.errors for field in form):
            return self._record_page(plan, move, form, status=422)
        try:
            _register(pk, form, scan)
        except DomainError as error:
            forms.put_error(form, error)
            return self._record_page(
                find_plan(pk, Action.RECORD_CONSENT), move, form, status=error.status
            )
        name = db.session.get_one(Person, form.giver.data).full_name
        text = _("The consent of %(name)s to moving the plan is registered.", name=name)
        flash(text, "success")
        return redirect(url_for("PlanView.show", pk=pk))

    def _record_page(
        self, plan: Plan, move: PlanMove, form: RecordMoveForm, *, status: int = 200
    ) -> Answer:
        town = place_of(move)
        return self.page("plans/move/record.html", plan, status=status, form=form, town=town)


def _own_form(plan: Plan) -> AgreeForm:
    form = AgreeForm()
    _offer_own(form, plan)
    return form


def _offer_own(form: AgreeForm, plan: Plan) -> None:
    """Offer the parts that the actor reads, of those that are asked for."""
    move = move_ending.open_move(plan)
    right = right_of(plan, current_actor().person_id, today())
    found: Sequence[Section] = ()
    if move is not None and right is not None:
        found = move_consents.may_send(right, move.sections)
    form.offer(found)


def _fill(form: RecordMoveForm, plan: Plan, move: PlanMove) -> None:
    form.offer(Section(one) for one in move.sections)
    rights = who_may(plan, day_of(utc_now()))
    form.giver.choices = [("", "")] + [
        (one.giver.id, f"{one.giver.full_name} – {words(one.capacity)}") for one in rights
    ]
    form.method.choices = methods()


def _received(form: RecordMoveForm) -> Received | None:
    """The scan, examined; what is wrong with it, or with its not being there, is told."""
    data = form.scan.data.read() if form.scan.data else b""
    if form.method.data == ConsentMethod.ORAL and not (form.note.data or "").strip():
        _wrong(form.note, _("Write how the consent was given, and who was there."))
    if form.method.data == ConsentMethod.PAPER and not data:
        _wrong(form.scan, _("Choose the scan of the signed form."))
    if not data:
        return None
    try:
        return receive(data)
    except DomainError as error:
        _wrong(form.scan, str(error))
        return None


def _wrong(field: Any, text: str) -> None:
    field.errors = [*field.errors, text]


def _register(pk: str, form: RecordMoveForm, scan: Received | None) -> None:
    with ExitStack() as stack:
        key = stack.enter_context(storage.kept_until_committed(scan.data)) if scan else None
        stack.enter_context(transaction())
        plan = held_plan(pk, Action.RECORD_CONSENT)
        told = Agreed(
            frozenset(form.chosen),
            ConsentMethod(form.method.data),
            (form.note.data or "").strip(),
            key,
            str(scan.type) if scan else None,
        )
        move_consents.record(current_actor(), plan, form.giver.data, told, at=utc_now())
