"""The standard roles of a municipality: the list, and who has one of them now."""

from flask import render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import lazy_gettext as _l

from app.clock import today, utc_now
from app.db import db, transaction
from app.models import StandardRole
from app.plans import role_holders
from app.screens import forms
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating import proposals, role_words, setup, standard_roles
from app.templating.role_pages import Answer, find_role, name_of

ON_A_PAGE = 50


class StandardRoleView(BaseView):
    """What a municipality offers when a participant is added, and who has it."""

    resource = Resource.STANDARD_ROLE
    route_base = "/standard-role"
    menu_homes = ("MyPlansView",)
    default_view = "index"
    intro = _l(
        "A standard role says what somebody may do in each part of a plan, so that coordinators"
        " need not choose it part by part. What you change gives nobody anything before you publish"
        " it. For local administrators."
    )

    @expose("/", methods=["GET"])
    @door(Action.EDIT)
    def index(self) -> Answer:
        """Every role: in use, drafts and retired ones, and how many have it now."""
        actor = current_actor()
        with transaction() as session:
            setup.ensure(session, actor.municipality_id or 0, at=utc_now())
        found = scope.rows(actor, StandardRole).order_by(StandardRole.position, StandardRole.id)
        roles = list(db.session.scalars(found))
        standing = [one for one in roles if one.retired_at is None]
        return render_template(
            "templating/roles.html",
            view=self,
            groups=[
                (_l("In use"), [one for one in standing if not standard_roles.is_draft_only(one)]),
                (_l("Drafts"), [one for one in standing if standard_roles.is_draft_only(one)]),
                (_l("Retired"), [one for one in roles if one.retired_at is not None]),
            ],
            proposals=proposals.count(actor),
            counts=role_holders.counts(actor, today()),
            nobody=role_holders.Count(),
            changed=standard_roles.with_changes(standing),
            name_of=name_of,
            texts=role_words,
            new_key=forms.new_key,
            may=lambda action, role: bool(policy.decide(actor, action, role)),
        )

    @expose("/holders/<pk>", methods=["GET"])
    @door(Action.EXPORT)
    def holders(self, pk: str) -> Answer:
        """Who has the role now: that they take part, in what kind of plan, and for which unit."""
        role, actor = find_role(pk, Action.EXPORT), current_actor()
        after = request.args.get("after", "")
        rows, next_after = role_holders.holders(
            actor, role, today(), after=after if is_id(after) else None, limit=ON_A_PAGE
        )
        return render_template(
            "templating/role_holders.html",
            view=self,
            role=role,
            name=name_of(role),
            rows=rows,
            next_after=next_after,
            count=role_holders.counts(actor, today()).get(role.id, role_holders.Count()),
        )
