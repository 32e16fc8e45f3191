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
from app.models import AccountProfile
from app.security.actor import current_actor, open_municipalities
from app.security.routes import for_signed_in

WITH_PLANS_FIRST = frozenset({Role.COORDINATOR, Role.PARTICIPANT})


class HomeView(IndexView):
    """The first page after signing in."""

    @expose("/", methods=["GET"])
    @for_signed_in
    def index(self) -> Response | str:
        """What the actor can do here; a local administrator begins at the desk, and whoever
        administers nothing is here for the plans."""
        actor = current_actor()
        if first_steps.concerns(actor):
            return redirect(url_for("DeskView.index"))
        if actor.roles and actor.roles <= WITH_PLANS_FIRST:
            return redirect(url_for("MyPlansView.index"))
        return render_template(
            "home.html",
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


def _has_places(account_id: int | None) -> bool:
    return bool(open_municipalities(db.session(), account_id or 0, today()))
