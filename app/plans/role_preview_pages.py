"""The plan as somebody with a standard role would see it, before anybody is given it."""

from flask import request
from flask_appbuilder import expose

from app.audit import log
from app.db import transaction
from app.models import StandardRole
from app.plans import access_queries, access_words
from app.plans.pages import Answer, PlanPage, find_plan
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.templating import heads
from app.templating.setup import in_own_words


class RolePreviewView(PlanPage):
    """What a standard role would open in a plan, for those who may see it as others do."""

    route_base = "/plan-as-role"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SEE_AS)
    def show(self, pk: str) -> Answer:
        """Choose a role; each part of the plan, and how far the role reaches in it."""
        actor = current_actor()
        with transaction():
            plan = find_plan(pk, Action.SEE_AS)
            basis = policy.decide(actor, Action.SEE_AS, plan).basis
            log.record(actor, "plan:seen_as_role", plan, basis=basis)
        roles = access_queries.roles_in(plan)
        role = _asked(roles)
        parts = [] if role is None else access_queries.seen_as_role(actor, plan, role)
        return self.page(
            "plans/access/as_role.html",
            plan,
            roles=[(one.id, in_own_words(one.names)) for one in roles],
            role=role,
            role_name="" if role is None else in_own_words(role.names),
            capabilities=() if role is None else heads.role_in_use(role).capabilities,
            seen=[part for part in parts if part.level.rank],
            unseen=[part.section for part in parts if not part.level.rank],
            texts=access_words,
        )


def _asked(roles: list[StandardRole]) -> StandardRole | None:
    asked = request.args.get("role", "")
    return next((one for one in roles if one.id == asked), None)
