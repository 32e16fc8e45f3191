"""The matrix of one participant: part by part, looked over before it is saved."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Level, Section
from app.errors import BadRequest, DomainError, StaleVersion
from app.models import Participant, StandardRole
from app.plans import access_queries, access_words, granting
from app.plans.pages import Answer
from app.plans.participation_pages import ParticipationPages, find_participant, held_participant
from app.screens import forms
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.templating.setup import in_own_words

GIVEN, SEEN = "level_", "seen_"
Levels = dict[Section, Level]


class MatrixView(ParticipationPages):
    """How much of the plan one participant is given."""

    route_base = "/participation-matrix"
    default_view = "matrix"

    @expose("/matrix/<pk>", methods=["GET", "POST"])
    @door(Action.STEER_ACCESS)
    def matrix(self, pk: str) -> Answer:
        """Choose levels, look over what that changes, and save."""
        if request.method != "POST":
            return self._matrix(self.opened_one(pk, Action.STEER_ACCESS))
        one = find_participant(pk, Action.STEER_ACCESS)
        access_queries.load(one.plan)
        role = _asked_role(one)
        if "use_role" in request.form and role is not None:
            usual = granting.of_role(current_actor(), one.plan, role)
            return self._preview(one, usual, granting.granted(one, today()), role)
        wanted, seen = _levels(GIVEN), _levels(SEEN)
        if "back" in request.form:
            return self._matrix(one, wanted)
        if "confirmed" not in request.form:
            return self._preview(one, wanted, seen, role)
        return self._save(pk, wanted, seen, role)

    def _save(self, pk: str, wanted: Levels, seen: Levels, role: StandardRole | None) -> Answer:
        """Save once, however many times it is sent."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        back = url_for("ParticipationView.show", pk=pk)
        try:
            with transaction() as session:
                if forms.earlier_result(session, actor, key) is not None:
                    flash(_("This was saved already."), "success")
                    return redirect(back)
                one = held_participant(pk, Action.STEER_ACCESS)
                granting.set_matrix(actor, one, wanted, seen=seen, role=role, at=at)
                forms.remember(session, actor, key, back, at)
        except StaleVersion:
            one = find_participant(pk, Action.STEER_ACCESS)
            return self._matrix(one, wanted, status=409, saved_since=_differs(one, wanted))
        except DomainError as error:
            if error.is_refusal:
                raise
            one = find_participant(pk, Action.STEER_ACCESS)
            return self._matrix(one, status=error.status, wrong=str(error))
        flash(_("The access is saved."), "success")
        return redirect(back)

    def _matrix(
        self, one: Participant, wanted: Levels | None = None, *, status: int = 200, **values: Any
    ) -> Answer:
        actor, on = current_actor(), today()
        roles = access_queries.roles_for(actor, one.plan)
        role = one.standard_role
        return self.page_of(
            "plans/access/matrix.html",
            one,
            status=status,
            cells=access_queries.matrix(actor, one, on),
            wanted=wanted or {},
            roles=[(role.id, in_own_words(role.names)) for role in roles],
            role_name=in_own_words(role.names) if role else "",
            **values,
        )

    def _preview(
        self, one: Participant, wanted: Levels, seen: Levels, role: StandardRole | None
    ) -> Answer:
        """What the choice changes, and when; nothing is saved yet."""
        changes = granting.changes(one, wanted, today())
        if not changes and (role is None or role.id == one.standard_role_id):
            return self._matrix(one, wanted, unchanged=True)
        return self.page_of(
            "plans/access/matrix_preview.html",
            one,
            changes=changes,
            wanted=wanted,
            seen=seen,
            role=role,
            role_name=in_own_words(role.names) if role else "",
            deciders=access_words.deciders(one.plan, today()),
            form_key=forms.new_key(),
        )


def _levels(prefix: str) -> Levels:
    """The levels of a form, by part.

    Raises:
        BadRequest: there is no such part, or no such level.
    """
    try:
        return {
            Section(name.removeprefix(prefix)): Level(value)
            for name, value in request.form.items()
            if name.startswith(prefix)
        }
    except ValueError:
        raise BadRequest from None


def _asked_role(one: Participant) -> StandardRole | None:
    """The standard role whose access is to be used, when it is one for this plan."""
    offered = access_queries.roles_for(current_actor(), one.plan)
    asked = request.form.get("standard_role_id", "")
    return next((role for role in offered if role.id == asked), None)


def _differs(one: Participant, wanted: Levels) -> list[forms.Difference]:
    """What somebody else has saved in the meantime, beside what was chosen here."""
    db.session.expire(one, ["grants"])
    return [
        forms.Difference(
            change.section, words(change.section), str(words(change.old)), str(words(change.new))
        )
        for change in granting.changes(one, wanted, today())
    ]
