"""The first page after signing in: for administrators what they can open and what to do first,
for all others their plans."""

from flask import redirect, render_template, request, url_for
from flask_appbuilder import IndexView, expose
from werkzeug.wrappers import Response

from app.accounts import first_steps
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Role
from app.errors import BadRequest
from app.joining_tables import MunicipalityJoining
from app.models import AccountProfile, Municipality
from app.security import scope
from app.security.actor import Actor, current_actor, open_municipalities
from app.security.roles import Action
from app.security.routes import for_signed_in

WITH_PLANS_FIRST = frozenset({Role.COORDINATOR, Role.PARTICIPANT})


class HomeView(IndexView):
    """The first page after signing in."""

    @expose("/", methods=["GET"])
    @for_signed_in
    def index(self) -> Response | str:
        """What the actor can do here; whoever administers nothing is here for the plans."""
        actor = current_actor()
        if actor.roles and actor.roles <= WITH_PLANS_FIRST:
            return redirect(url_for("MyPlansView.index"))
        steps = first_steps.steps_of(actor) if first_steps.concerns(actor) else []
        return render_template(
            "home.html",
            steps=steps,
            are_hidden=bool(steps) and _has_hidden(actor.account_id),
            joinings=_joinings(actor),
            has_role=bool(actor.roles),
            must_choose=actor.municipality_id is None and _has_places(actor.account_id),
        )

    @expose("/first-steps/", methods=["POST"])
    @for_signed_in
    def first_steps(self) -> Response:
        """Put the first steps away, or take them out again; kept with the login."""
        said = request.form.get("show")
        if said not in ("yes", "no"):
            raise BadRequest
        actor = current_actor()
        with transaction() as database:
            profile = database.get(AccountProfile, actor.account_id) or AccountProfile(
                account_id=actor.account_id
            )
            profile.first_steps_hidden_at = utc_now() if said == "no" else None
            database.add(profile)
        return redirect(url_for("HomeView.index"))


def _joinings(actor: Actor) -> list[tuple[str, str]]:
    """Municipalities that are to go into this one and wait for an answer: the proposal's id and
    the name."""
    found = scope.rows(actor, MunicipalityJoining, Action.APPROVE).where(
        MunicipalityJoining.ended_at.is_(None)
    )
    named = found.join(Municipality, Municipality.id == MunicipalityJoining.from_id)
    shown = named.with_only_columns(MunicipalityJoining.id, Municipality.name)
    return [(pk, name) for pk, name in db.session.execute(shown.order_by(MunicipalityJoining.id))]


def _has_places(account_id: int | None) -> bool:
    return bool(open_municipalities(db.session(), account_id or 0, today()))


def _has_hidden(account_id: int | None) -> bool:
    profile = db.session.get(AccountProfile, account_id)
    return profile is not None and profile.first_steps_hidden_at is not None
