"""The pages about one participation: what the person sees, and changing, ending or stopping it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.accounts.queries import account_of
from app.audit import log
from app.clock import today, utc_now
from app.consent import queries
from app.db import db, transaction
from app.enums import Section
from app.errors import DomainError, NotFound, StaleVersion
from app.models import Participant
from app.plans import (
    access_queries,
    access_words,
    granting,
    participation,
    role_proposals,
    stopping,
    undoing,
)
from app.plans.pages import Answer, PlanPage, asked_section
from app.plans.participant_forms import LastDayForm, ReasonForm, TermsForm, is_place_hidden
from app.plans.participant_pages import say
from app.screens import forms
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import Actor, current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating.setup import in_own_words

EDITED = ("function", "unit_id", "contribution")


def find_participant(pk: str, action: Action) -> Participant:
    """The participation with this id, when the actor of the request may do ``action`` with it.

    Raises:
        NotFound: foreign, missing and hidden alike.
        NotAllowed: the actor sees it but may not do this.
    """
    actor = current_actor()
    for asked in (action, Action.SHOW) if is_id(pk) else ():
        wanted = scope.rows(actor, Participant, asked).where(Participant.id == pk)
        found: Participant | None = db.session.scalar(wanted)
        if found is not None:
            policy.require(actor, action, found)
            return found
    raise NotFound


def held_participant(pk: str, action: Action) -> Participant:
    """As ``find_participant``, decided on what is true while the plan is held: two changes of who
    sees what in a plan are made one after another.
    """
    found = select(Participant.plan_id).where(Participant.id == pk)
    plan_id = db.session.scalar(found) if is_id(pk) else None
    if plan_id is not None:
        queries.hold(plan_id)
    return find_participant(pk, action)


class ParticipationPages(PlanPage):
    """What views about one participation share."""

    resource = Resource.PARTICIPANT_IN_PLAN

    def opened_one(self, pk: str, action: Action, event: str = "participant:shown") -> Participant:
        """As ``find_participant``, and the log is told."""
        actor = current_actor()
        with transaction():
            found = find_participant(pk, action)
            basis = policy.decide(actor, action, found).basis
            log.record(actor, event, found, section=Section.PARTICIPANTS, basis=basis)
        access_queries.load(found.plan)
        return found

    def page_of(
        self, template: str, participant: Participant, *, status: int = 200, **values: Any
    ) -> Answer:
        """A page about one participation, in the frame of its plan."""
        return self.page(
            template,
            participant.plan,
            status=status,
            participant=participant,
            name=participant.person.full_name,
            texts=access_words,
            **values,
        )

    def do(
        self,
        pk: str,
        action: Action,
        change: Callable[[Actor, Participant, datetime], Any],
        form: Any = None,
    ) -> Participant | None:
        """Make a change in one transaction; None, and what is wrong in the form, when refused."""
        try:
            with transaction():
                participant = held_participant(pk, action)
                change(current_actor(), participant, utc_now())
                db.session.flush()
            return participant
        except StaleDataError:
            error: DomainError = StaleVersion()
        except DomainError as refused:
            error = refused
        if form is None:
            raise error
        forms.put_error(form, error)
        return None


class ParticipationView(ParticipationPages):
    """One participation."""

    route_base = "/participation"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """As what somebody takes part, and what they see."""
        one = self.opened_one(pk, Action.SHOW)
        actor, on = current_actor(), today()
        is_own = one.person_id == actor.person_id
        role = one.standard_role
        return self.page_of(
            "plans/access/participation.html",
            one,
            insight=access_queries.insight(one.plan, one, on),
            may_see_access=is_own or bool(policy.decide(actor, Action.SHOW_ACCESS, one.plan)),
            unit=None if is_place_hidden(one) else one.unit,
            role_name=in_own_words(role.names) if role else "",
            is_over=access_queries.is_over(one, on),
            deciders=access_words.deciders(one.plan, on),
            may=lambda action: bool(policy.decide(actor, action, one)),
            is_proposed_more=role_proposals.open_one(one) is not None,
        )

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @door(Action.STEER_ACCESS)
    def edit(self, pk: str) -> Answer:
        """Correct function, service and contribution."""
        if request.method != "POST":
            one = self.opened_one(pk, Action.STEER_ACCESS)
            return self._edit_page(one, TermsForm(formdata=None, obj=one))
        one = find_participant(pk, Action.STEER_ACCESS)
        form = TermsForm(request.form, obj=one)
        form.fit(one.plan)
        if "find" in request.form:
            return self._edit_page(one, form)
        if not form.validate():
            return self._edit_page(one, form, status=422)
        if request.form.get("version") != str(one.version):
            return self._conflict(one, form)
        if self.do(pk, Action.STEER_ACCESS, _edited(form), form) is None:
            one = find_participant(pk, Action.STEER_ACCESS)
            return self._edit_page(one, form, status=409)
        text = _("What %(name)s takes part as is saved.", name=one.person.full_name)
        flash(text, "success")
        return redirect(url_for("ParticipationView.show", pk=pk))

    def _conflict(self, one: Participant, form: TermsForm) -> Answer:
        """Somebody saved in the meantime: both values, and the way on."""
        found = forms.differences(form, one, list(EDITED))
        return self._edit_page(one, form, status=409, conflict=found, version=one.version)

    def _edit_page(
        self, one: Participant, form: TermsForm, *, status: int = 200, **values: Any
    ) -> Answer:
        form.fit(one.plan)
        values.setdefault("version", request.form.get("version") or one.version)
        return self.page_of("plans/access/edit.html", one, status=status, form=form, **values)

    @expose("/prolong/<pk>", methods=["GET", "POST"])
    @door(Action.STEER_ACCESS)
    def prolong(self, pk: str) -> Answer:
        """A later last day."""

        def change(actor: Actor, one: Participant, at: datetime) -> None:
            _require_version(one)
            participation.prolong(actor, one, form.last_day.data, at=at)

        form = LastDayForm()
        said, template = _("The access of %(name)s lasts longer."), "plans/access/prolong.html"
        return self._with_form(pk, Action.STEER_ACCESS, template, form, change, said)

    @expose("/shorten/<pk>", methods=["GET", "POST"])
    @door(Action.STOP_ACCESS)
    def shorten(self, pk: str) -> Answer:
        """An earlier last day."""
        done: list[str] = []

        def change(actor: Actor, one: Participant, at: datetime) -> None:
            before = stopping.shorten(actor, one, form.last_day.data, at=at)
            done.append(undoing.keep(actor, undoing.SHORTENED, [(one, before)], at=at))

        form = LastDayForm()
        said = _("The access of %(name)s has an earlier last day.")
        template = "plans/access/shorten.html"
        return self._with_form(pk, Action.STOP_ACCESS, template, form, change, said, undo=done)

    @expose("/end/<pk>", methods=["GET", "POST"])
    @door(Action.STOP_ACCESS)
    def end(self, pk: str) -> Answer:
        """End the participation, with a reason."""
        done: list[str] = []

        def change(actor: Actor, one: Participant, at: datetime) -> None:
            before = participation.end(actor, one, reason=form.reason.data, at=at)
            done.append(undoing.keep(actor, undoing.ENDED, [(one, before)], at=at))

        form = ReasonForm()
        said = _("The participation of %(name)s is ended.")
        template = "plans/access/end.html"
        return self._with_form(pk, Action.STOP_ACCESS, template, form, change, said, undo=done)

    def _with_form(
        self,
        pk: str,
        action: Action,
        template: str,
        form: Any,
        change: Callable[[Actor, Participant, datetime], Any],
        said: str,
        *,
        undo: list[str] | None = None,
    ) -> Answer:
        """A page with one form about a participation, and what it sends."""
        if request.method != "POST":
            return self.page_of(template, self.opened_one(pk, action), form=form)
        if not form.validate():
            return self.page_of(template, find_participant(pk, action), status=422, form=form)
        done = self.do(pk, action, change, form)
        if done is None:
            one = find_participant(pk, action)
            return self.page_of(template, one, status=409, form=form)
        said = said % {"name": done.person.full_name}
        if undo:
            say(said, undo[0])
        else:
            flash(said, "success")
        return redirect(self.back_to(pk))

    @expose("/stop/<pk>", methods=["POST"])
    @door(Action.STOP_ACCESS)
    def stop(self, pk: str) -> Answer:
        """Stop all of somebody's access, or that to one part, with one press."""
        section = asked_section() if "section" in request.form else None
        done: list[str] = []

        def change(actor: Actor, one: Participant, at: datetime) -> None:
            if section is None:
                before = participation.end(actor, one, at=at)
                done.append(undoing.keep(actor, undoing.ENDED, [(one, before)], at=at))
                return
            before = stopping.stop_section(actor, one, section, at=at)
            done.append(undoing.keep(actor, undoing.SECTION, [(one, before)], at=at))

        try:
            one = self.do(pk, Action.STOP_ACCESS, change)
        except granting.AlreadyOver:
            flash(_("This access has already ended."), "info")
            return redirect(self.back_to(pk))
        name = one.person.full_name if one else ""
        said = _("%(name)s sees nothing of the plan any more.", name=name)
        if section is not None:
            part = access_words.listed([section])
            said = _("%(name)s no longer sees %(part)s.", name=name, part=part)
        say(said, done[0])
        return redirect(self.back_to(pk))

    @expose("/invitation/<pk>", methods=["GET"])
    @door(Action.STEER_ACCESS)
    def invitation(self, pk: str) -> Answer:
        """A text to hand over, which tells neither of the plan nor of its owner."""
        one = self.opened_one(pk, Action.STEER_ACCESS)
        actor, person = current_actor(), one.person
        return self.page_of(
            "plans/access/invitation.html",
            one,
            has_login=access_queries.has_login(one, today()),
            was_member=account_of(person) is not None,
            may_give_login=bool(policy.decide(actor, Action.CREATE_ACCOUNT, person)),
            address=url_for("LoginView.login", _external=True),
        )

    @expose("/seen-as/<pk>", methods=["GET"])
    @door(Action.SEE_AS)
    def seen_as(self, pk: str) -> Answer:
        """What somebody would see of the plan now."""
        one = self.opened_one(pk, Action.SEE_AS, "participant:seen_as")
        on = today()
        parts = access_queries.seen_as(current_actor(), one, on)
        return self.page_of(
            "plans/access/seen_as.html",
            one,
            seen=[part for part in parts if part.level.rank],
            unseen=[part.section for part in parts if not part.level.rank],
            insight=access_queries.insight(one.plan, one, on),
            is_over=access_queries.is_over(one, on),
            is_shared=access_queries.is_shared(one.plan),
            has_login=access_queries.has_login(one, on),
        )

    def back_to(self, pk: str) -> str:
        """Where the actor came from: who sees what, or else the participation."""
        one = find_participant(pk, Action.STOP_ACCESS)
        if request.form.get("back") == "show":
            return url_for("ParticipationView.show", pk=pk)
        return url_for("AccessView.who", pk=one.plan_id)


def _edited(form: TermsForm) -> Callable[[Actor, Participant, datetime], None]:
    def change(actor: Actor, one: Participant, at: datetime) -> None:
        _require_version(one)
        is_kept = form.unit_id.data == one.unit_id
        participation.change(
            actor,
            one,
            function=form.function.data or "",
            unit=one.unit if is_kept else form.unit_id.chosen,
            contribution=form.contribution.data or "",
            at=at,
        )

    return change


def _require_version(one: Participant) -> None:
    if request.form.get("version") != str(one.version):
        raise StaleVersion
