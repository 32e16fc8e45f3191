"""*My plans*: everyone's first page, across municipalities."""

from datetime import date
from typing import Any

from flask import current_app, redirect, render_template, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.clock import day_of, today, utc_now
from app.db import db, transaction
from app.enums import NoticeKind
from app.errors import NotFound
from app.notifications import notices
from app.plans import my_plans
from app.plans.my_plan import MyPart, MyPlan, Offer, Part, Turn, Waiting
from app.screens.fields import show_date
from app.screens.listing import is_id
from app.screens.words import words
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door, for_signed_in
from app.side_tables import Notice
from app.templating.setup import in_own_words

FIRST_FITTING = {
    NoticeKind.CONSENT_WANTED: "ConsentView.overview",
    NoticeKind.CONSENT_GIVEN: "ConsentView.overview",
    NoticeKind.CONSENT_WITHDRAWN: "ConsentView.overview",
    NoticeKind.CONSENT_ENDS: "ConsentView.overview",
    NoticeKind.CONSENT_TO_RENEW: "ConsentView.overview",
    NoticeKind.AGE_REACHED: "ConsentView.overview",
    NoticeKind.MOVE_CONSENT_WANTED: "MoveConsentView.consent",
    NoticeKind.MOVE_CONSENT_GIVEN: "MoveView.show",
    NoticeKind.UNIT_MOVES: "MoveView.begin",
    NoticeKind.ACCESS_STOPPED: "AccessView.who",
    NoticeKind.CHANGE_WANTED: "AccessView.who",
    NoticeKind.TEMPLATE_PROPOSED: "PlanTemplateView.show",
    NoticeKind.ROLE_PROPOSED: "AccessView.who",
    NoticeKind.PARTICIPANT_TWICE: "ParticipantView.overview",
    NoticeKind.PULSE_WANTED: "PulseView.of_plan",
}
"""Where what a notice tells of is looked at; otherwise on the plan's first page."""
OF_TURN = {
    Turn.CONSENT: "ConsentView.overview",
    Turn.CONSENT_RAN_OUT: "ConsentView.overview",
}


class MyPlansView(BaseView):
    """The plans that the login has a part in, wherever they are."""

    route_base = "/my-plans"
    default_view = "index"
    intro = _l("The plans you own or take part in, and what waits for you there.")
    buttons = (("StartView.step", Action.START, _l("Start a plan")),)

    @expose("/", methods=["GET"])
    @for_signed_in
    def index(self) -> str:
        """All plans by municipality, what waits for the reader first."""
        actor = current_actor()
        found = my_plans.places(db.session(), actor, at=utc_now())
        may_start = bool(policy.may_open(actor, Action.START, Resource.PLAN))
        return render_template(
            "plans/my_plans.html",
            view=self,
            places=found,
            may_start=may_start,
            today=today(),
        )

    @expose("/seen/<pk>", methods=["POST"])
    @door(Action.END, Resource.NOTICE)
    def seen(self, pk: str) -> Response:
        """Take away a notice that its person has seen."""
        actor = current_actor()
        with transaction() as session:
            found = scope.rows(actor, Notice, Action.END).where(Notice.id == pk)
            notice = session.scalar(found) if is_id(pk) else None
            if notice is None:
                raise NotFound
            notices.see(actor, notice, at=utc_now())
        return redirect(url_for("MyPlansView.index"))

    # --- what the template asks ------------------------------------------------------------------

    @staticmethod
    def title(plan: MyPlan | Offer) -> str:
        """What kind of plan it is, and whose."""
        kind = in_own_words(plan.kind_names)
        if isinstance(plan, MyPlan) and plan.is_mine:
            return _("%(kind)s: your plan", kind=kind)
        return f"{kind}: {plan.owner_name}"

    @staticmethod
    def say_parts(plan: MyPlan) -> str:
        """What the reader is in the plan."""
        said = [_say_part(one, plan) for one in plan.parts if one.part is not Part.OWNER]
        if plan.is_mine:
            said.insert(0, _("You own the plan"))
        return ", ".join(said)

    @staticmethod
    def say_waiting(one: Waiting, on: date) -> str:
        """What waits for the reader."""
        return _say_waiting(one, on)

    @staticmethod
    def address(
        plan_id: str, what: Turn | NoticeKind | None = None, *, takes_part: bool = False
    ) -> str | None:
        """Where something in a plan is seen to; the plan's first page when nothing is named, and
        for who only ``takes_part`` and steers nothing."""
        endpoint = "PlanView.show"
        if isinstance(what, NoticeKind) and not takes_part:
            endpoint = FIRST_FITTING.get(what, endpoint)
        elif isinstance(what, Turn):
            endpoint = OF_TURN.get(what, endpoint)
        if endpoint not in current_app.view_functions:
            return None
        return url_for(endpoint, pk=plan_id)

    @staticmethod
    def offer_address(offer: Offer) -> str:
        """Where an offered hand-over is answered."""
        return url_for("HandoverView.answer", pk=offer.id)

    @staticmethod
    def say_new(plan: MyPlan) -> str:
        """What has come since the reader was there last."""
        if plan.new is None:
            return _("You have not opened it yet")
        if not plan.new:
            return ""
        return ngettext("%(num)s thing is new", "%(num)s things are new", plan.new)

    @staticmethod
    def day(one: Any) -> str:
        """The day of an instant in Norway."""
        return show_date(day_of(one))


def _say_part(one: MyPart, plan: MyPlan) -> str:
    if one.part is Part.COORDINATOR:
        return _("You are %(role)s", role=in_own_words(plan.coordinator_names))
    if one.part is Part.STAND_IN:
        return _("You stand in for the %(role)s", role=in_own_words(plan.coordinator_names))
    if one.part is Part.AUTHORITY:
        return str(words(one.authority))
    return _("You take part as %(function)s", function=one.function)


def _say_waiting(one: Waiting, on: date) -> str:
    day = show_date(one.on)
    if one.turn is Turn.CONSENT:
        return _("The plan waits for your consent.")
    if one.turn is Turn.CONSENT_RAN_OUT:
        return _("The consent ran out on %(day)s. A new one is needed.", day=day)
    if one.turn is Turn.EVALUATION and one.on is not None and one.on < on:
        return _("The plan should have been evaluated on %(day)s.", day=day)
    if one.turn is Turn.EVALUATION:
        return _("The plan is to be evaluated on %(day)s.", day=day)
    if one.turn is Turn.PASSED:
        return ngettext(
            "%(num)s activity that you are responsible for should have been done by %(day)s.",
            "%(num)s activities that you are responsible for are late, the first since %(day)s.",
            one.count,
            day=day,
        )
    return ngettext(
        "%(num)s activity that you are responsible for is to be done by %(day)s.",
        "%(num)s activities that you are responsible for have their deadline soon, the first on"
        " %(day)s.",
        one.count,
        day=day,
    )
