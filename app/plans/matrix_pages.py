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
            return self._preview(
                one,
                usual,
                granting.granted(one, today()),
                role,
                own_only=granting.is_for_own(role),
            )
        wanted, seen, own_only = _levels(GIVEN), _levels(SEEN), _own_only()
        if "back" in request.form:
            return self._matrix(one, wanted, own_only=own_only)
        if "confirmed" not in request.form:
            return self._preview(one, wanted, seen, role, own_only=own_only)
        return self._save(pk, wanted, seen, role, own_only=own_only)

    def _save(
        self,
        pk: str,
        wanted: Levels,
        seen: Levels,
        role: StandardRole | None,
        *,
        own_only: bool | None,
    ) -> Answer:
        """Save once, however many times it is sent."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        back = url_for("ParticipationView.show", pk=pk)
        try:
            with transaction() as session:
                if forms.earlier_result(session, actor, key) is not None:
                    flash(_("This was saved already."), "success")
                    return redirect(back)
                one = held_participant(pk, Action.STEER_ACCESS)
                granting.set_matrix(
                    actor, one, wanted, seen=seen, role=role, own_only=own_only, at=at
                )
                forms.remember(session, actor, key, back, at)
        except StaleVersion:
            one = find_participant(pk, Action.STEER_ACCESS)
            since = _differs(one, wanted, own_only)
            return self._matrix(one, wanted, own_only=own_only, status=409, saved_since=since)
        except DomainError as error:
            if error.is_refusal:
                raise
            one = find_participant(pk, Action.STEER_ACCESS)
            return self._matrix(one, status=error.status, wrong=str(error))
        flash(_("The access of %(name)s is saved.", name=one.person.full_name), "success")
        return redirect(back)

    def _matrix(
        self,
        one: Participant,
        wanted: Levels | None = None,
        *,
        own_only: bool | None = None,
        status: int = 200,
        **values: Any,
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
            own_only=own_only,
            roles=[(role.id, in_own_words(role.names)) for role in roles],
            role_name=in_own_words(role.names) if role else "",
            **values,
        )

    def _preview(
        self,
        one: Participant,
        wanted: Levels,
        seen: Levels,
        role: StandardRole | None,
        *,
        own_only: bool | None,
    ) -> Answer:
        """What the choice changes, and when; nothing is saved yet."""
        changes = granting.changes(one, wanted, today(), own_only=own_only)
        if not changes and (role is None or role.id == one.standard_role_id):
            return self._matrix(one, wanted, own_only=own_only, unchanged=True)
        return self.page_of(
            "plans/access/matrix_preview.html",
            one,
            changes=changes,
            wanted=wanted,
            seen=seen,
            own_only=own_only,
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


def _own_only() -> bool | None:
    """Whether own activities alone are chosen; None where the form does not say, or as it showed:
    what somebody else has chosen in the meantime is not overwritten.

    Raises:
        BadRequest: it says something else.
    """
    sent = request.form.get("own_only")
    if sent not in (None, "own", "all"):
        raise BadRequest
    return None if sent in (None, request.form.get("was_own_only")) else sent == "own"


def _asked_role(one: Participant) -> StandardRole | None:
    """The standard role whose access is to be used, when it is one for this plan."""
    offered = access_queries.roles_for(current_actor(), one.plan)
    asked = request.form.get("standard_role_id", "")
    return next((role for role in offered if role.id == asked), None)


def _differs(one: Participant, wanted: Levels, own_only: bool | None) -> list[forms.Difference]:
    """What somebody else has saved in the meantime, beside what was chosen here."""
    db.session.expire(one, ["grants"])
    return [
        forms.Difference(
            change.section,
            words(change.section),
            access_words.reach(change.old, own_only=change.was_own_only, section=change.section),
            access_words.reach(change.new, own_only=change.own_only, section=change.section),
        )
        for change in granting.changes(one, wanted, today(), own_only=own_only)
    ]
