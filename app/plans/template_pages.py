"""The page of a plan's template: which version it has, and moving to another or back."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import utc_now
from app.db import transaction
from app.errors import DomainError, NotAllowed, NotFound
from app.models import Plan
from app.plans import template_moves
from app.plans.pages import WRITTEN, Answer, PlanPage, find_plan
from app.plans.writing_pages import describe
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.set_up_tables import TemplateVersion
from app.templating.contents import content_of, parsed
from app.templating.template_compare import differences
from app.templating.template_content import TemplateContent


class PlanTemplateView(PlanPage):
    """What a plan is made from."""

    route_base = "/plan-template"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.EDIT)
    def show(self, pk: str) -> Answer:
        """The version the plan has, and what would be different with another."""
        return self._page(self.opened(pk, Action.EDIT))

    @expose("/move/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def move(self, pk: str) -> Answer:
        """Move the plan to a version."""
        wanted, was = request.form.get("to", ""), request.form.get("was") or None
        try:
            with transaction():
                plan = find_plan(pk, Action.EDIT)
                now = template_moves.move(current_actor(), plan, wanted, was=was, at=utc_now())
        except DomainError as error:
            if isinstance(error, NotFound | NotAllowed):
                raise
            return self._page(find_plan(pk, Action.EDIT), error.status, str(error))
        name = parsed(now).names.here
        said = _("The plan has version %(number)s of %(name)s.", number=now.number, name=name)
        flash(said, "success")
        return redirect(url_for("PlanTemplateView.show", pk=pk))

    def _page(self, plan: Plan, status: int = 200, refused: str = "") -> Answer:
        versions = template_moves.versions_for(plan)
        now, wanted = template_moves.version_of(plan), self._wanted(plan, versions)
        return self.page(
            "plans/template.html",
            plan,
            status=status,
            refused=refused,
            now=now,
            content=content_of(plan.template_version_id),
            versions=versions,
            describe=describe,
            named={one.id: parsed(one) for one in versions},
            wanted=wanted,
            **(_difference(plan, wanted) if wanted is not None else {}),
        )

    @staticmethod
    def _wanted(plan: Plan, versions: Any) -> TemplateVersion | None:
        """The version that the address asks to look at; otherwise the newer one, if any."""
        asked = request.values.get("to", "")
        found = next((one for one in versions if one.id == asked), None)
        wanted = found or template_moves.newer_for(plan)
        return wanted if wanted is not None and wanted.id != plan.template_version_id else None


def _difference(plan: Plan, wanted: TemplateVersion) -> dict[str, Any]:
    actor, then = current_actor(), parsed(wanted)
    now = content_of(plan.template_version_id) or TemplateContent(kind=then.kind, names=then.names)
    reads = [one for one in WRITTEN if policy.decide(actor, Action.READ, plan, section=one)]
    return {
        "changes": differences(now, then),
        "fates": list(template_moves.fates(plan, wanted, reads)),
        "is_back": _is_back(plan, wanted),
    }


def _is_back(plan: Plan, wanted: TemplateVersion) -> bool:
    now = template_moves.version_of(plan)
    return now is not None and wanted.number < now.number
