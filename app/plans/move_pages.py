"""Moving a plan to another municipality: the pages of the coordinator who sends it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.audit import log
from app.clock import day_of, today, utc_now
from app.consent.rights import all_must, who_may
from app.db import db, transaction
from app.enums import MoveState, Section
from app.errors import DomainError, NotFound
from app.files import storage
from app.files.sniffing import FileType
from app.models import Municipality, Plan
from app.plans import activity, move_consents, move_ending, moving, unit_moves
from app.plans.move_forms import BeginForm
from app.plans.packing import FRAME, WRITTEN_BY
from app.plans.pages import Answer, PlanPage, find_plan
from app.screens import forms
from app.screens.download import file_download
from app.screens.offered import hits_asked
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.side_tables import MoveConsent, PlanMove


class MoveView(PlanPage):
    """Beginning a move, looking over what goes along, sending it, and taking it back."""

    route_base = "/plan-move"
    default_view = "show"

    @expose("/begin/<pk>", methods=["GET", "POST"])
    @door(Action.MOVE)
    def begin(self, pk: str) -> Answer:
        """Where to, and what those who decide are asked to let go along."""
        plan = self.plan_of(pk, Action.MOVE)
        if move_ending.open_move(plan) is not None:
            return nothing_to_do(self, plan)
        form = BeginForm()
        _offer(form, plan)
        if request.method != "POST":
            # Where the plan's unit goes; it can be changed.
            form.to_id.data = str(unit_moves.destination(plan) or "")
            return self._begin_page(plan, form)
        if (hits := hits_asked(form)) is not None:
            return hits
        if "find" in request.form:
            return self._begin_page(plan, form)
        if not form.check():
            return self._begin_page(plan, form, status=422)
        try:
            with transaction():
                plan = _held(pk, Action.MOVE)
                to_id, chosen = int(form.to_id.data), form.chosen
                moving.begin(current_actor(), plan, to_id, chosen, at=utc_now())
        except DomainError as error:
            forms.put_error(form, error)
            return self._begin_page(find_plan(pk, Action.MOVE), form, status=error.status)
        name = plan.owner.full_name
        text = _(
            "Those who decide for %(name)s are asked for consent. Nothing is sent yet.", name=name
        )
        flash(text, "success")
        return redirect(url_for("MoveView.show", pk=pk))

    def _begin_page(self, plan: Plan, form: BeginForm, *, status: int = 200) -> Answer:
        return self.page(
            "plans/move/begin.html",
            plan,
            status=status,
            form=form,
            kept=moving.kept_from_somebody(plan),
            is_protected=plan.owner.is_shielded,
            goes_with_unit=unit_moves.destination(plan) is not None,
        )

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.MOVE)
    def show(self, pk: str) -> Answer:
        """Where the move stands, who has agreed to what, and what goes along."""
        plan = self.opened(pk, Action.MOVE, "plan:move_shown")
        return self._move_page(plan)

    @expose("/send/<pk>", methods=["POST"])
    @door(Action.MOVE)
    def send(self, pk: str) -> Answer:
        """Send what was looked over."""
        mark = request.form.get("mark", "")
        return self._do(
            pk,
            lambda plan: moving.send(current_actor(), plan, mark=mark, at=utc_now()),
            _("The plan about %(name)s is sent. It goes on here until there is an answer."),
        )

    @expose("/stop/<pk>", methods=["POST"])
    @door(Action.MOVE)
    def stop(self, pk: str) -> Answer:
        """Take the move back."""
        return self._do(
            pk,
            lambda plan: moving.stop(current_actor(), plan, at=utc_now()),
            _("The move is stopped. The plan about %(name)s stays here."),
        )

    def _do(self, pk: str, change: Callable[[Plan], Any], said: str) -> Answer:
        """Make a change in one transaction; on to the move, or the same page with what is wrong."""
        try:
            with transaction():
                plan = _held(pk, Action.MOVE)
                change(plan)
        except DomainError as error:
            if error.is_refusal:
                raise
            db.session.rollback()
            plan = self.opened(pk, Action.MOVE, "plan:move_shown")
            return self._move_page(plan, status=error.status, wrong=str(error))
        flash(said % {"name": plan.owner.full_name}, "success")
        return redirect(url_for("PlanView.show", pk=pk))

    def _move_page(self, plan: Plan, *, status: int = 200, wrong: str = "") -> Answer:
        move, on = move_ending.open_move(plan), today()
        if move is None:
            return nothing_to_do(self, plan, status=status)
        given = move_ending.consents_of(move)
        along = moving.going_along(plan, move, on) if move.state is MoveState.ASKED else None
        owner, contents, mark = moving.preview(plan, along or ())
        return self.page(
            "plans/move/show.html",
            plan,
            status=status,
            wrong=wrong,
            move=move,
            town=place_of(move),
            Section=Section,
            rights=[(one, move_consents.given_by(one, given)) for one in who_may(plan, on)],
            all_must=all_must(plan, on),
            may_record=policy.decide(current_actor(), Action.RECORD_CONSENT, plan),
            along=along,
            asked=[Section(one) for one in move.sections],
            sent=[Section(one) for one in move.sent_sections],
            owner=owner,
            contents=contents,
            frame=FRAME,
            written_by=WRITTEN_BY,
            mark=mark,
        )

    @expose("/scan/<pk>", methods=["GET"])
    @door(Action.MOVE)
    def scan(self, pk: str) -> Answer:
        """The scan of a signed consent to the move."""
        with transaction():
            plan = find_plan(pk, Action.MOVE)
            consent = _consent_of(plan, request.args.get("consent", ""))
            log.record(current_actor(), "move_consent:scan_downloaded", consent)
        kind = FileType(consent.scan_type or "")
        try:
            data = storage.read(consent.scan_key or "")
        except storage.NotKept:
            raise NotFound from None
        return file_download(f"consent.{kind.ending}", data, kind)


def nothing_to_do(view: PlanPage, plan: Plan, *, status: int = 200) -> Answer:
    """The page that says that the plan is on a move already, or on none, and leads on."""
    return view.page(
        "plans/move/nothing.html",
        plan,
        status=status,
        is_moving=move_ending.open_move(plan) is not None,
        may_move=bool(policy.decide(current_actor(), Action.MOVE, plan)),
    )


def _held(pk: str, action: Action) -> Plan:
    """The plan, which nobody else changes until the transaction ends, decided on what is true."""
    plan = find_plan(pk, action)
    activity.hold(plan)
    policy.require(current_actor(), action, plan)
    return plan


def _offer(form: BeginForm, plan: Plan) -> None:
    form.offer(moving.offered(current_actor(), plan))
    form.to_id.offer(moving.places(plan))


def place_of(move: PlanMove) -> str:
    """The municipality that a plan goes to, as people call it."""
    return db.session.get_one(Municipality, move.to_municipality_id).display_name


def _consent_of(plan: Plan, consent_id: str) -> MoveConsent:
    """A consent to the plan's move that has a scan."""
    move = move_ending.open_move(plan)
    for one in () if move is None else move_ending.consents_of(move):
        if one.id == consent_id and one.scan_key is not None:
            return one
    raise NotFound


def on_its_way(plan: Plan) -> dict[str, Any] | None:
    """What the plan's first page tells of a move that is going on."""
    move = move_ending.open_move(plan)
    if move is None:
        return None
    until = None if move.expires_at is None else day_of(move.expires_at)
    return {"place": place_of(move), "is_sent": move.state is MoveState.SENT, "until": until}
