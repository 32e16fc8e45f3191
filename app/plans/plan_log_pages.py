"""The page of a plan that tells who has looked at it and who has changed it."""

from flask import request
from flask_appbuilder import expose

from app.enums import Section
from app.errors import BadRequest
from app.plans import plan_log
from app.plans.pages import Answer, PlanPage, coordinator_word
from app.plans.plan_log import Which
from app.screens.listing import is_id
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door


class PlanLogView(PlanPage):
    """Who has looked."""

    route_base = "/plan-log"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.READ)
    def show(self, pk: str) -> Answer:
        """Who has looked and who has changed something, newest first; this look is told too."""
        plan = self.opened(pk, Action.READ, "plan:log_shown", Section.ACCESS_LOG)
        which = _which()
        return self.page(
            "plans/access/log.html",
            plan,
            which=which,
            choices=list(Which),
            found=plan_log.lines(
                current_actor(), plan, coordinator_word(plan), which=which, before=_before()
            ),
            is_first=_before() is None,
        )


def _which() -> Which:
    try:
        return Which(request.args.get("which", Which.ALL))
    except ValueError:
        raise BadRequest from None


def _before() -> str | None:
    """The event before which the page goes on."""
    sent = request.args.get("before")
    if sent is not None and not is_id(sent):
        raise BadRequest
    return sent
